"""What a student's log amounts to: the state of each slot, what may be shown of it, and what it is worth.

Everything here is read off the log and the settings pinned at the start; nothing is counted up on the side, so
the same log always gives the same answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from fractions import Fraction
from typing import Any, Literal

from service.domain.outcomes import Outcome, Status, fraction_of

Mode = Literal["immediate", "deferred", "practice"]
Reveal = Literal["after_each", "after_submission", "after_close", "never"]

SINGLE_TRY_KINDS = frozenset({"multiple_choice", "matching", "ordering", "cloze", "open"})
"""With more tries, "not right yet" about a combination would let anybody find it by elimination."""

DEFAULT_TRIES = 3

MOST_SLOTS = 200
"""How many slots an attempt may come to by asking for more variants."""

GRACE = timedelta(seconds=5)
"""How long after its deadline an attempt still takes what was on its way."""


Response = Mapping[str, Any] | None
"""A canonical response; None: nothing was answered."""


def is_late(at: datetime, deadline: datetime | None) -> bool:
    """Whether what arrived then, or would arrive now, comes after the end of an attempt: the same on every path."""
    return deadline is not None and at > deadline + GRACE


def deadline_of(
    started_at: datetime, time_limit: int | None, closes: datetime | None, factor: Fraction = Fraction(1)
) -> datetime | None:
    """The end of an attempt: `time_limit` seconds, times a student's `factor`, and never after the quiz `closes`.

    All are moments on one clock, so a night in which clocks are changed is as long as it is.
    """
    limited = None if time_limit is None else started_at + timedelta(seconds=float(time_limit * factor))
    return min((end for end in (limited, closes) if end is not None), default=None)


@dataclass(frozen=True)
class Policy:
    """The settings of a quiz that decide about tries, credit and what is shown; see `quizzes.md`, "As YAML"."""

    mode: Mode = "immediate"
    reveal: Reveal = "after_each"
    tries: int | None = None
    penalty: Fraction = Fraction(0)
    closes: datetime | None = None

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Policy:
        """The policy in a quiz's pinned settings (JSON)."""
        closes = settings.get("closes")
        return cls(
            mode=settings["mode"],
            reveal=settings["reveal"],
            tries=settings.get("tries"),
            penalty=fraction_of(settings.get("penalty", "0")),
            closes=datetime.fromisoformat(closes) if closes else None,
        )

    def tries_for(self, kind: str) -> int:
        """How often a slot with this kind of question may be checked."""
        if self.tries is not None:
            return self.tries
        return 1 if kind in SINGLE_TRY_KINDS else DEFAULT_TRIES


@dataclass(frozen=True)
class Line:
    """An accepted line of the log: a saved response, or a check of one with its outcome."""

    rev: int
    response: Mapping[str, Any] | None
    digest: str
    received_at: datetime
    outcome: Outcome | None = None


@dataclass(frozen=True)
class SlotState:
    """A slot as its log leaves it: the latest response and the checks so far, oldest first."""

    allowed: int
    latest: Line | None
    checks: tuple[Line, ...]

    @property
    def rev(self) -> int:
        """The number of the last accepted line; 0 before the first."""
        return self.latest.rev if self.latest else 0

    @property
    def used(self) -> int:
        """Tries used: each check of another answer is one."""
        return len(self.checks)

    @property
    def closed(self) -> bool:
        """Nothing can be answered any more: solved, or no try left."""
        return self.used >= self.allowed or any(is_right(line.outcome) for line in self.checks)

    @property
    def last_outcome(self) -> Outcome | None:
        """The outcome of the newest check."""
        return self.checks[-1].outcome if self.checks else None

    def check_of(self, digest: str) -> Line | None:
        """The earlier check of the very same answer, if there was one."""
        return next((line for line in self.checks if line.digest == digest), None)

    def graded_by(self, grade: Callable[[Response], Outcome]) -> SlotState:
        """The same checks, as if they had been graded by another key."""
        checks = tuple(replace(line, outcome=grade(line.response)) for line in self.checks)
        return SlotState(self.allowed, self.latest, checks)

    def and_then(self, line: Line) -> SlotState:
        """The state after one more accepted line."""
        checks = self.checks if line.outcome is None else (*self.checks, line)
        return SlotState(self.allowed, line, checks)


def slot_state(lines: Sequence[Line], allowed: int) -> SlotState:
    """Fold a slot's accepted lines, oldest first; of the saves only the last matters and may be all there is."""
    checks = tuple(line for line in lines if line.outcome is not None)
    return SlotState(allowed, lines[-1] if lines else None, checks)


def is_right(outcome: Outcome | None) -> bool:
    """Fully right."""
    return outcome is not None and outcome.status is Status.CORRECT


