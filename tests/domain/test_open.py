"""open: graded for being complete; judged by people."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.domain.kinds.open_answer import Criterion, OpenQuestion
from service.domain.kinds.question import Feedback
from service.domain.outcomes import InvalidResponse, Status
from tests.domain.sitting import sit

PAPER = OpenQuestion(
    key="q",
    stem="What is frozen?",
    min_words=3,
    max_words=6,
    rubric=(Criterion(key="what", text="Names it."), Criterion(text="Says why.", points=Decimal(2))),
    model_answer="The language model.",
    feedback=Feedback(incorrect="Three to six words."),
)


@pytest.mark.parametrize(
    ("text", "status", "credit"),
    [
        ("the language model", Status.NEEDS_REVIEW, 1),
        ("one two three four five six", Status.NEEDS_REVIEW, 1),
        ("too short", Status.INCORRECT, 0),
        ("one two three four five six seven", Status.INCORRECT, 0),
    ],
)
def test_an_answer_of_the_length_asked_for_is_complete(text: str, status: Status, credit: int) -> None:
    outcome = sit(PAPER).grade({"text": text})
    assert outcome.status is status
    assert outcome.credit == credit
    assert outcome.rule == "open/completion"


@pytest.mark.parametrize(
    ("text", "says"),
    [("too short", "2 words; at least 3"), ("one two three four five six seven", "7 words; at most 6")],
)
def test_an_answer_of_another_length_is_no_answer_to_check_yet(text: str, says: str) -> None:
    with pytest.raises(InvalidResponse, match=says):
        sit(PAPER).refuse({"text": text})


def test_the_length_asked_for_is_shown_and_the_rubric_is_not() -> None:
    shown = sit(PAPER).shown()
    assert (shown["min_words"], shown["max_words"]) == (3, 6)
    assert "Names it" not in str(shown)


def test_the_model_answer_and_the_rubric_come_in_the_end() -> None:
    sitting = sit(PAPER)
    assert sitting.said({"text": "too short"}) == ["Three to six words."]
    assert sitting.said({"text": "the language model"}) == []
    told = sitting.explain({"text": "the language model"})
    assert told["right"] is None
    assert told["model_answer"] == {"markdown": "The language model."}
    assert told["rubric"][0] == {"key": "what", "points": "1", "text": {"markdown": "Names it."}}


def test_blank_is_unanswered_and_a_book_is_too_long() -> None:
    sitting = sit(PAPER)
    assert sitting.grade({"text": " \n "}).status is Status.UNANSWERED
    with pytest.raises(InvalidResponse, match="at most 20000"):
        sitting.read({"text": "x" * 20_001})
