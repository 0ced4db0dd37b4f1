"""What a student's first tries show of an objective, with the evidence itself, so that a label can be argued with.

Evidence is the first, unhinted, valid try at a question that asks for the objective, the newest per question; a try
after which nothing was to be found out, as the key of that very variant was shown earlier on the same day, is none.
Labels need three questions at least: p = (c + 1/2)/(n + 1) of c right of n, low up to .4, learning up to .8, else
proficient. Source: `progress.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from service.domain.first_tries import MILLION

Label = Literal["not_enough_data", "low", "learning", "proficient"]

ENOUGH = 3
"""Questions before anything is said."""
LOW, LEARNING = Fraction(2, 5), Fraction(4, 5)
VALID = frozenset({"correct", "partial", "incorrect"})
"""Statuses of a try that was an answer, and was graded."""


@dataclass(frozen=True)
class Try:
    """A first try at a slot of a finished attempt; `credit` in millionths, `variant` names the drawn values."""

    attempt: UUID
    slot: int
    question: str
    variant: str
    status: str
    credit: int | None
    hinted: bool
    solved: bool
    answered_at: datetime
    key_seen_at: datetime | None

    @property
    def is_right(self) -> bool:
        """Fully right."""
        return self.credit == MILLION


def evidence_in(tries: Iterable[Try], zone: ZoneInfo) -> list[Try]:
    """Those of a student's tries that are evidence, oldest first: every one, not only the newest per question."""
    shown: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    kept = []
    for one in sorted(tries, key=lambda one: (one.answered_at, one.attempt, one.slot)):
        of_variant = shown[one.question, one.variant]
        is_known = any(at <= one.answered_at and _day(at, zone) == _day(one.answered_at, zone) for at in of_variant)
        if one.status in VALID and one.credit is not None and not one.hinted and not is_known:
            kept.append(one)
        if one.key_seen_at is not None:
            of_variant.append(one.key_seen_at)
    return kept


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def newest_per_question(evidence: Sequence[Try]) -> list[Try]:
    """The newest evidence of each question, oldest first."""
    newest: dict[str, Try] = {}
    for one in evidence:
        newest.pop(one.question, None)
        newest[one.question] = one
    return list(newest.values())


def estimate(newest: Sequence[Try]) -> Fraction:
    """p = (c + 1/2)/(n + 1), where what was partly right counts in part."""
    right = Fraction(sum(one.credit or 0 for one in newest), MILLION)
    return (right + Fraction(1, 2)) / (len(newest) + 1)


def label_of(newest: Sequence[Try]) -> Label:
    """What the newest evidence of each question says."""
    if len(newest) < ENOUGH:
        return "not_enough_data"
    share = estimate(newest)
    return "low" if share <= LOW else "learning" if share <= LEARNING else "proficient"
