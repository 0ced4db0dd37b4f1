"""matching: pairs, distractors, equal texts, and what the layout does not tell."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.kinds.matching import MatchingQuestion, Pair
from service.domain.outcomes import InvalidResponse
from tests.domain.sitting import Sitting, lay_out, one_of, sit

ROLES = {"generator": "makes images", "discriminator": "judges images", "noise": "goes in"}


def matching(pairs: dict[str, str], **more: Any) -> MatchingQuestion:
    return MatchingQuestion(
        key="q",
        stem="Which belongs to which?",
        pairs=tuple(Pair(left=left, right=right, feedback=f"About {left}.") for left, right in pairs.items()),
        **more,
    )


def send(sitting: Sitting, pairs: dict[str, str]) -> dict[str, Any]:
    return {"pairs": {sitting.id_of(left, "lefts"): sitting.id_of(right, "rights") for left, right in pairs.items()}}


@pytest.mark.parametrize("hits", range(4))
def test_each_pair_is_worth_its_share(hits: int) -> None:
    sitting = sit(matching(ROLES, distractors=("sleeps",)))
    lefts = list(ROLES)
    chosen = {left: ROLES[left] if at < hits else "sleeps" for at, left in enumerate(lefts)}
    assert sitting.credit(send(sitting, chosen)) == Fraction(hits, 3)
    whole = sit(matching(ROLES, distractors=("sleeps",), scoring="all_or_nothing"))
    assert whole.credit(send(whole, chosen)) == (hits == 3)


def test_pairs_left_open_are_not_right() -> None:
    sitting = sit(matching(ROLES))
    assert sitting.credit(send(sitting, {"noise": "goes in"})) == Fraction(1, 3)
    assert sitting.read({"pairs": {}}) is sitting.read({"pairs": None}) is None
    left = sitting.id_of("noise", "lefts")
    assert sitting.read({"pairs": {left: None}}) is None


def test_equal_texts_are_equal_answers_and_shown_once() -> None:
    sitting = sit(matching({"cat": "animal", "dog": "animal", "fern": "plant"}))
    shown = [right["text"]["markdown"] for right in sitting.shown()["rights"]]
    assert sorted(shown) == ["animal", "plant"]
    assert sitting.credit(send(sitting, {"cat": "animal", "dog": "animal", "fern": "plant"})) == 1


def test_texts_that_become_equal_in_a_variant_are_equal_too() -> None:
    question = matching({"a": "{{ n }}", "b": "2", "c": "3"}, parameters={"n": one_of("1", "2")})
    apart, equal = sit(question, values={"n": "1"}), sit(question, values={"n": "2"})
    assert len(apart.shown()["rights"]) == 3
    assert len(equal.shown()["rights"]) == 2
    assert equal.credit(send(equal, {"a": "2", "b": "2", "c": "3"})) == 1
    assert equal.credit(equal.right()) == 1
    assert apart.credit(send(apart, {"a": "2", "b": "2", "c": "3"})) == Fraction(2, 3)


def test_case_makes_a_difference_between_texts() -> None:
    sitting = sit(matching({"weights": "W", "a word": "w"}))
    assert sitting.credit(send(sitting, {"weights": "w", "a word": "w"})) == Fraction(1, 2)


def test_the_rights_are_shuffled_even_where_nothing_else_is() -> None:
    pairs = {str(n): f"right {n}" for n in range(12)}
    sitting = sit(matching(pairs, shuffle=False))
    layout = lay_out(sitting.revision, sitting.key, {}, random.Random(1), shuffle=False)
    lefts = [key for _, key in layout["lefts"]]
    rights = [key for _, key in layout["rights"]]
    assert lefts == [left["key"] for left in sitting.revision["lefts"]]
    assert rights != [sitting.key["pairs"][left] for left in lefts]
    other = lay_out(sitting.revision, sitting.key, {}, random.Random(2), shuffle=False)
    assert rights != [key for _, key in other["rights"]]


@given(st.permutations(range(5)))
def test_the_revision_is_the_same_whatever_belongs_together(order: list[int]) -> None:
    lefts = [f"left {n}" for n in range(5)]
    usual = sit(matching({left: f"right {n}" for n, left in enumerate(lefts)}))
    turned = sit(matching({left: f"right {n}" for left, n in zip(lefts, order, strict=True)}))
    assert usual.revision == turned.revision
    assert usual.shown() == turned.shown()


@pytest.mark.parametrize("pairs", [{"x": "y"}, [], "pairs", {"x": 1}])
def test_ids_of_another_question_are_invalid(pairs: Any) -> None:
    with pytest.raises(InvalidResponse):
        sit(matching(ROLES)).read({"pairs": pairs})


def test_a_left_is_no_right() -> None:
    sitting = sit(matching(ROLES))
    left, right = sitting.id_of("noise", "lefts"), sitting.id_of("goes in", "rights")
    with pytest.raises(InvalidResponse):
        sitting.read({"pairs": {right: left}})


def test_feedback_comes_only_in_the_end_and_then_for_every_pair() -> None:
    sitting = sit(matching(ROLES))
    sent = send(sitting, {"generator": "makes images", "noise": "judges images"})
    assert sitting.feedback(sent) == {"status": "not_correct"}
    told = sitting.explain(sent)
    by_left = {pair["left"]: pair for pair in told["pairs"]}
    generator, noise = (by_left[sitting.id_of(left, "lefts")] for left in ("generator", "noise"))
    assert (generator["right"], noise["right"]) == (True, False)
    assert noise["chosen"] == sitting.id_of("judges images", "rights")
    assert noise["feedback"] == {"markdown": "About noise."}
    assert sitting.credit(told["right"]) == 1


def test_a_mapping_is_short_for_pairs() -> None:
    long = MatchingQuestion.expand(
        {"kind": "matching", "pairs": {"a": "b", "c": "d"}, "parameters": {"same_as": "other"}}
    )
    assert long == {
        "kind": "matching",
        "pairs": [{"left": "a", "right": "b"}, {"left": "c", "right": "d"}],
        "same_parameters_as": "other",
    }
    assert MatchingQuestion.expand(long) == long
    assert MatchingQuestion.expand("text") == "text"
