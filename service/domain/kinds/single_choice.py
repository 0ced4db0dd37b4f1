"""Choose one: worth the credit of the choice, 1 for the right one unless it says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from service.domain.fields import Line, Number
from service.domain.kinds.answers import Computed
from service.domain.kinds.choices import (
    ChoiceFields,
    check_choices,
    choice_ids,
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
from service.domain.outcomes import Outcome
from service.domain.responses import read_id, read_members
from service.domain.shapes import Choices, Json, Rich


@dataclass(frozen=True, kw_only=True)
class OneRight(ChoiceFields):
    """Choices of which one is right."""

    def choice_mistakes(self) -> Iterator[Mistake]:
        """Also: not exactly one right choice, or credit that is no share."""
        yield from super().choice_mistakes()
        if self.correct is None and self.marked_right != 1:
            found = "none is" if not self.marked_right else f"{self.marked_right} are"
            yield Mistake(("choices",), f"Exactly one choice is right; here {found} marked with `correct: true`.")
        for index, choice in enumerate(self.choices):
            if choice.credit is not None and not within(choice.credit, 0, 1):
                yield Mistake(("choices", index, "credit"), "A credit is between 0 and 1.")


@dataclass(frozen=True, kw_only=True)
class SingleChoiceQuestion(OneRight, Question):
    """Choices of which one is to be chosen."""

    kind: Literal["single_choice"] = "single_choice"

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with the question and its choices."""
        yield from super().mistakes()
        yield from self.choice_mistakes()


@dataclass(frozen=True, kw_only=True)
class SingleChoicePart(OneRight):
    """A gap to be filled with one of some choices; `answer: text` is short for marking that choice."""

    kind: Literal["single_choice"] = "single_choice"
    answer: Line | None = None
    weight: Number = Decimal(1)
    shuffle: bool = True

    def with_answer(self) -> SingleChoicePart:
        """The same with `answer` in its long form."""
        return self if self.answer is None else replace(self, correct=Computed(value=self.answer), answer=None)

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with the choices; an answer that is none of them, or said twice."""
        if self.answer is not None and self.correct is not None:
            yield Mistake(("answer",), "Write `answer` or `correct`, not both.")
        elif self.answer is not None and self.answer.strip() not in {choice.text.strip() for choice in self.choices}:
            yield Mistake(("answer",), f"“{self.answer}” is none of the choices.")
        else:
            yield from self.with_answer().choice_mistakes()


class SingleChoice(Kind):
    """Right choices marked or computed; credit by choice."""

    name = "single_choice"
    document = SingleChoiceQuestion
    names_mistakes = True

    def split(self, document: ChoiceFields, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        return split_choices(document, data)

    def check(self, posed: Posed, key: Json) -> Iterator[Mistake]:
        yield from check_choices(posed)
        right = right_keys(posed, key)
        if len(right) != 1:
            yield Mistake(("correct",), f"Exactly one choice is right; here {len(right)} are.")
        elif self._credit(right, key, *right) != 1:
            yield Mistake(("choices",), "The right choice has full credit.")

    def same_answer(self, posed: Posed, key: Json, named: Json) -> bool:
        return not right_keys(posed, key).isdisjoint(named_keys(posed, named))

    def lay_out(self, posed: Posed, key: Json, dealer: Dealer) -> dict[str, Any]:
        return lay_out_choices(posed, dealer)

    def show(self, posed: Posed) -> Choices:
        return {"choices": posed.options("choices", "choices")}

    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        chosen = read_members(raw, "choice")["choice"]
        if chosen is None:
            return None
        return {"choice": read_id(chosen, keys_by_id(posed.layout["choices"]), "choice")}

    def present(self, posed: Posed, response: Json) -> dict[str, Any]:
        return {"choice": choice_ids(posed)[response["choice"]]}

    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        right, chosen = right_keys(posed, key), response["choice"]
        breakdown = ({"of": chosen, "right": chosen in right},)
        return Outcome.worth(self._credit(right, key, chosen), self.name, breakdown=breakdown)

    def is_answer(self, posed: Posed, key: Json, named: Json, response: Json) -> bool:
        return response["choice"] in named_keys(posed, named)

    def remarks(self, posed: Posed, key: Json, response: Json, outcome: Outcome) -> list[Rich]:
        said = key["choices"][response["choice"]]["feedback"]
        return [said] if said else []

    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        right = present_choices(posed, right_keys(posed, key))
        return {
            "right": {"choice": right[0]} if right else None,
            "choices": reveal_choices(posed, key, [response["choice"]] if response else []),
        }

    @staticmethod
    def _credit(right: frozenset[str], key: Json, chosen: str) -> Fraction:
        credit = key["choices"][chosen]["credit"]
        return Fraction(credit) if credit is not None else Fraction(chosen in right)
