"""The closed set of functions a formula may call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import isqrt

from service.domain import decoding
from service.domain.values import ExpressionError, Ties, Value, bounded, half_up, members, number, numbers, whole

_DIGITS = Context(prec=40, rounding=ROUND_HALF_EVEN)
LARGEST_POWER = 1000

Arguments = Sequence[Value]


@dataclass(frozen=True)
class Function:
    """A function by name: how many arguments it takes, what it computes, and how it notices ties."""

    name: str
    fewest: int
    most: int
    compute: Callable[[Arguments], Value]
    tie: Callable[[Arguments], str | None] | None = None

    def __call__(self, arguments: Arguments, ties: Ties | None) -> Value:
        try:
            if ties is not None and self.tie is not None and (tie := self.tie(arguments)):
                ties(tie)
            return self.compute(arguments)
        except decoding.DecodingError as error:
            raise ExpressionError(f"{self.name}: {error}") from None

    def check_count(self, count: int, column: int) -> None:
        """Refuse a call with too few or too many arguments."""
        if not self.fewest <= count <= self.most:
            wanted = str(self.fewest) if self.fewest == self.most else f"{self.fewest} to {self.most}"
            raise ExpressionError(f"{self.name} takes {wanted} arguments, not {count}.", column)


def exponential(value: Fraction) -> Fraction:
    """The number e to the power of a number, to 40 significant digits."""
    if abs(value) > LARGEST_POWER:
        raise ExpressionError(f"exp takes numbers from -{LARGEST_POWER} to {LARGEST_POWER}.")
    return _exp(value)


@lru_cache(maxsize=1024)
def _exp(value: Fraction) -> Fraction:
    return Fraction(_DIGITS.exp(_decimal(value)))


@lru_cache(maxsize=1024)
def logarithm(value: Fraction) -> Fraction:
    """The natural logarithm, to 40 significant digits."""
    if value <= 0:
        raise ExpressionError("log takes numbers above 0.")
    return Fraction(_DIGITS.ln(_decimal(value)))


@lru_cache(maxsize=1024)
def square_root(value: Fraction) -> Fraction:
    """The square root: exact of a square, else to 40 significant digits."""
    if value < 0:
        raise ExpressionError("sqrt takes numbers from 0.")
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    if above * above == value.numerator and below * below == value.denominator:
        return Fraction(above, below)
    return Fraction(_DIGITS.sqrt(_decimal(value)))


def softmax(logits: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """exp(xᵢ) / Σ exp(xⱼ); the results add up to exactly 1."""
    largest = max(logits)
    powers = [exponential(logit - largest) for logit in logits]
    total = sum(powers, Fraction(0))
    return tuple(bounded(power / total) for power in powers)


def rounded(value: Fraction, places: int = 0) -> Fraction:
    """Rounded to so many decimal places, a half away from zero."""
    if abs(places) > 40:
        raise ExpressionError("round takes up to 40 places.")
    shift = Fraction(10) ** places
    return half_up(value * shift) / shift


def _decimal(value: Fraction) -> Decimal:
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _several(arguments: Arguments) -> tuple[Fraction, ...]:
    """One list of numbers, or the numbers themselves."""
    if len(arguments) == 1:
        return numbers(arguments[0])
    return numbers(tuple(arguments))


def _levels(arguments: Arguments) -> list[decoding.Level]:
    return [_level(argument) for argument in arguments]


def _level(value: Value) -> decoding.Level:
    return value if isinstance(value, Fraction) else [_level(member) for member in members(value)]


def _ints(path: decoding.Path) -> tuple[Value, ...]:
    return tuple(Fraction(token) for token in path)


def _largest(found: Sequence[Fraction]) -> str | None:
    return "argmax has two largest numbers" if list(found).count(max(found)) > 1 else None


def _on_one(compute: Callable[[Fraction], Fraction]) -> Callable[[Arguments], Value]:
    return lambda arguments: compute(number(arguments[0]))


_ALL = (
    Function("min", 1, 32, lambda a: min(_several(a))),
    Function("max", 1, 32, lambda a: max(_several(a))),
    Function("sum", 1, 1, lambda a: bounded(sum(numbers(a[0]), Fraction(0)))),
    Function("len", 1, 1, lambda a: Fraction(len(members(a[0])))),
    Function("abs", 1, 1, _on_one(abs)),
    Function("round", 1, 2, lambda a: rounded(number(a[0]), *map(whole, a[1:]))),
    Function("sqrt", 1, 1, _on_one(square_root)),
    Function("log", 1, 1, _on_one(logarithm)),
    Function("exp", 1, 1, _on_one(exponential)),
    Function("argmax", 1, 1, lambda a: Fraction(decoding.argmax(numbers(a[0]))), lambda a: _largest(numbers(a[0]))),
    Function("softmax", 1, 1, lambda a: softmax(numbers(a[0]))),
    Function("cumsum", 1, 1, lambda a: tuple(accumulate(numbers(a[0])))),
    Function(
        "top_k",
        2,
        2,
        lambda a: decoding.top_k(numbers(a[0]), whole(a[1])),
        lambda a: decoding.tie_in_top_k(numbers(a[0]), whole(a[1])),
    ),
    Function(
        "top_p_labels",
        3,
        3,
        lambda a: decoding.top_p_labels(members(a[0]), numbers(a[1]), number(a[2])),
        lambda a: decoding.tie_in_top_p(numbers(a[1]), number(a[2])),
    ),
    Function(
        "draw",
        3,
        3,
        lambda a: decoding.draw(members(a[0]), numbers(a[1]), number(a[2])),
        lambda a: decoding.tie_in_draw(numbers(a[1]), number(a[2])),
    ),
    Function(
        "greedy",
        1,
        8,
        lambda a: _ints(decoding.greedy(_levels(a))),
        lambda a: decoding.tie_in_greedy(_levels(a)),
    ),
    Function(
        "beam",
        2,
        9,
        lambda a: _ints(decoding.beam(_levels(a[:-1]), whole(a[-1]))),
        lambda a: decoding.tie_in_beam(_levels(a[:-1]), whole(a[-1])),
    ),
)

FUNCTIONS: Mapping[str, Function] = {function.name: function for function in _ALL}
