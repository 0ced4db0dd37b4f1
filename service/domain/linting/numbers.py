"""Rules about questions that are answered by a number: how close is close enough."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

from service.domain.kinds.answers import NumericAnswer, interval, middle, stored_answer
from service.domain.kinds.numeric import NumericFields
from service.domain.kinds.question import Question
from service.domain.linting.questions import parts_of, questions_of
from service.domain.linting.rules import Found, Path, Unit, rule
from service.domain.parameters import checked_variants, completed, resolve
from service.domain.splitting import split
from service.domain.variants import Variant

FEW = 20
NEARLY_NOTHING = Fraction(1, 1000)


def _accepted(unit: Unit) -> Iterator[tuple[Path, Question, NumericAnswer]]:
    """Every number that is accepted somewhere, with the question it belongs to."""
    for path, question in questions_of(unit):
        for at, part in parts_of(question, path, NumericFields):
            yield (*at, "answer"), question, part.answer
            yield from (((*at, "accept", index), question, one) for index, one in enumerate(part.accept))


def _variants(unit: Unit, question: Question) -> Iterator[Variant]:
    """The variants that were checked when the file was read."""
    resolved = resolve(question, {one.key: one for one in unit.document.questions})
    stimulus = next((one for one in unit.document.stimuli if one.key == question.stimulus), None)
    revision, _ = split(resolved, stimulus)
    for free in checked_variants(revision):
        yield Variant(revision["data"], completed(revision, free), lambda _: None)


def _values(unit: Unit, question: Question, answer: NumericAnswer) -> Iterator[Fraction]:
    """What the answer comes to: a single number as it is written, a formula in every variant."""
    if answer.value is not None:
        yield Fraction(answer.value)
    elif answer.range is None:
        yield from (middle(stored_answer(answer), variant) for variant in _variants(unit, question))


@rule(
    "tolerance-none",
    why="Who rounds otherwise than the author is told to be wrong.",
    bad="answer: {value: 0.184, tolerance: exact}",
    good="answer: {value: 0.184, tolerance: {abs: 0.0005}}",
)
def no_tolerance(unit: Unit) -> Iterator[Found]:
    """A number that is not whole has to be met exactly."""
    for path, question, answer in _accepted(unit):
        margin = answer.tolerance
        if margin is None or not (margin.exact or margin.abs == 0 or margin.rel == 0):
            continue
        value = next((one for one in _values(unit, question, answer) if one.denominator != 1), None)
        if value is not None:
            yield Found((*path, "tolerance"), f"Allow some room around {_shown(value)}: {{abs: …}}.")


@rule(
    "tolerance-near-zero",
    why="A share of nearly nothing is nearly nothing: hardly any answer is close enough.",
    bad="answer: {value: 0.00001, tolerance: {rel: 0.01}}",
    good="answer: {value: 0.00001, tolerance: {abs: 0.000001}}",
)
def near_zero(unit: Unit) -> Iterator[Found]:
    """A relative tolerance around a number close to 0."""
    for path, question, answer in _accepted(unit):
        if answer.tolerance is None or answer.tolerance.rel is None:
            continue
        value = next((one for one in _values(unit, question, answer) if abs(one) < NEARLY_NOTHING), None)
        if value is not None:
            yield Found((*path, "tolerance"), f"A share of {_shown(value)} is hardly anything: use abs.")


@rule(
    "accepts-anything",
    severity="error",
    why="Whatever is typed is right: the question asks nothing.",
    bad="answer: {range: {from: -1000000, to: 1000000}}",
    good="a range that tells right from wrong, or kind: open",
)
def anything(unit: Unit) -> Iterator[Found]:
    """Nearly every number is accepted."""
    for path, question, answer in _accepted(unit):
        margin = answer.tolerance
        if margin is not None and margin.abs is None and margin.rel is None:
            continue
        is_wide = margin is not None and margin.rel is not None and margin.rel >= 1
        if is_wide or any(_is_wide(*one) for one in _intervals(unit, question, answer)):
            narrow = "range" if answer.range is not None else "tolerance"
            yield Found((*path, narrow), f"Nearly every number is right: narrow the {narrow}.")


def _intervals(unit: Unit, question: Question, answer: NumericAnswer) -> Iterator[tuple[Fraction, Fraction]]:
    """What is accepted in the first variants; one that takes nearly everything does so in most."""
    return (interval(stored_answer(answer), one) for one in islice(_variants(unit, question), FEW))


def _is_wide(low: Fraction, high: Fraction) -> bool:
    """Whether an interval reaches far beyond the size of what is in its middle."""
    return (high - low) / 2 > 10 * abs(high + low) / 2 + 100


def _shown(value: Fraction) -> str:
    return f"{float(value):.6g}"
