"""When questions come back: FSRS-6 in whole days, ratings from what happened, and a day's share taken in turns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.reviews import MOST_A_DAY, Due, Rating, Review, first_of_each_day, in_turn, memory_after, rating_of

FIRST = date(2026, 3, 2)

GOLDEN: list[tuple[Sequence[Rating], list[int]]] = [
    (("good", "good", "good", "good"), [2, 11, 46, 163]),
    (("hard", "good", "good"), [1, 5, 17]),
    (("again", "good", "good"), [1, 2, 6]),
]


@pytest.mark.parametrize(("ratings", "days"), GOLDEN)
def test_reviewed_when_due_a_question_comes_back_after_the_known_days(
    ratings: Sequence[Rating], days: list[int]
) -> None:
    reviews: list[Review] = []
    day, waited = FIRST, []
    for rating in ratings:
        reviews.append(Review(day, rating))
        memory = memory_after(reviews)
        waited.append((memory.due - memory.last).days)
        day = memory.due
    assert waited == days


def test_what_is_due_is_recalled_with_a_chance_of_nine_in_ten() -> None:
    memory = memory_after([Review(FIRST, "good")])
    assert memory.recall(memory.last) == 1.0
    assert 0.88 < memory.recall(memory.due) < 0.92
    assert memory.recall(FIRST + timedelta(days=60)) < memory.recall(FIRST + timedelta(days=30))


RATINGS = [
    # right first, hinted, solved, easy
    (True, False, True, False, "good"),
    (True, False, True, True, "easy"),
    (True, True, True, False, "hard"),
    (True, True, True, True, "hard"),
    (False, False, True, False, "hard"),
    (False, False, True, True, "hard"),
    (False, False, False, False, "again"),
    (False, True, False, True, "again"),
]


@pytest.mark.parametrize(("right_first", "hinted", "solved", "easy", "rating"), RATINGS)
def test_what_happened_rates_itself(right_first: bool, hinted: bool, solved: bool, easy: bool, rating: str) -> None:
    assert rating_of(right_first=right_first, hinted=hinted, solved=solved, easy=easy) == rating


def test_the_first_of_a_day_counts() -> None:
    wrong, right, later = Review(FIRST, "again"), Review(FIRST, "good"), Review(FIRST + timedelta(days=1), "good")
    assert first_of_each_day([wrong, right, later]) == [wrong, later]


def test_units_take_turns_the_least_remembered_first() -> None:
    due = [Due("a", 1, 0.5), Due("b", 1, 0.6), Due("c", 1, 0.7), Due("d", 2, 0.8), Due("e", 3, 0.55)]
    assert [one.question for one in in_turn(due, 4)] == ["a", "e", "d", "b"]


@given(st.lists(st.builds(Due, st.text(max_size=3), st.integers(1, 4), st.floats(0, 1))), st.integers(-5, 30))
def test_a_backlog_is_never_more_than_the_days_share(due: list[Due], left: int) -> None:
    taken = in_turn(due, min(left, MOST_A_DAY))
    assert len(taken) == max(0, min(len(due), left, MOST_A_DAY))
    if taken:
        assert taken[0].recall == min(one.recall for one in due)
