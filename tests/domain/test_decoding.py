"""Decoding against an independent evaluation that looks at everything there is."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import decoding

Tree = list[decoding.Level]

weights = st.lists(st.integers(1, 30), min_size=2, max_size=6)


def distribution(counts: list[int]) -> list[Fraction]:
    return [Fraction(count, sum(counts)) for count in counts]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Two or three levels with two or three tokens each."""
    width, depth = draw(st.integers(2, 3)), draw(st.integers(2, 3))
    one = st.lists(st.integers(1, 12), min_size=width, max_size=width).map(distribution)
    level: st.SearchStrategy[decoding.Level] = one
    levels: Tree = [draw(level)]
    for _ in range(depth - 1):
        level = st.lists(level, min_size=width, max_size=width)
        levels.append(draw(level))
    return levels


def conditional(levels: Tree, path: tuple[int, ...]) -> Fraction:
    """The probability of the last token of `path` after those before it."""
    level = levels[len(path) - 1]
    for token in path:
        assert not isinstance(level, Fraction)
        level = level[token]
    assert isinstance(level, Fraction)
    return level


def joint(levels: Tree, path: tuple[int, ...]) -> Fraction:
    """The probability of a whole path, by the chain rule."""
    result = Fraction(1)
    for length in range(1, len(path) + 1):
        result *= conditional(levels, path[:length])
    return result


def paths(levels: Tree, length: int) -> list[tuple[int, ...]]:
    first = levels[0]
    assert not isinstance(first, Fraction)
    return list(product(range(len(first)), repeat=length))


@given(weights, st.integers(1, 6))
def test_top_k_has_the_largest_sum_of_all_choices_of_k(counts: list[int], k: int) -> None:
    probabilities = distribution(counts)
    k = min(k, len(counts))
    kept = decoding.top_k(probabilities, k)
    assert sum(kept) == max(sum(some) for some in combinations(probabilities, k))
    assert list(kept) == sorted(kept, reverse=True)


@given(weights, st.fractions(min_value=Fraction(1, 100), max_value=1, max_denominator=100))
def test_top_p_is_the_smallest_set_that_reaches_p_and_of_those_the_likeliest(counts: list[int], p: Fraction) -> None:
    probabilities = distribution(counts)
    kept = decoding.top_p(probabilities, p)
    reaching = [
        some
        for size in range(1, len(counts) + 1)
        for some in combinations(range(len(counts)), size)
        if sum(probabilities[index] for index in some) >= p
    ]
    smallest = min(map(len, reaching))
    assert len(kept) == smallest
    most = max(sum(probabilities[index] for index in some) for some in reaching if len(some) == smallest)
    assert sum(probabilities[index] for index in kept) == most


@given(weights, st.integers(0, 999))
def test_draw_gives_each_token_the_share_of_the_line_that_is_its_probability(counts: list[int], at: int) -> None:
    line = [token for token, count in enumerate(counts) for _ in range(count)]
    place = at % len(line)
    u = Fraction(place, len(line))
    assert decoding.draw(range(len(counts)), distribution(counts), u) == line[place]


@given(trees())
def test_greedy_takes_the_best_continuation_at_every_step(levels: Tree) -> None:
    path = decoding.greedy(levels)
    for length in range(1, len(path) + 1):
        step = path[:length]
        others = [(*step[:-1], token) for token, *_ in paths(levels, 1)]
        assert conditional(levels, step) == max(conditional(levels, other) for other in others)


@given(trees())
def test_greedy_is_beam_search_with_one_beam(levels: Tree) -> None:
    assert decoding.greedy(levels) == decoding.beam(levels, 1)


@given(trees())
def test_beam_search_wide_enough_finds_the_best_of_all_sequences(levels: Tree) -> None:
    best = max(joint(levels, path) for path in paths(levels, len(levels)))
    found = decoding.beam(levels, 27)
    assert joint(levels, found) == best


@given(trees(), st.integers(1, 4))
def test_beam_search_is_what_its_definition_says(levels: Tree, width: int) -> None:
    """All sequences of a step, those with a dropped beginning struck out, ranked by probability."""
    kept: set[tuple[int, ...]] = {()}
    best: tuple[int, ...] = ()
    for length in range(1, len(levels) + 1):
        alive = [path for path in paths(levels, length) if path[:-1] in kept]
        ranked = sorted(alive, key=lambda path: (-joint(levels, path), path))
        kept = set(ranked[:width])
        best = ranked[0]
    assert decoding.beam(levels, width) == best


def test_two_beams_can_miss_the_best_sequence() -> None:
    tenth = Fraction(1, 10)
    first: decoding.Level = [Fraction("0.40"), Fraction("0.35"), Fraction("0.25")]
    spread: decoding.Level = [Fraction("0.40"), *[tenth * 2] * 3]
    levels: Tree = [first, [spread, spread, [Fraction(1)]]]
    assert decoding.beam(levels, 2) == (0, 0)
    assert decoding.beam(levels, 3) == (2, 0)
    assert joint(levels, (0, 0)) == Fraction("0.16")


@given(weights, st.fractions(min_value=0, max_value=1, max_denominator=60))
def test_a_threshold_is_told_exactly_when_a_running_total_meets_it(counts: list[int], u: Fraction) -> None:
    probabilities = distribution(counts)
    totals = {sum(probabilities[:end], Fraction(0)) for end in range(1, len(counts) + 1)}
    assert (decoding.tie_in_draw(probabilities, u) is not None) == (u in totals)


@given(weights, st.fractions(min_value=Fraction(1, 60), max_value=1, max_denominator=60))
def test_top_p_hangs_on_a_tie_exactly_when_a_nudge_of_p_or_an_exchange_of_equals_changes_the_set(
    counts: list[int], p: Fraction
) -> None:
    probabilities = distribution(counts)
    kept = decoding.top_p(probabilities, p)
    nudge = Fraction(1, 10**9)
    nudged = p + nudge <= 1 and decoding.top_p(probabilities, p + nudge) != kept
    exchanged = any(
        probabilities[inside] == probabilities[outside]
        for inside in kept
        for outside in range(len(counts))
        if outside not in kept
    )
    assert (decoding.tie_in_top_p(probabilities, p) is not None) == (nudged or exchanged)


@pytest.mark.parametrize(
    ("levels", "width"),
    [([[]], 1), ([[Fraction(1)], [Fraction(1)]], 1), ([[[Fraction(1)]]], 1), ([[Fraction(1)]], 0)],
)
def test_what_is_no_tree_of_probabilities_is_refused(levels: Tree, width: int) -> None:
    with pytest.raises(decoding.DecodingError):
        decoding.beam(levels, width)
