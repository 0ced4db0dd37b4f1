"""The end of an attempt: when it is over, and closing it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from service.db import Moment, is_writing
from service.domain.attempts import GRACE, SlotState, is_late
from service.errors import Conflict, WriteNeeded
from service.quizzes.models import Attempt, AttemptEvent
from service.quizzes.operations.grades import Graded, newest_grades
from service.quizzes.operations.grading import grade_attempt
from service.quizzes.operations.log import read_log, states_of
from service.quizzes.operations.mending import keep_rules
from service.quizzes.operations.record import Asked, list_asked
from service.statements import Lookup

_ID: Uuid[UUID] = Uuid()


def is_over(now: datetime) -> ColumnElement[bool]:
    """Whether an attempt is finished, be it that nobody has looked at it since its time was over."""
    return (Attempt.state == "finished") | _is_overdue(now)


def _is_overdue(now: datetime) -> ColumnElement[bool]:
    return (Attempt.state == "in_progress") & (Attempt.deadline_at < now - GRACE)


def count_overdue(session: Session, now: datetime) -> int:
    """How many attempts are over and not closed."""
    return session.scalar(select(func.count()).select_from(Attempt).where(_is_overdue(now))) or 0


def list_overdue(
    session: Session, now: datetime, limit: int | None = None, *, course_id: int | None = None
) -> Sequence[Attempt]:
    """Attempts (of a course) whose time is over and that are not closed, the longest over first."""
    found = select(Attempt).where(_is_overdue(now))
    if course_id is not None:
        found = found.where(Attempt.course_id == course_id)
    return session.scalars(found.order_by(Attempt.deadline_at, Attempt.id).limit(limit)).all()


def settle(session: Session, attempt: Attempt, now: datetime) -> None:
    """Close an attempt whose time is over, as of its deadline, and grade what was saved until then.

    Whoever looks at an attempt does so first, so that nothing depends on when it is looked at, or by whom. Raises
    `WriteNeeded` where nothing can be written.
    """
    if attempt.state != "in_progress" or not is_late(now, attempt.deadline_at):
        return
    if not is_writing(session):
        raise WriteNeeded
    session.refresh(attempt, with_for_update=True)
    if attempt.state == "in_progress" and is_late(now, attempt.deadline_at):
        slots = list_asked(session, attempt.id)
        close(session, attempt, slots, states_of(attempt, slots, read_log(session, attempt.id)), now)


def close(
    session: Session, attempt: Attempt, slots: Sequence[Asked], states: Mapping[int, SlotState], at: datetime
) -> dict[int, Graded]:
    """End an attempt, at its deadline at the latest, and grade it: one of two that try at once does.

    Raises `Conflict` for the other.
    """
    finished_at = at if attempt.deadline_at is None else min(at, attempt.deadline_at)
    closed = _closed().rows(session, attempt=attempt.id, at=finished_at)
    if not closed:
        raise Conflict("This attempt was closed at the same moment; ask for its result.")
    set_committed_value(attempt, "state", "finished")
    set_committed_value(attempt, "finished_at", finished_at)
    graded = grade_attempt(session, attempt, slots, states, reopened=closed[0].reopened)
    return newest_grades(session, attempt.id) if keep_rules(session, attempt) else graded


@cache
def _closed() -> Lookup:
    attempt = bindparam("attempt", type_=_ID)
    ended = {"state": "finished", "finished_at": bindparam("at", type_=Moment())}
    # By the parameter: RETURNING leaves out the names of tables, and `attempts.id` would be the event's own.
    reopenings = select(func.count()).where(AttemptEvent.attempt_id == attempt, AttemptEvent.kind == "reopening")
    closed = update(Attempt).where(Attempt.id == attempt, Attempt.state == "in_progress").values(ended)
    return Lookup(closed.returning(reopenings.scalar_subquery().label("reopened")))
