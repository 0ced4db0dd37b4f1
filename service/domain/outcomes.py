"""What grading says about a response, exactly and always in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from service.domain.mistakes import Mistake, Rejected

RULES = "hornbook-1"
"""The version of all grading rules together: changes when any response could be graded differently."""

NOTHING = Fraction(0)
EVERYTHING = Fraction(1)


class Status(StrEnum):
    """How a response fared. `INVALID` is not wrong: it could not be read and is never scored."""

    CORRECT = "correct"
    PARTIAL = "partial"
    INCORRECT = "incorrect"
    UNANSWERED = "unanswered"
    INVALID = "invalid"
    NEEDS_REVIEW = "needs_review"


class InvalidResponse(Rejected):
    """A response that cannot be read: what is wrong, and where in the response. It costs nothing."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__([Mistake(path, message)])
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Outcome:
    """The grade of one response: a function of revision, key, values and response only.

    `credit` is a share of the question's points in [0, 1], None when there is nothing to count (an invalid
    response, a broken variant). `rule` names the rule applied. `matched` is the key of the accepted or rejected
    entry the response matched, `mistake` the key of the author's named mistake. `breakdown` says the same per
    choice, gap, pair or step, in author's keys: a tuple of JSON objects with at least "of" and "right".
    """

    status: Status
    credit: Fraction | None
    rule: str
    matched: str | None = None
    mistake: str | None = None
    breakdown: tuple[Mapping[str, Any], ...] = ()
    rules: str = RULES

    @classmethod
    def worth(
        cls, credit: Fraction, rule: str, *, matched: str | None = None, breakdown: tuple[Mapping[str, Any], ...] = ()
    ) -> Outcome:
        """The outcome of a response with this credit: correct at 1, incorrect at 0, partial between."""
        status = Status.CORRECT if credit == 1 else Status.PARTIAL if credit else Status.INCORRECT
        return cls(status, credit, rule, matched, None, breakdown)

    @classmethod
    def unanswered(cls, rule: str) -> Outcome:
        """The outcome of no response: no credit, and not wrong either."""
        return cls(Status.UNANSWERED, NOTHING, rule)

    def points(self, most: Fraction) -> Fraction:
        """Exact points, of `most`; nothing where there is no credit to count."""
        return (self.credit or NOTHING) * most

    def as_json(self) -> dict[str, Any]:
        """The outcome as JSON: every member always there, credit as "n/d" or null."""
        credit = self.credit
        return {
            "status": self.status.value,
            "credit": None if credit is None else fraction_text(credit),
            "rule": self.rule,
            "rules": self.rules,
            "matched": self.matched,
            "mistake": self.mistake,
            "breakdown": [dict(part) for part in self.breakdown],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Outcome:
        """The outcome that `as_json` wrote, whatever version of the rules made it."""
        return cls(
            Status(stored["status"]),
            None if stored["credit"] is None else fraction_of(stored["credit"]),
            stored["rule"],
            stored["matched"],
            stored["mistake"],
            tuple(stored["breakdown"]),
            stored["rules"],
        )


def fraction_text(value: Fraction) -> str:
    """A fraction as "n/d", also when d is 1."""
    return f"{value.numerator}/{value.denominator}"


@lru_cache(maxsize=1024)
def fraction_of(text: str) -> Fraction:
    """The fraction that a text says ("2/3", "0.5", "1"): points and credits are the same few over and over."""
    return Fraction(text)


def shown(points: Fraction) -> Decimal:
    """Points as they are displayed: rounded once, to two places, half up. 3 × ⅓ is 1.00."""
    hundredths = (200 * points.numerator + points.denominator) // (2 * points.denominator)
    return Decimal(hundredths).scaleb(-2)
