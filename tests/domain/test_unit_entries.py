"""Single entries of a unit's document: an edit changes one of them and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.mistakes import Rejected
from service.domain.referring import references_to
from service.domain.unit_entries import (
    COLLECTIONS,
    QUESTIONS,
    QUIZZES,
    READINGS,
    Place,
    added,
    entry_at,
    find_entry,
    key_of_new,
    list_of,
    paths,
    place_of,
    removed,
    reordered,
    replaced,
)

STAYS = Place({})


def keyed(inside: dict[str, Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """An entry with something in it."""
    return st.fixed_dictionaries({"key": st.just("?"), "minutes": st.integers(0, 9)}, optional=inside or {})


before = st.lists(keyed(), max_size=2)
reading = keyed({"before": before})
choice = st.fixed_dictionaries(
    {
        "choose": st.fixed_dictionaries(
            {
                "key": st.just("group"),
                "options": st.lists(
                    st.fixed_dictionaries({"key": st.just("?"), "items": st.lists(reading, min_size=1, max_size=2)}),
                    min_size=1,
                    max_size=2,
                ),
            }
        )
    }
)
note = st.just({"note": {"text": "Mind the tide."}})
section = st.fixed_dictionaries(
    {"key": st.just("?")}, optional={"items": st.lists(reading | choice | note, max_size=4)}
)


@st.composite
def units(draw: st.DrawFn) -> dict[str, Any]:
    """A unit in which every key is there once."""
    unit: dict[str, Any] = {
        "sections": draw(st.lists(section, min_size=1, max_size=3)),
        "questions": draw(st.lists(keyed(), min_size=1, max_size=4)),
        "quizzes": draw(st.lists(keyed(), max_size=3)),
    }
    for number, entity in enumerate(entities(unit)):
        entity["key"] = f"k{number}"
    return {name: value for name, value in deepcopy(unit).items() if value}


def entities(value: Any) -> Iterator[dict[str, Any]]:
    """Whatever has a key. The same object may stand at several places, as drawn."""
    if isinstance(value, dict):
        if "key" in value:
            yield value
        for inner in value.values():
            yield from entities(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            value[index] = deepcopy(inner)
            yield from entities(value[index])


def keys_of(unit: Any, one: Any) -> list[str]:
    """The keys of a collection, in order."""
    return [entry_at(unit, path)["key"] for path in paths(unit, one)]


@given(units())
def test_every_entry_is_found_at_its_place(unit: Any) -> None:
    for one in COLLECTIONS:
        for path in paths(unit, one):
            assert find_entry(unit, one, entry_at(unit, path)["key"]) == path
            place = place_of(unit, path)
            position = place.pop("position")
            assert (*list_of(unit, one, place), position) == path
        assert find_entry(unit, one, "nowhere") is None
    assert {entry["key"] for entry in entities(deepcopy(unit["sections"]))} >= set(keys_of(unit, READINGS))


@given(units(), st.data())
def test_an_edit_changes_one_entry_and_no_edit_changes_what_it_was_given(unit: Any, data: st.DataObject) -> None:
    was, one = deepcopy(unit), data.draw(st.sampled_from([one for one in COLLECTIONS if keys_of(unit, one)]))
    path = data.draw(st.sampled_from(list(paths(unit, one))))
    entry = {"key": entry_at(unit, path)["key"], "minutes": 77}
    put = replaced(unit, one, path, entry, STAYS)
    assert put.at == path and entry_at(put.document, path) == entry
    assert replaced(put.document, one, path, entry_at(unit, path), STAYS).document == unit
    there = place_of(unit, path)
    moved = replaced(unit, one, path, entry_at(unit, path), Place({}, there.pop("position")))
    assert (moved.document, moved.at) == (unit, path), "to where it is"
    gone = removed(unit, path)
    inside = {entry_at(unit, each)["key"] for each in paths(unit, one) if each[: len(path)] == path}
    assert set(keys_of(gone.document, one)) == set(keys_of(unit, one)) - inside
    back = added(gone.document, one, entry_at(unit, path), Place(there, int(path[-1])))
    assert (back.document, back.at) == (unit, path)
    assert unit == was


@given(units(), st.data())
def test_an_order_is_taken_if_it_names_all_of_a_list_once(unit: Any, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for one in COLLECTIONS for path in paths(unit, one)]))
    one = next(one for one in COLLECTIONS if path in set(paths(unit, one)))
    names = place_of(unit, path)
    del names["position"]
    listed = entry_at(unit, path[:-1])
    mine = [item["key"] for item in listed if "key" in item]
    order = data.draw(st.permutations(mine))
    after = entry_at(reordered(unit, one, names, order).document, path[:-1])
    assert [item["key"] for item in after if "key" in item] == order
    assert [item if "key" not in item else 0 for item in after] == [item if "key" not in item else 0 for item in listed]
    for wrong in (order[1:], [*order, order[0]], [*order[1:], "nowhere"]):
        with pytest.raises(Rejected):
            reordered(unit, one, names, wrong)


READ_ONCE: dict[str, Any] = {
    "sections": [
        {"key": "s", "items": [{"key": "a", "before": [{"key": "b"}]}, {"key": "c", "extension_of": "a"}]},
    ],
    "questions": [
        {"key": "q", "answers_from": [{"reading": "b"}]},
        {"key": "r", "same_parameters_as": "q"},
        {"key": "free", "answers_from": [{"reading_group": "a"}]},
    ],
    "quizzes": [{"key": "z", "questions": ["r"]}, {"key": "y", "draw": [{"take": 1, "from": ["r", "q"]}]}],
}


@pytest.mark.parametrize(
    ("one", "key", "pointers"),
    [
        (READINGS, "a", ["/questions/0/answers_from/0/reading", "/sections/0/items/1/extension_of"]),
        (READINGS, "b", ["/questions/0/answers_from/0/reading"]),
        (READINGS, "c", []),
        (QUESTIONS, "q", ["/quizzes/1/draw/0/from/1", "/questions/1/same_parameters_as"]),
        (QUESTIONS, "r", ["/quizzes/0/questions/0", "/quizzes/1/draw/0/from/0"]),
        (QUESTIONS, "free", []),
        (QUIZZES, "z", []),
    ],
)
def test_what_refers_to_an_entry_is_named(one: Any, key: str, pointers: list[str]) -> None:
    path = find_entry(READ_ONCE, one, key)
    assert path is not None
    found = references_to(READ_ONCE, one, path)
    assert [mistake.pointer for mistake in found] == pointers
    assert all("first" in mistake.message for mistake in found), "each says how it is mended"


@pytest.mark.parametrize(
    ("one", "entry", "key"),
    [
        (QUESTIONS, {"key": "q"}, "q"),
        (QUESTIONS, {"stem": "?"}, None),
        (READINGS, {"key": "r", "title": "A Book"}, "r"),
        (READINGS, {"title": "A Book"}, None),
        (READINGS, {"read": "A Book"}, "a-book"),
        (READINGS, {"read": "A Book", "key": "mine"}, "mine"),
        (READINGS, {"note": "Mind.", "read": "book"}, "book"),
        (QUIZZES, {"note": "Mind."}, None),
    ],
)
def test_a_new_entry_has_the_key_that_it_would_have_in_a_file(one: Any, entry: Any, key: object) -> None:
    assert key_of_new(one, entry) == key
