"""Where readings, questions and quizzes stand in their unit, and how they are moved."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Client, answer_of
from tests.test_entries import NEW, keys_of, pointers
from tests.test_unit_documents import UNIT, document_of


def test_readings_are_listed_with_their_places(ida: Client) -> None:
    items = answer_of(ida.get(f"{UNIT}/readings"))["items"]
    assert {one["key"]: one["place"] for one in items} == {
        "chapter": {"section": "preparation", "position": 0},
        "book": {"before": "film", "position": 0},
        "film": {"section": "preparation", "position": 1},
        "skim-spring": {"group": "spring-or-neap", "option": "spring", "position": 0},
        "skim-neap": {"group": "spring-or-neap", "option": "neap", "position": 0},
        "skim-neap-more": {"group": "spring-or-neap", "option": "neap", "position": 1},
        "tide-table": {"section": "supplemental", "position": 0},
    }


@pytest.mark.parametrize("many", ["questions", "quizzes"])
def test_entries_are_moved_and_ordered(many: str, ida: Client) -> None:
    keys = keys_of(ida, many)
    moved = ida.patch(f"{UNIT}/{many}/{keys[0]}?position=2", {}, If_Match="*")
    assert keys_of(ida, many) == [*keys[1:3], keys[0], *keys[3:]]
    backwards = ida.put(f"{UNIT}/{many}", {"keys": keys[::-1]}, If_Match=moved.headers["ETag"])
    assert answer_of(backwards)["key"] is None
    assert keys_of(ida, many) == keys[::-1]
    answer_of(ida.post(f"{UNIT}/{many}?position=1", NEW[many], If_Match="*"), 201)
    assert keys_of(ida, many)[1] == NEW[many]["key"]
    refused = answer_of(ida.put(f"{UNIT}/{many}", {"keys": ["nowhere", keys[0], keys[0]]}, If_Match="*"), 422)
    assert pointers(refused) == ["/keys/0", "/keys/2", "/keys"]
    refused = answer_of(ida.patch(f"{UNIT}/{many}/{keys[0]}?position=99", {}, If_Match="*"), 422)
    assert pointers(refused) == ["/query/position"]
    assert ida.patch(f"{UNIT}/{many}/{keys[0]}?section=preparation", {}, If_Match="*").status_code == 422


def test_readings_are_moved_between_sections_choices_and_readings(ida: Client) -> None:
    def place_after(key: str, query: str) -> Any:
        answer_of(ida.patch(f"{UNIT}/readings/{key}?{query}", {}, If_Match="*"))
        items = answer_of(ida.get(f"{UNIT}/readings"))["items"]
        return next(one["place"] for one in items if one["key"] == key)

    first = {"section": "preparation", "position": 0}
    assert place_after("tide-table", "section=preparation&position=0") == first
    assert place_after("tide-table", "section=preparation") == {"section": "preparation", "position": 4}
    in_option = {"group": "spring-or-neap", "option": "spring", "position": 1}
    assert place_after("tide-table", "group=spring-or-neap&option=spring") == in_option
    assert place_after("tide-table", "before=chapter") == {"before": "chapter", "position": 0}
    assert place_after("book", "section=supplemental") == {"section": "supplemental", "position": 0}


def test_readings_are_ordered_around_what_is_no_reading(ida: Client) -> None:
    path = f"{UNIT}/readings?section=preparation"
    answer_of(ida.patch(f"{UNIT}/readings/tide-table?section=preparation", {}, If_Match="*"))
    answer_of(ida.put(path, {"keys": ["tide-table", "film", "chapter"]}, If_Match="*"))
    items = document_of(ida)[0]["sections"][0]["items"]
    assert [one.get("key", next(iter(one))) for one in items] == ["tide-table", "film", "note", "choose", "chapter"]
    group = f"{UNIT}/readings?group=spring-or-neap&option=neap"
    answer_of(ida.put(group, {"keys": ["skim-neap-more", "skim-neap"]}, If_Match="*"))
    refused = ida.put(f"{UNIT}/readings", {"keys": ["chapter"]}, If_Match="*")
    assert pointers(answer_of(refused, 422)) == ["/query/section"], "there are two"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("", "section"),
        ("?section=nowhere", "section"),
        ("?section=preparation&before=film", "section"),
        ("?group=spring-or-neap", "option"),
        ("?option=spring", "group"),
        ("?group=nowhere&option=spring", "group"),
        ("?group=spring-or-neap&option=nowhere", "option"),
        ("?before=nowhere", "before"),
        ("?section=preparation&position=5", "position"),
        ("?section=preparation&position=-1", "position"),
        ("?chapter=1", "chapter"),
    ],
)
def test_a_place_that_there_is_not_is_refused(query: str, pointer: str, ida: Client) -> None:
    refused = answer_of(ida.post(f"{UNIT}/readings{query}", NEW["readings"], If_Match="*"), 422)
    assert pointers(refused) == [f"/query/{pointer}"]


def test_a_reading_cannot_be_moved_into_itself(ida: Client) -> None:
    refused = answer_of(ida.patch(f"{UNIT}/readings/film?before=film", {}, If_Match="*"), 422)
    assert pointers(refused) == ["/query/before"]
