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
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial

from service.domain import steps
from service.domain.functions import FUNCTIONS
from service.domain.steps import Step
from service.domain.values import ExpressionError, Names, Ties, Value, bounded, meant

__all__ = ["DEEPEST", "LONGEST", "Formula", "compiled", "evaluate", "holds", "meant"]

LONGEST = 500
DEEPEST = 50

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)(?![\w.])
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | '[^'\\\n]*' | "[^"\\\n]*"
      | \*\* | == | != | <= | >= | [-+*/<>(),\[\]]
    )""",
    re.VERBOSE | re.ASCII,
)


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
                return steps.arithmetic(op, inner(left), inner(right), self._column(node))
            case ast.UnaryOp(op, operand):
                return steps.unary(op, inner(operand), self._column(node))
            case ast.BoolOp(op, values):
                return steps.logic(isinstance(op, ast.And), [inner(value) for value in values])
            case ast.Compare(first, ops, others):
                return steps.comparison(
                    [type(op) for op in ops], [inner(first), *map(inner, others)], self._column(node)
                )
        return None

    def _operand(self, node: ast.expr, inner: Callable[[ast.expr], Step]) -> Step | None:
        match node:
            case ast.Constant(bool() | str() as value):
                return steps.constant(value)
            case ast.Constant(int() | float()):
                # The number as it is written: 0.1 is a tenth, whatever a float would make of it.
                written = ast.get_source_segment(self.text, node) or ""
                return steps.constant(bounded(Fraction(written)))
            case ast.Name(name):
                return steps.named(name, self._column(node))
            case ast.List(members):
                return steps.listed([inner(member) for member in members])
            case ast.Subscript(value, index):
                return steps.indexed(inner(value), inner(index))
            case ast.Call(ast.Name(name), arguments, []):
                return steps.called(name, [inner(argument) for argument in arguments], self._column(node))
        return None

    def _column(self, node: ast.expr) -> int:
        return len(self.text.encode()[: node.col_offset].decode()) + 1
