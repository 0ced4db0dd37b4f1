"""short_text: entries in order, what is rejected, and slips of the pen."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from service.domain import questions
from service.domain.kinds.question import Feedback
from service.domain.kinds.short_text import TextEntry
from service.domain.outcomes import InvalidResponse
from tests.domain.sitting import mistake, one_of, short, sit

TASK = short(
    "binary classification",
    TextEntry(re="(two|2)[- ]class classification"),
    TextEntry(wildcard="binary *", credit=Decimal("0.75")),
    TextEntry(text="classification", credit=Decimal("0.5"), feedback="How many classes?", key="vague"),
    reject=(TextEntry(text="binary regression", feedback="The target is a label.", key="regression"),),
    feedback=Feedback(incorrect="It decides between two."),
)


@pytest.mark.parametrize(
    ("typed", "credit"),
    [
        ("binary classification", 1),
        ("  Binary   CLASSIFICATION. ", 1),
        ("binary\u00a0classification", 1),
        ("Two-class classification", 1),
        ("2 class classification!", 1),
        ("2–class classification", 1),
        ("binary problem", Fraction(3, 4)),
        ("Classification", Fraction(1, 2)),
        ("binary regression", 0),
        ("regression", 0),
        ("three-class classification", 0),
    ],
)
def test_entries_are_tried_in_order_after_the_rejected_ones(typed: str, credit: Fraction) -> None:
    outcome = sit(TASK).grade({"text": typed})
    assert outcome.credit == credit
    assert outcome.rule == "short_text/text/v1"


def test_an_expression_sees_the_letters_as_typed() -> None:
    sitting = sit(short(TextEntry(re="(haupt)?straße")))
    assert sitting.credit({"text": "Hauptstraße"}) == sitting.credit({"text": "STRAßE"}) == 1


def test_what_was_matched_is_named_and_spoken_to() -> None:
    sitting = sit(TASK)
    assert sitting.grade({"text": "classification"}).matched == "vague"
    assert sitting.said({"text": "classification"}) == ["How many classes?"]
    assert sitting.grade({"text": "binary regression"}).matched == "regression"
    assert sitting.said({"text": "binary regression"}) == ["The target is a label.", "It decides between two."]


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("binary clasification", True),
        ("binray clasification", True),
        ("binary classification", False),
        ("clasificaton", True),
        ("binary regression", False),
        ("something else", False),
    ],
)
def test_a_slip_of_the_pen_is_noticed_but_not_what_is_right_or_rejected(typed: str, near: bool) -> None:
    sitting = sit(short("binary classification", "classification", reject=("binary regression",)))
    assert questions.near_miss(sitting.revision, sitting.key, {}, sitting.read({"text": typed})) is near


def test_other_kinds_know_no_slips() -> None:
    sitting = sit(TASK)
    assert not questions.near_miss(sitting.revision, sitting.key, {}, None)


def test_a_number_may_be_accepted_however_it_is_written() -> None:
    sitting = sit(short(TextEntry(number=Decimal("0.5")), "one half"))
    assert [sitting.credit({"text": typed}) for typed in ("0.50", "1/2", "5e-1", "One half", "0.51", "a half")] == [
        *[1] * 4,
        *[0] * 2,
    ]
    assert sitting.right() == {"text": "0.5"}


def test_case_accents_articles_and_spaces_matter_as_the_author_says() -> None:
    assert sit(short("True", case_sensitive=True)).credit({"text": "true"}) == 0
    assert sit(short(TextEntry(re="GAN"), "GAN", case_sensitive=True)).credit({"text": "gan"}) == 0
    assert sit(short("Poincaré")).credit({"text": "Poincare"}) == 0
    assert sit(short("Poincaré", fold_accents=True)).credit({"text": "poincare"}) == 1
    assert sit(short("generator", drop_articles=True)).credit({"text": "The generator"}) == 1
    assert sit(short("softmax", ignore_spaces=True)).credit({"text": "Soft Max"}) == 1


def test_an_answer_may_hold_a_parameter() -> None:
    question = short("{{ word }} search", parameters={"word": one_of("beam", "tree")})
    assert sit(question, values={"word": "tree"}).credit({"text": "Tree search"}) == 1
    assert sit(question, values={"word": "beam"}).credit({"text": "Tree search"}) == 0
    assert sit(question, values={"word": "beam"}).right() == {"text": "beam search"}


def test_a_named_mistake_is_recognised_as_text() -> None:
    sitting = sit(short("precision", mistakes_=(mistake("recall", key="swapped"),)))
    assert sitting.grade({"text": "Recall."}).mistake == "swapped"
    assert sitting.grade({"text": "recal"}).mistake is None


@pytest.mark.parametrize("raw", [None, {"text": None}, {"text": " \n"}, {"text": "\u200b\ufeff"}])
def test_blank_is_unanswered(raw: Any) -> None:
    assert sit(TASK).read(raw) is None


@pytest.mark.parametrize("typed", ["x" * 501, "nul\0", "half a pair \ud83d"])
def test_what_cannot_be_stored_is_invalid(typed: str) -> None:
    with pytest.raises(InvalidResponse):
        sit(TASK).read({"text": typed})


def test_in_the_end_the_first_right_text_is_told_and_no_pattern() -> None:
    told = sit(short(TextEntry(re="b.*m"), "beams", "hypotheses")).explain(None)
    assert told["right"] == {"text": "beams"}
    assert told["accepted"] == ["hypotheses"]
    assert "b.*m" not in str(told)
    assert sit(short(TextEntry(re="b.+m"))).right() is None
