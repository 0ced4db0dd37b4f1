"""A unit's worth of questions, every kind among them, as documents; about the tides, so that they are our own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from service.domain import questions
from service.domain.kinds.answers import Computed, NamedAnswer, NumericAnswer, Tolerance
from service.domain.kinds.choices import Choice
from service.domain.kinds.cloze import ClozeQuestion
from service.domain.kinds.matching import MatchingQuestion, Pair
from service.domain.kinds.multiple_choice import MultipleChoiceQuestion
from service.domain.kinds.numeric import NumericQuestion
from service.domain.kinds.open_answer import Criterion, OpenQuestion
from service.domain.kinds.ordering import OrderingQuestion, Step
from service.domain.kinds.question import Feedback, Hint, NamedMistake, Question, Source, Stimulus
from service.domain.kinds.short_text import ShortTextPart, ShortTextQuestion, TextEntry
from service.domain.kinds.single_choice import SingleChoicePart, SingleChoiceQuestion
from service.domain.kinds.true_false import TrueFalseFeedback, TrueFalseQuestion
from service.domain.parameters import Parameter
from tests.domain.sitting import Sitting, sit

CANARY = "CANARY"
"""Stands in every text of a key, so that it can be seen wherever it should not be."""


def _close(margin: str = "0.001") -> Tolerance:
    return Tolerance(abs=Decimal(margin))


def _said(text: str) -> Feedback:
    return Feedback(
        correct=f"{CANARY} {text}", incorrect=f"{CANARY} {text}", partial=f"{CANARY} {text}", general=f"{CANARY} {text}"
    )


def _one_of(*values: str) -> Parameter:
    return Parameter(one_of=values)


FORECAST = Stimulus(
    key="forecast",
    text="Tomorrow's sky: sun 0.40, cloud 0.25, drizzle 0.15, rain 0.12, hail 0.05, frogs 0.03.",
    data={
        "skies": ("sun", "cloud", "drizzle", "rain", "hail", "frogs"),
        "chances": ("0.40", "0.25", "0.15", "0.12", "0.05", "0.03"),
    },
)

_HARBOUR = {
    "a": _one_of("0.46", "0.48", "0.50", "0.52", "0.54"),
    "b": _one_of("0.36", "0.40", "0.44"),
    "c": _one_of("0.70", "0.75", "0.80"),
    "rest": Parameter(expr="0.90 - a"),
    "half": Parameter(expr="(1 - b) / 2"),
}

_DOCUMENTS: tuple[Question, ...] = (
    SingleChoiceQuestion(
        key="what-pulls",
        stem="What raises the tides most?",
        answers_from=(Source(reading="moon"),),
        choices=(
            Choice(key="canary-moon", text="The Moon", correct=True, feedback=f"{CANARY} yes"),
            Choice(key="canary-sun", text="The Sun", feedback=f"{CANARY} less"),
            Choice(key="canary-none", text="None of these", anchor="last"),
        ),
        feedback=_said("what pulls"),
    ),
    TrueFalseQuestion(
        key="moon-only",
        stem="The Moon alone raises tides.",
        answer=False,
        feedback=TrueFalseFeedback(if_true=f"{CANARY} no", if_false=f"{CANARY} yes"),
    ),
    NumericQuestion(
        key="two-turns",
        stem="First turn {{ a:.2f }} or {{ rest:.2f }}, then {{ b:.2f }} or twice {{ half:.2f }}; and {{ c }}.",
        parameters=_HARBOUR,
        require=("a > rest", "rest > 0.10", "b > half"),
        answer=NumericAnswer(expr="a * b", tolerance=_close()),
        hints=(Hint(text=f"{CANARY} multiply {{{{ a }}}}"),),
        mistakes_=(
            NamedMistake(
                key="canary-added", answer=NamedAnswer(expr="a + b", tolerance=_close()), feedback=f"{CANARY} added"
            ),
            NamedMistake(answer=NamedAnswer(expr="rest * c", tolerance=_close()), feedback=f"{CANARY} other turn"),
        ),
        feedback=_said("two turns"),
    ),
    SingleChoiceQuestion(
        key="better-turn",
        stem="With {{ a:.2f }}, {{ b:.2f }}, {{ rest:.2f }} and {{ c:.2f }}: which way is likelier?",
        same_parameters_as="two-turns",
        require=("rest * c > a * b",),
        choices=(Choice(text="the second", correct=True), Choice(text="the first")),
    ),
    NumericQuestion(
        key="share-of-sun",
        stem="Keep the {{ k }} likeliest. How likely is sun now?",
        stimulus="forecast",
        parameters={"k": _one_of("2", "3", "4", "5")},
        answer=NumericAnswer(expr="chances[0] / sum(top_k(chances, k))", tolerance=_close()),
        mistakes_=(
            NamedMistake(
                answer=NamedAnswer(expr="chances[0]", tolerance=_close("0.0005")), feedback=f"{CANARY} rescale"
            ),
        ),
    ),
    MultipleChoiceQuestion(
        key="which-skies",
        stem="Which together reach {{ p:.2f }}?",
        stimulus="forecast",
        parameters={"p": _one_of("0.60", "0.75", "0.90", "0.95")},
        choices_from="skies",
        correct=Computed(expr="top_p_labels(skies, chances, p)"),
        scoring="all_or_nothing",
        feedback=_said("which skies"),
    ),
    SingleChoiceQuestion(
        key="drawn-sky",
        stem="Where does {{ u:.2f }} fall?",
        stimulus="forecast",
        parameters={"u": _one_of("0.17", "0.52", "0.71", "0.88", "0.94", "0.99")},
        choices_from="skies",
        correct=Computed(expr="draw(skies, chances, u)"),
        shuffle=False,
    ),
    NumericQuestion(
        key="damped",
        stem="At {{ t:g }} what is the share of the first?",
        parameters={"t": _one_of("0.5", "1", "2")},
        answer=NumericAnswer(expr="softmax([2 / t, 1 / t])[0]", tolerance=_close()),
        mistakes_=(
            NamedMistake(
                answer=NamedAnswer(expr="softmax([2 * t, 1 * t])[0]", tolerance=_close()),
                feedback=f"{CANARY} divide",
                unless="t == 1",
            ),
        ),
    ),
    OrderingQuestion(
        key="from-low-to-low",
        stem="From one low water to the next.",
        steps=tuple(Step(text=text) for text in ("low", "flood", "high", "ebb", "slack")),
        feedback=_said("order"),
    ),
    ClozeQuestion(
        key="fill-in",
        stem="The tide near new moon is a [[canary_spring]] tide; it comes [[canary_twice]] a [[canary_month]].",
        parts={
            "canary_spring": SingleChoicePart(
                choices=(Choice(text="spring"), Choice(text="neap"), Choice(text="brown")), answer="spring"
            ),
            "canary_twice": ShortTextPart(
                accept=(TextEntry(text=f"twice {CANARY}"), TextEntry(text="two times", feedback=f"{CANARY} yes")),
            ),
            "canary_month": SingleChoicePart(choices=(Choice(text="year"), Choice(text="month")), answer="month"),
        },
        feedback=_said("fill in"),
    ),
    SingleChoiceQuestion(
        key="what-goes-in",
        stem="What does a tide gauge measure?",
        choices=(Choice(text="height", correct=True), Choice(text="salt"), Choice(text="colour")),
    ),
    MatchingQuestion(
        key="who-does-what",
        stem="Match.",
        pairs=(
            Pair(key="canary-ebb", left="Ebb", right="falling water", feedback=f"{CANARY} ebb"),
            Pair(key="canary-flood", left="Flood", right="rising water"),
            Pair(key="canary-slack", left="Slack", right="still water"),
        ),
        distractors=("boiling water",),
        feedback=_said("match"),
    ),
    ShortTextQuestion(
        key="name-it",
        stem="What is the difference between high and low water called?",
        accept=(
            TextEntry(text=f"tidal range {CANARY}"),
            TextEntry(text="range", credit=Decimal("0.5"), feedback=f"{CANARY} of what"),
            TextEntry(re=f"(the )?amplitude {CANARY}"),
        ),
        reject=(TextEntry(text=f"tide {CANARY}", feedback=f"{CANARY} more"),),
    ),
    MultipleChoiceQuestion(
        key="which-are-true",
        stem="Which are true?",
        scoring="net_correct",
        choices=(
            Choice(text="Tides turn.", correct=True, feedback=f"{CANARY} they do"),
            Choice(text="Tides wait.", feedback=f"{CANARY} for no man"),
            Choice(text="Tides return.", correct=True),
        ),
    ),
    MatchingQuestion(
        key="seas",
        stem="Match the seas.",
        pairs=(Pair(left="Baltic", right="hardly any"), Pair(left="Fundy", right="the most")),
        scoring="all_or_nothing",
    ),
    OpenQuestion(
        key="in-your-words",
        stem="In at most 50 words: why two bulges?",
        max_words=50,
        rubric=(Criterion(key="canary-far", text=f"{CANARY} names the far side"),),
        model_answer=f"{CANARY} because the pull differs",
    ),
)

BY_KEY: Mapping[str, Question] = {document.key: document for document in _DOCUMENTS}


def stimulus_of(document: Question) -> Stimulus | None:
    """The stimulus a question names."""
    return FORECAST if document.stimulus else None


def sit_for(key: str, seed: int = 0) -> Sitting:
    """One of the questions, resolved, drawn and laid out."""
    document = questions.resolve(BY_KEY[key], BY_KEY)
    return sit(document, stimulus_of(document), seed=seed)


SITTINGS: Mapping[str, Sitting] = {key: sit_for(key) for key in BY_KEY}
"""Each question by its key, once."""
