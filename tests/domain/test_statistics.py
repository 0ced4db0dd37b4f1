"""Statistics of questions: by hand, against numpy, and on classes that were simulated with known abilities."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.statistics import (
    ENOUGH,
    FEWEST_CHOOSERS,
    MILLION,
    Chosen,
    Estimate,
    Picked,
    Sums,
    choice_correlation,
    discrimination,
    facility,
    is_miskeyed,
    spread,
)

Answers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def summed(credits_: Sequence[int], rests: Sequence[int]) -> Sums:
    """The sums of tries with these credits and rests, in millionths."""
    pairs = list(zip(credits_, rests, strict=True))
    return Sums(
        n=len(pairs),
        credit=sum(x for x, _ in pairs),
        credit_squared=sum(x * x for x, _ in pairs),
        pairs=len(pairs),
        x=sum(x for x, _ in pairs),
        xx=sum(x * x for x, _ in pairs),
        y=sum(y for _, y in pairs),
        yy=sum(y * y for _, y in pairs),
        xy=sum(x * y for x, y in pairs),
    )


#        1  2  3  4  5  6  7  8  9  10  students
RIGHT = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
RESTS = [9, 8, 9, 7, 6, 8, 3, 4, 2, 4]
BY_HAND = summed([one * MILLION for one in RIGHT], [one * MILLION // 10 for one in RESTS])


def test_ten_students_by_hand() -> None:
    """Facility .6; spread √(.24·10/9) = .5164; the rests' mean is .6, those right have .7833, those wrong .325."""
    told = facility(BY_HAND)
    assert told is not None and told.value == 0.6
    # Wilson for 6 of 10: (.6 + 1.92073/10)/(1 + .384146) ± … = .3127 to .8318.
    assert (round(told.low, 4), round(told.high, 4)) == (0.3127, 0.8318)
    assert round(spread(BY_HAND) or 0, 4) == 0.5164
    told = discrimination(BY_HAND)
    # cov = .6·(.78333 - .6) = .11; sd of right √.24 = .4899, of rests √.06 = .24495: r = .11/.12 = .91667.
    assert told is not None and round(told.value, 4) == 0.9167
    # artanh r = 1.5668, ± 1.95996/√7: from tanh .8260 to tanh 2.3076.
    assert (round(told.low, 3), round(told.high, 3)) == (0.679, 0.980)


