"""Marking readings and seeing how far one is; derived on read, never counted up."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import Taken, statements

UNIT = "/me/courses/tides/units/tides/progress"


def readings(client: Client) -> dict[str, str]:
    """The ids of the unit's readings by their titles."""
    listed = answer_of(client.get("/courses/tides/units/tides/reading-list"))["readings"]
    return {reading["title"]: reading["reading"] for reading in listed}


def mark(client: Client, reading: str, state: str = "done", **more: object) -> Any:
    """Mark a reading."""
    return answer_of(client.put(f"/me/courses/tides/readings/{reading}", {"state": state, **more}))


def test_nothing_is_done_at_first(ana: Client) -> None:
    progress = answer_of(ana.get(UNIT))
    assert (progress["done"], progress["total"], progress["complete"]) == (0, 3, False)
    assert progress["minutes_left"] == 30 + 20 + 15, "the chapter, the film, and the shorter of the two papers"
    assert {reading["state"] for reading in progress["readings"]} == {"unread"}


def test_a_mark_is_told_with_what_it_is_on(ana: Client) -> None:
    reading = readings(ana)["Tides"]
    told = mark(ana, reading, minutes=25, note="again")
    assert {name: told[name] for name in ("reading", "state", "minutes", "note")} == {
        "reading": reading,
        "state": "done",
        "minutes": 25,
        "note": "again",
    }


def test_a_required_group_is_done_by_one_option_extensions_aside(ana: Client) -> None:
    ids = readings(ana)
    mark(ana, ids["Neap Tides"])
    group = next(one for one in answer_of(ana.get(UNIT))["requirements"] if one["kind"] == "group")
    assert group["done"] and group["minutes_left"] == 0


@pytest.mark.parametrize("title", ["The Ocean Book", "More on Neap Tides", "A Tide Table"])
def test_what_is_optional_never_counts(title: str, ana: Client) -> None:
    mark(ana, readings(ana)[title])
    assert answer_of(ana.get(UNIT))["done"] == 0


def test_a_unit_is_complete_when_all_that_is_required_is_done(ana: Client) -> None:
    ids = readings(ana)
    for title in ("Tides", "The Moon and the Sea", "Spring Tides"):
        mark(ana, ids[title])
    progress = answer_of(ana.get(UNIT))
    assert (progress["done"], progress["complete"], progress["minutes_left"]) == (3, True, 0)
    course = answer_of(ana.get("/me/courses/tides/progress"))
    assert course["complete"] == 1
    assert [(unit["unit"], unit["done"], unit["total"]) for unit in course["units"]] == [
        ("tides", 3, 3),
        ("currents", 0, 1),
    ]


def test_a_mark_can_be_taken_back_and_keeps_its_note(ana: Client) -> None:
    reading = readings(ana)["Tides"]
    mark(ana, reading, minutes=25, note="Read it *twice*.")
    assert mark(ana, reading, "unread", note="Read it *twice*.")["note"] == "Read it *twice*."
    assert answer_of(ana.get(UNIT))["done"] == 0


def test_the_same_mark_again_changes_nothing(ana: Client) -> None:
    reading = readings(ana)["Tides"]
    assert mark(ana, reading) == mark(ana, reading)


def test_a_mark_is_nobody_elses_business(ana: Client, ben: Client) -> None:
    mark(ana, readings(ana)["Tides"])
    assert answer_of(ben.get(UNIT))["done"] == 0


def test_a_reading_that_is_not_of_the_course_cannot_be_marked(ana: Client) -> None:
    answer_of(ana.put(f"/me/courses/tides/readings/{uuid4()}", {"state": "done"}), 404)
    answer_of(ana.put(f"/me/courses/no-such-course/readings/{readings(ana)['Tides']}", {"state": "done"}), 404)


def test_progress_costs_few_statements(ana: Client, taken: Taken, database: Database) -> None:
    answer_of(taken.submit())
    for path in (UNIT, "/me/courses/tides/progress"):
        with statements(database) as count:
            answer_of(ana.get(path))
        assert len(count) <= 4, count
