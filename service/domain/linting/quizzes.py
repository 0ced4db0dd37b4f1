"""Rules about quizzes: what they cover, and what their choices give away together."""

from __future__ import annotations

from collections.abc import Iterator

from service.domain.documents import Quiz
from service.domain.kinds.question import Question
from service.domain.kinds.single_choice import SingleChoiceQuestion
from service.domain.linting.rules import Found, Unit, rule

FEWEST = 4
"""Questions of choice in a quiz from which on a pattern is no accident."""


def asked_by(unit: Unit, quiz: Quiz) -> list[Question]:
    """The questions a quiz may ask."""
    by_key = {question.key: question for question in unit.document.questions}
    return [by_key[key] for key in quiz.may_ask(unit.document.questions) if key in by_key]


@rule(
    "quiz-objective",
    why="The unit promises more than its quizzes ask.",
    bad="an objective with questions, none of which is in a quiz",
    good="a quiz that draws from all objectives",
)
def uncovered(unit: Unit) -> Iterator[Found]:
    """An objective has questions, and no quiz asks them."""
    quizzes = [quiz for quiz in unit.document.quizzes if quiz.status != "archived"]
    covered = {key for quiz in quizzes for question in asked_by(unit, quiz) for key in question.objectives}
    written = {key for question in unit.document.questions for key in question.objectives}
    for index, objective in enumerate(unit.document.objectives):
        if quizzes and objective.key in written - covered:
            yield Found(("objectives", index), f"No quiz asks a question about “{objective.key}”.")


@rule(
    "choice-longest",
    why="Who notices that the longest choice is right needs to know nothing else.",
    bad="four questions whose right choice is the longest by far",
    good="choices of about one length",
)
def longest(unit: Unit) -> Iterator[Found]:
    """In nearly all questions of a quiz the right choice is the longest by far."""
    for index, quiz in enumerate(unit.document.quizzes):
        choosing = [(right, wrong) for right, wrong, _ in _choices(unit, quiz)]
        telling = sum(len(right) > 1.2 * max(map(len, wrong)) for right, wrong in choosing)
        if len(choosing) >= FEWEST and telling > 0.75 * len(choosing):
            share = f"{telling} of {len(choosing)}"
            yield Found(("quizzes", index), f"In {share} questions the right choice is the longest: shorten it.")


@rule(
    "choice-first",
    why="Who notices that the first choice is right needs to know nothing else.",
    bad="four questions, unshuffled, whose first choice is right",
    good="shuffle: true, or other orders",
)
def first(unit: Unit) -> Iterator[Found]:
    """In all questions of a quiz whose choices are not shuffled the first is right."""
    for index, quiz in enumerate(unit.document.quizzes):
        fixed = [is_first for _, _, is_first in _choices(unit, quiz) if is_first is not None]
        if len(fixed) >= FEWEST and all(fixed):
            yield Found(
                ("quizzes", index), f"In all {len(fixed)} questions that are not shuffled the first choice is right."
            )


def _choices(unit: Unit, quiz: Quiz) -> Iterator[tuple[str, list[str], bool | None]]:
    """Of each question of choice: the right text, the others, and whether it comes first (None: shuffled)."""
    for question in asked_by(unit, quiz):
        if not isinstance(question, SingleChoiceQuestion):
            continue
        right = [choice.text for choice in question.choices if choice.correct]
        wrong = [choice.text for choice in question.choices if not choice.correct]
        if len(right) == 1 and wrong:
            is_shuffled = question.shuffle and quiz.shuffle.choices
            yield right[0], wrong, None if is_shuffled else question.choices[0].correct
