"""The students of a course, one after the other by login, and when each of them was last at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from service.accounts.models import Enrolment, User
from service.db import by_code_point
from service.domain.attempts import GRACE
from service.domain.roles import Role
from service.progress.models import ReadingMark
from service.quizzes.models import Attempt, AttemptEvent, Entry


@dataclass(frozen=True)
class Student:
    """Somebody who is enrolled; `external_id` is the name in the LMS that `issuer` stands for."""

    id: UUID
    login: str
    name: str
    issuer: str | None
    external_id: str | None
    enrolled_at: datetime
    last_activity_at: datetime | None


@dataclass(frozen=True)
class Wanted:
    """Which students: one by id or login, or by the LMS's own id; those with something new since a moment."""

    student: str | None = None
    external_id: str | None = None
    since: datetime | None = None


def list_students(
    session: Session,
    course_id: int,
    wanted: Wanted,
    now: datetime,
    *,
    after: str | None = None,
    limit: int | None = None,
) -> Sequence[Student]:
    """The students of the course by login, from the one behind `after`; at most `limit`. One statement."""
    login = by_code_point(session, User.login)
    found = _enrolled(course_id).where(*_wanted(wanted, now)).order_by(login).limit(limit)
    if after is not None:
        found = found.where(login > after)
    return [_student(row) for row in session.execute(found)]


def _student(row: Any) -> Student:
    latest = max((moment for moment in row[6:] if moment is not None), default=None)
    return Student(row.id, row.login, row.name, row.issuer, row.external_id, row.created_at, latest)


_MARKED = and_(ReadingMark.user_id == User.id, ReadingMark.course_id == Enrolment.course_id)
_ATTEMPTED = and_(Attempt.user_id == User.id, Attempt.course_id == Enrolment.course_id)
# An attempt that its student ended says by itself when that was; of the others the log tells. So only the log of
# the few that are open, void or ran out of time is looked through.
_RAN_OUT = or_(
    Attempt.finished_at.is_(None), and_(Attempt.deadline_at.is_not(None), Attempt.finished_at == Attempt.deadline_at)
)
_LOGGED = and_(_ATTEMPTED, _RAN_OUT, Entry.attempt_id == Attempt.id)


def _enrolled(course_id: int) -> Select[*tuple[Any, ...]]:
    moments = (
        select(func.max(ReadingMark.updated_at)).where(_MARKED),
        select(func.max(Attempt.started_at)).where(_ATTEMPTED),
        select(func.max(Attempt.finished_at)).where(_ATTEMPTED, ~_RAN_OUT),
        select(func.max(Entry.received_at)).where(_LOGGED),
    )
    return (
        select(
            *(User.id, User.login, User.name, User.issuer, User.external_id, Enrolment.created_at),
            *(moment.correlate(User, Enrolment).scalar_subquery() for moment in moments),
        )
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, Enrolment.role == Role.STUDENT)
    )


def _wanted(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.student is not None:
        conditions.append(_named(wanted.student))
    if wanted.external_id is not None:
        conditions.append(User.external_id == wanted.external_id)
    if wanted.since is not None:
        conditions.append(_has_news(wanted.since, now))
    return conditions


def _named(student: str) -> ColumnElement[bool]:
    try:
        return or_(User.login == student, User.id == UUID(student))
    except ValueError:
        return User.login == student


def _has_news(since: datetime, now: datetime) -> ColumnElement[bool]:
    """Whether anything of what progress is read off came after `since`; the end of somebody's time is news, too."""
    ran_out = and_(Attempt.deadline_at > since - GRACE, Attempt.deadline_at < now - GRACE)
    return or_(
        Enrolment.created_at > since,
        exists().where(_MARKED, ReadingMark.updated_at > since),
        exists().where(_ATTEMPTED, or_(Attempt.started_at > since, Attempt.finished_at > since, ran_out)),
        exists().where(_LOGGED, Entry.received_at > since),
        exists().where(_ATTEMPTED, AttemptEvent.attempt_id == Attempt.id, AttemptEvent.created_at > since),
    )
