"""cloze: gaps of several kinds, weights, and gaps that may be filled in any order."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import questions
from service.domain.assignment import Match, best_assignment
from service.domain.kinds.choices import Choice
from service.domain.kinds.cloze import ClozeQuestion
from service.domain.kinds.numeric import NumericPart
from service.domain.kinds.question import Feedback
from service.domain.kinds.short_text import ShortTextPart, TextEntry
from service.domain.kinds.single_choice import SingleChoicePart
from service.domain.outcomes import InvalidResponse, Outcome, Status
from tests.domain.sitting import Sitting, number, sit, within


def words(*accept: str, **more: Any) -> ShortTextPart:
    return ShortTextPart(accept=tuple(TextEntry(text=text) for text in accept), **more)


DECODING = ClozeQuestion(
    key="q",
    stem="Greedy takes the [[best]] token, beam search keeps [[beams]], and exp(0) is [[one]].",
    parts={
        "best": SingleChoicePart(choices=(Choice(text="likeliest"), Choice(text="last")), answer="likeliest"),
        "beams": words("beams", "hypotheses", weight=Decimal(2)),
        "one": NumericPart(answer=number("1", tolerance=within("0.01"))),
    },
    feedback=Feedback(incorrect="Look again."),
)


def fill(sitting: Sitting, best: str | None, beams: str | None, one: str | None) -> dict[str, Any]:
    """What a student sends who fills these gaps."""
    gaps = sitting.shown()["gaps"]
    ids = {choice["text"]["markdown"]: choice["id"] for choice in gaps[0]["choices"]}
    return {
        "gaps": {
            "gap-1": None if best is None else {"choice": ids[best]},
            "gap-2": {"text": beams},
            "gap-3": {"text": one},
        }
    }


@pytest.mark.parametrize(
    ("filled", "credit"),
    [
        (("likeliest", "beams", "1"), "1"),
        (("likeliest", "Hypotheses.", "1.00"), "1"),
        (("last", "beams", "1"), "3/4"),
        (("likeliest", "waves", "1"), "1/2"),
        (("likeliest", "", ""), "1/4"),
        (("last", None, "2"), "0"),
    ],
)
def test_gaps_count_by_their_weight(filled: tuple[str | None, str | None, str | None], credit: str) -> None:
    sitting = sit(DECODING)
    assert sitting.credit(fill(sitting, *filled)) == Fraction(credit)


def test_students_see_numbered_gaps_and_no_names() -> None:
    shown = sit(DECODING).shown()
    assert shown["stem"] == {
        "markdown": "Greedy takes the [[gap-1]] token, beam search keeps [[gap-2]], and exp(0) is [[gap-3]]."
    }
    assert [(gap["id"], gap["kind"]) for gap in shown["gaps"]] == [
        ("gap-1", "single_choice"),
        ("gap-2", "short_text"),
        ("gap-3", "numeric"),
    ]
    assert "best" not in str(shown)


def test_the_gaps_of_rendered_html_are_numbered_too() -> None:
    sitting = sit(DECODING)
    sitting.revision["stem"]["html"] = "<p>[[best]] [[beams]] [[one]]</p>"
    assert sitting.shown()["stem"]["html"] == "<p>[[gap-1]] [[gap-2]] [[gap-3]]</p>"


def test_blank_gaps_are_left_out_and_all_blank_is_unanswered() -> None:
    sitting = sit(DECODING)
    assert sitting.read(fill(sitting, None, " ", "1")) == {"gaps": {"one": {"text": "1"}}}
    assert sitting.read(fill(sitting, None, None, "")) is sitting.read({"gaps": {}}) is None


def test_what_was_read_can_be_presented_again() -> None:
    sitting = sit(DECODING)
    sent = fill(sitting, "last", "beams", "1")
    response = sitting.read(sent)
    assert questions.present_response(sitting.revision, {}, sitting.layout, response) == sent


@pytest.mark.parametrize(
    ("gaps", "path"),
    [
        ({"gap-1": {"choice": "likeliest"}}, ("gaps", "gap-1", "choice")),
        ({"gap-1": {"text": "likeliest"}}, ("gaps", "gap-1")),
        ({"gap-2": "beams"}, ("gaps", "gap-2")),
        ({"best": {"text": "x"}}, ("gaps",)),
        ([], ("gaps",)),
    ],
)
def test_a_gap_that_cannot_be_read_is_named(gaps: Any, path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidResponse) as refused:
        sit(DECODING).read({"gaps": gaps})
    assert refused.value.path == path


def test_half_a_number_in_a_gap_is_a_draft_and_no_answer_yet() -> None:
    sitting = sit(DECODING)
    sent = fill(sitting, "likeliest", "beams", "1.")
    sent["gaps"]["gap-3"] = {"text": "1.x"}
    with pytest.raises(InvalidResponse) as refused:
        sitting.refuse(sent)
    assert refused.value.path == ("gaps", "gap-3", "text")
    assert sitting.credit(sent) == Fraction(3, 4)


def test_half_a_number_alone_is_no_answer() -> None:
    assert sit(DECODING).grade({"gaps": {"gap-3": {"text": "1.x"}}}).status is Status.INVALID


def test_while_tries_remain_no_gap_is_spoken_of() -> None:
    sitting = sit(DECODING)
    assert sitting.feedback(fill(sitting, "likeliest", "waves", "1")) == {"status": "not_correct"}


def test_in_the_end_every_gap_is_explained() -> None:
    sitting = sit(DECODING)
    told = sitting.explain(fill(sitting, "last", "beams", None))
    assert told["right"]["gaps"]["gap-2"] == {"text": "beams"}
    assert [gap["status"] for gap in told["gaps"]] == ["incorrect", "correct", "unanswered"]
    assert told["gaps"][0]["choices"][0].keys() == {"id", "right", "chosen", "feedback"}
    assert told["gaps"][1]["accepted"] == ["hypotheses"]
    assert sitting.credit(told["right"]) == 1


# ------------------------------------------------------------------------------------------------ interchangeable gaps


def pair(first: ShortTextPart, second: ShortTextPart) -> ClozeQuestion:
    return ClozeQuestion(
        key="q",
        stem="Name two: [[a]] and [[b]].",
        parts={"a": first, "b": second},
        interchangeable=("a", "b"),
    )


@pytest.mark.parametrize(
    ("first", "second", "credit"),
    [
        ("red", "blue", "1"),
        ("blue", "red", "1"),
        ("crimson", "red", "1/2"),
        ("red", "red", "1/2"),
        ("blue", "green", "1/2"),
        ("green", "red", "1/2"),
        ("", "red", "1/2"),
        ("green", "grey", "0"),
    ],
)
def test_interchangeable_gaps_may_be_filled_in_any_order(first: str, second: str, credit: str) -> None:
    sitting = sit(pair(words("red", "crimson"), words("blue")))
    assert sitting.credit({"gaps": {"gap-1": {"text": first}, "gap-2": {"text": second}}}) == Fraction(credit)


@pytest.mark.parametrize(
    ("first", "second", "credit"), [("red", "blue", "1"), ("blue", "green", "1"), ("red", "Red.", "1/2")]
)
def test_of_one_list_for_several_gaps_each_answer_is_used_once(first: str, second: str, credit: str) -> None:
    sitting = sit(pair(words("red", "green", "blue"), words("red", "green", "blue")))
    assert sitting.credit({"gaps": {"gap-1": {"text": first}, "gap-2": {"text": second}}}) == Fraction(credit)


def test_numbers_can_be_exchanged_as_well() -> None:
    part = NumericPart(answer=number("2", tolerance=within("0.1")))
    other = NumericPart(answer=number("3", tolerance=within("0.1")))
    question = ClozeQuestion(
        key="q", stem="The roots are [[x]] and [[y]].", parts={"x": part, "y": other}, interchangeable=("x", "y")
    )
    sitting = sit(question)
    assert sitting.credit({"gaps": {"gap-1": {"text": "3.0"}, "gap-2": {"text": "2.05"}}}) == 1
    assert sitting.credit({"gaps": {"gap-1": {"text": "2.0"}, "gap-2": {"text": "2.05"}}}) == Fraction(1, 2)


def test_a_gap_fares_by_what_it_was_counted_for() -> None:
    sitting = sit(pair(words("red", weight=Decimal(3)), words("blue")))
    outcome = sitting.grade({"gaps": {"gap-1": {"text": "blue"}, "gap-2": {"text": "green"}}})
    assert outcome.credit == Fraction(1, 4)
    assert [(part["of"], part["by"], part["right"]) for part in outcome.breakdown] == [
        ("a", "b", True),
        ("b", "b", False),
    ]


shares = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)])
tables = st.integers(1, 4).flatmap(
    lambda size: st.lists(
        st.lists(st.tuples(shares, st.integers(0, 3)), min_size=size, max_size=size), min_size=1, max_size=4
    )
)


def worth(table: list[list[tuple[Fraction, int]]], ways: tuple[int | None, ...]) -> Fraction | None:
    """What an assignment adds up to; None when it uses a gap or an answer twice."""
    used = [(gap, table[row][gap][1]) for row, gap in enumerate(ways) if gap is not None]
    if len({gap for gap, _ in used}) < len(used) or len({answer for _, answer in used}) < len(used):
        return None
    return sum((table[row][gap][0] for row, gap in enumerate(ways) if gap is not None), Fraction(0))


@given(tables)
def test_the_assignment_is_the_best_of_all(table: list[list[tuple[Fraction, int]]]) -> None:
    size = len(table[0])
    matches = [{gap: Match(*cell) for gap, cell in enumerate(row) if cell[0]} for row in table]
    places: list[int | None] = [*range(size), *[None] * len(table)]
    ways = {way[: len(table)] for way in permutations(places, len(table))}
    best = max(found for way in ways if (found := worth(table, way)) is not None)
    assert worth(table, best_assignment(matches)) == best


def test_the_outcome_is_the_same_every_time() -> None:
    sitting = sit(pair(words("red", "blue"), words("blue", "red")))
    sent = {"gaps": {"gap-1": {"text": "blue"}, "gap-2": {"text": "red"}}}
    outcomes = {str(sitting.grade(sent).as_json()) for _ in range(5)}
    assert len(outcomes) == 1
    assert isinstance(sitting.grade(sent), Outcome)
