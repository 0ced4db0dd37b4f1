"""Type a word or two: compared after `text/v1` on both sides, with entries to accept and to reject in their order."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Literal

from service.domain import numbers, patterns
from service.domain.fields import Key, Line, Markdown, Number
from service.domain.keys import keyed
from service.domain.kinds.answers import stored_credit, value_of
from service.domain.kinds.kind import Data, Kind, Posed
from service.domain.kinds.question import Question, repeated_keys
from service.domain.mistakes import Mistake
from service.domain.outcomes import NOTHING, Outcome
from service.domain.responses import read_members, read_text
from service.domain.shapes import Json, Nothing, Rich
from service.domain.text import VERSION, Reading, is_near_miss, normalised
from service.domain.values import exact_text

LONGEST = 500
WAYS = ("text", "wildcard", "re", "number")


@dataclass(frozen=True, kw_only=True)
class TextEntry:
    """An answer to accept or reject: a text, a text with `*` for anything, a regular expression, or a number."""

    SHORT: ClassVar[str] = "text"

    key: Key | None = None
    text: Line | None = None
    wildcard: Line | None = None
    re: Line | None = None
    number: Number | None = None
    credit: Number = Decimal(1)
    feedback: Markdown | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """Not exactly one way to match; a pattern that cannot be used; a credit that is no share."""
        if sum(getattr(self, way) is not None for way in WAYS) != 1:
            yield Mistake((), "Write exactly one of text, wildcard, re and number.")
        if self.text is not None and not normalised(self.text):
            yield Mistake(("text",), "This text is empty.")
        for way in ("wildcard", "re"):
            if (pattern := getattr(self, way)) is not None:
                yield from (Mistake((way,), fault) for fault in patterns.faults(pattern, wildcard=way == "wildcard"))
        if not numbers.within(self.credit, 0, 1):
            yield Mistake(("credit",), "A credit is between 0 and 1.")

    @property
    def written(self) -> tuple[str, str]:
        """How the entry matches, and what."""
        return next((way, str(getattr(self, way))) for way in WAYS if getattr(self, way) is not None)


@dataclass(frozen=True, kw_only=True)
class ShortTextFields:
    """Entries to accept and to reject, and what beyond `text/v1` makes no difference."""

    accept: tuple[TextEntry, ...]
    reject: tuple[TextEntry, ...] = ()
    case_sensitive: bool = False
    fold_accents: bool = False
    drop_articles: bool = False
    ignore_spaces: bool = False

    def text_mistakes(self) -> Iterator[Mistake]:
        """Nothing accepted in full, keys written twice."""
        if not any(entry.credit == 1 for entry in self.accept):
            yield Mistake(("accept",), "No answer is accepted with full credit.")
        yield from repeated_keys("accept", self.accept)
        yield from repeated_keys("reject", self.reject)


@dataclass(frozen=True, kw_only=True)
class ShortTextQuestion(ShortTextFields, Question):
    """A question answered in a word or two."""

    kind: Literal["short_text"] = "short_text"

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with the question and its entries."""
        yield from super().mistakes()
        yield from self.text_mistakes()


