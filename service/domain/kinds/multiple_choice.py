"""Choose all that are right: four ways to score, none of which rewards ticking everything by default."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from service.domain.kinds.choices import (
    ChoiceFields,
    check_choices,
    lay_out_choices,
    named_keys,
    present_choices,
    reveal_choices,
    right_keys,
    split_choices,
)
from service.domain.kinds.kind import Data, Dealer, Kind, Posed, keys_by_id
from service.domain.kinds.question import Question
from service.domain.mistakes import Mistake
from service.domain.numbers import within
from service.domain.outcomes import EVERYTHING, NOTHING, InvalidResponse, Outcome
from service.domain.responses import read_ids, read_members
from service.domain.shapes import Choices, Json

Scoring = Literal["balanced", "all_or_nothing", "net_correct", "weights"]


@dataclass(frozen=True, kw_only=True)
class MultipleChoiceQuestion(ChoiceFields, Question):
    """Choices of which any number is to be chosen; with `allow_none` choosing none is an answer, too."""

    kind: Literal["multiple_choice"] = "multiple_choice"
    scoring: Scoring = "balanced"
    allow_none: bool = False

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with the question and its choices."""
        yield from super().mistakes()
        yield from self.choice_mistakes()
        if self.correct is None and not self.marked_right and not self.allow_none and self.scoring != "weights":
            yield Mistake(("choices",), "No choice is right; mark at least one with `correct: true`.")
        yield from self._credit_mistakes()

    def _credit_mistakes(self) -> Iterator[Mistake]:
        for index, choice in enumerate(self.choices):
            if choice.credit is None:
                continue
            if self.scoring != "weights":
                yield Mistake(("choices", index, "credit"), "Choices have credit of their own with `scoring: weights`.")
            elif not within(choice.credit, -1, 1):
                yield Mistake(("choices", index, "credit"), "A weight is between -1 and 1.")
        weights = [choice.credit for choice in self.choices if choice.credit and within(choice.credit, 0, 1)]
        if self.scoring == "weights" and sum(map(share, weights)) < 1:
            yield Mistake(("choices",), "The weights above 0 must come to 1 at least, or nobody can be fully right.")


def share(written: Decimal | str | None) -> Fraction:
    """A weight as it is meant: 0.33333 is a third, as files that can only write decimals have it."""
    exact = Fraction(written or 0)
    near = exact.limit_denominator(20)
    return near if abs(near - exact) < Fraction(1, 100_000) else exact


def score(scoring: str, right: Collection[object], wrong: Collection[object], chosen: Collection[object]) -> Fraction:
    """The credit for choosing `chosen` where `right` are right and `wrong` are wrong.

    With t of c right and w of d wrong ones chosen: `balanced` max(0, t/c − w/d), so that everything ticked is worth 0;
    `net_correct` max(0, (t − w)/c); `all_or_nothing`. Where nothing is right, choosing nothing is worth 1, and every
    wrong choice its share less.
    """
    t, w = len(set(chosen) & set(right)), len(set(chosen) & set(wrong))
    if scoring == "all_or_nothing":
        return EVERYTHING if set(chosen) == set(right) else NOTHING
    hits = Fraction(t, len(right)) if right else EVERYTHING
    if scoring == "net_correct":
        return max(NOTHING, hits - Fraction(w, len(right) or len(wrong) or 1))
    return max(NOTHING, hits - (Fraction(w, len(wrong)) if wrong else NOTHING))


class MultipleChoice(Kind):
    """A response is a set of choices, kept sorted."""

    name = "multiple_choice"
    document = MultipleChoiceQuestion
    discreet = True
    names_mistakes = True

    def split(self, document: MultipleChoiceQuestion, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        asked, key = split_choices(document, data)
        if document.scoring == "weights":
            for mark in key["choices"].values():
                mark["right"] = share(mark["credit"]) > 0
        return asked | {"allow_none": document.allow_none}, key | {"scoring": document.scoring}

    def check(self, posed: Posed, key: Json) -> Iterator[Mistake]:
        yield from check_choices(posed)
        right = right_keys(posed, key)
        if key["scoring"] == "weights":
            return
        if not right and not posed.asked["allow_none"]:
            yield Mistake(("correct",), "No choice is right; set `allow_none` if that is meant.")
        if len(right) == len(key["choices"]) and key["scoring"] == "balanced":
            yield Mistake(("correct",), "Every choice is right, so ticking everything would do; add a wrong one.")

    def same_answer(self, posed: Posed, key: Json, named: Json) -> bool:
        return right_keys(posed, key) == named_keys(posed, named)

    def rule(self, key: Json) -> str:
        return f"{self.name}/{key['scoring']}"

    def lay_out(self, posed: Posed, key: Json, dealer: Dealer) -> dict[str, Any]:
        return lay_out_choices(posed, dealer)

    def show(self, posed: Posed) -> Choices:
        return {"choices": posed.options("choices", "choices"), "allow_none": posed.asked["allow_none"]}

    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        chosen = read_members(raw, "choices")["choices"]
        if chosen is None:
            return None
        keys = read_ids(chosen, keys_by_id(posed.layout["choices"]), "choices")
        if not keys and not posed.asked["allow_none"]:
            raise InvalidResponse("Choose at least one, or send null to leave the question blank.", "choices")
        return {"choices": sorted(keys)}

    def present(self, posed: Posed, response: Json) -> dict[str, Any]:
        return {"choices": present_choices(posed, response["choices"])}

    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        right, chosen = right_keys(posed, key), response["choices"]
        credit = (
            _weight(key, chosen)
            if key["scoring"] == "weights"
            else score(key["scoring"], right, key["choices"].keys() - right, chosen)
        )
        breakdown = tuple(
            {"of": name, "chosen": name in chosen, "right": (name in chosen) is (name in right)}
            for name in sorted(key["choices"])
        )
        return Outcome.worth(credit, self.rule(key), breakdown=breakdown)

    def is_answer(self, posed: Posed, key: Json, named: Json, response: Json) -> bool:
        return named_keys(posed, named) == set(response["choices"])

    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        return {
            "right": {"choices": present_choices(posed, right_keys(posed, key))},
            "choices": reveal_choices(posed, key, response["choices"] if response else []),
        }


def _weight(key: Json, chosen: Collection[str]) -> Fraction:
    """The weights of the chosen ones together, not below 0 and not above 1."""
    total = sum((share(key["choices"][name]["credit"]) for name in chosen), NOTHING)
    return min(EVERYTHING, max(NOTHING, total))
