"""The little language of formulas in questions: read by an allow-list, evaluated exactly, never `eval`.

Numbers are fractions. `exp`, `log` and `sqrt` (of no square) are worked out to 40 decimal digits and are exact
fractions from there on, so the same formula gives the same value on every machine. A formula may use

- numbers, 'labels', [lists], names, brackets, indexes from 0: `probs[0]`
- `+ - * / **` (whole exponents), `== != < <= > >=` (also chained), `and`, `or`, `not`
- the functions of `functions.py`

Length, depth, exponents and the size of every intermediate number are bounded, so a formula costs little whatever
it says.
"""

from __future__ import annotations

import ast
import difflib
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial

from service.domain.functions import FUNCTIONS
from service.domain.values import ExpressionError, Names, Ties, Value, bounded, not_large, number, whole

LONGEST = 500
DEEPEST = 50
LARGEST_EXPONENT = 256

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)(?![\w.])
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | '[^'\\\n]*' | "[^"\\\n]*"
      | \*\* | == | != | <= | >= | [-+*/<>(),\[\]]
    )""",
    re.VERBOSE | re.ASCII,
)

Step = Callable[[Names, Ties | None], Value]
"""A compiled part of a formula."""


@dataclass(frozen=True)
class Formula:
    """A formula that can be evaluated, and the names it uses."""

    text: str
    names: frozenset[str]
    step: Step


def evaluate(expression: str, names: Names, ties: Ties | None = None) -> Value:
    """The value of `expression`, where `names` are its parameters and data.

    Where a decision hangs on a tie or falls exactly on a threshold, `ties` (if given) is told in words.
    Raises `ExpressionError`.
    """
    return compiled(expression).step(names, ties)


def holds(expression: str, names: Names) -> bool:
    """Whether a condition is true. Raises `ExpressionError`, also when it is no condition."""
    value = evaluate(expression, names)
    if not isinstance(value, bool):
        raise ExpressionError(f"“{expression}” is no condition; compare something, as in p > 0.5.")
    return value


@lru_cache(maxsize=4096)
def compiled(expression: str) -> Formula:
    """Read a formula, or say with its column why it is none. Raises `ExpressionError`."""
    if len(expression) > LONGEST:
        raise ExpressionError(f"A formula has at most {LONGEST} characters; this one has {len(expression)}.")
    text = expression.strip().replace("\n", " ")
    _check_tokens(text)
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        column = getattr(error, "offset", None) or None
        raise ExpressionError("This formula cannot be read; is a bracket or an operator missing?", column) from None
    used = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)) - FUNCTIONS.keys()
    return Formula(text, used, _Compiler(text).step(tree.body, 0))


def _check_tokens(text: str) -> None:
    """Refuse every character Python would understand and we do not, before Python sees it."""
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            column = place + 1 + len(text[place:]) - len(text[place:].lstrip())
            raise ExpressionError(f"“{text[column - 1 : column + 9]}” is nothing a formula can hold.", column)
        place = token.end()
    if not text:
        raise ExpressionError("The formula is empty.")


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


class _Compiler:
    """Turns the syntax tree of one formula into nested functions, refusing every node it does not know."""

    def __init__(self, text: str) -> None:
        self.text = text

    def step(self, node: ast.expr, depth: int) -> Step:
        """The compiled form of one node."""
        if depth > DEEPEST:
            raise ExpressionError(f"This formula is nested more than {DEEPEST} deep.", self._column(node))
        inner = partial(self.step, depth=depth + 1)
        found = self._operation(node, inner) or self._operand(node, inner)
        if found is None:
            part = ast.get_source_segment(self.text, node)
            raise ExpressionError(f"“{part}” is nothing a formula can hold.", self._column(node))
        return found

    def _operation(self, node: ast.expr, inner: Callable[[ast.expr], Step]) -> Step | None:
        match node:
            case ast.BinOp(left, op, right):
                return _arithmetic(op, inner(left), inner(right), self._column(node))
            case ast.UnaryOp(op, operand):
                return _unary(op, inner(operand), self._column(node))
            case ast.BoolOp(op, values):
                return _logic(isinstance(op, ast.And), [inner(value) for value in values])
            case ast.Compare(first, ops, others):
                return _comparison([type(op) for op in ops], [inner(first), *map(inner, others)], self._column(node))
        return None

    def _operand(self, node: ast.expr, inner: Callable[[ast.expr], Step]) -> Step | None:
        match node:
            case ast.Constant(bool() | str() as value):
                return _constant(value)
            case ast.Constant(int() | float()):
                # The number as it is written: 0.1 is a tenth, whatever a float would make of it.
                written = ast.get_source_segment(self.text, node) or ""
                return _constant(bounded(Fraction(written)))
            case ast.Name(name):
                return _name(name, self._column(node))
            case ast.List(members):
                return _list([inner(member) for member in members])
            case ast.Subscript(value, index):
                return _index(inner(value), inner(index))
            case ast.Call(ast.Name(name), arguments, []):
                return _call(name, [inner(argument) for argument in arguments], self._column(node))
        return None

    def _column(self, node: ast.expr) -> int:
        return len(self.text.encode()[: node.col_offset].decode()) + 1


def _constant(value: Value) -> Step:
    return lambda _names, _ties: value


def _name(name: str, column: int) -> Step:
    def step(names: Names, _ties: Ties | None) -> Value:
        try:
            return names[name]
        except KeyError:
            raise ExpressionError(f"There is no parameter or datum “{name}”{meant(name, names)}", column) from None

    return step


def meant(name: str, known: Mapping[str, object]) -> str:
    """The end of a sentence about an unknown name: the nearest known one, if any is near."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean “{near[0]}”?" if near else "."


def _list(members: list[Step]) -> Step:
    return lambda names, ties: not_large(tuple(member(names, ties) for member in members))


def _arithmetic(op: ast.operator, left: Step, right: Step, column: int) -> Step:
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
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    bounded(Fraction(0), size * abs(int(exponent)))
    return bounded(Fraction(base**exponent.numerator))


def _unary(op: ast.unaryop, operand: Step, column: int) -> Step:
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


def _logic(every: bool, conditions: list[Step]) -> Step:
    join = all if every else any
    return lambda names, ties: join(_truth(condition(names, ties)) for condition in conditions)


def _comparison(ops: list[type[ast.cmpop]], steps: list[Step], column: int) -> Step:
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


def _index(sequence: Step, index: Step) -> Step:
    def step(names: Names, ties: Ties | None) -> Value:
        members, place = sequence(names, ties), whole(index(names, ties))
        if not isinstance(members, tuple):
            raise ExpressionError("Only a list has an index in square brackets.")
        if not 0 <= place < len(members):
            raise ExpressionError(f"There is no [{place}]: of {len(members)} entries the first is [0].")
        return members[place]

    return step


def _call(name: str, arguments: list[Step], column: int) -> Step:
    function = FUNCTIONS.get(name)
    if function is None:
        raise ExpressionError(f"There is no function “{name}”{meant(name, FUNCTIONS)}", column)
    function.check_count(len(arguments), column)
    known = function

    def step(names: Names, ties: Ties | None) -> Value:
        return known([argument(names, ties) for argument in arguments], ties)

    return step
