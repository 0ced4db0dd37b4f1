"""What a student's log amounts to, what may be shown of it and what it is worth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.attempts import (
    Line,
    Mode,
    Policy,
    Reveal,
    Shown,
    Standing,
    counting,
    how_much_to_show,
    may_see_key,
    slot_state,
    total,
    worth,
)
from service.domain.outcomes import Outcome, Status

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOSES = NOON + timedelta(hours=1)
LATER = NOON + timedelta(hours=2)

OPEN = Standing(closed=False, checked=False, finished=False)
CHECKED = Standing(closed=False, checked=True, finished=False)
CLOSED = Standing(closed=True, checked=True, finished=False)
FINISHED = Standing(closed=True, checked=False, finished=True)

N, S, F, K = Shown

#                                   open checked closed finished, and finished after the quiz has closed
SHOWN: dict[tuple[Mode, Reveal], tuple[Shown, ...]] = {
    ("immediate", "after_each"):       (N, F, K, K, K),
    ("immediate", "after_submission"): (N, S, S, K, K),
    ("immediate", "after_close"):      (N, S, S, N, K),
    ("immediate", "never"):            (N, S, S, N, N),
    ("practice", "after_each"):        (N, F, K, K, K),
    ("practice", "after_submission"):  (N, S, S, K, K),
    ("practice", "after_close"):       (N, S, S, N, K),
    ("practice", "never"):             (N, S, S, N, N),
    ("deferred", "after_submission"):  (N, N, N, K, K),
    ("deferred", "after_close"):       (N, N, N, N, K),
    ("deferred", "never"):             (N, N, N, N, N),
}  # fmt: skip


@pytest.mark.parametrize(("mode", "reveal"), SHOWN)
def test_what_is_shown_is_what_the_table_says(mode: Mode, reveal: Reveal) -> None:
    policy = Policy(mode=mode, reveal=reveal, closes=CLOSES)
    seen = [how_much_to_show(policy, standing, NOON) for standing in (OPEN, CHECKED, CLOSED, FINISHED)]
    assert (*seen, how_much_to_show(policy, FINISHED, LATER)) == SHOWN[mode, reveal]


@pytest.mark.parametrize("reveal", get_args(Reveal))
@pytest.mark.parametrize("mode", get_args(Mode))
def test_what_is_withheld_is_not_shown_at_all(mode: Mode, reveal: Reveal) -> None:
    for standing in (OPEN, CHECKED, CLOSED, FINISHED):
        withheld = Standing(standing.closed, standing.checked, standing.finished, withheld=True)
        assert how_much_to_show(Policy(mode=mode, reveal=reveal, closes=CLOSES), withheld, LATER) is Shown.NOTHING


@given(st.sampled_from(get_args(Mode)), st.sampled_from(get_args(Reveal)), st.booleans(), st.booleans(), st.booleans())
def test_the_key_is_never_seen_while_it_could_still_help(
    mode: Mode, reveal: Reveal, closed: bool, checked: bool, withheld: bool
) -> None:
    unfinished = Standing(closed=closed, checked=checked, finished=False, withheld=withheld)
    if may_see_key(Policy(mode=mode, reveal=reveal, closes=CLOSES), unfinished, LATER):
        assert closed and mode != "deferred" and reveal == "after_each"


def line(rev: int, credit: Fraction | None) -> Line:
    """An accepted line: a check worth this, or a save."""
    outcome = None if credit is None else Outcome.worth(credit, "a rule")
    return Line(rev, {"text": str(rev)}, f"digest {rev}", NOON, outcome)


@pytest.mark.parametrize(
    ("shares", "used", "closed"),
    [
        ([], 0, False),
        ([None], 0, False),
        ([Fraction(0)], 1, False),
        ([Fraction(0), None, Fraction(1, 2)], 2, False),
        ([Fraction(0), Fraction(0), Fraction(0)], 3, True),
        ([Fraction(1)], 1, True),
        ([Fraction(0), Fraction(1), None], 2, True),
    ],
)
def test_a_slot_is_closed_when_solved_or_out_of_tries(shares: list[Fraction | None], used: int, closed: bool) -> None:
    state = slot_state([line(rev, credit) for rev, credit in enumerate(shares, start=1)], allowed=3)
    assert (state.used, state.closed, state.rev) == (used, closed, len(shares))


@pytest.mark.parametrize(
    ("shares", "penalty", "best", "of_try"),
    [
        ([0, 1], "0", "1", 1),
        ([0, 1], "1/3", "2/3", 1),
        ([0, 0, 1], "1/2", "0", 0),
        (["1/2", "2/3"], "1/4", "1/2", 0),
        (["1/2", "1"], "1/4", "3/4", 1),
        ([1, 0], "0", "1", 0),
    ],
)
def test_the_best_try_counts_less_its_penalty(shares: list[str | int], penalty: str, best: str, of_try: int) -> None:
    value = worth([Outcome.worth(Fraction(credit), "a rule") for credit in shares], Fraction(penalty))
    assert (value.credit, value.of_try) == (Fraction(best), of_try)


CREDITS = st.lists(st.fractions(0, 1), min_size=1, max_size=5)


@given(CREDITS, st.fractions(0, 1), st.fractions(0, 1))
def test_another_try_never_lowers(shares: list[Fraction], more: Fraction, penalty: Fraction) -> None:
    tries = [Outcome.worth(credit, "a rule") for credit in shares]
    before, after = worth(tries, penalty), worth([*tries, Outcome.worth(more, "a rule")], penalty)
    assert (after.credit or 0) >= (before.credit or 0)


def test_a_broken_variant_counts_on_neither_side() -> None:
    broken = Outcome(Status.NEEDS_REVIEW, None, "broken variant")
    assert worth([broken], Fraction(0)).credit is None
    assert total([(None, Fraction(5)), (Fraction(1, 3), Fraction(1)), (Fraction(2, 3), Fraction(1))]) == (
        Fraction(1),
        Fraction(2),
    )


@given(st.lists(st.tuples(st.fractions(0, 1), st.fractions(0, 10)), max_size=8))
def test_a_total_is_the_sum_of_its_slots(parts: list[tuple[Fraction, Fraction]]) -> None:
    earned, possible = total(list(parts))
    assert earned == sum(credit * points for credit, points in parts)
    assert 0 <= earned <= possible


def test_of_several_variants_the_newest_one_that_was_answered_counts() -> None:
    assert counting([]) == frozenset()
    assert counting([(1, "a", True), (2, "b", False), (3, "a", True), (4, "a", False)]) == {2, 3}
    assert counting([(1, "a", False), (2, "a", False)]) == {1}
    assert counting([(1, "a", False), (2, "a", True), (3, "a", True)]) == {3}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12))
def test_every_question_counts_once_and_an_answered_one_by_an_answer(asked: list[tuple[str, bool]]) -> None:
    slots = [(number, question, answered) for number, (question, answered) in enumerate(asked, start=1)]
    counted = counting(slots)
    assert sorted(asked[number - 1][0] for number in counted) == sorted({question for question, _ in asked})
    for number in counted:
        question, answered = asked[number - 1]
        assert answered or not any(other[1] for other in asked if other[0] == question)
    # Another variant that is left as it is changes nothing.
    for question in {one for one, _ in asked}:
        assert counting([*slots, (len(slots) + 1, question, False)]) == counted
