"""Drawing questions from pools."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.domain.draws import draw, shuffled

IDS = st.lists(st.sampled_from("abcdefghij"), unique=True, min_size=1)
POOLS = st.lists(IDS.flatmap(lambda ids: st.integers(1, len(ids)).map(lambda n: {"take": n, "questions": ids})))


@given(POOLS, st.booleans(), st.integers())
def test_no_question_is_drawn_twice_and_each_comes_from_a_pool(
    pools: list[dict[str, Any]], shuffle: bool, seed: int
) -> None:
    drawn = draw(pools, "abcdefghij", (), shuffle=shuffle, chance=Random(seed))
    assert len(set(drawn)) == len(drawn) <= sum(pool["take"] for pool in pools)
    assert set(drawn) <= {one for pool in pools for one in pool["questions"]}


def test_a_whole_list_keeps_its_order_unless_it_is_to_be_shuffled() -> None:
    pool = {"take": 5, "questions": list("cadbe")}
    assert draw([pool], "abcde", (), shuffle=False, chance=Random(1)) == list("cadbe")
    assert sorted(draw([pool], "abcde", (), shuffle=True, chance=Random(1))) == list("abcde")


def test_what_is_no_longer_asked_is_left_out() -> None:
    assert draw([{"take": 2, "questions": ["a", "b"]}], ["b"], (), shuffle=False, chance=Random(1)) == ["b"]


def test_what_another_attempt_withholds_comes_last() -> None:
    pool = {"take": 2, "questions": list("abcd")}
    for seed in range(50):
        assert set(draw([pool], "abcd", "ab", shuffle=False, chance=Random(seed))) == {"c", "d"}


@given(st.lists(st.integers()), st.integers())
def test_shuffling_keeps_what_there_is(things: list[int], seed: int) -> None:
    assert Counter(shuffled(things, Random(seed))) == Counter(things)


def test_every_order_is_about_as_likely() -> None:
    chance = Random(7)
    orders = Counter(tuple(shuffled("abc", chance)) for _ in range(6_000))
    assert len(orders) == 6
    assert all(850 < count < 1150 for count in orders.values()), orders


def test_the_same_chance_gives_the_same_order_on_every_python() -> None:
    assert shuffled("abcdefgh", Random(42)) == list("gedchbaf")
