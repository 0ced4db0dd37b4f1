"""What a student is told of grades that were changed after the end of an attempt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, aliased

from service.content.models import Quiz
from service.domain.attempts import Policy, Shown, Standing, how_much_to_show
from service.domain.roles import Principal
from service.quizzes.models import Attempt, Grade, Slot
from service.quizzes.operations.grades import Graded, change_view, graded_after, select_grades


@dataclass(frozen=True)
class Notice:
    """An attempt with grades that were changed, slot by slot, as far as its student may see them now."""

    attempt: Attempt
    title: str | None
    changes: Sequence[dict[str, Any]]

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Where the notice is in the list."""
        return self.attempt.regraded_at or self.attempt.started_at, self.attempt.id


def list_notices(
    session: Session, caller: Principal, now: datetime, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Notice]:
    """My attempts with grades that were changed, the newest change first, before the place `after`."""
    mine = select(Attempt, Quiz.title).join(Quiz, Quiz.id == Attempt.quiz_id, isouter=True)
    mine = mine.where(Attempt.user_id == caller.user_id, Attempt.regraded_at.is_not(None), Attempt.state == "finished")
    if after is not None:
        mine = mine.where(tuple_(Attempt.regraded_at, Attempt.id) < tuple_(*after))
    found = session.execute(mine.order_by(Attempt.regraded_at.desc(), Attempt.id.desc()).limit(limit)).all()
    grades = _grades(session, [row.Attempt.id for row in found])
    withheld = _withheld(session, caller)
    return [
        Notice(row.Attempt, row.title, _changes(row.Attempt, grades[row.Attempt.id], withheld, now)) for row in found
    ]


Asked = tuple[UUID, Graded]
"""A question, and what its slot is worth."""


def _grades(session: Session, attempts: Sequence[UUID]) -> dict[UUID, dict[int, Asked]]:
    graded: dict[UUID, dict[int, Asked]] = defaultdict(dict)
    found = select_grades().add_columns(Grade.attempt_id, Slot.question_id)
    found = found.join(Slot, (Slot.attempt_id == Grade.attempt_id) & (Slot.number == Grade.slot))
    for row in session.execute(found.where(Grade.attempt_id.in_(attempts))) if attempts else ():
        slots = graded[row.attempt_id]
        before = slots[row.slot][1] if row.slot in slots else None
        slots[row.slot] = row.question_id, graded_after(before, row)
    return graded


def _withheld(session: Session, caller: Principal) -> frozenset[UUID]:
    """The questions of the student's open attempts that show nothing before their end."""
    other = aliased(Attempt)
    found = select(Slot.question_id).join(other, other.id == Slot.attempt_id)
    return frozenset(
        session.scalars(found.where(other.user_id == caller.user_id, other.state == "in_progress", other.withholds))
    )


def _changes(
    attempt: Attempt, slots: dict[int, Asked], withheld: frozenset[UUID], now: datetime
) -> list[dict[str, Any]]:
    policy = Policy.from_settings(attempt.settings)
    told = []
    for number, (question_id, graded) in sorted(slots.items()):
        standing = Standing(closed=True, checked=False, finished=True, withheld=question_id in withheld)
        if how_much_to_show(policy, standing, now) is Shown.KEY:
            told += [{"slot": number, **change_view(change, graded.points)} for change in graded.changes]
    return told
