"""numeric: entries in order, parameters, units, named mistakes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from service.domain import questions
from service.domain.kinds.answers import Between, Computed, NumericAnswer, Tolerance
from service.domain.kinds.numeric import NumericEntry
from service.domain.kinds.question import Feedback
from service.domain.outcomes import InvalidResponse, Status
from tests.domain.sitting import formula, mistake, number, numeric, one_of, sit, within

GREEDY = numeric(
    number(expr="p * q", tolerance=within("0.001")),
    stem="p = {{ p:.2f }}, q = {{ q }}",
    parameters={"p": one_of("0.46", "0.50"), "q": one_of("0.36", "0.40"), "rest": formula("0.9 - p")},
    mistakes_=(
        mistake(expr="p + q", tolerance=within("0.001"), key="added", feedback="Multiply {{ p }} by {{ q }}."),
        mistake(expr="rest", tolerance=within("0.001"), key="other", unless="p == 0.46"),
    ),
    feedback=Feedback(correct="Right.", incorrect="Follow the largest."),
)


@pytest.mark.parametrize(
    ("typed", "credit", "named"),
    [
        ("0.184", 1, None),
        ("0.185", 1, None),
        ("0.183", 1, None),
        ("0.1830", 1, None),
        ("0.18299", 0, None),
        ("0.86", 0, "added"),
        ("0.44", 0, None),
    ],
)
def test_a_computed_answer_has_its_tolerance_and_its_mistakes(typed: str, credit: int, named: str | None) -> None:
    outcome = sit(GREEDY, values={"p": "0.46", "q": "0.40", "rest": "0.44"}).grade({"text": typed})
    assert outcome.credit == credit
    assert outcome.mistake == named


def test_a_mistake_is_excused_only_where_its_author_says() -> None:
    outcome = sit(GREEDY, values={"p": "0.50", "q": "0.40", "rest": "0.4"}).grade({"text": "0.4"})
    assert outcome.mistake == "other"


def test_a_mistake_has_its_own_words_with_values_filled_in() -> None:
    sitting = sit(GREEDY, values={"p": "0.46", "q": "0.40", "rest": "0.44"})
    assert sitting.said({"text": "0.86"}) == ["Multiply 0.46 by 0.40.", "Follow the largest."]
    assert sitting.said({"text": "0.184"}) == ["Right."]


def test_minus_eleven_point_seven_two_is_inside_minus_eleven_point_seven_plus_minus_two_hundredths() -> None:
    sitting = sit(numeric(number("-11.7", tolerance=within("0.02"))))
    assert sitting.credit({"text": "-11.72"}) == sitting.credit({"text": "−11.68"}) == 1
    assert sitting.credit({"text": "-11.7200000000000001"}) == 0


def test_entries_are_tried_in_order_each_with_its_credit_and_words() -> None:
    question = numeric(
        number("3.14159", tolerance=Tolerance(places=5)),
        accept=(
            NumericEntry(
                value=Decimal("3.14"), tolerance=within("0.005"), credit=Decimal("0.5"), feedback="More.", key="rough"
            ),
            NumericEntry(value=Decimal(3), tolerance=within("1"), credit=Decimal("0.25")),
        ),
    )
    sitting = sit(question)
    assert [sitting.credit({"text": typed}) for typed in ("3.14159", "3.142", "3", "5")] == [
        1,
        Fraction(1, 2),
        Fraction(1, 4),
        0,
    ]
    assert sitting.grade({"text": "3.142"}).matched == "rough"
    assert sitting.said({"text": "3.142"}) == ["More."]


def test_a_range_includes_its_ends_and_may_be_computed() -> None:
    answer = NumericAnswer(range=Between(from_=Computed(value="1"), to=Computed(expr="1 + 1 / 3")))
    sitting = sit(numeric(answer, fractions=True))
    assert [sitting.credit({"text": typed}) for typed in ("1", "4/3", "1.2", "0.999", "1.3334")] == [1, 1, 1, 0, 0]


def test_units_are_shown_sorted_and_converted() -> None:
    sitting = sit(numeric(number("1500", tolerance=within("1")), units={"m": Decimal(1), "km": Decimal(1000)}))
    assert sitting.shown()["units"] == ["km", "m"]
    assert sitting.credit({"text": "1.5 km"}) == sitting.credit({"text": "1499 m"}) == 1
    with pytest.raises(InvalidResponse, match="unit"):
        sitting.refuse({"text": "1500"})


@pytest.mark.parametrize("typed", ["abc", "1,5", "1/2", "1e999999999", "0.5 m"])
def test_an_unreadable_number_is_invalid_and_never_wrong(typed: str) -> None:
    sitting = sit(numeric("0.5"))
    with pytest.raises(InvalidResponse) as refused:
        sitting.refuse({"text": typed})
    assert refused.value.path == ("text",)
    outcome = sitting.grade({"text": typed})
    assert (outcome.status, outcome.credit) == (Status.INVALID, None)


@pytest.mark.parametrize("raw", [None, {}, {"text": None}, {"text": ""}, {"text": "  "}])
def test_blank_is_unanswered(raw: Any) -> None:
    assert sit(numeric("0.5")).read(raw) is None


def test_the_text_is_kept_as_typed_but_trimmed() -> None:
    assert sit(numeric("0.5")).read({"text": " 0.50 "}) == {"text": "0.50"}


def test_in_the_end_the_answer_and_what_was_accepted_are_told() -> None:
    told = sit(GREEDY, values={"p": "0.46", "q": "0.40", "rest": "0.44"}).explain({"text": "1"})
    assert told["right"] == {"text": "0.184"}
    assert told["accepted"] == [{"from": "0.183", "to": "0.185"}]


def test_the_same_softmax_on_every_machine() -> None:
    question = numeric(number(expr="exp(2 / t) / (exp(2 / t) + exp(1 / t))", tolerance=Tolerance(places=12)))
    sitting = sit(question, values={"t": "1"})
    assert sitting.credit({"text": "0.731058578630"}) == 1
    assert sitting.credit({"text": "0.731058578631"}) == 0


def test_a_broken_variant_is_nobodys_fault() -> None:
    sitting = sit(numeric(number(expr="1 / n")), values={"n": "0"})
    outcome = sitting.grade({"text": "1"})
    assert (outcome.status, outcome.credit, outcome.rule) == (Status.NEEDS_REVIEW, None, questions.BROKEN)
    assert sitting.explain({"text": "1"})["right"] is None
    assert sitting.feedback({"text": "1"})["feedback"] == []
