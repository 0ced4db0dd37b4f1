"""Grading the slots of an attempt once it is over, and the grades they have at present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.orm import Session

from service.domain.attempts import Policy, SlotState, worth_of
from service.domain.outcomes import RULES, Outcome, fraction_text
from service.quizzes.models import Attempt, AttemptEvent, Grade
from service.quizzes.operations.first_tries import write_first_tries
from service.quizzes.operations.record import Asked
from service.statements import Addition, Lookup

_ID: Uuid[UUID] = Uuid()
_ADDED = Addition(Grade.__table__)


@dataclass(frozen=True)
class Graded:
    """What a slot is worth, of how many points, and for which response; no credit: it counts for nobody."""

    slot: int
    cause: str
    rules: str
    credit: Fraction | None
    points: Fraction
    response: Mapping[str, Any] | None
    outcome: Outcome

    @property
    def status(self) -> str:
        """How the response fared."""
        return self.outcome.status.value


def newest_grades(session: Session, attempt_id: UUID) -> dict[int, Graded]:
    """What each slot is worth at present."""
    graded = {}
    for row in _grades().rows(session, attempt=attempt_id):
        credit = None if row.credit is None else Fraction(row.credit)
        outcome = Outcome.from_json(row.outcome)
        graded[row.slot] = Graded(row.slot, row.cause, row.rules, credit, Fraction(row.points), row.response, outcome)
    return graded


@cache
def _grades() -> Lookup:
    columns = Grade.slot, Grade.cause, Grade.rules, Grade.credit, Grade.points, Grade.response, Grade.outcome
    mine = Grade.attempt_id == bindparam("attempt", type_=_ID)
    return Lookup(select(*columns).where(mine).order_by(Grade.id))


def grade_attempt(
    session: Session, attempt: Attempt, slots: Sequence[Asked], states: Mapping[int, SlotState]
) -> dict[int, Graded]:
    """Grade every slot of an attempt that was just closed, once, and keep what it says of the student."""
    policy = Policy.from_settings(attempt.settings)
    worths = {asked.number: worth_of(asked.grade, states[asked.number], policy) for asked in slots}
    cause = _cause(session, attempt.id)
    graded = {
        asked.number: Graded(asked.number, cause, RULES, worth.credit, asked.points, response, worth.outcome)
        for asked in slots
        for response, worth in [worths[asked.number]]
    }
    _ADDED.add(session, [_row(attempt, asked, graded[asked.number]) for asked in slots])
    write_first_tries(session, attempt, slots, states, worths)
    return graded


def _row(attempt: Attempt, asked: Asked, graded: Graded) -> dict[str, Any]:
    return {
        "attempt_id": attempt.id,
        "slot": graded.slot,
        "cause": graded.cause,
        "answer_key_id": asked.answer_key_id,
        "rules": graded.rules,
        "status": graded.status,
        "credit": None if graded.credit is None else fraction_text(graded.credit),
        "points": str(graded.points),
        "response": graded.response,
        "outcome": graded.outcome.as_json(),
        "created_at": attempt.finished_at,
    }


def _cause(session: Session, attempt_id: UUID) -> str:
    """An attempt is graded once, and once more each time it was open again."""
    times = _reopenings().rows(session, attempt=attempt_id)[0][0]
    return f"submission-{times + 1}" if times else "submission"


@cache
def _reopenings() -> Lookup:
    mine = AttemptEvent.attempt_id == bindparam("attempt", type_=_ID), AttemptEvent.kind == "reopening"
    return Lookup(select(func.count().label("times")).select_from(AttemptEvent).where(*mine))
