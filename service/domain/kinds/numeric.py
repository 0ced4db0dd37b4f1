"""Type a number: right within the tolerance its author wrote, limits included, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from service.domain import numbers
from service.domain.fields import Key, Markdown, Number
from service.domain.keys import keyed
from service.domain.kinds.answers import NumericAnswer, interval, middle, stored_answer, stored_credit
from service.domain.kinds.kind import Data, Kind, Posed
from service.domain.kinds.question import Question, repeated_keys
from service.domain.mistakes import Mistake
from service.domain.outcomes import NOTHING, InvalidResponse, Outcome, fraction_of
from service.domain.responses import read_members, read_text
from service.domain.shapes import Json, NumberField, Rich
from service.domain.values import general


@dataclass(frozen=True, kw_only=True)
class NumericEntry(NumericAnswer):
    """A further answer that is accepted, with its own credit and feedback."""

    key: Key | None = None
    credit: Number = Decimal(1)
    feedback: Markdown | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """Also: a credit that is no share."""
        yield from super().mistakes()
        if not numbers.within(self.credit, 0, 1):
            yield Mistake(("credit",), "A credit is between 0 and 1.")


@dataclass(frozen=True, kw_only=True)
class NumericFields:
    """The right number, others that are accepted in their order, and how numbers may be written.

    `units` maps each unit that may stand behind the number to its factor ({km: 1000, m: 1}); with `fractions`
    a/b may be typed.
    """

    answer: NumericAnswer
    accept: tuple[NumericEntry, ...] = ()
    units: dict[str, Number] = field(default_factory=dict)
    fractions: bool = False

    def numeric_mistakes(self) -> Iterator[Mistake]:
        """Keys written twice, units that cannot be told from numbers."""
        yield from repeated_keys("accept", self.accept)
        for unit, factor in self.units.items():
            if unit != unit.strip() or unit[:1] in tuple("0123456789.,/+-eE"):
                yield Mistake(("units", unit), "A unit starts with a letter or sign that no number has; not with e.")
            if factor.is_finite() and factor <= 0:
                yield Mistake(("units", unit), "A unit's factor is above 0.")


@dataclass(frozen=True, kw_only=True)
class NumericQuestion(NumericFields, Question):
    """A question answered by a number."""

    kind: Literal["numeric"] = "numeric"

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with the question and its numbers."""
        yield from super().mistakes()
        yield from self.numeric_mistakes()
        for index, named in enumerate(self.mistakes_):
            if named.answer.range is None and named.answer.tolerance is None:
                yield Mistake(
                    ("mistakes", index, "answer", "tolerance"), "Say how close counts as this mistake: {abs: …}."
                )


@dataclass(frozen=True, kw_only=True)
class NumericPart(NumericFields):
    """A gap to be filled with a number."""

    kind: Literal["numeric"] = "numeric"
    weight: Number = Decimal(1)

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with its numbers."""
        yield from self.numeric_mistakes()


class Numeric(Kind):
    """A response is what was typed; every bound is worked out in fractions."""

    name = "numeric"
    document = NumericQuestion
    names_mistakes = True

    def split(self, document: NumericFields, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        written = [(entry, stored_answer(entry)) for entry in document.accept]
        keys = keyed([("answer", ""), *((entry.key, repr(answer)) for entry, answer in written)])
        entries = [{"key": "answer", "answer": stored_answer(document.answer), "credit": "1", "feedback": None}]
        entries += [
            {
                "key": key,
                "answer": answer,
                "credit": stored_credit(entry.credit),
                "feedback": None if entry.feedback is None else {"markdown": entry.feedback},
            }
            for key, (entry, answer) in zip(keys[1:], written, strict=True)
        ]
        units = {unit: str(factor) for unit, factor in sorted(document.units.items())}
        return {"units": units, "fractions": document.fractions}, {"entries": entries}

    def check(self, posed: Posed, key: Json) -> Iterator[Mistake]:
        for index, entry in enumerate(key["entries"]):
            path = ("accept", index - 1) if index else ("answer",)
            low, high = interval(entry["answer"], posed.variant)
            if low > high:
                yield Mistake((*path, "range"), "The range ends before it begins.")
            tolerance = entry["answer"].get("tolerance", {})
            if middle(entry["answer"], posed.variant) == 0 and not tolerance.keys().isdisjoint({"rel", "sigfig"}):
                yield Mistake((*path, "tolerance"), "The answer is 0, where rel and sigfig leave no room; use abs.")

    def same_answer(self, posed: Posed, key: Json, named: Json) -> bool:
        # Either in the other's interval: what is typed for the one would be taken for the other.
        low, high = interval(named, posed.variant)
        right = middle(key["entries"][0]["answer"], posed.variant)
        return low <= right <= high or self._entry(posed, key, middle(named, posed.variant)) is not None

    def show(self, posed: Posed) -> NumberField:
        return {"units": list(posed.asked["units"]), "fractions": posed.asked["fractions"]}

    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        text = read_text(read_members(raw, "text")["text"], numbers.LONGEST, "text")
        return {"text": text} if text else None

    def require_readable(self, posed: Posed, response: Json) -> None:
        self._number(posed, response["text"])

    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        entry = self._entry(posed, key, self._number(posed, response["text"]))
        if entry is None:
            return Outcome.worth(NOTHING, self.name)
        return Outcome.worth(fraction_of(entry["credit"]), self.name, matched=entry["key"])

    def is_answer(self, posed: Posed, key: Json, named: Json, response: Json) -> bool:
        low, high = interval(named, posed.variant)
        return low <= self._number(posed, response["text"]) <= high

    def answer_of(self, posed: Posed, key: Json, outcome: Outcome) -> Hashable:
        matched = next(entry for entry in key["entries"] if entry["key"] == outcome.matched)
        return interval(matched["answer"], posed.variant)

    def remarks(self, posed: Posed, key: Json, response: Json, outcome: Outcome) -> list[Rich]:
        return [entry["feedback"] for entry in key["entries"] if entry["key"] == outcome.matched and entry["feedback"]]

    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        full = [entry["answer"] for entry in key["entries"] if fraction_of(entry["credit"]) == 1]
        spans = [interval(answer, posed.variant) for answer in full]
        return {
            "right": {"text": general(middle(full[0], posed.variant))},
            "accepted": [{"from": general(low), "to": general(high)} for low, high in spans],
        }

    @staticmethod
    def _entry(posed: Posed, key: Json, value: Fraction) -> Mapping[str, Any] | None:
        """The first entry that accepts the number."""
        for entry in key["entries"]:
            low, high = interval(entry["answer"], posed.variant)
            if low <= value <= high:
                return dict(entry)
        return None

    @staticmethod
    def _number(posed: Posed, text: str) -> Fraction:
        try:
            return numbers.read_number(text, fractions=posed.asked["fractions"], units=posed.asked["units"])
        except numbers.UnreadableNumber as error:
            raise InvalidResponse(str(error), "text") from None
