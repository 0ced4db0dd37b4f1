"""Writing GIFT: reading it gives the same questions, whatever is in their texts, and what is lost is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.content.documents import load_unit
from service.content.refusals import UNWELCOME
from service.domain import templates
from service.domain.documents import UnitDocument
from service.domain.kinds.choices import same_text
from service.domain.kinds.multiple_choice import MultipleChoiceQuestion
from service.domain.text import normalised
from service.interchange.gift import read_bank, write_bank
from service.interchange.reports import Fate

NASTY = st.sampled_from(
    [
        *(
            "{",
            "}",
            "~",
            "=",
            "#",
            "####",
            ":",
            "::",
            "\\",
            "\\\\",
            "\\n",
            "\\nabla",
            "//",
            "$CATEGORY: x",
            "->",
            "%50%",
        ),
        *("%", "[html]", "[markdown]", "[tag:x]", "$\\frac{a}{b}$", "*", "_", "`{=a}`", "<b>", "&lt;", "\n", "\n\n"),
        *(
            "\n// no comment",
            "\n    code",
            "  ",
            "\t",
            "é",
            "日本",
            "\u00a0",
            "a",
            "word",
            "T",
            "TRUE",
            "{1:SA:=x}",
            "0",
            "]",
        ),
        *("..", "3:1", "[[gap]]", "{ {x} }", "\U0001f600", "~%100%", "=%0%*", "\\}", "\\~"),
    ]
)


def fit(text: str) -> bool:
    return bool(same_text(text)) and not UNWELCOME.search(text) and not list(templates.faults(text, {}))


def block(text: str) -> str:
    """As the gate keeps it: without blank lines around."""
    lines = text.rstrip().split("\n")
    while lines and not lines[0].strip(" \t"):
        lines.pop(0)
    return "\n".join(lines)


texts = st.lists(NASTY, min_size=1, max_size=8).map("".join).map(block).filter(fit)
lines = st.lists(NASTY, min_size=1, max_size=4).map("".join).map(lambda text: " ".join(text.split())).filter(fit)
remarks = st.none() | texts
shares = st.integers(1, 99).map(lambda percent: f"{percent / 100:.2f}".rstrip("0"))
sides = texts.filter(lambda text: "->" not in text)
answers = lines.filter(lambda text: "->" not in text and "*" not in text and normalised(text))
numbers = st.decimals(-1000, 1000, places=2, allow_nan=False).map(str)


def without_nothing(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if value is not None}


def choices(draw: st.DrawFn, worth: list[dict[str, Any]]) -> list[dict[str, Any]]:
    said = draw(st.lists(texts, min_size=len(worth), max_size=len(worth), unique_by=same_text))
    return [
        without_nothing({"text": text, "feedback": draw(remarks), **one}) for text, one in zip(said, worth, strict=True)
    ]


def single_choice(draw: st.DrawFn) -> dict[str, Any]:
    others = draw(st.lists(st.just({}) | shares.map(lambda share: {"credit": share}), min_size=1, max_size=4))
    return {"choices": choices(draw, draw(st.permutations([{"correct": True}, *others])))}


def multiple_choice(draw: st.DrawFn) -> dict[str, Any]:
    right = draw(st.sampled_from([["1"], ["0.5", "0.5"], ["0.33333", "0.33333", "0.33333"], ["0.75", "0.25"]]))
    worth: list[dict[str, Any]] = [{"correct": True, "credit": credit} for credit in right]
    wrong = draw(st.lists(st.just({}) | shares.map(lambda share: {"credit": f"-{share}"}), min_size=1, max_size=3))
    return {"scoring": "weights", "choices": choices(draw, draw(st.permutations([*worth, *wrong])))}


def true_false(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "answer": draw(st.booleans()),
        "feedback": without_nothing({"if_true": draw(remarks), "if_false": draw(remarks)}),
    }


def number(draw: st.DrawFn) -> dict[str, Any]:
    value = draw(numbers)
    match draw(st.sampled_from(["exact", "abs", "range"])):
        case "exact":
            return {"value": value, "tolerance": "exact"}
        case "abs":
            return {"value": value, "tolerance": {"abs": draw(numbers).lstrip("-")}}
        case _:
            low, high = sorted([value, draw(numbers)], key=float)
            return {"range": {"from": low, "to": high}}


def numeric(draw: st.DrawFn) -> dict[str, Any]:
    accept = [
        without_nothing({**number(draw), "credit": draw(st.none() | shares), "feedback": draw(remarks)})
        for _ in range(draw(st.integers(0, 2)))
    ]
    feedback = without_nothing({"correct": draw(remarks), "incorrect": draw(remarks)})
    return {"answer": number(draw), "accept": accept, "feedback": feedback}


def short_text(draw: st.DrawFn) -> dict[str, Any]:
    said = draw(st.lists(answers, min_size=1, max_size=4, unique_by=normalised))
    entries: list[dict[str, Any]] = [{"text": text} for text in said]
    entries += draw(st.lists(st.sampled_from([{"wildcard": "w* x"}, {"text": "a * b"}]), max_size=2, unique_by=repr))
    worth = [
        without_nothing({"credit": draw(st.none() | shares), "feedback": draw(st.none() | sides)}) for _ in entries
    ]
    worth[0].pop("credit", None)
    entries = [entry | more for entry, more in zip(entries, worth, strict=True)]
    return {"accept": entries, "feedback": without_nothing({"incorrect": draw(st.none() | sides)})}


def matching(draw: st.DrawFn) -> dict[str, Any]:
    lefts = draw(st.lists(sides, min_size=2, max_size=4, unique_by=same_text))
    rights = draw(st.lists(texts, min_size=len(lefts) + 1, max_size=len(lefts) + 1, unique_by=same_text))
    pairs = [{"left": left, "right": right} for left, right in zip(lefts, rights, strict=False)]
    return {"pairs": pairs, "distractors": rights[len(lefts) :]}


KINDS: dict[str, Callable[[st.DrawFn], dict[str, Any]]] = {
    "single_choice": single_choice,
    "multiple_choice": multiple_choice,
    "true_false": true_false,
    "numeric": numeric,
    "short_text": short_text,
    "matching": matching,
    "open": lambda _: {},
}


@st.composite
def banks(draw: st.DrawFn) -> UnitDocument:
    stimuli = [{"key": f"text-{at}", "text": text} for at, text in enumerate(draw(st.lists(texts, max_size=2)))]
    questions = []
    for at in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        raw = {"key": f"q-{at}", "kind": kind, "stem": draw(texts), **KINDS[kind](draw)}
        raw["tags"] = draw(st.lists(lines.filter(lambda tag: not tag.endswith("\\")), max_size=2, unique=True))
        raw["feedback"] = {**raw.get("feedback", {}), **without_nothing({"general": draw(remarks)})}
        if stimuli:
            raw |= without_nothing({"stimulus": draw(st.none() | st.sampled_from(stimuli).map(lambda one: one["key"]))})
        questions.append(raw)
    title = draw(lines.map(lambda text: text[:300]))
    return load_unit(
        {
            "format": "hornbook/unit@1",
            "unit": {"key": "u", "title": title},
            "stimuli": stimuli,
            "questions": questions,
        }
    )


def bare(unit: UnitDocument) -> tuple[list[Any], dict[str, Any]]:
    return (
        [replace(one, source=None) for one in unit.questions],
        {one.key: replace(one, source=None) for one in unit.stimuli},
    )


@settings(max_examples=200, deadline=None)
@given(banks())
def test_reading_what_was_written_gives_the_same_questions(unit: UnitDocument) -> None:
    text, findings = write_bank(unit)
    assert findings == []
    again = read_bank(text, "u.gift")
    assert [one for one in again.report.findings if one.severity == "error"] == []
    assert bare(again.unit) == bare(unit)
    assert again.report.counts()[Fate.NOT_UNDERSTOOD] == 0
    assert again.unit.unit.title == unit.unit.title
    assert write_bank(again.unit)[0] == text


def unit_of(question: dict[str, Any], **more: Any) -> UnitDocument:
    asked = {"key": "q", "stem": "q?", **question}
    return load_unit({"format": "hornbook/unit@1", "unit": {"key": "u", "title": "U"}, "questions": [asked], **more})


LOST = [
    ({"kind": "open", "min_words": 5, "model_answer": "x"}, ("min_words", "model_answer")),
    ({"kind": "open", "points": 2, "hints": ["x"]}, ("points", "hints")),
    ({"kind": "numeric", "answer": {"value": 200, "tolerance": {"rel": "0.01"}}}, ("relative tolerance",)),
    ({"kind": "true_false", "answer": True, "feedback": {"correct": "x"}}, ("feedback `correct`",)),
    ({"kind": "matching", "pairs": {"a": "1", "b": "2"}, "scoring": "all_or_nothing"}, ("scoring",)),
    (
        {
            "kind": "multiple_choice",
            "scoring": "all_or_nothing",
            "choices": [{"text": "a", "correct": True}, {"text": "b", "anchor": "last"}],
        },
        ("anchors", "all_or_nothing"),
    ),
]


@pytest.mark.parametrize(("question", "named"), LOST)
def test_what_is_lost_of_a_question_is_named_at_its_line(question: dict[str, Any], named: tuple[str, ...]) -> None:
    text, (finding,) = write_bank(unit_of(question))
    assert (finding.severity, text.split("\n")[finding.line - 1]) == ("warning", "// [id:q]")
    for name in named:
        assert name in finding.message
    assert len(read_bank(text, "u.gift").unit.questions) == 1


LEFT_OUT = [
    ({"kind": "ordering", "steps": ["a", "b", "c"]}, "no ordering questions"),
    ({"kind": "cloze", "stem": "[[a]]", "parts": {"a": {"kind": "short_text", "accept": ["x"]}}}, "no cloze questions"),
    ({"kind": "short_text", "accept": [{"re": "a+b"}]}, "patterns"),
    ({"kind": "short_text", "accept": ["a"], "case_sensitive": "true"}, "case matters"),
    ({"kind": "short_text", "accept": ["a->b", "c"]}, "->"),
    ({"kind": "matching", "pairs": {"a -> b": "1", "b": "2"}}, "->"),
    ({"kind": "numeric", "answer": {"value": 2, "tolerance": "exact"}, "units": {"m": 1}}, "units"),
    (
        {
            "kind": "numeric",
            "stem": "{{ a }}?",
            "parameters": {"a": {"one_of": [1, 2]}},
            "answer": {"expr": "a", "tolerance": "exact"},
        },
        "parameters",
    ),
]


@pytest.mark.parametrize(("question", "why"), LEFT_OUT)
def test_what_gift_cannot_say_is_left_out_with_a_word_on_what_to_do(question: dict[str, Any], why: str) -> None:
    text, (finding,) = write_bank(unit_of(question))
    assert (finding.severity, why in finding.message) == ("error", True)
    assert read_bank(text, "u.gift").unit.questions == ()


def test_a_single_answer_with_an_arrow_is_written_so_that_it_is_no_pair() -> None:
    unit = unit_of({"kind": "short_text", "accept": ["p -> q"]})
    assert bare(read_bank(write_bank(unit)[0], "u.gift").unit) == bare(unit)


def test_balanced_scoring_is_written_as_the_weights_that_give_the_same_points() -> None:
    choices = [{"text": text, "correct": text in "abc"} for text in "abcde"]
    text, findings = write_bank(unit_of({"kind": "multiple_choice", "choices": choices}))
    assert findings == []
    (question,) = read_bank(text, "u.gift").unit.questions
    assert isinstance(question, MultipleChoiceQuestion)
    assert [str(one.credit) for one in question.choices] == ["0.3333333"] * 3 + ["-0.5"] * 2


def test_a_text_is_shown_before_the_questions_that_look_at_it_and_ends_with_a_category_line() -> None:
    stimuli = [{"key": "t", "title": "A title", "text": "Look."}]
    asked = [{"key": f"q{at}", "kind": "open", "stem": "q", "stimulus": key} for at, key in enumerate(["t", None, "t"])]
    raw = {"format": "hornbook/unit@1", "unit": {"key": "u", "title": "A/B"}, "stimuli": stimuli}
    unit = load_unit(raw | {"questions": [without_nothing(one) for one in asked]})
    text, _ = write_bank(unit)
    assert text.count("$CATEGORY: A//B") == 2
    assert text.count("::A title::[markdown]Look.") == 2
    again = read_bank(text, "u.gift").unit
    assert (bare(again), again.unit.title) == (bare(unit), "A/B")
