"""What a student is shown of an attempt, built from public parts and from what the policy lets be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain import questions
from service.domain.attempts import Policy, Shown, SlotState, Standing, how_much_to_show, is_right
from service.domain.outcomes import Outcome
from service.quizzes.models import Attempt
from service.quizzes.operations.log import LogLine
from service.quizzes.operations.record import Asked, OpenedAttempt


@dataclass(frozen=True)
class Receipt:
    """Proof that something arrived: the slot's revision it became, its digest, and when."""

    slot: int
    rev: int
    digest: str
    saved_at: datetime


def receipt_of(entry: LogLine) -> Receipt:
    """The receipt of an accepted line."""
    if entry.rev is None:
        raise ValueError("only accepted lines have a receipt")
    return Receipt(entry.slot, entry.rev, entry.digest, entry.received_at)


def slot_view(attempt: Attempt | OpenedAttempt, asked: Asked, state: SlotState, now: datetime) -> dict[str, Any]:
    """A slot in an open attempt: the question, the student's answer, tries, and what may be said of the last one."""
    latest = state.latest
    standing = Standing(state.closed, bool(state.checks), attempt.state == "finished", asked.withheld)
    return {
        "slot": asked.number,
        "question": questions.show(asked.revision, asked.drawn, asked.layout),
        "rev": state.rev,
        "response": asked.show_response(latest.response) if latest else None,
        "saved_at": latest.received_at if latest else None,
        "tries": {"used": state.used, "allowed": state.allowed},
        "closed": state.closed,
        "hints": {"taken": asked.hints(), "there_are": questions.hint_count(asked.key)},
        "outcome": outcome_view(attempt, asked, state, standing, now),
    }


def outcome_view(
    attempt: Attempt | OpenedAttempt, asked: Asked, state: SlotState, standing: Standing, now: datetime
) -> dict[str, Any] | None:
    """What may be said of the newest check, or None: the one place where feedback meets policy."""
    checked = state.checks[-1] if state.checks else None
    if checked is None or checked.outcome is None:
        return None
    shown = how_much_to_show(Policy.from_settings(attempt.settings), standing, now)
    if shown is Shown.NOTHING:
        return None
    if shown is Shown.STATUS:
        return {"status": "correct" if is_right(checked.outcome) else "not_correct"}
    if shown is Shown.FEEDBACK:
        return dict(
            questions.feedback(asked.revision, asked.key, asked.drawn, asked.layout, checked.response, checked.outcome)
        )
    return explanation(asked, checked.response, checked.outcome)


def explanation(asked: Asked, response: Mapping[str, Any] | None, outcome: Outcome) -> dict[str, Any]:
    """All there is to say once the key may be seen, with the passages that answer the question."""
    said = questions.explain(asked.revision, asked.key, asked.drawn, asked.layout, response, outcome)
    return {**said, "reread": list(asked.reread)}
