"""What two documents differ in: every change is named once, by keys, and nothing is where nothing changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.comparing import Change, changes
from service.domain.entries import ABSENT
from service.domain.patching import merge_patch

SCALARS = st.one_of(st.text("ab", max_size=2), st.integers(0, 3), st.booleans())
ENTRIES = st.lists(
    st.fixed_dictionaries({"key": st.sampled_from("abcd"), "stem": SCALARS}),
    max_size=4,
    unique_by=lambda one: one["key"],
)
DOCUMENTS = st.fixed_dictionaries(
    {}, optional={"title": SCALARS, "questions": ENTRIES, "unit": st.dictionaries(st.sampled_from("xy"), SCALARS)}
)


def told(before: Any, after: Any) -> list[tuple[str, str]]:
    """The changes, short."""
    return [("/".join(one.path), one.what) for one in changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", "changed")]),
        ({"a": 1}, {}, [("a", "removed")]),
        ({}, {"a": 1}, [("a", "added")]),
        ({"q": [{"key": "x", "n": 1}]}, {"q": [{"key": "x", "n": 2}]}, [("q/x/n", "changed")]),
        ({"q": [{"key": "x"}]}, {"q": [{"key": "y"}, {"key": "x"}]}, [("q/y", "added")]),
        ({"q": [{"key": "x"}, {"key": "y"}]}, {"q": [{"key": "y"}, {"key": "x"}]}, [("q", "moved")]),
        ({"q": [{"key": "x", "kind": "a", "n": 1}]}, {"q": [{"key": "x", "kind": "b"}]}, [("q/x", "changed")]),
        ({"tags": ["x"]}, {"tags": ["x", "y"]}, [("tags/y", "added")]),
        ({"range": [1, 2]}, {"range": [1, 3]}, [("range", "changed")]),
    ],
)
def test_what_is_said_of_a_change(before: Any, after: Any, said: list[tuple[str, str]]) -> None:
    assert told(before, after) == said


@given(DOCUMENTS, DOCUMENTS)
def test_there_is_nothing_to_say_exactly_where_nothing_is_different(before: Any, after: Any) -> None:
    assert not list(changes(before, before))
    found = list(changes(before, after))
    empty: dict[str, Any] = {"questions": []}
    is_same = {**empty, **before} == {**empty, **after}
    assert bool(found) is not is_same
    assert len({(one.path, one.what) for one in found}) == len(found), "each once"


@given(DOCUMENTS, DOCUMENTS)
def test_the_way_back_says_the_opposite(before: Any, after: Any) -> None:
    opposite = {"added": "removed", "removed": "added", "changed": "changed", "moved": "moved"}
    there = {Change(one.path, opposite[one.what], str(one.after), str(one.before)) for one in changes(before, after)}  # type: ignore[arg-type]
    back = {Change(one.path, one.what, str(one.before), str(one.after)) for one in changes(after, before)}
    assert there == back


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        # the examples of RFC 7396, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_its_rfc_says(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result


@given(DOCUMENTS, DOCUMENTS)
def test_a_patch_that_was_made_twice_changes_nothing_more(target: Any, patch: Any) -> None:
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) == once
    assert ABSENT not in once.values()
