"""Choices, as single_choice, multiple_choice and the gaps of a cloze have them."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from service.domain.fields import Identifier, Key, Markdown, Number
from service.domain.keys import keyed
from service.domain.kinds.answers import Computed, stored_value, value_of
from service.domain.kinds.kind import Data, Dealer, Posed, ids_by_key
from service.domain.kinds.question import repeated_keys
from service.domain.mistakes import Mistake
from service.domain.shapes import Json, Rich
from service.domain.values import ExpressionError, Value, described, from_text

FEWEST, MOST = 2, 50


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something to choose; `anchor` keeps it first or last when the others are shuffled."""

    SHORT: ClassVar[str] = "text"

    key: Key | None = None
    text: Markdown
    correct: bool = False
    credit: Number | None = None
    feedback: Markdown | None = None
    anchor: Literal["first", "last"] | None = None


@dataclass(frozen=True, kw_only=True)
class ChoiceFields:
    """Choices written out, or taken from the stimulus; what is right marked on them or said by `correct`."""

    choices: tuple[Choice, ...] = ()
    choices_from: Identifier | None = None
    correct: Computed | None = None

    def choice_mistakes(self) -> Iterator[Mistake]:
        """Too few or too many choices, choices twice, nothing right, or what is right said twice."""
        if self.choices_from is not None:
            if self.choices:
                yield Mistake(("choices_from",), "Write choices or take them from the stimulus, not both.")
        elif not FEWEST <= len(self.choices) <= MOST:
            yield Mistake(("choices",), f"There are {FEWEST} to {MOST} choices, not {len(self.choices)}.")
        yield from repeated_keys("choices", self.choices)
        yield from repeated_texts("choices", [choice.text for choice in self.choices])
        if self.correct is not None and any(choice.correct for choice in self.choices):
            yield Mistake(("correct",), "Mark the right choices or write `correct`, not both.")

    @property
    def marked_right(self) -> int:
        """How many choices are marked as right."""
        return sum(choice.correct for choice in self.choices)


def repeated_texts(field_name: str, texts: list[str]) -> Iterator[Mistake]:
    """Texts that are empty, or the same as an earlier one; case matters, True is not true."""
    seen: set[str] = set()
    for index, text in enumerate(texts):
        plain = same_text(text)
        if not plain:
            yield Mistake((field_name, index), "This text is empty.")
        elif plain in seen:
            yield Mistake((field_name, index), f"“{plain[:60]}” is there twice; make them differ.")
        seen.add(plain)


def same_text(text: str) -> str:
    """The text so that equal ones are equal: one way to write accents, white space collapsed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def split_choices(document: ChoiceFields, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
    """The choices without what is right, and what is right: {"choices": [{"key", "text", "anchor"?}]}.

    The key has {"choices": {key: {"right", "credit", "feedback"}}, "correct": null or {"expr"}}; a right choice that
    is written out is marked here, once.
    """
    choices = document.choices
    if document.choices_from is not None:
        choices = tuple(Choice(text=label) for label in data[document.choices_from])
    keys = keyed((choice.key, choice.text) for choice in choices)
    asked = [_asked(key, choice) for key, choice in zip(keys, choices, strict=True)]
    computed = document.correct if document.correct is not None and document.correct.expr is not None else None
    written = document.correct.value if document.correct is not None else None
    marks = {
        key: {
            "right": choice.correct or (written is not None and written.strip() in {key, choice.text.strip()}),
            "credit": None if choice.credit is None else str(choice.credit),
            "feedback": None if choice.feedback is None else {"markdown": choice.feedback},
        }
        for key, choice in zip(keys, choices, strict=True)
    }
    return {"choices": asked}, {"choices": marks, "correct": stored_value(computed) if computed else None}


def _asked(key: str, choice: Choice) -> dict[str, Any]:
    asked: dict[str, Any] = {"key": key, "text": {"markdown": choice.text}}
    return asked | ({"anchor": choice.anchor} if choice.anchor else {})


def lay_out_choices(posed: Posed, dealer: Dealer) -> dict[str, Any]:
    """The order shown: anchored choices in their place, the others shuffled if wanted."""
    choices = posed.asked["choices"]
    first, last, free = (
        [choice["key"] for choice in choices if choice.get("anchor") == anchor] for anchor in ("first", "last", None)
    )
    return {"choices": dealer.label([*first, *(dealer.shuffled(free) if dealer.shuffle else free), *last])}


def right_keys(posed: Posed, key: Json) -> frozenset[str]:
    """The choices that are right in this variant. Raises `ExpressionError`."""
    if key["correct"] is not None:
        return named_keys(posed, key["correct"])
    return frozenset(name for name, mark in key["choices"].items() if mark["right"])


def named_keys(posed: Posed, named: Json) -> frozenset[str]:
    """The choices a stored value or formula names: a label or a list of labels. Raises `ExpressionError`."""
    value = value_of(named, posed.variant)
    labels = value if isinstance(value, tuple) else (value,)
    by_label = {_label(posed, choice): choice["key"] for choice in posed.asked["choices"]}
    return frozenset(_key_of(label, by_label) for label in labels)


def _label(posed: Posed, choice: Json) -> Value:
    return from_text(posed.variant.text(choice["text"]["markdown"]).strip())


def _key_of(label: Value, by_label: Mapping[Value, str]) -> str:
    if label in by_label:
        return by_label[label]
    if label in by_label.values():
        return str(label)
    raise ExpressionError(f"{described(label)} is none of the choices.")


def check_choices(posed: Posed) -> Iterator[Mistake]:
    """Choices that become the same in this variant, or are too few or too many as the stimulus has them."""
    count = len(posed.asked["choices"])
    if not FEWEST <= count <= MOST:
        yield Mistake(("choices_from",), f"There are {FEWEST} to {MOST} choices, not {count}.")
    texts = [posed.variant.text(choice["text"]["markdown"]) for choice in posed.asked["choices"]]
    yield from repeated_texts("choices", texts)


def present_choices(posed: Posed, chosen: Collection[str]) -> list[str]:
    """The ids of the chosen ones, in the order shown."""
    return [shown for shown, key in posed.layout["choices"] if key in chosen]


def reveal_choices(posed: Posed, key: Json, chosen: Collection[str]) -> list[dict[str, Any]]:
    """Every choice in the order shown: its id, whether it is right and was chosen, and what is said of it."""
    right = right_keys(posed, key)
    return [
        {
            "id": shown,
            "right": name in right,
            "chosen": name in chosen,
            "feedback": _feedback(posed, key["choices"][name]),
        }
        for shown, name in posed.layout["choices"]
    ]


def _feedback(posed: Posed, mark: Json) -> Rich | None:
    return posed.fill(mark["feedback"]) if mark["feedback"] else None


def choice_ids(posed: Posed) -> dict[str, str]:
    """From author's keys to the ids shown."""
    return ids_by_key(posed.layout["choices"])
