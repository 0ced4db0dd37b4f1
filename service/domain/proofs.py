"""What it takes to work out the score of an attempt once more, anywhere, and working it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from typing import Any

from service.domain import questions
from service.domain.attempts import Line, Policy, SlotState, counting, slot_state, total
from service.domain.outcomes import RULES, Status, fraction_text
from service.domain.regrading import OVERRIDE, Given, Remedy, Rule, given_by, mended, overridden

FORMAT = "hornbook/proof@1"
_WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)


class UnusableProof(ValueError):
    """This cannot be recomputed, and why."""


@dataclass(frozen=True)
class Recomputed:
    """A slot worked out once more: its credit ("n/d", or None where nothing counts), and the one it was given.

    `question` is the first slot with the same question; of its variants one counts.
    """

    slot: int
    question: int
    is_answered: bool
    credit: str | None
    given: str | None
    points: Fraction

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return self.credit == self.given


def recompute(proof: Mapping[str, Any]) -> tuple[list[Recomputed], Fraction, Fraction]:
    """Every slot, and the points of the possible ones, from what the proof holds alone.

    Raises `UnusableProof` for another format, for other rules, which it names, and while keys are withheld.
    """
    if proof.get("format") != FORMAT:
        raise UnusableProof(f"This is no proof of an attempt (format: {FORMAT}).")
    if proof.get("rules") != RULES:
        raise UnusableProof(f"This was graded by the rules {proof.get('rules')}, and these are {RULES}.")
    if not proof.get("complete"):
        raise UnusableProof("The right answers are not shown yet: ask for the proof again once they are.")
    try:
        policy = Policy.from_settings(proof["attempt"]["settings"])
        slots = [_slot(slot, policy) for slot in proof["slots"]]
        counted = counted_slots(slots)
    except (KeyError, TypeError, ValueError) as fault:
        raise UnusableProof(f"Something is missing or has been changed in this proof: {fault}.") from fault
    parts = [(None if one.credit is None else Fraction(one.credit), one.points) for one in slots if one.slot in counted]
    return slots, *total(parts)


def counted_slots(slots: Sequence[Recomputed]) -> frozenset[int]:
    """The numbers of the slots that the score counts."""
    return counting((one.slot, one.question, one.is_answered) for one in slots)


def _slot(slot: Mapping[str, Any], policy: Policy) -> Recomputed:
    grade = partial(questions.grade, slot["question"], slot["key"], slot["drawn"])
    lines = [_line(written, grade) for written in _sequence(slot["lines"])]
    state = slot_state(lines, policy.tries_for(slot["question"]["kind"]))
    given = _given(slot, state, policy)
    return Recomputed(
        slot=slot["slot"],
        question=slot.get("variant_of") or slot["slot"],
        is_answered=given.outcome.status is not Status.UNANSWERED,
        credit=None if given.credit is None else fraction_text(given.credit),
        given=slot["grade"]["credit"],
        points=Fraction(slot["question"]["points"]),
    )


def _given(slot: Mapping[str, Any], state: SlotState, policy: Policy) -> Given:
    """The grade by the pinned key, and after each later change."""

    def by(key: Mapping[str, Any]) -> Given:
        return given_by(partial(questions.grade, slot["question"], key, slot["drawn"]), 0, state, policy)

    given = by(slot["key"])
    for change in _sequence(slot.get("changes", [])):
        if change["cause"] == OVERRIDE:
            given = overridden(given, Fraction(change["credit"]))
        else:
            rule = Rule(Remedy(change["policy"]), change["never_lower"])
            given = mended(rule, given, pinned=partial(by, slot["key"]), fixed=partial(by, change["key"]))
    return given


def _line(written: Mapping[str, Any], grade: Any) -> Line:
    outcome = grade(written["response"]) if written["graded"] else None
    return Line(written["rev"], written["response"], written["digest"], _WHENEVER, outcome)


def _sequence(value: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, list):
        raise TypeError("the lines of a slot are a list")
    return value
