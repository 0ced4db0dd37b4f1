"""The first tries of finished attempts, as rows that progress and statistics are read off.

A projection of the log: `hornbook db rebuild` makes the same rows again from what students sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.db import digest_of
from service.domain.attempts import Policy, SlotState, Worth
from service.domain.first_tries import Ended, Tried, first_try, millionths, rests_of
from service.domain.outcomes import Outcome
from service.quizzes.models import Attempt, FirstTry, HintTaken
from service.quizzes.operations.record import Asked
from service.statements import Addition

Worths = Mapping[int, tuple[Mapping[str, Any] | None, Worth]]
"""By slot, the response that counts and what it is worth."""

_ADDED = Addition(FirstTry.__table__)
_NO_VALUES = digest_of({})


def write_first_tries(
    session: Session,
    attempt: Attempt,
    slots: Sequence[Asked],
    states: Mapping[int, SlotState],
    worths: Worths,
    firsts: Mapping[int, Outcome | None] = MappingProxyType({}),
) -> None:
    """Write down the first tries of an attempt that has ended; `firsts`: their outcomes where not the log's."""
    rows = _rows(session, attempt, slots, states, worths, firsts)
    if rows:
        _ADDED.add(session, rows)


def forget_first_tries(session: Session, attempt_id: UUID) -> None:
    """Take the first tries of an attempt back: it is void, or open again."""
    session.execute(delete(FirstTry).where(FirstTry.attempt_id == attempt_id))


def _rows(
    session: Session,
    attempt: Attempt,
    slots: Sequence[Asked],
    states: Mapping[int, SlotState],
    worths: Worths,
    firsts: Mapping[int, Outcome | None],
) -> list[dict[str, Any]]:
    if attempt.finished_at is None:
        raise ValueError("only a finished attempt has first tries")
    ended = Ended(Policy.from_settings(attempt.settings), attempt.finished_at)
    tries = [first_try(states[asked.number], *worths[asked.number], ended, firsts.get(asked.number)) for asked in slots]
    shares = [(tried.outcome.credit, asked.points) for asked, tried in zip(slots, tries, strict=True)]
    hinted = _first_hints(session, attempt.id) if any(asked.hinted for asked in slots) else {}
    return [
        {
            **_row(attempt, asked, tried),
            "rest": rest,
            "hinted": asked.number in hinted and hinted[asked.number] <= tried.answered_at,
        }
        for asked, tried, rest in zip(slots, tries, rests_of(shares), strict=True)
    ]


def _row(attempt: Attempt, asked: Asked, tried: Tried) -> dict[str, Any]:
    return {
        "attempt_id": attempt.id,
        "slot": asked.number,
        "user_id": attempt.user_id,
        "course_id": attempt.course_id,
        "question_id": asked.question_id,
        "revision_id": asked.revision_id,
        "variant": digest_of(asked.drawn) if asked.drawn else _NO_VALUES,
        "status": tried.outcome.status.value,
        "credit": None if tried.outcome.credit is None else millionths(tried.outcome.credit),
        "solved": tried.solved,
        "tries": tried.tries,
        "response": tried.response,
        "mistake": tried.outcome.mistake,
        "answered_at": tried.answered_at,
        "key_seen_at": tried.key_seen_at,
    }


def _first_hints(session: Session, attempt_id: UUID) -> dict[int, datetime]:
    found = select(HintTaken.slot, func.min(HintTaken.taken_at)).where(HintTaken.attempt_id == attempt_id)
    return dict(session.execute(found.group_by(HintTaken.slot)).all())
