"""What the slots of an attempt are worth at present, and how they came to be worth it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, select
from sqlalchemy.orm import Session

from service.content.models import AnswerKey
from service.domain.attempts import SlotState
from service.domain.outcomes import Outcome, fraction_text, shown
from service.quizzes.models import Grade, Regrade
from service.quizzes.operations.record import Asked
from service.statements import Lookup

_ID: Uuid[UUID] = Uuid()


@dataclass(frozen=True)
class Change:
    """A grade that was changed after the end: by a rule (with the `policy` it names) or by hand, and why."""

    cause: str
    policy: str | None
    never_lower: bool | None
    reason: str
    key: Mapping[str, Any] | None
    before: Fraction | None
    after: Fraction | None
    at: datetime


@dataclass(frozen=True)
class Graded:
    """What a slot is worth, of how many points, and for which response; no credit: it counts for nobody.

    `key` is the one it was graded by where that is not the pinned one, `first` the outcome of the first try where it
    is not the log's; `changes` are those since the attempt was last closed.
    """

    slot: int
    cause: str
    rules: str
    credit: Fraction | None
    points: Fraction
    response: Mapping[str, Any] | None
    outcome: Outcome
    answer_key_id: int
    key: Mapping[str, Any] | None = None
    first: Outcome | None = None
    changes: tuple[Change, ...] = ()
    id: int = 0

    @property
    def status(self) -> str:
        """How the response fared."""
        return self.outcome.status.value


def newest_grades(session: Session, attempt_id: UUID) -> dict[int, Graded]:
    """What each slot is worth at present."""
    graded: dict[int, Graded] = {}
    for row in _grades().rows(session, attempt=attempt_id):
        graded[row.slot] = graded_after(graded.get(row.slot), row)
    return graded


def graded_after(before: Graded | None, row: Any) -> Graded:
    """What a slot is worth after one more row of `select_grades`."""
    credit = None if row.credit is None else Fraction(row.credit)
    graded = Graded(
        slot=row.slot,
        cause=row.cause,
        rules=row.rules,
        credit=credit,
        points=Fraction(row.points),
        response=row.response,
        outcome=Outcome.from_json(row.outcome),
        answer_key_id=row.answer_key_id,
        id=row.id,
    )
    if row.regrade_id is None and row.reason is None:
        return graded
    changes = before.changes if before else ()
    change = Change(
        cause=row.cause,
        policy=row.policy,
        never_lower=row.never_lower,
        reason=row.because if row.reason is None else row.reason,
        key=row.key,
        before=before.credit if before else None,
        after=credit,
        at=row.created_at,
    )
    first = None if row.first is None else Outcome.from_json(row.first)
    return replace(graded, key=row.key, first=first, changes=(*changes, change))


def as_graded_now(
    grades: Mapping[int, Graded], slots: Sequence[Asked], states: Mapping[int, SlotState]
) -> tuple[list[Asked], dict[int, SlotState]]:
    """Slots and states with the keys of later grades: nobody is shown as right what is known to be wrong by now."""
    keys = {number: grade.key for number, grade in grades.items() if grade.key is not None}
    asked = [replace(one, key=keys.get(one.number, one.key)) for one in slots]
    return asked, {
        one.number: states[one.number].graded_by(one.grade) if one.number in keys else states[one.number]
        for one in asked
    }


def change_view(change: Change, points: Fraction) -> dict[str, Any]:
    """A change as its student is told of it, once the key may be seen."""
    return {
        "cause": change.cause,
        "credit_before": _text(change.before),
        "credit_after": _text(change.after),
        "points_before": None if change.before is None else shown(change.before * points),
        "points_after": None if change.after is None else shown(change.after * points),
        "because": change.reason,
        "at": change.at,
    }


def _text(credit: Fraction | None) -> str | None:
    return None if credit is None else fraction_text(credit)


def select_grades() -> Select[Any]:
    """Grades with the rules some were given by, and the key where it may be another than the pinned one."""
    columns = Grade.slot, Grade.cause, Grade.rules, Grade.credit, Grade.points, Grade.response, Grade.outcome
    later = Grade.first, Grade.regrade_id, Grade.reason, Grade.answer_key_id, Grade.created_at, Grade.id
    rule = Regrade.policy, Regrade.never_lower, Regrade.reason.label("because"), AnswerKey.content.label("key")
    return (
        select(*columns, *later, *rule)
        .join(Regrade, Regrade.id == Grade.regrade_id, isouter=True)
        .join(AnswerKey, and_(AnswerKey.id == Grade.answer_key_id, Grade.first.is_not(None)), isouter=True)
        .order_by(Grade.id)
    )


@cache
def _grades() -> Lookup:
    return Lookup(select_grades().where(Grade.attempt_id == bindparam("attempt", type_=_ID)))
