"""A student in front of one question: builders for documents, and the whole way from document to outcome."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.domain import questions
from service.domain.kinds.answers import Computed, NamedAnswer, NumericAnswer, Tolerance
from service.domain.kinds.choices import Choice
from service.domain.kinds.multiple_choice import MultipleChoiceQuestion
from service.domain.kinds.numeric import NumericQuestion
from service.domain.kinds.ordering import OrderingQuestion, Step
from service.domain.kinds.question import NamedMistake, Question, Stimulus
from service.domain.kinds.short_text import ShortTextQuestion, TextEntry
from service.domain.kinds.single_choice import SingleChoiceQuestion
from service.domain.outcomes import Outcome
from service.domain.parameters import Parameter

QUICK = 2.0
"""Seconds that something harmless never takes, even on a busy machine; what it guards against takes for ever."""

TABLE = Stimulus(
    key="table",
    text="A model gives these probabilities.",
    data={
        "words": ("rain", "snow", "fog", "hail", "soup", "Monday"),
        "probs": ("0.40", "0.25", "0.15", "0.12", "0.05", "0.03"),
    },
)


@dataclass(frozen=True)
class Sitting:
    """One question, drawn and laid out for one student; responses are given as the student sends them."""

    revision: dict[str, Any]
    key: dict[str, Any]
    values: dict[str, Any]
    layout: dict[str, Any]

    def shown(self) -> dict[str, Any]:
        return questions.show(self.revision, self.values, self.layout)

    def read(self, raw: object) -> dict[str, Any] | None:
        return questions.read_response(self.revision, self.values, self.layout, raw)

    def refuse(self, raw: object) -> None:
        """Read, and require that it is more than a draft."""
        response = self.read(raw)
        assert response is not None
        questions.require_readable(self.revision, self.values, response)

    def grade(self, raw: object) -> Outcome:
        return questions.grade(self.revision, self.key, self.values, self.read(raw))

    def credit(self, raw: object) -> object:
        return self.grade(raw).credit

    def feedback(self, raw: object) -> dict[str, Any]:
        response = self.read(raw)
        outcome = questions.grade(self.revision, self.key, self.values, response)
        return questions.feedback(self.revision, self.key, self.values, self.layout, response, outcome)

    def explain(self, raw: object) -> dict[str, Any]:
        response = self.read(raw)
        outcome = questions.grade(self.revision, self.key, self.values, response)
        return questions.explain(self.revision, self.key, self.values, self.layout, response, outcome)

    def said(self, raw: object) -> list[str]:
        """The feedback while tries remain, as plain Markdown."""
        return [text["markdown"] for text in self.feedback(raw)["feedback"]]

    def id_of(self, text: str, among: str = "choices") -> str:
        """The id under which a text is shown."""
        return str(next(option["id"] for option in self.shown()[among] if option["text"]["markdown"] == text))

    def ids_of(self, *texts: str, among: str = "choices") -> list[str]:
        return [self.id_of(text, among) for text in texts]

    def right(self) -> Any:
        """The right answer as the student could send it."""
        return self.explain(None)["right"]


def sit(
    document: Question, stimulus: Stimulus | None = None, *, values: Mapping[str, Any] | None = None, seed: int = 0
) -> Sitting:
    """Split, draw (unless `values` are given) and lay out. The ids do not betray their order."""
    revision, key = questions.split(document, stimulus)
    chance = random.Random(seed)
    drawn = dict(values) if values is not None else questions.draw_values(revision, chance)
    return Sitting(revision, key, drawn, lay_out(revision, key, drawn, chance))


def lay_out(
    revision: dict[str, Any],
    key: dict[str, Any],
    values: dict[str, Any],
    chance: random.Random,
    *,
    shuffle: bool = True,
) -> dict[str, Any]:
    numbers = itertools.count()
    return questions.lay_out(
        revision, key, values, shuffle=shuffle, chance=chance, fresh=lambda: f"{next(numbers) * 7919 % 9973:04x}"
    )


def problems(
    document: Question, stimulus: Stimulus | None = None, others: Mapping[str, Question] | None = None
) -> list[tuple[str, str]]:
    """What `check_question` finds, as (pointer, message)."""
    return [(found.pointer, found.message) for found in questions.check_question(document, stimulus, others)]


def single(*choices: Choice | str, right: str | None = None, **more: Any) -> SingleChoiceQuestion:
    """A single choice; `right` is the text of the right one."""
    return SingleChoiceQuestion(key="q", stem=more.pop("stem", "Which?"), choices=_choices(choices, {right}), **more)


def multiple(*wrong: str, right: tuple[str, ...] = (), **more: Any) -> MultipleChoiceQuestion:
    """A multiple choice of right and wrong ones."""
    return MultipleChoiceQuestion(key="q", stem="Which ones?", choices=_choices((*right, *wrong), set(right)), **more)


def _choices(choices: tuple[Choice | str, ...], right: set[Any]) -> tuple[Choice, ...]:
    return tuple(
        choice if isinstance(choice, Choice) else Choice(text=choice, correct=choice in right) for choice in choices
    )


def number(value: str | None = None, *, expr: str | None = None, tolerance: Tolerance | None = None) -> NumericAnswer:
    """A right number, exact unless a tolerance is given."""
    return NumericAnswer(
        value=None if value is None else Decimal(value), expr=expr, tolerance=tolerance or Tolerance(exact=True)
    )


def numeric(answer: NumericAnswer | str, **more: Any) -> NumericQuestion:
    """A question for a number."""
    return NumericQuestion(
        key="q",
        stem=more.pop("stem", "How many?"),
        answer=number(answer) if isinstance(answer, str) else answer,
        **more,
    )


def within(margin: str) -> Tolerance:
    """± an absolute margin."""
    return Tolerance(abs=Decimal(margin))


def short(*accept: TextEntry | str, reject: tuple[TextEntry | str, ...] = (), **more: Any) -> ShortTextQuestion:
    """A question for a word or two."""
    return ShortTextQuestion(
        key="q", stem="What is it called?", accept=_entries(accept), reject=_entries(reject), **more
    )


def _entries(entries: tuple[TextEntry | str, ...]) -> tuple[TextEntry, ...]:
    return tuple(TextEntry(text=entry) if isinstance(entry, str) else entry for entry in entries)


def ordering(*steps: str, **more: Any) -> OrderingQuestion:
    """Steps in their right order."""
    return OrderingQuestion(key="q", stem="In which order?", steps=tuple(Step(text=step) for step in steps), **more)


def mistake(value: str | None = None, *, expr: str | None = None, **more: Any) -> NamedMistake:
    """A wrong answer with a name."""
    answer = NamedAnswer(value=value, expr=expr, tolerance=more.pop("tolerance", None))
    return NamedMistake(answer=answer, feedback=more.pop("feedback", "A well-known trap."), **more)


def one_of(*values: str) -> Parameter:
    return Parameter(one_of=values)


def formula(text: str) -> Parameter:
    return Parameter(expr=text)


def label(expr: str) -> Computed:
    return Computed(expr=expr)
