"""ordering: the longest part in order, and a first order that is never the right one."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.kinds.ordering import longest_in_order, score
from service.domain.outcomes import InvalidResponse, Status
from tests.domain.sitting import lay_out, ordering, sit

STEPS = ("logits", "softmax", "sort", "cut", "rescale", "draw")


@pytest.mark.parametrize(
    ("order", "credit"),
    [
        ("012345", "1"),
        ("102345", "2/3"),
        ("123450", "2/3"),
        ("213045", "1/3"),
        ("345012", "0"),
        ("543210", "0"),
    ],
)
def test_each_step_out_of_order_counts_twice(order: str, credit: str) -> None:
    sitting = sit(ordering(*STEPS))
    sent = {"order": sitting.ids_of(*(STEPS[int(place)] for place in order), among="steps")}
    assert sitting.credit(sent) == Fraction(credit)
    exact = sit(ordering(*STEPS, scoring="exact"))
    assert exact.credit({"order": exact.ids_of(*(STEPS[int(place)] for place in order), among="steps")}) == (
        credit == "1"
    )


def longest_by_trying(places: tuple[int, ...]) -> int:
    """The length of the longest increasing subsequence, by looking at all of them."""
    return max(
        size for size in range(len(places) + 1) for some in combinations(places, size) if list(some) == sorted(some)
    )


@given(st.integers(0, 8).flatmap(lambda size: st.permutations(range(size))))
def test_the_longest_part_in_order_is_found(places: list[int]) -> None:
    kept = longest_in_order(places)
    assert kept == sorted(kept)
    assert [places[index] for index in kept] == sorted(places[index] for index in kept)
    assert len(kept) == longest_by_trying(tuple(places))


def test_only_the_right_order_is_worth_everything() -> None:
    for places in permutations(range(5)):
        credit = score(5, len(longest_in_order(places)))
        assert 0 <= credit <= 1
        assert (credit == 1) == (places == (0, 1, 2, 3, 4))


@given(st.integers(3, 5), st.integers(0, 2**32))
def test_the_order_first_shown_is_never_the_right_one(size: int, seed: int) -> None:
    sitting = sit(ordering(*(f"step {n}" for n in range(size))), seed=seed)
    assert [key for _, key in sitting.layout["steps"]] != sitting.key["order"]


def test_the_steps_are_shuffled_whatever_the_quiz_wants() -> None:
    sitting = sit(ordering(*STEPS, shuffle=False))
    layout = lay_out(sitting.revision, sitting.key, {}, random.Random(4), shuffle=False)
    assert [key for _, key in layout["steps"]] != sitting.key["order"]


@given(st.permutations(STEPS), st.integers(0, 1000))
def test_the_revision_and_what_is_shown_do_not_depend_on_the_right_order(order: list[str], seed: int) -> None:
    usual, turned = sit(ordering(*STEPS), seed=seed), sit(ordering(*order), seed=seed)
    assert usual.revision == turned.revision
    # Only where chance had hit on the right order of one of the two does it show: that one was turned by a step.
    shown = [[step["text"]["markdown"] for step in sitting.shown()["steps"]] for sitting in (usual, turned)]
    hit = [[last, *rest] for *rest, last in shown]
    assert shown[0] == shown[1] or list(STEPS) in hit or list(order) in hit


@pytest.mark.parametrize("order", [["nothing"], "all", [None], {}])
def test_what_is_no_list_of_its_steps_cannot_be_read(order: Any) -> None:
    with pytest.raises(InvalidResponse):
        sit(ordering(*STEPS)).read({"order": order})


def test_nothing_in_order_is_unanswered_and_some_of_it_a_draft() -> None:
    sitting = sit(ordering(*STEPS))
    assert sitting.read({"order": None}) is sitting.read({"order": []}) is None
    some = {"order": sitting.ids_of(*STEPS[:-1], among="steps")}
    with pytest.raises(InvalidResponse, match="all 6"):
        sitting.refuse(some)
    assert sitting.grade(some).status is Status.INVALID


def test_a_step_counts_once() -> None:
    sitting = sit(ordering(*STEPS))
    ids = sitting.ids_of(*STEPS, among="steps")
    with pytest.raises(InvalidResponse, match="twice"):
        sitting.read({"order": [*ids[:-1], ids[0]]})
    with pytest.raises(InvalidResponse, match="only 6"):
        sitting.read({"order": [*ids, ids[0]]})


def test_the_breakdown_is_told_only_in_the_end() -> None:
    sitting = sit(ordering(*STEPS))
    sent = {"order": sitting.ids_of("softmax", "logits", *STEPS[2:], among="steps")}
    assert sitting.feedback(sent) == {"status": "not_correct"}
    told = sitting.explain(sent)
    assert told["right"] == {"order": sitting.ids_of(*STEPS, among="steps")}
    assert [step["id"] for step in told["steps"]] == sent["order"]
    assert [step["right"] for step in told["steps"]].count(False) == 1
    assert sitting.explain(None)["steps"] == []
