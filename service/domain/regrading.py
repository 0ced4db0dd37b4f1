"""What mending a question does to grades that were given: by a new key, by whichever key is kinder, or not at all.

Source of the policies: `quizzes.md`, "Fixing a key". Everything here is decided slot by slot, so that anybody can
work out a grade once more from the slot alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from service.domain.attempts import Policy, Response, SlotState, worth_of
from service.domain.outcomes import EVERYTHING, NOTHING, Outcome, Status

OVERRIDE = "override"
"""The rule of an outcome that was set by hand."""


class Remedy(StrEnum):
    """What is done about a question that was graded wrongly."""

    NEW_KEY = "new_key"
    EITHER_KEY = "either_key"
    FULL_CREDIT = "full_credit"
    DROP_QUESTION = "drop_question"

    @property
    def needs_key(self) -> bool:
        """Whether answers are graded once more."""
        return self in {Remedy.NEW_KEY, Remedy.EITHER_KEY}


@dataclass(frozen=True)
class Rule:
    """How grades are mended. `never_lower`: nobody loses by it; `respects_overrides`: what was set by hand stays."""

    remedy: Remedy
    never_lower: bool = True
    respects_overrides: bool = True


@dataclass(frozen=True)
class Given:
    """A grade: the response that counts, how it fared by which key, the credit after penalties, and the first try.

    `first` is what the slot says of what its student knew; its credit is None where it says nothing.
    """

    response: Response
    outcome: Outcome
    credit: Fraction | None
    first: Outcome
    key_id: int


def given_by(grade: Callable[[Response], Outcome], key_id: int, state: SlotState, policy: Policy) -> Given:
    """The grade of a slot by a key, as if its checks had been graded by it too."""
    again = state.graded_by(grade)
    response, worth = worth_of(grade, again, policy)
    first = again.checks[0].outcome if again.checks else None
    return Given(response, worth.outcome, worth.credit, first or worth.outcome, key_id)


def mended(rule: Rule, present: Given, pinned: Callable[[], Given], fixed: Callable[[], Given]) -> Given:
    """The grade after the rule, of the present one and those by the `pinned` and by the `fixed` key.

    What a student gains or keeps is the credit; what the slot says of their knowledge follows the question as it is
    understood now, also where the credit was kept.
    """
    new = _after(rule.remedy, present, pinned, fixed)
    if not rule.never_lower:
        return new
    credit = kept_credit(present.credit, new.credit)
    if credit is not None and new.credit is None:
        # Not dropped for this student: everything stays, but what it says of them.
        return replace(present, first=new.first)
    return replace(new, credit=credit)


def _after(remedy: Remedy, present: Given, pinned: Callable[[], Given], fixed: Callable[[], Given]) -> Given:
    match remedy:
        case Remedy.NEW_KEY:
            return fixed()
        case Remedy.EITHER_KEY:
            return _kinder(fixed(), pinned())
        case Remedy.FULL_CREDIT:
            outcome = replace(present.outcome, status=Status.CORRECT, credit=EVERYTHING, rule=remedy.value)
            return replace(present, outcome=outcome, credit=EVERYTHING, first=_no_evidence(present.first))
        case Remedy.DROP_QUESTION:
            outcome = replace(present.outcome, credit=None, rule=remedy.value)
            return replace(present, outcome=outcome, credit=None, first=_no_evidence(present.first))


def overridden(present: Given, credit: Fraction) -> Given:
    """The grade with a credit that somebody set by hand; what the slot says of its student's knowledge stays."""
    outcome = Outcome.worth(credit, OVERRIDE)
    told = replace(present.outcome, status=outcome.status, credit=credit, rule=OVERRIDE)
    return replace(present, outcome=told, credit=credit)


def kept_credit(old: Fraction | None, new: Fraction | None) -> Fraction | None:
    """The credit of which nobody loses: neither the slot's, nor the share of all points that counts.

    A question without credit counts on neither side. So it is left out only where it earned nothing, and comes back
    only where it earns everything: no other slot needs to be looked at.
    """
    if old is None:
        return new if new == EVERYTHING else None
    if new is None:
        return None if old == NOTHING else old
    return max(old, new)


def skeleton(revision: Mapping[str, Any]) -> Any:
    """What of a question its key refers to: everything but wordings, order, points. Equal ones take the same key."""
    asked = {name: value for name, value in revision.items() if name not in {"points", "shuffle", "stimulus"}}
    return _bones(asked)


def _bones(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "markdown" in value:
            return None
        return {name: _bones(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        bones = [_bones(inner) for inner in value]
        named = all(isinstance(bone, dict) and "key" in bone for bone in bones)
        return sorted(bones, key=lambda bone: str(bone["key"])) if named else bones
    return value


def _kinder(one: Given, other: Given) -> Given:
    """The grade with more credit, the first of two alike; the better of the first tries goes with it."""
    best = other if _credit(other.credit) > _credit(one.credit) else one
    first = other.first if _credit(other.first.credit) > _credit(one.first.credit) else one.first
    return replace(best, first=first)


def _credit(credit: Fraction | None) -> Fraction:
    return Fraction(-1) if credit is None else credit


def _no_evidence(first: Outcome) -> Outcome:
    return replace(first, credit=None, mistake=None)
