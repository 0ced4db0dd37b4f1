"""Parameters of a question: what they may be, every variant they make, and drawing one.

A parameter is free (`one_of`, `range`) or computed (`expr`, over other parameters and the data of the stimulus).
A question's variants are the combinations of its free parameters, numbered from 0 in the order of their names, so
that a variant does not depend on how the file was written.
"""

from __future__ import annotations

import hashlib
import keyword
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from service.domain.expressions import compiled
from service.domain.fields import IDENTIFIER, Expression, Line, Number
from service.domain.functions import FUNCTIONS
from service.domain.mistakes import Mistake, Rejected
from service.domain.numbers import unworkable
from service.domain.shapes import Json
from service.domain.values import ExpressionError, fixed, from_text, to_json
from service.domain.variants import Variant

if TYPE_CHECKING:
    from service.domain.kinds.question import Question

MOST_CHECKED = 500
"""With more variants than this, so many are sampled; always the same ones."""

LONGEST_RANGE = 10_000
LONGEST_NAME = 64
_DRAWS = 100


@dataclass(frozen=True, kw_only=True)
class Range:
    """The numbers from `from` to `to`, both included, `step` apart."""

    from_: Number
    to: Number
    step: Number = Decimal(1)

    def mistakes(self) -> Iterator[Mistake]:
        """A range that runs backwards, or nowhere."""
        if any(unworkable(number) for number in (self.from_, self.to, self.step)):
            return  # already said of the number itself
        if self.step <= 0:
            yield Mistake(("step",), "The step must be above 0.")
        elif self.to < self.from_:
            yield Mistake(("to",), "The range ends before it begins.")
        elif Fraction(self.to) - Fraction(self.from_) >= LONGEST_RANGE * Fraction(self.step):
            yield Mistake((), f"A range has at most {LONGEST_RANGE} numbers; make the step larger.")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter: one of some values, a number of a range, or what a formula says."""

    one_of: tuple[Line, ...] = ()
    range: Range | None = None
    expr: Expression | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """Not exactly one way to get a value; values that repeat or mix numbers and words."""
        if [bool(self.one_of), self.range is not None, self.expr is not None].count(True) != 1:
            yield Mistake((), "Say exactly one of one_of, range and expr.")
        if len(set(map(from_text, self.one_of))) < len(self.one_of):
            yield Mistake(("one_of",), "A value is there twice.")
        if len({isinstance(from_text(text), str) for text in self.one_of}) > 1:
            yield Mistake(("one_of",), "Write all numbers or all words, not some of each.")


def name_fault(name: str) -> str | None:
    """Why a name cannot be used in formulas, if it cannot."""
    if re.fullmatch(IDENTIFIER, name) is None or keyword.iskeyword(name) or len(name) > LONGEST_NAME:
        return f"“{name}” cannot stand in a formula; a name has small letters, digits and _, as p_first."
    if name in FUNCTIONS:
        return f"“{name}” is the name of a function; choose another."
    return None


def declaration_mistakes(parameters: Mapping[str, Parameter]) -> Iterator[Mistake]:
    """Names that cannot be used in formulas, and formulas that go round in a circle."""
    for name in parameters:
        if fault := name_fault(name):
            yield Mistake((name,), fault)
    try:
        stored(parameters)
    except ExpressionError as error:
        yield Mistake((), str(error))


def resolve(question: Question, others: Mapping[str, Question]) -> Question:
    """The question with the parameters of the one it takes them from; `others` has the unit's questions by key.

    Raises `Rejected` when there is no such question, or they take from each other in a circle.
    """
    source, passed = question, [question.key]
    while (wanted := source.same_parameters_as) is not None:
        if wanted in passed or wanted not in others:
            reason = "lead back to this question" if wanted in passed else "are those of no question of this unit"
            raise Rejected([Mistake(("same_parameters_as",), f"The parameters of “{wanted}” {reason}.")])
        source = others[wanted]
        passed.append(wanted)
    if source is question:
        return question
    return replace(question, parameters=source.parameters, same_parameters_as=None)


def with_parameters(questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions of a unit, each with its parameters resolved. Raises `Rejected`."""
    others = {question.key: question for question in questions}
    return tuple(resolve(question, others) for question in questions)


def stored(parameters: Mapping[str, Parameter]) -> list[dict[str, Any]]:
    """The parameters as a revision keeps them: the free ones by name, then each computed one after what it needs.

    Raises `ExpressionError` when a formula cannot be read or the formulas go round in a circle.
    """
    free = [_stored_free(name, parameter) for name, parameter in sorted(parameters.items()) if not parameter.expr]
    waiting = {name: parameter.expr for name, parameter in sorted(parameters.items()) if parameter.expr}
    computed: list[dict[str, Any]] = []
    while waiting:
        ready = [name for name, formula in waiting.items() if compiled(formula).names.isdisjoint(waiting)]
        if not ready:
            raise ExpressionError(f"These formulas need each other: {', '.join(waiting)}.")
        computed += [{"name": name, "expr": waiting.pop(name)} for name in ready]
    return free + computed


