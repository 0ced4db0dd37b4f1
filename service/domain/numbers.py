"""Numbers people type, and when such a number is close enough: decimals and fractions throughout, never floats."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.domain.text import INVISIBLE
from service.domain.values import magnitude

LONGEST = 100
LARGEST_EXPONENT = 400

_PLAIN = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2044": "/", **dict.fromkeys(INVISIBLE)})
_RAISED = ("<super>", "<sub>", "<fraction>")  # NFKC would read 5² as 52 and 1½ as 11/2
_DECIMAL = re.compile(
    r"(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE](?P<exponent>[+-]?[0-9]+))?)"
    r"(?:\s*/\s*(?P<below>[0-9]+))?\s*(?P<unit>.*)",
    re.DOTALL,
)


class UnreadableNumber(ValueError):
    """What was typed is no number we read; the message says how to write one."""


def read_number(typed: str, *, fractions: bool = False, units: Mapping[str, str] | None = None) -> Fraction:
    """The number somebody typed, exactly, in the question's own unit.

    Full-width digits, the typographic minus and an exponent (`1.5e-3`) are understood, `a/b` where `fractions` are
    allowed. With `units` (unit → factor to the question's own) the number must carry one of them. Raises
    `UnreadableNumber`.
    """
    if len(typed) > LONGEST:
        raise UnreadableNumber(f"A number has at most {LONGEST} characters.")
    if not typed.isascii() and any(unicodedata.decomposition(character).startswith(_RAISED) for character in typed):
        raise UnreadableNumber("Write powers as 1.5e-3 and fractions as 1/2, without small digits.")
    text = unicodedata.normalize("NFKC", typed).translate(_PLAIN).strip()
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise UnreadableNumber("This is not a number. Write one like 0.25, -3 or 1.5e-3.")
    if found["unit"][:1] in tuple(",0123456789"):
        raise UnreadableNumber("Write a decimal point, not a comma (0.25), and no separator between thousands.")
    value, unit = _size(found), found["unit"].strip()
    if found["below"] is not None:
        value /= _divisor(found["below"], fractions)
    return value * _factor(unit, units or {}) if unit or units else value


def _size(found: re.Match[str]) -> Fraction:
    if abs(int(found["exponent"] or 0)) > LARGEST_EXPONENT:
        raise UnreadableNumber(f"The exponent is too large; it may be up to {LARGEST_EXPONENT}.")
    return Fraction(found["number"])


def _divisor(below: str, fractions: bool) -> int:
    if not fractions:
        raise UnreadableNumber("Write the number as a decimal (0.25), not as a fraction.")
    if int(below) == 0:
        raise UnreadableNumber("This divides by zero.")
    return int(below)


def _factor(unit: str, units: Mapping[str, str]) -> Fraction:
    if unit in units:
        return Fraction(units[unit])
    if not units:
        raise UnreadableNumber("Write the number alone, with nothing behind it.")
    wanted = " or ".join(name for name in units if name)
    raise UnreadableNumber(f"Write the number with its unit: {wanted}." if not unit else f"The unit must be {wanted}.")


def bounds(answer: Fraction, tolerance: Mapping[str, Any]) -> tuple[Fraction, Fraction]:
    """The closed interval of numbers that count as `answer`, by the kind of tolerance its author wrote.

    {"abs": d}: ± d · {"rel": r}: ± r·|a| · {"places": n}: ± ½·10⁻ⁿ · {"sigfig": n}: ± ½·10^(⌊log₁₀|a|⌋ − n + 1),
    nothing around 0 · {"exact": true}: the number itself.
    """
    margin = _margin(answer, tolerance)
    return answer - margin, answer + margin


def _margin(answer: Fraction, tolerance: Mapping[str, Any]) -> Fraction:
    match dict(tolerance):
        case {"abs": margin}:
            return Fraction(margin)
        case {"rel": share}:
            return Fraction(share) * abs(answer)
        case {"places": places}:
            return Fraction(10) ** -int(places) / 2
        case {"sigfig": digits} if answer:
            return Fraction(10) ** (magnitude(answer) - int(digits) + 1) / 2
        case _:
            return Fraction(0)


def within(number: Decimal, low: int, high: int) -> bool:
    """Whether a number is one, and from `low` to `high`."""
    return number.is_finite() and low <= number <= high


def unworkable(number: Decimal) -> str | None:
    """What is wrong with an author's number, if it is none we can calculate with."""
    if not number.is_finite():
        return "This must be a number; infinity and NaN are none."
    if len(number.as_tuple().digits) > LONGEST or (number and abs(number.adjusted()) > LARGEST_EXPONENT):
        return f"This number is too long, or its exponent beyond {LARGEST_EXPONENT}."
    return None
