"""The end of an attempt: closing it once, and grading every slot of it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from service.db import Base, is_writing
from service.domain.attempts import GRACE, Policy, SlotState, is_late, worth_of
from service.domain.outcomes import RULES, fraction_text
from service.errors import Conflict, WriteNeeded
from service.quizzes.models import Attempt, AttemptEvent, Grade
from service.quizzes.operations.first_tries import write_first_tries
from service.quizzes.operations.record import Asked, list_asked, read_log, states_of


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
        close(session, attempt, now)
        grade(session, attempt, slots, states_of(attempt, slots, read_log(session, attempt.id)))


def close(session: Session, attempt: Attempt, at: datetime) -> None:
    """End an attempt, at its deadline at the latest: one of two that try at once does. Raises `Conflict`."""
    finished_at = at if attempt.deadline_at is None else min(at, attempt.deadline_at)
    closed = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state == "in_progress")
        .values(state="finished", finished_at=finished_at)
        .returning(Attempt.id)
    ).first()
    if closed is None:
        raise Conflict("This attempt was closed at the same moment; ask for its result.")


_GRADED = insert(Base.metadata.tables[Grade.__tablename__])


def grade(session: Session, attempt: Attempt, slots: Sequence[Asked], states: Mapping[int, SlotState]) -> None:
    """Grade every slot of an attempt that was just closed, once."""
    policy = Policy.from_settings(attempt.settings)
    reopened = select(func.count()).where(AttemptEvent.attempt_id == attempt.id, AttemptEvent.kind == "reopening")
    times = session.scalar(reopened) or 0
    worths = {asked.number: worth_of(asked.grade, states[asked.number], policy) for asked in slots}
    rows = []
    for asked in slots:
        response, value = worths[asked.number]
        rows.append(
            {
                "attempt_id": attempt.id,
                "slot": asked.number,
                "cause": f"submission-{times + 1}" if times else "submission",
                "answer_key_id": asked.answer_key_id,
                "rules": RULES,
                "status": value.outcome.status.value,
                "credit": None if value.credit is None else fraction_text(value.credit),
                "points": str(asked.points),
                "response": response,
                "outcome": value.outcome.as_json(),
                "created_at": attempt.finished_at,
            }
        )
    session.execute(_GRADED, rows)
    write_first_tries(session, attempt, slots, states, worths)
