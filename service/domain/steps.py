"""What the parts of a compiled formula do: each is a function of the names' values, made once and called often."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from service.domain.functions import FUNCTIONS
from service.domain.values import ExpressionError, Names, Ties, Value, bounded, meant, not_large, number, whole

LARGEST_EXPONENT = 256

Step: TypeAlias = Callable[[Names, Ties | None], Value]
"""A part of a formula, ready to be evaluated."""

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_ORDER: Mapping[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def constant(value: Value) -> Step:
    """Always the same value."""
    return lambda _names, _ties: value


def named(name: str, column: int) -> Step:
    """What a name stands for."""

    def step(names: Names, _ties: Ties | None) -> Value:
        try:
            return names[name]
        except KeyError:
            raise ExpressionError(f"There is no parameter or datum “{name}”{meant(name, names)}", column) from None

    return step


def listed(members: list[Step]) -> Step:
    """A list of what its members come to."""
    return lambda names, ties: not_large(tuple(member(names, ties) for member in members))


def arithmetic(op: ast.operator, left: Step, right: Step, column: int) -> Step:
    """One of + - * / and **, on numbers."""
    if isinstance(op, ast.Div):
        return lambda names, ties: _quotient(number(left(names, ties)), number(right(names, ties)), column)
    if isinstance(op, ast.Pow):
        return lambda names, ties: _power(number(left(names, ties)), number(right(names, ties)), column)
    compute = _ARITHMETIC.get(type(op))
    if compute is None:
        raise ExpressionError("A formula calculates with + - * / and ** only.", column)
    known = compute
    return lambda names, ties: bounded(known(number(left(names, ties)), number(right(names, ties))))


def _quotient(left: Fraction, right: Fraction, column: int) -> Fraction:
    if right == 0:
        raise ExpressionError("This divides by zero.", column)
    return bounded(left / right)


def _power(base: Fraction, exponent: Fraction, column: int) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > LARGEST_EXPONENT:
        raise ExpressionError(
            f"An exponent is a whole number up to {LARGEST_EXPONENT}; for roots there are sqrt and exp.", column
        )
    if base == 0 and exponent < 0:
        raise ExpressionError("This divides by zero.", column)
    return bounded(Fraction(base**exponent.numerator))


def unary(op: ast.unaryop, operand: Step, column: int) -> Step:
    """A sign before a number, or `not` before a condition."""
    match op:
        case ast.USub():
            return lambda names, ties: -number(operand(names, ties))
        case ast.UAdd():
            return lambda names, ties: number(operand(names, ties))
        case ast.Not():
            return lambda names, ties: not _truth(operand(names, ties))
    raise ExpressionError("Only -, + and not can stand before a value.", column)


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError("and, or and not join conditions such as p > 0.5.")
    return value


def logic(every: bool, conditions: list[Step]) -> Step:
    """`and` (every) or `or` of conditions; the rest is not looked at once it is decided."""
    join = all if every else any
    return lambda names, ties: join(_truth(condition(names, ties)) for condition in conditions)


def comparison(ops: list[type[ast.cmpop]], steps: list[Step], column: int) -> Step:
    """A chain of comparisons: `a < b < c` is true where each of them is."""
    if any(op not in _ORDER and op not in {ast.Eq, ast.NotEq} for op in ops):
        raise ExpressionError("Compare with == != < <= > or >=.", column)

    def step(names: Names, ties: Ties | None) -> Value:
        left = steps[0](names, ties)
        for op, operand in zip(ops, steps[1:], strict=True):
            right = operand(names, ties)
            if not _compare(op, left, right):
                return False
            left = right
        return True

    return step


def _compare(op: type[ast.cmpop], left: Value, right: Value) -> bool:
    if op in _ORDER:
        return _ORDER[op](number(left), number(right))
    if type(left) is not type(right):
        raise ExpressionError("Only like can be compared with like: a number with a number, a label with a label.")
    return (left == right) is (op is ast.Eq)


def indexed(sequence: Step, index: Step) -> Step:
    """An entry of a list."""

    def step(names: Names, ties: Ties | None) -> Value:
        members, place = sequence(names, ties), whole(index(names, ties))
        if not isinstance(members, tuple):
            raise ExpressionError("Only a list has an index in square brackets.")
        if not 0 <= place < len(members):
            raise ExpressionError(f"There is no [{place}]: of {len(members)} entries the first is [0].")
        return members[place]

    return step


def called(name: str, arguments: list[Step], column: int) -> Step:
    """A function of what its arguments come to."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise ExpressionError(f"There is no function “{name}”{meant(name, FUNCTIONS)}", column)
    function.check_count(len(arguments), column)
    known = function

    def step(names: Names, ties: Ties | None) -> Value:
        return known([argument(names, ties) for argument in arguments], ties)

    return step
