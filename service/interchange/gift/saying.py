"""Writes texts and numbers so that Moodle, and our own reader, take them for what they are."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

from service.interchange.gift.texts import FORMATS

_SIGNS = re.compile(r"[\\~=#{}:\n]")
_STARTS = tuple(f"[{name}]" for name in FORMATS)


class Unsayable(ValueError):
    """What GIFT has no way to say; the message says what, and what to do instead."""


def escaped(text: str) -> str:
    """The text with every sign that means something escaped, on one line."""
    return _SIGNS.sub(lambda found: "\\n" if found[0] == "\n" else "\\" + found[0], text)


def whole(text: str) -> str:
    """A text that stands by itself: neither its beginning nor the space before it is taken for something else."""
    written = escaped(text)
    if text.startswith((*_STARTS, "%")):
        written = "[markdown]" + written
    # Space at the beginning is code in Markdown; a new line before it keeps it from being trimmed.
    return f"\\n{written}" if text[:1] in {" ", "\t"} else written


def remark(text: str | None) -> str:
    """A feedback behind its sign, or nothing."""
    return f"#{whole(text)}" if text else ""


def weight(credit: Decimal | Fraction) -> str:
    """A share of the points: `%33.33333%`."""
    percent = Fraction(credit) * 100
    exact = Context(prec=60, rounding=ROUND_CEILING)
    written = exact.divide(Decimal(percent.numerator), Decimal(percent.denominator))
    if Fraction(written) != percent:
        # 5 places are what Moodle writes; a share so written is read as the fraction it is near to.
        places = Decimal("1e-5") if percent.denominator <= 20 else Decimal("1e-12")
        written = written.quantize(places, rounding=ROUND_CEILING if percent.denominator > 20 else None)
    plain = f"{written:f}"
    return f"%{plain.rstrip('0').rstrip('.') if '.' in plain else plain}%"


def decimal(number: Fraction) -> str:
    """A number that decimals can write exactly. Raises `Unsayable`."""
    written = Context(prec=400).divide(Decimal(number.numerator), Decimal(number.denominator))
    if Fraction(written) != number:
        raise Unsayable("a number that no decimal says exactly: write it as a range of decimals")
    return str(written.normalize()) if abs(written.adjusted()) > 40 else f"{written:f}"
