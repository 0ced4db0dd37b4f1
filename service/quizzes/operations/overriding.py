"""Setting the grade of one slot by hand, for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import Course
from service.domain.attempts import Policy
from service.domain.regrading import OVERRIDE, overridden
from service.domain.roles import Principal
from service.errors import Conflict
from service.quizzes.models import Attempt
from service.quizzes.operations.closing import settle
from service.quizzes.operations.grades import Graded, newest_grades
from service.quizzes.operations.grading import add_grades, grade_row
from service.quizzes.operations.log import read_log, state_of
from service.quizzes.operations.mending import given_at_present, graded_as, note_later_grades
from service.quizzes.operations.record import Asked, get_asked


@dataclass(frozen=True)
class Override:
    """The credit of a slot, from 0 to 1, and why."""

    slot: int
    credit: Fraction
    reason: str


@dataclass(frozen=True)
class Overridden:
    """A slot, what it was worth, and what it is to be worth."""

    asked: Asked
    before: Graded
    override: Override


def override_grade(
    session: Session, caller: Principal, attempt: Attempt, override: Override, at: datetime
) -> dict[int, Graded]:
    """Grade a slot of a finished attempt by hand; the same again changes nothing.

    Raises `NotFound`, and `Conflict` while the attempt is open, or void.
    """
    # As regrading does: what one of them writes down is what the other reads.
    session.execute(select(Course.id).where(Course.id == attempt.course_id).with_for_update(key_share=True))
    session.refresh(attempt, with_for_update=True)
    settle(session, attempt, at)
    if attempt.state != "finished":
        raise Conflict(f"Only a finished attempt has grades; this one is {attempt.state.replace('_', ' ')}.")
    asked = get_asked(session, attempt.id, override.slot)
    before = newest_grades(session, attempt.id)[asked.number]
    newest = before.changes[-1] if before.changes else None
    if newest is None or (newest.cause, newest.after, newest.reason) != (OVERRIDE, override.credit, override.reason):
        _write(session, caller, attempt, Overridden(asked, before, override), at)
    return newest_grades(session, attempt.id)


def _write(session: Session, caller: Principal, attempt: Attempt, slot: Overridden, at: datetime) -> None:
    asked, override = slot.asked, slot.override
    state = state_of(asked, Policy.from_settings(attempt.settings), read_log(session, attempt.id, slot=asked.number))
    after = overridden(given_at_present(slot.before, state), override.credit)
    graded = graded_as(slot.before, after, OVERRIDE)
    add_grades(session, [grade_row(attempt.id, graded, at, reason=override.reason, actor_id=caller.user_id)])
    note_later_grades(session, {(attempt.id, asked.number): after}, at)
