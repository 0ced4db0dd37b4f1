"""Everything that is stored of a student, for themselves: keys only as far as their quizzes show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.models import Enrolment, Token, User
from service.content.models import Course, Reading, Unit
from service.domain.roles import Principal
from service.progress.models import ReadingMark
from service.quizzes.models import Attempt, Entry, HintTaken, SelfAssessment
from service.quizzes.operations.closing import settle
from service.quizzes.operations.finish import get_result
from service.quizzes.operations.record import list_asked

FORMAT = "hornbook/export@1"


def export_person(session: Session, caller: Principal, now: datetime) -> dict[str, Any]:
    """The person, what they are, what they marked and noted, and every attempt with all that arrived of it."""
    user = session.get_one(User, caller.user_id)
    return {
        "format": FORMAT,
        "exported_at": now,
        "person": {
            "id": user.id,
            "login": user.login,
            "name": user.name,
            "issuer": user.issuer,
            "external_id": user.external_id,
            "created_at": user.created_at,
        },
        "enrolments": _enrolments(session, user),
        "tokens": _tokens(session, user),
        "readings": _readings(session, user),
        "attempts": list(_attempts(session, caller, now)),
    }


def _enrolments(session: Session, user: User) -> list[Mapping[str, Any]]:
    found = (
        select(Course.slug.label("course"), Enrolment.role, Enrolment.created_at)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.user_id == user.id)
        .order_by(Course.slug)
    )
    return [dict(row) for row in session.execute(found).mappings()]


def _tokens(session: Session, user: User) -> list[Mapping[str, Any]]:
    columns = Token.prefix, Token.label, Token.created_at, Token.expires_at, Token.revoked_at
    found = select(*columns).where(Token.user_id == user.id).order_by(Token.created_at, Token.prefix)
    return [dict(row) for row in session.execute(found).mappings()]


def _readings(session: Session, user: User) -> list[Mapping[str, Any]]:
    found = (
        select(
            Course.slug.label("course"),
            Unit.key.label("unit"),
            ReadingMark.reading_id.label("reading"),
            ReadingMark.state,
            ReadingMark.minutes,
            ReadingMark.note,
            ReadingMark.created_at,
            ReadingMark.updated_at,
        )
        .join(Course, Course.id == ReadingMark.course_id)
        .join(Reading, Reading.id == ReadingMark.reading_id)
        .join(Unit, Unit.id == Reading.unit_id)
        .where(ReadingMark.user_id == user.id)
        .order_by(ReadingMark.created_at, ReadingMark.reading_id)
    )
    return [dict(row) for row in session.execute(found).mappings()]


def _attempts(session: Session, caller: Principal, now: datetime) -> Iterator[dict[str, Any]]:
    mine = select(Attempt).where(Attempt.user_id == caller.user_id).order_by(Attempt.started_at, Attempt.id)
    for attempt in session.scalars(mine).all():
        settle(session, attempt, now)
        result = get_result(session, caller, attempt.id, now) if attempt.state == "finished" else None
        yield {
            "attempt": attempt.id,
            "quiz": attempt.quiz_id,
            "state": attempt.state,
            "started_at": attempt.started_at,
            "finished_at": attempt.finished_at,
            "score": result.score if result else None,
            "slots": result.slots if result else None,
            "arrived": _arrived(session, attempt),
            "hints": _rows(session, HintTaken, attempt, "slot", "number", "taken_at"),
            "self_assessments": _rows(session, SelfAssessment, attempt, "slot", "ticked", "points", "assessed_at"),
        }


def _arrived(session: Session, attempt: Attempt) -> list[dict[str, Any]]:
    """Every line of the log, in the words that the student knows."""
    asked = {one.number: one for one in list_asked(session, attempt.id)}
    lines = session.scalars(select(Entry).where(Entry.attempt_id == attempt.id).order_by(Entry.id))
    return [
        {
            "slot": line.slot,
            "kind": line.kind,
            "disposition": line.disposition,
            "rev": line.rev,
            "response": asked[line.slot].show_response(line.response),
            "received_at": line.received_at,
        }
        for line in lines
    ]


def _rows(session: Session, model: Any, attempt: Attempt, *names: str) -> list[dict[str, Any]]:
    found = select(model).where(model.attempt_id == attempt.id).order_by(model.slot)
    return [{name: getattr(row, name) for name in names} for row in session.scalars(found)]
