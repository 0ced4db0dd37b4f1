"""Grading the slots of an attempt once it is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.attempts import Policy, SlotState, worth_of
from service.domain.outcomes import RULES, fraction_text
from service.quizzes.models import Attempt, Grade
from service.quizzes.operations.first_tries import write_first_tries
from service.quizzes.operations.grades import Graded
from service.quizzes.operations.record import Asked
from service.statements import Addition

_ADDED = Addition(Grade.__table__)


def grade_attempt(
    session: Session, attempt: Attempt, slots: Sequence[Asked], states: Mapping[int, SlotState], *, reopened: int
) -> dict[int, Graded]:
    """Grade every slot of an attempt that was just closed, once, and keep what it says of the student.

    It is graded once more each time it was `reopened`.
    """
    policy, finished_at = Policy.from_settings(attempt.settings), attempt.finished_at
    if finished_at is None:
        raise ValueError("only a finished attempt is graded")
    worths = {asked.number: worth_of(asked.grade, states[asked.number], policy) for asked in slots}
    cause = f"submission-{reopened + 1}" if reopened else "submission"
    graded = {
        asked.number: Graded(
            asked.number, cause, RULES, worth.credit, asked.points, response, worth.outcome, asked.answer_key_id
        )
        for asked in slots
        for response, worth in [worths[asked.number]]
    }
    add_grades(session, [grade_row(attempt.id, one, finished_at) for one in graded.values()])
    write_first_tries(session, attempt, slots, states, worths)
    return graded


def add_grades(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of `grade_row`."""
    _ADDED.add(session, rows)


def grade_row(attempt_id: UUID, graded: Graded, at: datetime, **later: Any) -> dict[str, Any]:
    """A grade as it is stored; `later` says by which rule or whom, and why, where it is not the first."""
    return {
        "attempt_id": attempt_id,
        "slot": graded.slot,
        "cause": graded.cause,
        "answer_key_id": graded.answer_key_id,
        "rules": graded.rules,
        "status": graded.status,
        "credit": None if graded.credit is None else fraction_text(graded.credit),
        "points": str(graded.points),
        "response": graded.response,
        "outcome": graded.outcome.as_json(),
        "first": None if graded.first is None else graded.first.as_json(),
        "created_at": at,
        "regrade_id": None,
        "reason": None,
        "actor_id": None,
        **later,
    }