def _stored_free(name: str, parameter: Parameter) -> dict[str, Any]:
    if parameter.range is None:
        return {"name": name, "one_of": list(parameter.one_of)}
    span = parameter.range
    return {"name": name, "range": [str(span.from_), str(span.to), str(span.step)]}


@dataclass(frozen=True)
class _Free:
    """A free parameter as a numbered row of values."""

    name: str
    size: int
    declared: Mapping[str, Any]

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> _Free:
        if "one_of" in declared:
            return cls(declared["name"], len(declared["one_of"]), declared)
        first, last, step = map(Fraction, declared["range"])
        return cls(declared["name"], int((last - first) / step) + 1, declared)

    def at(self, index: int) -> str:
        """The value as text: as the author wrote it, or with as many places as the range was written with."""
        if "one_of" in self.declared:
            return str(self.declared["one_of"][index])
        first, _, step = map(Decimal, self.declared["range"])
        places = max(0, *(-int(number.as_tuple().exponent) for number in (first, step)))
        return fixed(Fraction(first) + index * Fraction(step), places)


def variant_count(revision: Json) -> int:
    """How many variants a question has; 1 without parameters."""
    return prod(free.size for free in _free(revision))


def checked_variants(revision: Json) -> Iterator[dict[str, str]]:
    """The free values of every variant, or of a fixed sample (with the first and the last) when there are many."""
    count, free = variant_count(revision), _free(revision)
    if count <= MOST_CHECKED:
        numbers: Iterable[int] = range(count)
    else:
        hashes = (hashlib.sha256(str(n).encode()).digest() for n in range(MOST_CHECKED - 2))
        numbers = sorted({0, count - 1, *(int.from_bytes(digest, "big") % count for digest in hashes)})
    return (_combination(free, number) for number in numbers)


def numbered_variant(revision: Json, number: int) -> dict[str, str]:
    """The free values of the variant with this number, from 0 to below `variant_count`."""
    return _combination(_free(revision), number)


def completed(revision: Json, free_values: Mapping[str, str]) -> dict[str, Any]:
    """The free values with the computed ones, as JSON. Raises `ExpressionError`."""
    values: dict[str, Any] = dict(free_values)
    for declared in revision["parameters"]:
        if "expr" in declared:
            values[declared["name"]] = to_json(Variant(revision["data"], values).evaluate(declared["expr"]))
    return values


def draw(revision: Json, chance: random.Random, seen: Sequence[Json] = ()) -> dict[str, Any]:
    """Draw a variant that meets the question's requirements, one not yet seen if there is any.

    Where not every variant could be checked, one that fails is passed over. Raises `ExpressionError` when no
    variant can be found that works.
    """
    free = _free(revision)
    known = {tuple(values.get(one.name) for one in free) for values in seen}
    for number in _candidates(variant_count(revision), free, known, chance):
        try:
            values = completed(revision, _combination(free, number))
            variant = Variant(revision["data"], values)
            if all(variant.holds(condition) for condition in revision["require"]):
                return values
        except ExpressionError:
            continue
    raise ExpressionError("No variant of this question meets its requirements.")


def _candidates(count: int, free: Sequence[_Free], known: set[Any], chance: random.Random) -> Iterator[int]:
    """Numbers of variants in an order of chance: few variants all of them, unseen ones first; of many, some."""
    if count > MOST_CHECKED:
        drawn = [int(chance.random() * count) for _ in range(_DRAWS)]
        yield from sorted(drawn, key=lambda number: _fingerprint(free, number) in known)
        return
    numbers = sorted((chance.random(), number) for number in range(count))
    yield from (number for _, number in sorted(numbers, key=lambda pair: _fingerprint(free, pair[1]) in known))


def _fingerprint(free: Sequence[_Free], number: int) -> tuple[str, ...]:
    return tuple(_combination(free, number).values())


def _free(revision: Json) -> list[_Free]:
    return [_Free.of(declared) for declared in revision["parameters"] if "expr" not in declared]


def _combination(free: Sequence[_Free], number: int) -> dict[str, str]:
    """The variant with this number: the last parameter changes fastest."""
    values: dict[str, str] = {}
    for one in reversed(free):
        number, index = divmod(number, one.size)
        values[one.name] = one.at(index)
    return {one.name: values[one.name] for one in free}
