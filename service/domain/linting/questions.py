"""Rules about questions: what they ask, what they give away, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from service.domain.kinds.choices import ChoiceFields
from service.domain.kinds.cloze import ClozeQuestion
from service.domain.kinds.question import Question
from service.domain.kinds.short_text import ShortTextFields, TextEntry
from service.domain.kinds.single_choice import SingleChoiceQuestion
from service.domain.kinds.true_false import TrueFalseQuestion
from service.domain.linting.rules import Found, Path, Unit, rule
from service.domain.patterns import matches_expression, matches_wildcard
from service.domain.text import normalised

TYPED = re.compile(r"\(?[A-Ha-h1-8](?:\)|[.:]\s)\s*\S")
ABOVE = re.compile(r"\b(all|none|both|any|neither) of (the above|these|the others)\b|\babove\b|\b[ab] and [bc]\b", re.I)
NEGATIVE = re.compile(r"(?<![*_\w])(?:not|never|except|least)\b(?![*_])")
ASKS_FOR_THE_OTHER = re.compile(r"\b(?:which|what|who|where|when)\b[^.?!,;:]*", re.IGNORECASE)
MARKED = re.compile(r"[`$]")
GAP = re.compile(r"\[\[\w+\]\]")
WORDLESS = re.compile(r"[^\w\s-]+")
SAY_WHY = "Say why this is wrong: feedback here, or for the question under `feedback: {incorrect: …}`."
UNRELATED = {"word": ("zq", "kvwpt", "mbrdfhls"), "number": ("8", "53", "917")}
"""What no sensible pattern takes all of."""
SHORTEST_KEY = 4
"""Characters from which on a text in the stem is no accident."""


def questions_of(unit: Unit) -> Iterator[tuple[Path, Question]]:
    for index, question in enumerate(unit.document.questions):
        yield ("questions", index), question


def parts_of(question: Question, path: Path, kind: type[Any]) -> Iterator[tuple[Path, Any]]:
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
    for path, question in questions_of(unit):
        if not isinstance(question, ChoiceFields) or question.feedback.incorrect or question.feedback.general:
            continue
        if question.choices_from is not None or (question.correct is not None and question.correct.expr is not None):
            # Which of them are wrong, only a formula knows.
            if not question.mistakes_ and not any(choice.feedback for choice in question.choices):
                yield Found(path, "Say something to wrong answers: `feedback: {incorrect: …}`.")
        else:
            yield from ((Found((*path, "choices", at), SAY_WHY)) for at in _unexplained(question))


def _unexplained(question: ChoiceFields) -> Iterator[int]:
    right = right_choices(question)
    for index, choice in enumerate(question.choices):
        if index not in right and not choice.credit and choice.feedback is None:
            yield index


def right_choices(question: ChoiceFields) -> frozenset[int]:
    """Which of the choices are written down as right; none where a formula says it."""
    named = question.correct.value if question.correct is not None else None
    return frozenset(
        index
        for index, choice in enumerate(question.choices)
        if choice.correct or (named is not None and named.strip() in {choice.key, choice.text.strip()})
    )


@rule(
    "question-duplicate",
    why="The same question twice is a slip, and counts twice.",
    bad="two questions with the stem “What is beam search?”",
    good="one of them, or two that differ",
)
def duplicates(unit: Unit) -> Iterator[Found]:
    """Two questions of a unit ask the same."""
    seen: dict[tuple[object, ...], str] = {}
    for path, question in questions_of(unit):
        asked = (normalised(question.stem), question.stimulus, *sorted(_offered(question)))
        if asked in seen:
            yield Found((*path, "stem"), f"“{seen[asked]}” asks the same: change or delete one of the two.")
        seen.setdefault(asked, question.key)


def _offered(question: Question) -> Iterator[str]:
    """What a question shows beside its stem: its parameters' values, choices, pairs or steps."""
    yield from (f"{name}={declared}" for name, declared in question.parameters.items())
    for field in ("choices", "steps", "pairs"):
        yield from (normalised(getattr(one, "text", "") or str(one)) for one in getattr(question, field, ()))