@dataclass(frozen=True, kw_only=True)
class ShortTextPart(ShortTextFields):
    """A gap to be filled with a word or two."""

    kind: Literal["short_text"] = "short_text"
    weight: Number = Decimal(1)

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with its entries."""
        yield from self.text_mistakes()


class ShortText(Kind):
    """Rejected entries come first: they carve exceptions out of what patterns accept."""

    name = "short_text"
    document = ShortTextQuestion
    names_mistakes = True

    def split(self, document: ShortTextFields, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        return {}, {
            "accept": _stored(document.accept),
            "reject": _stored(document.reject),
            "case_sensitive": document.case_sensitive,
            "fold_accents": document.fold_accents,
            "drop_articles": document.drop_articles,
            "ignore_spaces": document.ignore_spaces,
        }

    def check(self, posed: Posed, key: Json) -> Iterator[Mistake]:
        taken: dict[str, int] = {}
        for index, entry in enumerate(key["accept"]):
            if "text" not in entry:
                continue
            text = posed.variant.text(entry["text"])
            if _first(posed, key, "reject", text) is not None:
                yield Mistake(("accept", index), f"“{text}” is accepted here but rejected below; rejecting wins.")
            plain = normalised(text, Reading.from_json(key))
            if plain in taken:
                yield Mistake(("accept", index), f"“{text}” is already accepted by entry {taken[plain] + 1}.")
            taken.setdefault(plain, index)

    def same_answer(self, posed: Posed, key: Json, named: Json) -> bool:
        return _first(posed, key, "accept", self._text(posed, named)) is not None

    def rule(self, key: Json) -> str:
        return f"{self.name}/{VERSION}"

    def show(self, posed: Posed) -> Nothing:
        return {}

    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        text = read_text(read_members(raw, "text")["text"], LONGEST, "text")
        return {"text": text} if normalised(text) else None

    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        rejected = _first(posed, key, "reject", response["text"])
        if rejected is not None:
            return Outcome.worth(NOTHING, self.rule(key), matched=rejected["key"])
        accepted = _first(posed, key, "accept", response["text"])
        if accepted is None:
            return Outcome.worth(NOTHING, self.rule(key))
        return Outcome.worth(Fraction(accepted["credit"]), self.rule(key), matched=accepted["key"])

    def is_answer(self, posed: Posed, key: Json, named: Json, response: Json) -> bool:
        reading = Reading.from_json(key)
        return normalised(response["text"], reading) == normalised(self._text(posed, named), reading)

    def answer_of(self, posed: Posed, key: Json, outcome: Outcome) -> Hashable:
        matched = next(entry for entry in key["accept"] if entry["key"] == outcome.matched)
        if "text" in matched:
            return normalised(posed.variant.text(matched["text"]), Reading.from_json(key))
        return tuple(matched.get(way) for way in WAYS)

    def near_miss(self, posed: Posed, key: Json, response: Json) -> bool:
        if _first(posed, key, "reject", response["text"]) or _first(posed, key, "accept", response["text"]):
            return False
        reading = Reading.from_json(key)
        answer = normalised(response["text"], reading)
        return any(
            is_near_miss(answer, normalised(posed.variant.text(entry["text"]), reading))
            for entry in key["accept"]
            if "text" in entry
        )

    def remarks(self, posed: Posed, key: Json, response: Json, outcome: Outcome) -> list[Rich]:
        return [
            entry["feedback"]
            for entry in (*key["reject"], *key["accept"])
            if entry["key"] == outcome.matched and entry["feedback"]
        ]

    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        texts = [
            posed.variant.text(entry.get("text") or entry["number"])
            for entry in key["accept"]
            if Fraction(entry["credit"]) == 1 and not entry.keys().isdisjoint({"text", "number"})
        ]
        return {"right": {"text": texts[0]} if texts else None, "accepted": texts[1:]}

    @staticmethod
    def _text(posed: Posed, named: Json) -> str:
        if "range" in named:
            return ""
        value = value_of(named, posed.variant)
        return value if isinstance(value, str) else exact_text(value) if isinstance(value, Fraction) else ""


def _stored(entries: Sequence[TextEntry]) -> list[dict[str, Any]]:
    written = [entry.written for entry in entries]
    keys = keyed((entry.key, text) for entry, (_, text) in zip(entries, written, strict=True))
    return [
        {
            "key": key,
            way: text,
            "credit": stored_credit(entry.credit),
            "feedback": None if entry.feedback is None else {"markdown": entry.feedback},
        }
        for key, entry, (way, text) in zip(keys, entries, written, strict=True)
    ]


def _first(posed: Posed, key: Json, entries: str, text: str) -> Mapping[str, Any] | None:
    """The first of the entries that matches a text."""
    return next((dict(entry) for entry in key[entries] if _matches(posed, key, entry, text)), None)


def _matches(posed: Posed, key: Json, entry: Json, text: str) -> bool:
    reading = Reading.from_json(key)
    if "text" in entry:
        return normalised(text, reading) == normalised(posed.variant.text(entry["text"]), reading)
    if "wildcard" in entry:
        return patterns.matches_wildcard(normalised(entry["wildcard"], reading), normalised(text, reading))
    if "re" in entry:
        as_typed = normalised(text, replace(reading, case_sensitive=True))
        return patterns.matches_expression(entry["re"], as_typed, case_sensitive=reading.case_sensitive)
    try:
        return numbers.read_number(text, fractions=True) == Fraction(entry["number"])
    except numbers.UnreadableNumber:
        return False
