"""The values formulas work with, how they are stored as JSON, and the bounds they keep."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

Value: TypeAlias = "Fraction | str | bool | tuple[Value, ...]"
"""A number, a label, a truth, or a list of these."""

Names: TypeAlias = Mapping[str, Value]
"""What the names in a formula stand for."""

Ties: TypeAlias = Callable[[str], None]
"""Is told, in words, wherever a decision hangs on a tie or a value falls exactly on a threshold."""

MOST_BITS = 4096
"""Of numerator and denominator together: about 1,200 digits."""

MOST_ENTRIES = 256
MOST_ENTRIES_IN_ALL = 4096
MOST_PLACES = 60

_NUMBER = re.compile(r"[+-]?(?:\d{1,1300}(?:\.\d{0,1300})?|\.\d{1,1300})(?:[eE][+-]?\d{1,3}|/\d{1,1300})?", re.ASCII)


class ExpressionError(ValueError):
    """A formula that cannot be read or worked out: what is wrong, and the column (from 1) where it is known."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message if column is None else f"{message} (column {column})")
        self.message = message
        self.column = column


def bounded(value: Fraction) -> Fraction:
    """`value`, unless it is too large to go on working with."""
    if value.numerator.bit_length() + value.denominator.bit_length() > MOST_BITS:
        raise ExpressionError("A number in this formula grows too large.")
    return value


def number(value: Value) -> Fraction:
    """The value as a number."""
    if isinstance(value, Fraction):
        return value
    raise ExpressionError(f"{described(value)} stands where a number belongs.")


def whole(value: Value) -> int:
    """The value as a whole number."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    raise ExpressionError(f"{described(value)} stands where a whole number belongs.")


def members(value: Value) -> tuple[Value, ...]:
    """The value as a list that is not empty and not long."""
    if not isinstance(value, tuple):
        raise ExpressionError(f"{described(value)} stands where a list belongs.")
    if not 0 < len(value) <= MOST_ENTRIES:
        raise ExpressionError(f"A list has between 1 and {MOST_ENTRIES} entries.")
    return value


def not_large(value: Value) -> Value:
    """The value, unless it is a list of lists with more numbers and labels in all than formulas work with."""
    if _entries(value) > MOST_ENTRIES_IN_ALL:
        raise ExpressionError(f"A list holds at most {MOST_ENTRIES_IN_ALL} entries in all.")
    return value


def _entries(value: Value) -> int:
    return sum(map(_entries, value)) if isinstance(value, tuple) else 1


def numbers(value: Value) -> tuple[Fraction, ...]:
    """The value as a list of numbers whose sum stays small enough to work with."""
    found = tuple(number(member) for member in members(value))
    common = 1
    for one in found:
        common = math.lcm(common, one.denominator)
        bounded(Fraction(1, common))
    return found


def meant(name: str, known: Mapping[str, object]) -> str:
    """The end of a sentence about an unknown name: the nearest known one, if any is near."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean “{near[0]}”?" if near else "."


def described(value: Value) -> str:
    """A value as an author would write it, short enough for a message."""
    match value:
        case bool():
            return "A condition"
        case Fraction():
            return exact_text(value)
        case str():
            return f"“{value[:40]}”"
        case _:
            return "A list"


def from_json(stored: object) -> Value:
    """The value of stored JSON: a text that reads as a number is one, every other text is a label."""
    if isinstance(stored, str):
        return from_text(stored)
    if isinstance(stored, list | tuple):
        return tuple(from_json(member) for member in stored)
    if isinstance(stored, bool):
        return stored
    raise ExpressionError("Only texts, truths and lists of these are stored.")


@lru_cache(maxsize=4096)
def from_text(text: str) -> Fraction | str:
    """The number a text stands for (1.50, -3, 2e-3, 23/50), else (also when it is too large) the text as a label."""
    if _NUMBER.fullmatch(text) is None:
        return text
    try:
        return bounded(Fraction(text))
    except (ZeroDivisionError, ExpressionError):
        return text


def to_json(value: Value) -> str | bool | list[object]:
    """The value as JSON that `from_json` reads back: numbers as exact text."""
    match value:
        case bool() | str():
            return value
        case Fraction():
            return exact_text(value)
        case _:
            return [to_json(member) for member in value]


def exact_text(value: Fraction) -> str:
    """A number exactly: as a decimal where it has an end ("0.46"), else as a fraction ("23/51")."""
    places = _places(value.denominator)
    if places is None or places > MOST_PLACES:
        return f"{value.numerator}/{value.denominator}"
    return fixed(value, places)


def _places(denominator: int) -> int | None:
    """How many decimal places a fraction with this denominator takes; None when no number of them is enough."""
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def fixed(value: Fraction, places: int) -> str:
    """A number with so many decimal places, rounded half away from zero; never "-0.00"."""
    scaled = half_up(value * 10**places)
    sign = "-" if scaled < 0 else ""
    digits = str(abs(scaled)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes away from zero."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -size if value < 0 else size


@lru_cache(maxsize=4096)
def general(value: Fraction, digits: int = 6) -> str:
    """A number for people: exactly if it ends within a dozen places, else to so many significant digits."""
    places = _places(value.denominator)
    if places is not None and places <= 12:
        return fixed(value, places)
    rounded = fixed(value, max(0, digits - 1 - magnitude(value)))
    return rounded.rstrip("0").rstrip(".") if "." in rounded else rounded


def magnitude(value: Fraction) -> int:
    """⌊log₁₀|value|⌋ of a number other than 0, exactly."""
    size = abs(value)
    guess = len(str(size.numerator)) - len(str(size.denominator))
    return guess if size >= Fraction(10) ** guess else guess - 1