@rule(
    "choice-duplicate",
    why="Of two choices that say the same only one can be right, and students see that.",
    bad="choices: [Beam search, beam search.]",
    good="choices: [Beam search, Greedy search]",
)
def same_choices(unit: Unit) -> Iterator[Found]:
    """Two choices are the same but for case, spaces and final punctuation."""
    for path, question in questions_of(unit):
        for at, part in parts_of(question, path, ChoiceFields):
            seen: dict[str, str] = {}
            for index, choice in enumerate(part.choices):
                # In code and maths case matters.
                plain = choice.text if MARKED.search(choice.text) else normalised(choice.text)
                if plain in seen:
                    yield Found((*at, "choices", index), f"“{seen[plain][:60]}” says the same: make them differ.")
                seen.setdefault(plain, choice.text)


@rule(
    "choice-above",
    why="Shuffled, what was “above” stands anywhere.",
    bad="- None of the above   (shuffled)",
    good="- {text: None of these, anchor: last}",
)
def above(unit: Unit) -> Iterator[Found]:
    """A choice speaks of the others while they are shuffled."""
    for path, question in questions_of(unit):
        for at, part in parts_of(question, path, ChoiceFields):
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
    for path, question in questions_of(unit):
        for at, part in parts_of(question, path, ChoiceFields):
            typed = [index for index, choice in enumerate(part.choices) if TYPED.match(choice.text)]
            if len(typed) > 1 and 2 * len(typed) > len(part.choices):
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
    for path, question in questions_of(unit):
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
    for path, question in questions_of(unit):
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
    for path, question in questions_of(unit):
        if not question.objectives and unit.document.objectives:
            yield Found(path, "Name the objective this question asks for: objectives.")


@rule(
    "key-in-stem",
    why="The question says its own answer.",
    bad="stem: In beam search, what is the method called? with accept: [beam search]",
    good="a stem that describes the thing without naming it",
)
def visible(unit: Unit) -> Iterator[Found]:
    """An accepted text, or of all choices only the right one, stands in the stem."""
    for path, question in questions_of(unit):
        stem = _words(GAP.sub(" ", question.stem))
        for at, part in parts_of(question, path, ShortTextFields):
            for index, entry in enumerate(part.accept):
                if _stands_in(stem, entry.text or ""):
                    yield _named((*at, "accept", index), entry.text or "")
        if isinstance(question, SingleChoiceQuestion):
            standing = {index for index, one in enumerate(question.choices) if _stands_in(stem, one.text)}
            if len(standing) == 1 and standing == right_choices(question):
                (index,) = standing
                yield _named((*path, "choices", index), question.choices[index].text)


@rule(
    "accepts-any-word",
    why="Who types something right by chance has shown nothing.",
    bad="accept: [{re: '[a-z]+'}]",
    good="accept: [{re: 'beams?( search)?'}], or kind: open",
)
def any_word(unit: Unit) -> Iterator[Found]:
    """A pattern takes every word, or every number."""
    for path, question in questions_of(unit):
        for at, part in parts_of(question, path, ShortTextFields):
            for index, entry in enumerate(part.accept):
                for what, some in UNRELATED.items():
                    if all(_takes(entry, text) and not any(_takes(one, text) for one in part.reject) for text in some):
                        message = f"Every {what} is right: say what tells a right one from a wrong one."
                        yield Found((*at, "accept", index), message)


def _takes(entry: TextEntry, text: str) -> bool:
    """Whether an entry's pattern matches a text; one that is none matches only itself, which was not meant."""
    if entry.wildcard is not None:
        return matches_wildcard(normalised(entry.wildcard), text)
    return entry.re is not None and matches_expression(entry.re, text, case_sensitive=False)


def _words(text: str) -> str:
    return f" {' '.join(WORDLESS.sub(' ', normalised(text)).split())} "


def _stands_in(stem: str, text: str) -> bool:
    words = _words(text)
    return len(words.strip()) >= SHORTEST_KEY and words in stem


def _named(path: Path, text: str) -> Found:
    return Found(path, f"“{text[:60]}” stands in the stem: say it in other words there.")