def test_nothing_is_said_of_fewer_than_ten() -> None:
    few = summed([MILLION] * (ENOUGH - 1), [MILLION // 2] * (ENOUGH - 1))
    assert (facility(few), spread(few), discrimination(few)) == (None, None, None)


def test_what_is_always_the_same_goes_together_with_nothing() -> None:
    assert discrimination(summed([MILLION] * 12, list(range(12)))) is None
    assert discrimination(summed([0, MILLION] * 6, [7] * 12)) is None


shares = st.lists(st.tuples(st.integers(0, MILLION), st.integers(0, MILLION)), min_size=ENOUGH, max_size=200)


@given(shares)
def test_figures_are_those_of_numpy(tries: list[tuple[int, int]]) -> None:
    credits_, rests = [x for x, _ in tries], [y for _, y in tries]
    sums, x, y = summed(credits_, rests), np.array(credits_) / MILLION, np.array(rests) / MILLION
    told = facility(sums)
    assert told is not None and math.isclose(told.value, x.mean(), abs_tol=1e-9) and told.low <= told.value <= told.high
    assert math.isclose(spread(sums) or 0, x.std(ddof=1), abs_tol=1e-9)
    goes = discrimination(sums)
    if x.std() > 1e-3 and y.std() > 1e-3:
        assert goes is not None and math.isclose(goes.value, np.corrcoef(x, y)[0, 1], abs_tol=1e-6)


def simulated(students: int, difficulties: Sequence[float], slopes: Sequence[float], seed: int) -> Answers:
    """Right (1) and wrong (0) by student and question, by the two-parameter logistic model."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=(students, 1))
    probability = 1 / (1 + np.exp(-np.array(slopes) * (ability - np.array(difficulties))))
    answers: Answers = (chance.random(probability.shape) < probability).astype(np.int64)
    return answers


def sums_of(answers: Answers, question: int) -> Sums:
    """The sums of one question, the rest being the share of the others that were right."""
    rest = (answers.sum(axis=1) - answers[:, question]) * MILLION // (answers.shape[1] - 1)
    return summed([int(one) * MILLION for one in answers[:, question]], [int(one) for one in rest])


@pytest.mark.parametrize("seed", range(3))
def test_a_simulated_class_shows_what_it_was_made_with(seed: int) -> None:
    difficulties = [-2.0, -1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0]
    answers = simulated(600, difficulties, [1.5, 1.5, 1.5, 1.5, 1.5, 3.0, 0.5, 0.0], seed)
    facilities = [facility(sums_of(answers, number)) for number in range(5)]
    values = [one.value for one in facilities if one is not None]
    assert values == sorted(values, reverse=True), "harder questions are got right by fewer"
    sharp, dull, noise = (discrimination(sums_of(answers, number)) for number in (5, 6, 7))
    assert sharp is not None and dull is not None and noise is not None
    assert sharp.value > dull.value > noise.value - 0.02
    assert noise.low <= 0 <= noise.high or abs(noise.value) < 0.12


@pytest.mark.parametrize("seed", range(3))
def test_a_question_with_a_wrong_key_is_found(seed: int) -> None:
    answers = simulated(400, [0.0] * 10, [1.5] * 10, seed)
    chance = np.random.default_rng(seed + 100)
    # Who knows it chooses b, the others one of the three by chance; the key says c.
    chosen = np.where(answers[:, 0] == 1, "b", chance.choice(["a", "b", "c"], size=400))
    rest = answers[:, 1:].sum(axis=1) * MILLION // 9
    sums = summed([MILLION if one == "c" else 0 for one in chosen], [int(one) for one in rest])
    goes = {
        choice: choice_correlation(
            sums,
            Chosen(int((chosen == choice).sum()), int((chosen == choice).sum()), int(rest[chosen == choice].sum())),
        )
        for choice in "abc"
    }
    expected = {choice: np.corrcoef(chosen == choice, rest)[0, 1] for choice in "abc"}
    for choice, told in goes.items():
        assert told is not None and math.isclose(told.value, expected[choice], abs_tol=1e-6)
    picked = {choice: Picked(int((chosen == choice).sum()), told) for choice, told in goes.items()}
    assert is_miskeyed([goes["c"]], [picked["a"], picked["b"]])
    assert not is_miskeyed([goes["b"]], [picked["a"], picked["c"]])


def test_without_figures_nobody_is_blamed() -> None:
    assert not is_miskeyed([None], [Picked(9, None)])
    assert not is_miskeyed([Estimate(-0.3, -0.5, 0)], [Picked(9, Estimate(-0.1, -0.4, 0.2))])
    assert not is_miskeyed([None], [Picked(FEWEST_CHOOSERS - 1, Estimate(0.8, 0.3, 0.9))])


@pytest.mark.parametrize(
    ("key", "wrong", "is_blamed"),
    [
        (Estimate(0.2, -0.1, 0.5), Estimate(0.6, 0.3, 0.8), True),
        (Estimate(0.4, 0.1, 0.6), Estimate(0.6, 0.3, 0.8), False),  # above nothing, and not above the key
        (Estimate(-0.6, -0.8, -0.3), Estimate(0.1, -0.2, 0.4), False),  # above the key, and not above nothing
    ],
)
def test_a_wrong_choice_is_better_than_the_key_and_than_nothing_or_the_key_stands(
    key: Estimate, wrong: Estimate, is_blamed: bool
) -> None:
    assert is_miskeyed([key], [Picked(FEWEST_CHOOSERS, wrong)]) is is_blamed


def is_flagged(students: int, seed: int, *, wrong_key: bool) -> bool:
    """Whether a question is said to be miskeyed, in a class of which each knows as much as they are able to."""
    right = simulated(students, [0.0] * 10, [1.5] * 10, seed)
    chance = np.random.default_rng(seed + 1_000_000)
    chosen = np.where(right[:, 0] == 1, "b", chance.choice(["a", "c", "d"], size=students))
    key, rest = "c" if wrong_key else "b", right[:, 1:].sum(axis=1) * MILLION // 9
    sums = summed([MILLION if one == key else 0 for one in chosen], [int(one) for one in rest])
    picked = {}
    for choice in "abcd":
        number = int((chosen == choice).sum())
        goes = choice_correlation(sums, Chosen(number, number, int(rest[chosen == choice].sum())))
        picked[choice] = Picked(number, goes)
    return is_miskeyed([picked[key].correlation], [picked[choice] for choice in "abcd" if choice != key])


@pytest.mark.parametrize(("students", "found"), [(10, 0.1), (30, 0.5), (100, 0.9)])
def test_a_right_key_is_hardly_ever_blamed_and_a_wrong_one_the_surer_the_larger_the_class(
    students: int, found: float
) -> None:
    classes = range(200)
    assert sum(is_flagged(students, seed, wrong_key=False) for seed in classes) <= 3
    assert sum(is_flagged(students, seed, wrong_key=True) for seed in classes) >= found * len(classes)


@pytest.mark.parametrize("credits_", [[MILLION // 2] * 10, [MILLION] * 10, [0] * 10])
def test_ten_students_who_fare_alike_do_not_make_it_certain(credits_: list[int]) -> None:
    told = facility(summed(credits_, list(range(10))))
    assert told is not None and told.high - told.low > 0.2 and told.low <= told.value <= told.high


@pytest.mark.parametrize("together", [0.0, 0.5, 0.9, 0.98])
def test_intervals_of_ten_students_hold_what_their_class_was_made_with(together: float) -> None:
    chance, held = np.random.default_rng(8), 0
    for _ in range(500):
        x, noise = chance.normal(size=(2, 10))
        y = together * x + math.sqrt(1 - together**2) * noise
        told = discrimination(summed(*([int(one * 100_000) + MILLION for one in side] for side in (x, y))))
        held += told is not None and told.low <= together <= told.high
    assert held >= 0.93 * 500


def test_what_goes_together_in_ten_students_may_be_chance() -> None:
    told = discrimination(summed([0, MILLION] * 5, [0, MILLION] * 5))
    assert told is not None and told.value == told.high == 1.0 and 0.5 < told.low < 0.95
