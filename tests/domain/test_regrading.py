"""What mending a question does to grades: nobody loses unless it is asked for, whatever the rule and the attempt."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.attempts import total
from service.domain.outcomes import Outcome, Status
from service.domain.regrading import Given, Remedy, Rule, kept_credit, mended, overridden, skeleton

HALF, ONE, NOTHING = Fraction(1, 2), Fraction(1), Fraction(0)
CREDITS = st.one_of(st.none(), st.fractions(0, 1, max_denominator=12))


def graded(credit: Fraction | None, key_id: int = 1) -> Given:
    """A grade with this credit."""
    outcome = Outcome(Status.NEEDS_REVIEW, None, "broken") if credit is None else Outcome.worth(credit, "choice")
    return Given({"choice": "a"}, outcome, credit, outcome, key_id)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (NOTHING, ONE, ONE),
        (NOTHING, NOTHING, NOTHING),
        (ONE, NOTHING, ONE),
        (HALF, ONE, ONE),
        (ONE, HALF, ONE),
        (HALF, Fraction(2, 3), Fraction(2, 3)),
        # left out: only where there is nothing to lose
        (NOTHING, None, None),
        (HALF, None, HALF),
        (ONE, None, ONE),
        # let back in: only where it cannot pull down what the others earned
        (None, ONE, ONE),
        (None, HALF, None),
        (None, NOTHING, None),
        (None, None, None),
    ],
)
def test_what_is_kept_when_nobody_is_to_lose(old: Fraction | None, new: Fraction | None, kept: Fraction | None) -> None:
    assert kept_credit(old, new) == kept


@given(
    slots=st.lists(st.tuples(CREDITS, CREDITS, st.integers(1, 5)), min_size=1, max_size=6),
    pinned=CREDITS,
    remedy=st.sampled_from(Remedy),
)
def test_neither_a_slot_nor_the_share_of_an_attempt_ever_falls(
    slots: list[tuple[Fraction | None, Fraction | None, int]], pinned: Fraction | None, remedy: Remedy
) -> None:
    after = [
        mended(Rule(remedy), graded(old), lambda: graded(pinned), lambda new=new: graded(new, 2))  # type: ignore[misc]
        for old, new, _ in slots
    ]
    for one, (old, _, _) in zip(after, slots, strict=True):
        assert old is None or one.credit is None or one.credit >= old
    points = [Fraction(worth) for _, _, worth in slots]
    earned, possible = total([(old, most) for (old, _, _), most in zip(slots, points, strict=True)])
    earned_now, possible_now = total([(one.credit, most) for one, most in zip(after, points, strict=True)])
    if possible and possible_now:
        assert earned_now / possible_now >= earned / possible


@given(old=CREDITS, new=CREDITS, pinned=CREDITS)
def test_without_that_promise_the_rule_alone_decides(
    old: Fraction | None, new: Fraction | None, pinned: Fraction | None
) -> None:
    def credit(remedy: Remedy) -> Fraction | None:
        rule = Rule(remedy, never_lower=False)
        return mended(rule, graded(old), lambda: graded(pinned), lambda: graded(new, 2)).credit

    assert credit(Remedy.NEW_KEY) == new
    assert credit(Remedy.EITHER_KEY) == max((new, pinned), key=lambda one: Fraction(-1) if one is None else one)
    assert credit(Remedy.FULL_CREDIT) == 1
    assert credit(Remedy.DROP_QUESTION) is None


@given(old=CREDITS, new=CREDITS, remedy=st.sampled_from(Remedy), never_lower=st.booleans())
def test_doing_it_twice_changes_nothing_more(
    old: Fraction | None, new: Fraction | None, remedy: Remedy, never_lower: bool
) -> None:
    rule = Rule(remedy, never_lower)
    once = mended(rule, graded(old), lambda: graded(old), lambda: graded(new, 2))
    assert mended(rule, once, lambda: graded(old), lambda: graded(new, 2)) == once


@pytest.mark.parametrize("remedy", [Remedy.FULL_CREDIT, Remedy.DROP_QUESTION])
def test_a_question_that_was_given_up_says_nothing_of_anybody(remedy: Remedy) -> None:
    after = mended(Rule(remedy), graded(ONE), lambda: graded(ONE), lambda: graded(ONE))
    assert after.credit == 1 and after.first.credit is None


def test_a_kept_credit_does_not_hide_what_is_known_now() -> None:
    after = mended(Rule(Remedy.NEW_KEY), graded(ONE), lambda: graded(ONE), lambda: graded(NOTHING, 2))
    assert (after.credit, after.first.credit) == (ONE, NOTHING)
    assert (after.outcome.status, after.key_id) == (Status.INCORRECT, 2)


def test_a_grade_set_by_hand_says_nothing_new_of_what_was_known() -> None:
    after = overridden(graded(NOTHING), HALF)
    assert (after.credit, after.outcome.status, after.first.credit) == (HALF, Status.PARTIAL, NOTHING)


TWO, ONE_BULGE = ({"key": word.lower(), "text": {"markdown": word}} for word in ("Two", "One"))
TIDES: dict[str, object] = {
    "kind": "single_choice",
    "stem": {"markdown": "How many?"},
    "points": "1",
    "choices": [TWO, ONE_BULGE],
}


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({"stem": {"markdown": "How many bulges?"}}, True),
        ({"points": "2"}, True),
        ({"choices": [ONE_BULGE, TWO]}, True),
        ({"choices": [TWO, ONE_BULGE, {"key": "six", "text": {"markdown": "Six"}}]}, False),
        ({"choices": [TWO]}, False),
        ({"kind": "multiple_choice"}, False),
        ({"parameters": [{"name": "high"}]}, False),
    ],
)
def test_a_key_fits_a_question_that_differs_in_words_and_order_alone(change: dict[str, object], is_same: bool) -> None:
    assert (skeleton(TIDES) == skeleton({**TIDES, **change})) is is_same
