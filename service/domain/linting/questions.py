"""Rules about questions: what they ask, what they give away, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from service.domain.kinds.choices import ChoiceFields
from service.domain.kinds.cloze import ClozeQuestion
from service.domain.kinds.numeric import NumericFields
from service.domain.kinds.question import Question
from service.domain.kinds.short_text import ShortTextFields
from service.domain.kinds.true_false import TrueFalseQuestion
from service.domain.linting.rules import Found, Path, Unit, rule
from service.domain.text import normalised

TYPED = re.compile(r"\(?[A-Ha-h1-8](?:\)|[.:]\s)\s*\S")
ABOVE = re.compile(r"\b(all|none|both|any|neither) of (the above|these|the others)\b|\babove\b|\b[ab] and [bc]\b", re.I)
NEGATIVE = re.compile(r"(?<![*_\w])(?:not|never|except|least)\b(?![*_])")
ASKS_FOR_THE_OTHER = re.compile(r"\b(?:which|what|who|where|when)\b[^.?!,;:]*", re.IGNORECASE)
GAP = re.compile(r"\[\[\w+\]\]")
WORDLESS = re.compile(r"[^\w\s-]+")
SHORTEST_KEY = 4
"""Characters from which on a text in the stem is no accident."""


def _questions(unit: Unit) -> Iterator[tuple[Path, Question]]:
    for index, question in enumerate(unit.document.questions):
        yield ("questions", index), question


def _parts(question: Question, path: Path, kind: type[Any]) -> Iterator[tuple[Path, Any]]:
    """The question itself, or the gaps of a cloze, as far as they are answered in this way."""
    if isinstance(question, kind):
        yield path, question
    if isinstance(question, ClozeQuestion):
        yield from ((((*path, "parts", name)), part) for name, part in question.parts.items() if isinstance(part, kind))


@rule(
    "choice-feedback",
    why="Whoever chooses it learns only that it is wrong, not why anybody would have thought so.",
    bad="- {text: Beam search}",
    good="- {text: Beam search, feedback: It keeps several sentences; here only one is kept.}",
)
def no_feedback(unit: Unit) -> Iterator[Found]:
    """Nothing is said to a wrong choice."""
    for path, question in _questions(unit):
        if not isinstance(question, ChoiceFields) or question.feedback.incorrect or question.feedback.general:
            continue
        for index, choice in enumerate(question.choices):
            wrong = not choice.correct and not choice.credit
            if wrong and choice.feedback is None and question.correct is None:
                message = "Say why this is wrong: feedback here, or for the question under `feedback: {incorrect: …}`."
                yield Found((*path, "choices", index), message)


@rule(
    "question-duplicate",
    why="The same question twice is a slip, and counts twice.",
    bad="two questions with the stem “What is beam search?”",
    good="one of them, or two that differ",
)
def duplicates(unit: Unit) -> Iterator[Found]:
    """Two questions of a unit ask the same."""
    seen: dict[tuple[str, str | None, str], str] = {}
    for path, question in _questions(unit):
        options = getattr(question, "choices", ()) or getattr(question, "pairs", ()) or getattr(question, "steps", ())
        asked = (normalised(question.stem), question.stimulus, "|".join(sorted(map(str, options))))
        if asked in seen:
            yield Found((*path, "stem"), f"“{seen[asked]}” asks the same: change or delete one of the two.")
        seen.setdefault(asked, question.key)


@rule(
    "choice-above",
    why="Shuffled, what was “above” stands anywhere.",
    bad="- None of the above   (shuffled)",
    good="- {text: None of these, anchor: last}",
)
def above(unit: Unit) -> Iterator[Found]:
    """A choice speaks of the others while they are shuffled."""
    for path, question in _questions(unit):
        for at, part in _parts(question, path, ChoiceFields):
            for index, choice in enumerate(part.choices if part.shuffle else ()):
                if ABOVE.search(choice.text) and choice.anchor != "last":
                    yield Found(
                        (*at, "choices", index), "The choices are shuffled: keep this one last with `anchor: last`."
                    )


@rule(
    "choice-letter",
    why="Choices are lettered by the page and shuffled; letters of their own contradict it.",
    bad="- a) Greedy search",
    good="- Greedy search",
)
def letters(unit: Unit) -> Iterator[Found]:
    """Choices begin with letters or numbers of their own."""
    for path, question in _questions(unit):
        for at, part in _parts(question, path, ChoiceFields):
            typed = [index for index, choice in enumerate(part.choices) if TYPED.match(choice.text)]
            if len(typed) > 1 and len(typed) == len(part.choices):
                yield Found(
                    (*at, "choices", typed[0]), "Leave the letters out: choices are shuffled and lettered as shown."
                )


@rule(
    "stem-negative",
    why="Students who know the answer read over a small “not”.",
    bad="Which of these is not a decoding method?",
    good="Which of these is **not** a decoding method?",
)
def negative(unit: Unit) -> Iterator[Found]:
    """A question asks for the opposite without emphasis."""
    for path, question in _questions(unit):
        asks = " ".join(found[0] for found in ASKS_FOR_THE_OTHER.finditer(question.stem))
        if isinstance(question, ChoiceFields) and (found := NEGATIVE.search(asks)):
            yield Found((*path, "stem"), f"Put the “{found[0]}” in bold: **{found[0]}**.")
        elif isinstance(question, TrueFalseQuestion) and re.search(r"(?<!\*)\bnot\b(?!\*)", question.stem):
            yield Found((*path, "stem"), "Put the “not” in bold, or say it the other way round.")


@rule(
    "question-reading",
    why="Who answers wrongly cannot be told what to read again.",
    bad="a question without answers_from",
    good="answers_from: [{reading: how-to-generate, locator: Beam search}]",
)
def no_reading(unit: Unit) -> Iterator[Found]:
    """A question names no reading that answers it."""
    for path, question in _questions(unit):
        if not question.answers_from and unit.outline.readings:
            yield Found(path, "Name the reading that answers this question: answers_from.")


@rule(
    "question-objective",
    why="The answer says nothing about what a student can do.",
    bad="a question without objectives",
    good="objectives: [explain-beams]",
)
def no_objective(unit: Unit) -> Iterator[Found]:
    """A question names no objective."""
    for path, question in _questions(unit):
        if not question.objectives and unit.document.objectives:
            yield Found(path, "Name the objective this question asks for: objectives.")


@rule(
    "tolerance-none",
    why="Who rounds otherwise than the author is told to be wrong.",
    bad="answer: {value: 0.184, tolerance: exact}",
    good="answer: {value: 0.184, tolerance: {abs: 0.0005}}",
)
def no_tolerance(unit: Unit) -> Iterator[Found]:
    """A number that is not whole has to be met exactly."""
    for path, question in _questions(unit):
        for at, part in _parts(question, path, NumericFields):
            margin, value = part.answer.tolerance, part.answer.value
            is_whole = value is None or value == value.to_integral_value()
            if margin is not None and not is_whole and (margin.exact or margin.abs == 0 or margin.rel == 0):
                yield Found((*at, "answer", "tolerance"), f"Allow some room around {value}: {{abs: …}}.")


@rule(
    "tolerance-near-zero",
    why="A share of nearly nothing is nearly nothing: hardly any answer is close enough.",
    bad="answer: {value: 0.00001, tolerance: {rel: 0.01}}",
    good="answer: {value: 0.00001, tolerance: {abs: 0.000001}}",
)
def near_zero(unit: Unit) -> Iterator[Found]:
    """A relative tolerance around a number close to 0."""
    for path, question in _questions(unit):
        for at, part in _parts(question, path, NumericFields):
            margin, value = part.answer.tolerance, part.answer.value
            if margin is not None and value is not None and margin.rel is not None and abs(value) < 1 / 1000:
                yield Found((*at, "answer", "tolerance"), f"A share of {value} is hardly anything: use abs.")


@rule(
    "accepts-anything",
    severity="error",
    why="Whatever is typed is right: the question asks nothing.",
    bad="answer: {range: [-1000000, 1000000]}",
    good="a range that tells right from wrong, or kind: open",
)
def anything(unit: Unit) -> Iterator[Found]:
    """Nearly every number is accepted."""
    for path, question in _questions(unit):
        for at, part in _parts(question, path, NumericFields):
            margin, value = part.answer.tolerance, part.answer.value
            wide = (
                value is not None
                and margin is not None
                and (
                    (margin.rel is not None and margin.rel >= 1)
                    or (margin.abs is not None and margin.abs > 10 * abs(value) + 100)
                )
            )
            if wide:
                yield Found((*at, "answer", "tolerance"), "Nearly every number is right: narrow the tolerance.")


@rule(
    "key-in-stem",
    why="The question says its own answer.",
    bad="stem: In beam search, what is the method called? with accept: [beam search]",
    good="a stem that describes the thing without naming it",
)
def visible(unit: Unit) -> Iterator[Found]:
    """An accepted text stands in the stem."""
    for path, question in _questions(unit):
        stem = f" {WORDLESS.sub(' ', normalised(GAP.sub(' ', question.stem)))} "
        for at, part in _parts(question, path, ShortTextFields):
            for index, entry in enumerate(part.accept):
                text = normalised(entry.text or "")
                if len(text) >= SHORTEST_KEY and f" {text} " in stem:
                    yield Found(
                        (*at, "accept", index), f"“{entry.text}” stands in the stem: say it in other words there."
                    )
