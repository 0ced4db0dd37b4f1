"""What a slot says of what its student knew: the first valid answer, before anything was said about it.

Display counts the best try; statistics and mastery count the first. Source: `quizzes.md`, "The attempt".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from service.domain.attempts import Policy, SlotState, Worth, is_right
from service.domain.outcomes import NOTHING, Outcome

MILLION = 1_000_000
"""Shares are kept in millionths: whole numbers add up to the same on every database, in any order."""


@dataclass(frozen=True)
class Tried:
    """The first answer that was graded, and when it came; `solved`: the slot was right in the end.

    `key_seen_at`: when its student could see what is right, None: never.
    """

    response: Mapping[str, Any] | None
    outcome: Outcome
    tries: int
    solved: bool
    answered_at: datetime
    key_seen_at: datetime | None


@dataclass(frozen=True)
class Ended:
    """The end of an attempt: when, and by which settings."""

    policy: Policy
    at: datetime


def first_try(
    state: SlotState,
    response: Mapping[str, Any] | None,
    worth: Worth,
    ended: Ended,
    understood: Outcome | None = None,
) -> Tried:
    """The first try of a slot whose attempt has ended, worth `worth` for `response`.

    Without a check, that is what was submitted. `understood` is its outcome where the question was mended since.
    """
    seen, solved = _key_seen_at(state, ended), is_right(worth.outcome)
    if not state.checks:
        answered_at = state.latest.received_at if state.latest else ended.at
        return Tried(response, understood or worth.outcome, 1, solved, min(answered_at, ended.at), seen)
    first = state.checks[0]
    outcome = understood or first.outcome or worth.outcome
    return Tried(first.response, outcome, state.used, solved, first.received_at, seen)


def _key_seen_at(state: SlotState, ended: Ended) -> datetime | None:
    match ended.policy.reveal:
        case "never":
            return None
        case "after_close":
            return ended.policy.closes
        case "after_each" if state.closed and ended.policy.mode != "deferred":
            return state.checks[-1].received_at
        case _:
            return ended.at


def millionths(credit: Fraction) -> int:
    """A share of 1 in millionths, rounded half up."""
    return (2 * MILLION * credit.numerator + credit.denominator) // (2 * credit.denominator)


def rests_of(shares: Sequence[tuple[Fraction | None, Fraction]]) -> list[int | None]:
    """For each slot what the attempt's other slots earned, in millionths, of (credit, points) of each slot.

    None where no other counts. Whole numbers throughout: an attempt has many slots, and fractions take their time.
    """
    unit = math.lcm(*(points.denominator for _, points in shares))
    worths = [points.numerator * (unit // points.denominator) if credit is not None else 0 for credit, points in shares]
    earned = [millionths(credit or NOTHING) * worth for (credit, _), worth in zip(shares, worths, strict=True)]
    possible, total = sum(worths), sum(earned)
    return [
        (2 * (total - mine) + rest) // (2 * rest) if (rest := possible - worth) else None
        for mine, worth in zip(earned, worths, strict=True)
    ]
