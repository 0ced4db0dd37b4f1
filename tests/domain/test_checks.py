"""What a question is refused for before anybody is asked it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from service.domain.kinds import DOCUMENTS, KINDS
from service.domain.kinds.answers import Between, Computed, NumericAnswer, Tolerance
from service.domain.kinds.choices import Choice
from service.domain.kinds.cloze import ClozeQuestion
from service.domain.kinds.matching import MatchingQuestion, Pair
from service.domain.kinds.numeric import NumericPart
from service.domain.kinds.open_answer import OpenQuestion
from service.domain.kinds.question import Feedback, Hint, Question, Source, Stimulus
from service.domain.kinds.short_text import ShortTextPart, TextEntry
from service.domain.kinds.single_choice import SingleChoicePart
from service.domain.kinds.true_false import TrueFalseQuestion
from service.domain.parameters import Parameter, Range
from tests.domain.sitting import (
    TABLE,
    formula,
    label,
    mistake,
    multiple,
    number,
    numeric,
    one_of,
    ordering,
    problems,
    short,
    single,
    within,
)


def cloze(stem: str, **parts: Any) -> ClozeQuestion:
    together = parts.pop("interchangeable", ())
    return ClozeQuestion(key="q", stem=stem, parts=parts, interchangeable=together)


def matching(pairs: dict[str, str], **more: Any) -> MatchingQuestion:
    return MatchingQuestion(
        key="q", stem="?", pairs=tuple(Pair(left=left, right=right) for left, right in pairs.items()), **more
    )


WORD = ShortTextPart(accept=(TextEntry(text="word"),))
TWO = number("2")

WRONG: list[tuple[Question, str, str]] = [
    # every kind
    (numeric("1", stem=" "), "/stem", "empty"),
    (numeric("1", points=Decimal(0)), "/points", "above 0"),
    (numeric("1", points=Decimal("NaN")), "/points", "must be a number"),
    (numeric("1", points=Decimal("1e999999")), "/points", "too long"),
    (numeric("1", hints=(Hint(key="a", text="x"), Hint(key="a", text="y"))), "/hints/1/key", "there twice"),
    (numeric("1", answers_from=(Source(),)), "/answers_from/0", "one reading or one reading_group"),
    (numeric("1", answers_from=(Source(reading="a", reading_group="b"),)), "/answers_from/0", "one reading or"),
    (numeric("1", stimulus="nowhere"), "/stimulus", "no stimulus “nowhere”"),
    (numeric("1", same_parameters_as="nowhere"), "/same_parameters_as", "no question of this unit"),
    (
        numeric("1", same_parameters_as="x", parameters={"a": one_of("1")}),
        "/same_parameters_as",
        "not both",
    ),
    (numeric("1", stem="{{ n }}"), "/stem", "no parameter or datum “n”"),
    (numeric("1", parameters={"n": one_of("1")}, stem="{{ nn }}"), "/stem", "did you mean “n”?"),
    (numeric("1", parameters={"n": one_of("1")}, stem="{{ n + 1 }}"), "/stem", "is written {{ name }}"),
    (numeric("1", parameters={"w": one_of("fog")}, stem="{{ w:.2f }}"), "", "“fog” stands where a number"),
    (numeric("1", feedback=Feedback(correct="{{ n }}")), "/feedback/correct", "no parameter"),
    (numeric("1", require=("1 > 2",)), "/require/0", "“1 > 2” does not hold"),
    (numeric("1", require=("1 +",)), "/require/0", "cannot be read"),
    (numeric("1", require=("n > 1",)), "/require/0", "no parameter or datum “n”"),
    (numeric("1", parameters={"n": one_of("1")}, require=("n",)), "/require/0", "no condition"),
    (numeric("1", parameters={"n": one_of("0", "1")}, require=("1 / n > 0",)), "/require/0", "divides by zero"),
    (numeric("1", parameters={"n": formula("1 / 0")}), "/parameters", "divides by zero"),
    (numeric("1", parameters={"n": Parameter()}), "/parameters/n", "exactly one of"),
    (numeric("1", parameters={"N": one_of("1")}), "/parameters/N", "cannot stand in a formula"),
    (numeric("1", parameters={"a": formula("b"), "b": formula("a")}), "/parameters", "need each other"),
    (
        numeric("1", parameters={"n": Parameter(range=Range(from_=Decimal(2), to=Decimal(1)))}),
        "/parameters/n/range/to",
        "ends before it begins",
    ),
    (TrueFalseQuestion(key="q", stem="?", answer=True, mistakes_=(mistake("false"),)), "/mistakes/0", "use feedback"),
    # choices
    (single("a", right="a"), "/choices", "2 to 50 choices, not 1"),
    (single("a", "b"), "/choices", "none is marked"),
    (single(Choice(text="a", correct=True), Choice(text="b", correct=True)), "/choices", "2 are marked"),
    (single("a", "a ", "b", right="b"), "/choices/1", "there twice"),
    (single("a", " ", right="a"), "/choices/1", "empty"),
    (single(Choice(key="x", text="a", correct=True), Choice(key="x", text="b")), "/choices/1/key", "there twice"),
    (
        single(Choice(text="a", correct=True), Choice(text="b", credit=Decimal(2))),
        "/choices/1/credit",
        "between 0 and 1",
    ),
    (single(Choice(text="a", correct=True, credit=Decimal("0.5")), "b"), "/choices", "full credit"),
    (single("a", "b", right="a", correct=Computed(value="b")), "/correct", "not both"),
    (single("a", "b", correct=Computed()), "/correct", "Write a value or"),
    (single("a", "b", correct=Computed(value="c")), "/correct", "here 0 are"),
    (single("a", "b", correct=label("'c'")), "", "“c” is none of the choices"),
    (single("a", "b", right="a", choices_from="words"), "/choices_from", "not both"),
    (single(choices_from="words", correct=label("words[0]")), "/choices_from", "no datum “words”"),
    (single("{{ n }}", "2", right="2", parameters={"n": one_of("1", "2")}), "/choices/1", "(variant n = 2)"),
    (single("a", "b", right="a", mistakes_=(mistake("a"),)), "/mistakes/0", "accepted as right"),
    (single("a", "b", right="a", mistakes_=(mistake("c"),)), "/mistakes/0", "none of the choices"),
    (multiple("x", "y"), "/choices", "No choice is right"),
    (multiple(right=("a", "b")), "/correct", "ticking everything would do"),
    (multiple("x", right=("a",), scoring="weights"), "/choices", "come to 1"),
    (multiple(Choice(text="x", credit=Decimal(1)), right=("a",)), "/choices/1/credit", "scoring: weights"),  # type: ignore[arg-type]
    # numbers
    (numeric(NumericAnswer(value=Decimal(1))), "/answer/tolerance", "how close is close enough"),
    (numeric(NumericAnswer(tolerance=within("1"))), "/answer", "exactly one of value, expr and range"),
    (numeric(NumericAnswer(value=Decimal(1), expr="1", tolerance=within("1"))), "/answer", "exactly one of"),
    (numeric(number("1", tolerance=Tolerance())), "/answer/tolerance", "exactly one of abs"),
    (numeric(number("1", tolerance=within("-1"))), "/answer/tolerance/abs", "not negative"),
    (numeric(number("1", tolerance=Tolerance(sigfig=0))), "/answer/tolerance/sigfig", "1 to 30"),
    (numeric(number("0", tolerance=Tolerance(rel=Decimal("0.1")))), "/answer/tolerance", "use abs"),
    (numeric(number("0", tolerance=Tolerance(sigfig=2))), "/answer/tolerance", "use abs"),
    (
        numeric(NumericAnswer(range=Between(from_=Computed(value="2"), to=Computed(value="1")))),
        "/answer/range",
        "ends before it begins",
    ),
    (
        numeric(NumericAnswer(range=Between(from_=Computed(value="fog"), to=Computed(value="1")))),
        "",
        "“fog” stands where a number",
    ),
    (numeric(number(expr="probs[0]")), "/answer/expr", "no parameter or datum “probs”"),
    (numeric("1", units={"3m": Decimal(1)}), "/units/3m", "starts with"),
    (numeric("1", units={"m": Decimal(0)}), "/units/m", "above 0"),
    (numeric("1", mistakes_=(mistake("2"),)), "/mistakes/0/answer/tolerance", "how close counts"),
    (
        numeric("1", mistakes_=(mistake("1.0", tolerance=Tolerance(exact=True)),)),
        "/mistakes/0",
        "accepted as right; say `unless:`",
    ),
    (numeric("1", mistakes_=(mistake("3", tolerance=within("2")),)), "/mistakes/0", "accepted as right"),
    # short texts
    (short(TextEntry(text="half", credit=Decimal("0.5"))), "/accept", "full credit"),
    (short(TextEntry()), "/accept/0", "exactly one of text"),
    (short("  "), "/accept/0/text", "empty"),
    (short(TextEntry(re="(a")), "/accept/0/re", "cannot be used"),
    (short(TextEntry(wildcard="*")), "/accept/0/wildcard", "any answer"),
    (short("Beam", "beam."), "/accept/1", "already accepted by entry 1"),
    (short("beam", reject=(TextEntry(wildcard="b*"),)), "/accept/0", "rejecting wins"),
    (short("beam", mistakes_=(mistake("Beam!"),)), "/mistakes/0", "accepted as right"),
    (short("{{ n }}"), "/accept/0/text", "no parameter"),
    # clozes
    (cloze("No gap."), "/stem", "1 to 50 gaps"),
    (cloze("[[a]] [[b]]", a=WORD), "/stem", "[[b]] has no part"),
    (cloze("[[a]]", a=WORD, b=WORD), "/parts/b", "no gap [[b]]"),
    (cloze("[[a]] [[a]]", a=WORD), "/stem", "there twice"),
    (cloze("[[a]] [[B c]]", a=WORD), "/stem", "[[B c]] is no gap"),
    (cloze("[[a]]", a=replace(WORD, weight=Decimal(0))), "/parts/a/weight", "above 0"),
    (cloze("[[a]]", a=replace(WORD, accept=())), "/parts/a/accept", "full credit"),
    (
        cloze("[[a]]", a=SingleChoicePart(choices=(Choice(text="x"), Choice(text="y")), answer="z")),
        "/parts/a/answer",
        "none of the choices",
    ),
    (cloze("[[a]]", a=NumericPart(answer=number(expr="1 / 0"))), "", "divides by zero"),
    (cloze("[[a]] [[b]]", a=WORD, b=WORD, interchangeable=("a",)), "/interchangeable", "2 to 8 different"),
    (cloze("[[a]] [[b]]", a=WORD, b=WORD, interchangeable=("a", "c")), "/interchangeable/1", "no part “c”"),
    (
        cloze("[[a]] [[b]]", a=WORD, b=NumericPart(answer=TWO), interchangeable=("a", "b")),
        "/interchangeable",
        "all short_text or all numeric",
    ),
    # matching, ordering, open
    (matching({"a": "1"}), "/pairs", "2 to 30 pairs"),
    (matching({"a": "1", "b": "1"}), "/pairs", "nothing to choose between"),
    (matching({"a": "1", "a ": "2"}), "/pairs/1", "there twice"),
    (matching({"a": "1", "b": "2"}, distractors=("2 ",)), "/distractors", "not a distractor"),
    (ordering("a", "b"), "/steps", "3 to 30 steps"),
    (ordering("a", "b", "a"), "/steps/2", "there twice"),
    (OpenQuestion(key="q", stem="?", min_words=0), "/min_words", "At least 1"),
    (OpenQuestion(key="q", stem="?", min_words=9, max_words=5), "/max_words", "from min_words (9)"),
]


@pytest.mark.parametrize(("question", "pointer", "complaint"), WRONG)
def test_what_is_wrong_is_said_with_its_place(question: Question, pointer: str, complaint: str) -> None:
    found = problems(question)
    assert any(where == pointer and complaint in said for where, said in found), found


@pytest.mark.parametrize(("question", "pointer", "complaint"), WRONG[::7])
def test_one_thing_wrong_is_not_reported_as_many(question: Question, pointer: str, complaint: str) -> None:
    assert len(problems(question)) <= 2, (pointer, complaint)


@pytest.mark.parametrize(
    ("expression", "value", "tie"),
    [
        ("top_p_labels(words, probs, v)", "0.65", "running total of top_p is exactly p"),
        ("draw(words, probs, v)", "0.8", "exactly a running total"),
    ],
)
def test_a_variant_on_a_threshold_is_named(expression: str, value: str, tie: str) -> None:
    question = multiple(
        choices_from="words",
        correct=label(expression),
        scoring="all_or_nothing",
        stimulus="table",
        parameters={"v": one_of("0.66", value)},
    )
    assert [(where, tie in said, f"(variant v = {value})" in said) for where, said in problems(question, TABLE)] == [
        ("", True, True)
    ]


def test_a_mistake_of_many_variants_is_told_once_with_their_number() -> None:
    question = numeric(
        number(expr="n", tolerance=within("0.5")),
        parameters={"n": Parameter(range=Range(from_=Decimal(1), to=Decimal(40)))},
        require=("n < 31",),
    )
    assert problems(question) == [("/require/0", "“n < 31” does not hold. (variant n = 31 and 9 more)")]


def test_a_mistake_that_equals_the_key_in_one_variant_is_excused_by_unless() -> None:
    question = numeric(
        number(expr="2 / t", tolerance=within("0.001")),
        parameters={"t": one_of("0.5", "1", "2")},
        mistakes_=(mistake(expr="2 * t", tolerance=within("0.001")),),
    )
    assert problems(question) == [
        ("/mistakes/0", "This mistake is accepted as right; say `unless:` when it is none. (variant t = 1)")
    ]
    excused = replace(question, mistakes_=(replace(question.mistakes_[0], unless="t == 1"),))
    assert problems(excused) == []


def test_a_parameter_must_not_hide_a_datum() -> None:
    question = numeric("1", parameters={"probs": one_of("1")}, stimulus="table")
    assert problems(question, TABLE) == [
        ("/parameters/probs", "“probs” is already the name of a datum of the stimulus.")
    ]


def test_hints_know_parameters_only() -> None:
    question = numeric("1", stimulus="table", hints=(Hint(text="{{ probs }}"),))
    assert [where for where, _ in problems(question, TABLE)] == ["/hints/0/text"]


@pytest.mark.parametrize("name", ["Probs", "sum", "and", "p-1"])
def test_a_datum_must_have_a_name_for_formulas(name: str) -> None:
    stimulus = Stimulus(key="table", text="?", data={name: ("1",)})
    assert [found.pointer for found in stimulus.mistakes()] == [f"/data/{name}"]


def test_there_are_nine_kinds_each_with_its_document() -> None:
    assert list(KINDS) == [
        "cloze",
        "matching",
        "multiple_choice",
        "numeric",
        "open",
        "ordering",
        "short_text",
        "single_choice",
        "true_false",
    ]
    assert all(DOCUMENTS[name].__dataclass_fields__["kind"].default == name for name in KINDS)
