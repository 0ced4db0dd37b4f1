"""Writes what stands between the braces, kind by kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.domain.kinds.answers import NumericAnswer, stored_answer
from service.domain.kinds.choices import Choice
from service.domain.kinds.matching import MatchingQuestion
from service.domain.kinds.multiple_choice import MultipleChoiceQuestion
from service.domain.kinds.numeric import NumericQuestion
from service.domain.kinds.open_answer import OpenQuestion
from service.domain.kinds.short_text import ShortTextQuestion, TextEntry
from service.domain.kinds.single_choice import SingleChoiceQuestion
from service.domain.kinds.true_false import TrueFalseQuestion
from service.domain.numbers import bounds
from service.domain.values import from_text, number
from service.interchange.gift.saying import Unsayable, decimal, escaped, remark, weight, whole

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")

ARROW = "its answer holds ->, which Moodle takes for a pair and which cannot be escaped: write → or “to”"


def _single_choice(question: SingleChoiceQuestion) -> list[str]:
    _require_written(question)
    return [_choice("=" if one.correct else _weighted("~", one.credit), one) for one in question.choices]


def _multiple_choice(question: MultipleChoiceQuestion) -> list[str]:
    _require_written(question)
    if question.allow_none and not question.marked_right:
        raise Unsayable("choosing nothing is right, which GIFT cannot say: add a choice “none of these”")
    weights: list[Decimal | Fraction | None] = [one.credit for one in question.choices]
    if question.scoring != "weights":
        right = question.marked_right
        wrong = (len(question.choices) - right) if question.scoring != "net_correct" else right
        weights = [Fraction(1, right) if one.correct else -Fraction(1, wrong) for one in question.choices]
    return [_choice(_weighted("~", credit), one) for one, credit in zip(question.choices, weights, strict=True)]


def _require_written(question: SingleChoiceQuestion | MultipleChoiceQuestion) -> None:
    if question.choices_from is not None or question.correct is not None:
        raise Unsayable("its choices or what is right are worked out: write them out")


def _choice(sign: str, choice: Choice) -> str:
    return sign + whole(choice.text) + remark(choice.feedback)


def _weighted(sign: str, credit: Decimal | Fraction | None) -> str:
    return sign + (weight(credit) if credit else "")


def _true_false(question: TrueFalseQuestion) -> list[str]:
    said = question.feedback
    right, wrong = (said.if_true, said.if_false) if question.answer else (said.if_false, said.if_true)
    both = f"#{whole(wrong) if wrong else ''}{remark(right)}" if right or wrong else ""
    return [("TRUE" if question.answer else "FALSE") + both]


def _numeric(question: NumericQuestion) -> list[str]:
    if question.units:
        raise Unsayable("its numbers have units, which GIFT does not know: name the unit in the question")
    lines = [f"={_number(question.answer)}{remark(question.feedback.correct)}"]
    for entry in question.accept:
        sign = "=" if entry.credit == 1 else f"={weight(entry.credit) if entry.credit else '%0%'}"
        lines.append(f"{sign}{_number(entry)}{remark(entry.feedback)}")
    incorrect = question.feedback.incorrect
    return ["#", *lines, *([f"~{remark(incorrect)}"] if incorrect else [])]


def _number(answer: NumericAnswer) -> str:
    stored = stored_answer(answer)
    if "range" in stored:
        return "..".join(_end(_value(end)) for end in stored["range"])
    value, tolerance = _value(stored), stored["tolerance"]
    if "exact" in tolerance:
        return value
    if "abs" in tolerance:
        return f"{value}:{tolerance['abs']}"
    low, high = bounds(Fraction(value), tolerance)
    return f"{value}:{decimal((high - low) / 2)}"


def _end(written: str) -> str:
    """An end of a range, as it was written where that cannot be taken for a part of the dots."""
    return written if _PLAIN.fullmatch(written) else decimal(number(from_text(written)))


def _value(stored: Mapping[str, Any]) -> str:
    if "expr" in stored:
        raise Unsayable("its number is worked out: write the number")
    return str(stored["value"])


def _short_text(question: ShortTextQuestion) -> list[str]:
    if question.reject or any(entry.written[0] in {"re", "number"} for entry in question.accept):
        raise Unsayable("it rejects answers or accepts them by patterns or numbers: list the texts to accept, with *")
    if question.case_sensitive:
        raise Unsayable("case matters in it, and GIFT always ignores that: set it in Moodle")
    lines = [_entry(entry) for entry in question.accept]
    incorrect = question.feedback.incorrect
    lines += [f"=%0%*{remark(incorrect)}"] if incorrect else []
    if "->" in "".join(lines):
        if len(lines) > 1:
            raise Unsayable(ARROW)
        # Without any = it is no pair.
        return [lines[0].removeprefix("=")]
    return lines


def _entry(entry: TextEntry) -> str:
    way, text = entry.written
    if way == "text" and "\\*" in text:
        raise Unsayable("an answer holds \\*, which GIFT takes for a star: write it otherwise")
    plain = text.replace("*", "\\*") if way == "text" else text
    credit = "" if entry.credit == 1 else weight(entry.credit) if entry.credit else "%0%"
    start = "[markdown]" if whole(plain).startswith("[markdown]") else ""
    return f"={credit}{start}{escaped(plain)}{remark(entry.feedback)}"


def _matching(question: MatchingQuestion) -> list[str]:
    if any("->" in pair.left for pair in question.pairs):
        raise Unsayable("a left side holds ->, which Moodle takes for the arrow of the pair: write → or “to”")
    pairs = [f"={whole(pair.left)} -> {_right(pair.right)}" for pair in question.pairs]
    return [*pairs, *(f"= -> {_right(text)}" for text in question.distractors)]


def _right(text: str) -> str:
    return ("\\n" if text[:1] in {" ", "\t"} else "") + escaped(text)


def _open(_: OpenQuestion) -> list[str]:
    return []


BLOCKS: Mapping[str, Callable[[Any], list[str]]] = {
    "single_choice": _single_choice,
    "multiple_choice": _multiple_choice,
    "true_false": _true_false,
    "numeric": _numeric,
    "short_text": _short_text,
    "matching": _matching,
    "open": _open,
}
"""What GIFT can say."""