class Shown(IntEnum):
    """How much of a slot's outcome a student may see; each step includes those before it."""

    NOTHING = 0
    STATUS = 1
    FEEDBACK = 2
    KEY = 3


@dataclass(frozen=True)
class Standing:
    """Where a slot stands when somebody asks to see it.

    `withheld`: the same question is in another open attempt of the student that shows nothing before its end.
    """

    closed: bool
    checked: bool
    finished: bool
    withheld: bool = False


def may_see_key(policy: Policy, standing: Standing, now: datetime) -> bool:
    """The one place that decides whether a student may see what is right, and what is said about it."""
    if standing.withheld:
        return False
    match policy.reveal:
        case "after_each":
            return standing.finished or (standing.closed and policy.mode != "deferred")
        case "after_submission":
            return standing.finished
        case "after_close":
            return standing.finished and policy.closes is not None and now >= policy.closes
        case "never":
            return False


def may_see_score(policy: Policy, now: datetime) -> bool:
    """Whether a student may see the total of a finished attempt: who changes one answer at a time reads keys off it."""
    if policy.reveal == "after_close":
        return policy.closes is not None and now >= policy.closes
    return policy.reveal != "never" or policy.mode != "deferred"


def how_much_to_show(policy: Policy, standing: Standing, now: datetime) -> Shown:
    """What a student may see of a slot's outcome now. While tries remain, never the key."""
    if may_see_key(policy, standing, now):
        return Shown.KEY
    if standing.withheld or not standing.checked or policy.mode == "deferred":
        return Shown.NOTHING
    return Shown.FEEDBACK if policy.reveal == "after_each" else Shown.STATUS


@dataclass(frozen=True)
class Worth:
    """What a slot is worth in the end: the best try (counted from 0), its outcome, and the credit after penalties.

    `credit` is None when there is nothing to count: the variant was broken.
    """

    of_try: int
    outcome: Outcome
    credit: Fraction | None


def worth(tries: Sequence[Outcome], penalty: Fraction) -> Worth:
    """The best of the tries: f = max over i of max(0, fᵢ - penalty·(i - 1)), so another try never lowers.

    `tries` holds at least one outcome, oldest first.
    """
    best: Worth | None = None
    for earlier, outcome in enumerate(tries):
        credit = outcome.credit
        if credit is not None and penalty and earlier:
            credit = max(Fraction(0), credit - penalty * earlier)
        candidate = Worth(earlier, outcome, credit)
        if best is None or _counts_more(candidate, best):
            best = candidate
    if best is None:
        raise ValueError("a slot without any outcome has no worth")
    return best


def worth_of(grade: Callable[[Response], Outcome], state: SlotState, policy: Policy) -> tuple[Response, Worth]:
    """The response that counts and what it is worth: the best of the checks and of a last unchecked answer."""
    tries = [(line.response, line.outcome) for line in state.checks if line.outcome is not None]
    unchecked = state.latest is not None and state.latest.outcome is None and not state.closed
    if unchecked or not tries:
        response = state.latest.response if state.latest else None
        outcome = grade(response)
        if outcome.status is Status.INVALID:
            # What cannot be read is not wrong; it is as if nothing had been answered.
            outcome = grade(None)
        tries.append((response, outcome))
    value = worth([outcome for _, outcome in tries], policy.penalty)
    return tries[value.of_try][0], value


def _counts_more(candidate: Worth, best: Worth) -> bool:
    return candidate.credit is not None and (best.credit is None or candidate.credit > best.credit)


def counting(slots: Iterable[tuple[int, Hashable, bool]]) -> frozenset[int]:
    """The numbers of the slots that a score counts, of (number, question, whether it was answered), in order.

    Of several variants of one question that is the newest one that was answered: whoever practises shows what they
    can do by now, and to ask for another variant and leave it costs nothing. Every question counts once.
    """
    counted: dict[Hashable, int] = {}
    for number, question, answered in slots:
        if answered or question not in counted:
            counted[question] = number
    return frozenset(counted.values())


def total(parts: Sequence[tuple[Fraction | None, Fraction]]) -> tuple[Fraction, Fraction]:
    """Points, and the most points possible, from (credit, points) of every slot.

    A slot without credit (its variant was broken) counts on neither side. Whole numbers are added up: fractions take
    their time, and an attempt has many slots.
    """
    graded = [(credit, points) for credit, points in parts if credit is not None]
    unit = math.lcm(*(credit.denominator * points.denominator for credit, points in graded))
    worths = [points.numerator * (unit // points.denominator) for _, points in graded]
    earned = sum(
        credit.numerator * (worth // credit.denominator) for (credit, _), worth in zip(graded, worths, strict=True)
    )
    return Fraction(earned, unit), Fraction(sum(worths), unit)
