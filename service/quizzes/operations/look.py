"""Looking at quizzes and attempts: nothing here changes anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select, tuple_
from sqlalchemy.orm import Session

from service.content.models import Course, Question, Quiz, Unit
from service.content.operations import get_course, missing, sees_course
from service.domain.roles import Principal, Role
from service.errors import Forbidden
from service.quizzes.models import Attempt
from service.quizzes.operations.closing import settle
from service.quizzes.operations.grades import as_graded_now, newest_grades
from service.quizzes.operations.log import read_log, states_of
from service.quizzes.operations.record import Asked, first_of_each, get_own_attempt, list_asked
from service.quizzes.operations.view import slot_view
from service.statements import Lookup


@dataclass(frozen=True)
class OfferedQuiz:
    """A quiz as it is offered now, with where it belongs; without an id, what stands in its place in a review."""

    id: UUID | None
    title: str
    kind: str
    settings: Mapping[str, Any]
    unit: str
    course: str
    course_id: int


@dataclass(frozen=True)
class QuizView:
    """A quiz with the caller's own attempts at it, newest first."""

    quiz: OfferedQuiz
    attempts: Sequence[Attempt]


@dataclass(frozen=True)
class AttemptView:
    """An attempt as its student sees it; `slots` are built by `view.slot_view`."""

    attempt: Attempt
    quiz: OfferedQuiz
    slots: Sequence[Mapping[str, Any]]


def list_quizzes(
    session: Session, caller: Principal, slug: str, now: datetime, *, after: tuple[str, int, str] | None, limit: int
) -> Sequence[tuple[tuple[str, int, str], QuizView]]:
    """The course's quizzes in the order of its units, each with its place (for `after`) and my attempts."""
    course = get_course(session, caller, slug)
    found = _offered().add_columns(Unit.sort, Quiz.position).where(Course.id == course.id)
    if after is not None:
        sort, position, quiz_id = after
        found = found.where(tuple_(Unit.sort, Quiz.position, Quiz.id) > tuple_(sort, position, UUID(quiz_id)))
    rows = session.execute(found.order_by(Unit.sort, Quiz.position, Quiz.id).limit(limit)).all()
    quizzes = [(row, OfferedQuiz(*row[:7])) for row in rows]
    mine = _own_attempts(session, caller, [row.id for row in rows], now)
    return [((row.sort, row.position, str(quiz.id)), QuizView(quiz, mine.get(row.id, []))) for row, quiz in quizzes]


def get_quiz(session: Session, caller: Principal, quiz_id: UUID, now: datetime) -> QuizView:
    """One quiz with my attempts."""
    quiz = _get_visible_quiz(session, caller, quiz_id)
    return QuizView(quiz, _own_attempts(session, caller, [quiz_id], now).get(quiz_id, []))


def get_offered_quiz(session: Session, caller: Principal, quiz_id: UUID) -> OfferedQuiz:
    """The quiz, for a student of its course to take; others of the course are told that they cannot."""
    quiz = _get_visible_quiz(session, caller, quiz_id)
    if caller.role_in(quiz.course_id) is not Role.STUDENT:
        raise Forbidden("Only students of the course take its quizzes.")
    return quiz


def get_attempt(session: Session, caller: Principal, attempt_id: UUID, now: datetime) -> AttemptView:
    """My attempt: every slot with its question, my answer, and what may be said of it."""
    attempt = get_own_attempt(session, caller.user_id, attempt_id)
    settle(session, attempt, now)
    return view_attempt(session, attempt, get_attempted_quiz(session, attempt), now)


def get_attempted_quiz(session: Session, attempt: Attempt) -> OfferedQuiz:
    """The quiz of an attempt, archived or not: what was begun stays with its student."""
    if attempt.quiz_id is None:
        return review_of(session, attempt)
    return OfferedQuiz(*_attempted_quiz().rows(session, quiz=attempt.quiz_id)[0])


@cache
def _attempted_quiz() -> Lookup:
    return Lookup(_quizzes().where(Quiz.id == bindparam("quiz", type_=Uuid())))


def review_of(session: Session, attempt: Attempt) -> OfferedQuiz:
    """What stands in the place of a quiz where an attempt reviews a question."""
    row = session.execute(
        select(Unit.key, Unit.title, Course.slug)
        .join_from(Question, Unit, Unit.id == Question.unit_id)
        .join(Course, Course.id == Unit.course_id)
        .where(Question.id == attempt.review_question_id)
    ).one()
    return OfferedQuiz(None, f"Review: {row.title}", "review", attempt.settings, row.key, row.slug, attempt.course_id)


def view_attempt(
    session: Session, attempt: Attempt, quiz: OfferedQuiz, now: datetime, *, fresh: Sequence[Asked] | None = None
) -> AttemptView:
    """The attempt as its student sees it; `fresh` slots are new and have no log to read."""
    slots = list_asked(session, attempt.id) if fresh is None else fresh
    log = read_log(session, attempt.id) if fresh is None else []
    states = states_of(attempt, slots, log)
    if attempt.regraded_at is not None:
        slots, states = as_graded_now(newest_grades(session, attempt.id), slots, states)
    first = first_of_each(slots)
    return AttemptView(
        attempt,
        quiz,
        [{**slot_view(attempt, one, states[one.number], now), "variant_of": first.get(one.number)} for one in slots],
    )


def _get_visible_quiz(session: Session, caller: Principal, quiz_id: UUID) -> OfferedQuiz:
    offered = _offered().add_columns(Course.status, Course.visibility).where(Quiz.id == quiz_id)
    row = session.execute(offered).first()
    if row is None or not sees_course(caller, row.course_id, row.status, row.visibility):
        raise missing(caller)
    return OfferedQuiz(*row[:7])


def _quizzes() -> Select[Any]:
    return (
        select(
            Quiz.id,
            Quiz.title,
            Quiz.kind,
            Quiz.settings,
            Unit.key.label("unit"),
            Course.slug.label("course"),
            Course.id.label("course_id"),
        )
        .join(Unit, Unit.id == Quiz.unit_id)
        .join(Course, Course.id == Unit.course_id)
    )


def _offered() -> Select[Any]:
    return _quizzes().where(Quiz.status == "published", Quiz.archived_at.is_(None), Unit.status == "published")


def _own_attempts(
    session: Session, caller: Principal, quiz_ids: Sequence[UUID], now: datetime
) -> dict[UUID, list[Attempt]]:
    mine: dict[UUID, list[Attempt]] = defaultdict(list)
    if caller.user_id is not None and quiz_ids:
        found = select(Attempt).where(Attempt.user_id == caller.user_id, Attempt.quiz_id.in_(quiz_ids))
        for attempt in session.scalars(found.order_by(Attempt.started_at.desc(), Attempt.id)).all():
            settle(session, attempt, now)
            if attempt.quiz_id is not None:
                mine[attempt.quiz_id].append(attempt)
    return mine
