"""Merging: what one side changed is taken, what both changed differently is told, whoever is called which side."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.entries import ABSENT
from service.domain.merging import Conflict, Difference, differences, merge

KEYS = st.sampled_from("abcdef")
WORDS = st.sampled_from(["one", "two", "three", "four"])
SCALARS = WORDS | st.integers(0, 3) | st.booleans()


def entities(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists of entities with keys, of entities known by their text, and of what is written under a name."""
    keyed = st.builds(lambda key, rest: {"key": key, **rest}, KEYS, st.dictionaries(WORDS, inside, max_size=3))
    wrapped = st.builds(lambda key, value: {"choose": {"key": key, "prompt": value}}, KEYS, WORDS)
    unkeyed = st.builds(lambda text, value: {"text": text, "feedback": value}, WORDS, SCALARS)
    return st.lists(keyed | wrapped | unkeyed, max_size=5, unique_by=lambda one: str(one.get("key", one)))


VALUES = st.recursive(
    SCALARS | st.lists(WORDS, max_size=4, unique=True),
    lambda inside: st.dictionaries(WORDS, inside, max_size=3) | entities(inside),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(
    st.sampled_from(["title", "objectives", "questions", "data", "head"]), VALUES | entities(SCALARS), max_size=5
)


@given(DOCUMENTS, DOCUMENTS)
def test_what_one_side_alone_changed_is_taken(base: Any, changed: Any) -> None:
    assert merge(base, base, changed).document == changed
    assert merge(base, changed, base).document == changed
    assert merge(base, base, changed).conflicts == merge(base, changed, base).conflicts == ()


@given(DOCUMENTS, DOCUMENTS)
def test_what_both_changed_alike_is_fine(base: Any, changed: Any) -> None:
    merged = merge(base, changed, copy.deepcopy(changed))
    assert (merged.document, merged.conflicts) == (changed, ())


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_conflicts_are_the_same_whoever_is_called_which_side(base: Any, one: Any, other: Any) -> None:
    def told(conflicts: tuple[Conflict, ...], swap: bool) -> list[str]:
        sides = [(c.path, c.files, c.database) if swap else (c.path, c.database, c.files) for c in conflicts]
        return sorted(map(repr, sides))

    assert told(merge(base, one, other).conflicts, False) == told(merge(base, other, one).conflicts, True)


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_a_merge_changes_nothing_it_was_given(base: Any, one: Any, other: Any) -> None:
    before = copy.deepcopy((base, one, other))
    merge(base, one, other)
    assert (base, one, other) == before


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_a_merge_that_was_decided_can_be_merged_again_without_a_change(base: Any, one: Any, other: Any) -> None:
    merged = merge(base, one, other, "files").document
    assert merge(other, merged, other).document == merged


@given(DOCUMENTS, DOCUMENTS)
def test_differences_are_told_exactly_when_there_are_some(before: Any, after: Any) -> None:
    told = list(differences(before, after))
    assert bool(told) == (before != after)


BASE: dict[str, Any] = {
    "unit": {"key": "u", "title": "T", "number": "1"},
    "sections": [
        {
            "key": "s",
            "items": [{"key": "r", "resource": "x"}, {"choose": {"key": "g", "prompt": "P"}}, {"note": {"text": "N"}}],
        }
    ],
    "questions": [
        {
            "key": "q",
            "kind": "single_choice",
            "stem": "S",
            "choices": [{"text": "A", "correct": True}, {"text": "B"}],
        },
        {"key": "p", "kind": "true_false", "stem": "P"},
    ],
    "stimuli": [{"key": "d", "text": "t", "data": {"heights": ["1", "1", "2"]}}],
}


def changed(*edits: tuple[tuple[str | int, ...], Any]) -> Any:
    """The base with some places set to another value, or taken out where the value is ABSENT."""
    document = copy.deepcopy(BASE)
    for path, value in edits:
        inner: Any = document
        for step in path[:-1]:
            inner = inner[step]
        if value is ABSENT:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value
    return document


STEM: tuple[str | int, ...] = ("questions", 0, "stem")


def test_edits_of_different_fields_of_one_question_come_together() -> None:
    merged = merge(BASE, changed((STEM, "Theirs")), changed((("questions", 0, "level"), "apply")))
    assert merged.conflicts == ()
    assert merged.document == changed((STEM, "Theirs"), (("questions", 0, "level"), "apply"))


def test_edits_of_one_field_are_a_conflict_that_names_it_and_both_values() -> None:
    merged = merge(BASE, changed((STEM, "Theirs")), changed((STEM, "Ours")))
    assert merged.conflicts == (Conflict(("questions", "q", "stem"), "Theirs", "Ours"),)


@pytest.mark.parametrize(("take", "stem"), [("files", "Ours"), ("database", "Theirs")])
def test_a_conflict_is_decided_for_the_side_that_is_named(take: Any, stem: str) -> None:
    merged = merge(BASE, changed((STEM, "Theirs"), (("unit", "title"), "New")), changed((STEM, "Ours")), take)
    assert merged.document == changed((STEM, stem), (("unit", "title"), "New")), "what is no conflict is kept"


def test_what_one_side_took_out_and_the_other_edited_is_a_conflict() -> None:
    merged = merge(BASE, changed((STEM, "Theirs")), changed((("questions", 0), ABSENT)))
    assert [(one.path, one.files) for one in merged.conflicts] == [(("questions", "q"), ABSENT)]


def test_additions_of_both_sides_stand_where_each_put_them() -> None:
    theirs = changed((("questions",), [{"key": "new-theirs"}, *BASE["questions"]]))
    ours = changed((("questions",), [BASE["questions"][0], {"key": "new-ours"}, BASE["questions"][1]]))
    merged = merge(BASE, theirs, ours)
    assert merged.conflicts == ()
    assert [one["key"] for one in merged.document["questions"]] == ["new-theirs", "q", "new-ours", "p"]


def test_the_order_is_that_of_the_files_unless_only_the_database_changed_it() -> None:
    turned = changed((("questions",), BASE["questions"][::-1]))
    edited = changed((STEM, "Ours"))
    assert [one["key"] for one in merge(BASE, turned, edited).document["questions"]] == ["p", "q"]
    assert [one["key"] for one in merge(BASE, edited, turned).document["questions"]] == ["p", "q"]


def test_choices_without_keys_are_known_by_their_text_and_then_by_their_place() -> None:
    choice: tuple[str | int, ...] = ("questions", 0, "choices", 1)
    theirs = changed(((*choice, "feedback"), "Why not?"))
    ours = changed((("questions", 0, "choices", 0, "text"), "A!"))
    merged = merge(BASE, theirs, ours)
    assert merged.conflicts == ()
    assert merged.document["questions"][0]["choices"] == [
        {"text": "A!", "correct": True},
        {"text": "B", "feedback": "Why not?"},
    ]


def test_data_that_belongs_together_is_not_mixed() -> None:
    place = ("stimuli", 0, "data", "heights")
    merged = merge(BASE, changed((place, ["1", "2"])), changed((place, ["1", "1", "3"])))
    assert [one.path for one in merged.conflicts] == [("stimuli", "d", "data", "heights")]


def test_two_kinds_of_one_question_are_not_mixed() -> None:
    theirs = changed((("questions", 1, "kind"), "open"))
    ours = changed((("questions", 1, "kind"), "numeric"), (("questions", 1, "answer"), "1"))
    assert [one.path for one in merge(BASE, theirs, ours).conflicts] == [("questions", "p")]


def test_differences_name_entities() -> None:
    after = changed(
        (("unit", "title"), "New"),
        (STEM, "Ours"),
        (("questions", 1), {"key": "new"}),
        (("stimuli",), ABSENT),
    )
    assert set(differences(BASE, after)) == {
        Difference(("unit", "title"), "changed"),
        Difference(("questions", "q"), "changed"),
        Difference(("questions", "p"), "gone"),
        Difference(("questions", "new"), "added"),
        Difference(("stimuli", "d"), "gone"),
    }
