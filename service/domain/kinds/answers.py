"""Right and wrong answers as authors write them: a value or a formula, and how close is close enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar, Literal

from service.domain.fields import Expression, Line, Number, Shorthand
from service.domain.mistakes import Mistake
from service.domain.numbers import bounds
from service.domain.shapes import Json
from service.domain.values import Value, from_text, number
from service.domain.variants import Variant


@dataclass(frozen=True, kw_only=True)
class Computed:
    """A label or number, written out or worked out."""

    SHORT: ClassVar[str] = "value"

    value: Line | None = None
    expr: Expression | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """Neither or both."""
        if (self.value is None) is (self.expr is None):
            yield Mistake((), "Write a value or {expr: a formula}.")


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How far a number may be from the answer, the limit included; exactly one kind."""

    SHORTHAND: ClassVar[Shorthand] = Shorthand(bare=Literal["exact"])

    abs: Number | None = None
    rel: Number | None = None
    sigfig: int | None = None
    places: int | None = None
    exact: bool = False

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """`tolerance: exact` in its long form."""
        return {"exact": "true"} if raw == "exact" else raw

    def mistakes(self) -> Iterator[Mistake]:
        """Not exactly one kind, or one out of its range."""
        written = [self.abs is not None, self.rel is not None, self.sigfig is not None, self.places is not None]
        if [*written, self.exact].count(True) != 1:
            yield Mistake((), "Write exactly one of abs, rel, sigfig, places and exact.")
        for name, margin in (("abs", self.abs), ("rel", self.rel)):
            if margin is not None and margin.is_finite() and margin < 0:
                yield Mistake((name,), "A tolerance is not negative.")
        if self.sigfig is not None and not 1 <= self.sigfig <= 30:
            yield Mistake(("sigfig",), "Significant figures are 1 to 30.")
        if self.places is not None and not 0 <= self.places <= 30:
            yield Mistake(("places",), "Decimal places are 0 to 30.")

    def stored(self) -> dict[str, Any]:
        """The one kind that is written, as JSON."""
        for name in ("abs", "rel"):
            if (margin := getattr(self, name)) is not None:
                return {name: str(margin)}
        for name in ("sigfig", "places"):
            if (count := getattr(self, name)) is not None:
                return {name: count}
        return {"exact": True}


@dataclass(frozen=True, kw_only=True)
class Between:
    """Every number from one to another, both included."""

    from_: Computed
    to: Computed


@dataclass(frozen=True, kw_only=True)
class _Around:
    """A number by a formula with its tolerance, or a range; who extends it says how a plain value is written."""

    SHORT: ClassVar[str] = "value"

    expr: Expression | None = None
    tolerance: Tolerance | None = None
    range: Between | None = None

    def written_ways(self, value: object) -> Iterator[Mistake]:
        """Not exactly one of value, formula and range."""
        if [value is not None, self.expr is not None, self.range is not None].count(True) != 1:
            yield Mistake((), "Write exactly one of value, expr and range.")
        if self.range is not None and self.tolerance is not None:
            yield Mistake(("tolerance",), "A range says itself how far it goes; leave the tolerance out.")


@dataclass(frozen=True, kw_only=True)
class NamedAnswer(_Around):
    """A wrong answer somebody could give: a number with its tolerance, a label or a text."""

    value: Line | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """Not exactly one of value, formula and range."""
        yield from self.written_ways(self.value)


@dataclass(frozen=True, kw_only=True)
class NumericAnswer(_Around):
    """A number that is right, with the tolerance that is always written."""

    value: Number | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """Not exactly one of value, formula and range; a number without its tolerance."""
        yield from self.written_ways(self.value)
        if self.range is None and self.tolerance is None:
            written = f"expr: {self.expr}" if self.value is None else f"value: {self.value}"
            yield Mistake(
                ("tolerance",),
                f"Say how close is close enough: answer: {{{written}, tolerance: {{abs: 1}}}}, "
                "or rel, sigfig, places or exact in its place.",
            )


def stored_answer(answer: _Around) -> dict[str, Any]:
    """An answer as a key keeps it: {"value"} or {"expr"} with "tolerance" if one is written, or {"range": [·, ·]}."""
    if answer.range is not None:
        return {"range": [stored_value(answer.range.from_), stored_value(answer.range.to)]}
    kept = stored_value(answer)
    if answer.tolerance is not None:
        kept["tolerance"] = answer.tolerance.stored()
    return kept


def stored_value(computed: Any) -> dict[str, Any]:
    """A value or formula as a key keeps it: {"value": text} or {"expr": formula}."""
    return {"expr": computed.expr} if computed.expr is not None else {"value": str(computed.value)}


def value_of(stored: Json, variant: Variant) -> Value:
    """What a stored value or formula comes to in a variant. Raises `ExpressionError`."""
    return variant.evaluate(stored["expr"]) if "expr" in stored else from_text(variant.text(stored["value"]))


def interval(stored: Json, variant: Variant) -> tuple[Fraction, Fraction]:
    """The closed interval of numbers that count as a stored answer. Raises `ExpressionError`."""
    if "range" in stored:
        low, high = (number(value_of(end, variant)) for end in stored["range"])
        return low, high
    tolerance = stored.get("tolerance", {})
    if "expr" in stored:
        return bounds(number(value_of(stored, variant)), tolerance)
    return _around(variant.text(stored["value"]), *tolerance.items())


@lru_cache(maxsize=4096)
def _around(text: str, *tolerance: tuple[str, Any]) -> tuple[Fraction, Fraction]:
    """The interval around a number that was written: everybody's answer is held against the same few."""
    return bounds(number(from_text(text)), dict(tolerance))


def middle(stored: Json, variant: Variant) -> Fraction:
    """The number itself, or the middle of a range. Raises `ExpressionError`."""
    if "range" in stored:
        low, high = interval(stored, variant)
        return (low + high) / 2
    return number(value_of(stored, variant))


def stored_credit(credit: Decimal | None, default: int = 1) -> str:
    """A credit as a key keeps it."""
    return str(default if credit is None else credit)
