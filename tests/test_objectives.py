"""What first tries show of objectives: labels with their evidence, mastery, gain, and what to read first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.db import Database
from tests.cast import Client, answer_of
from tests.conftest import quiz_id
from tests.levees import answer_all, build_levees
from tests.world import TestWorld

UNIT = "/me/courses/flood/units/levees/progress"


@pytest.fixture(autouse=True)
def levees(tmp_path: Path, database: Database, database_url: str, world: TestWorld) -> None:
    """The course on floods with its unit on levees, Ana's second course."""
    build_levees(tmp_path / "flood", database, database_url, world)


def objectives(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the unit's progress says of seepage, and of height."""
    seepage, height = answer_of(client.get(UNIT))["objectives"]
    return seepage, height


def test_nothing_is_said_before_there_are_three_questions(ana: Client, database: Database) -> None:
    answer_all(ana, quiz_id(ana, "Before", "flood"), database, "rr----")
    seepage, height = objectives(ana)
    assert (seepage["label"], seepage["questions"], seepage["earned"]) == ("not_enough_data", 2, "2.00")
    assert (height["label"], height["questions"], height["evidence"]) == ("not_enough_data", 0, [])


def test_a_label_comes_with_its_evidence(ana: Client, database: Database) -> None:
    taken = answer_all(ana, quiz_id(ana, "Before", "flood"), database, "rrrwwr")
    seepage, height = objectives(ana)
    assert (seepage["label"], height["label"]) == ("proficient", "low")
    assert [(one["attempt"], one["slot"], one["status"]) for one in height["evidence"]] == [
        (taken.id, 4, "incorrect"),
        (taken.id, 5, "incorrect"),
        (taken.id, 6, "correct"),
    ]
    assert seepage["first_mastered_at"] and seepage["retention"] == "fresh" and height["first_mastered_at"] is None
    assert answer_of(ana.get(UNIT))["mastered"] == 1
    assert [unit["mastered"] for unit in answer_of(ana.get("/me/courses/flood/progress"))["units"]] == [1]


def test_what_was_mastered_stays_so_while_it_fades(ana: Client, database: Database, world: TestWorld) -> None:
    answer_all(ana, quiz_id(ana, "Before", "flood"), database, "rrrrrr")
    first = objectives(ana)[0]["first_mastered_at"]
    world.wait(days=2)
    faded = objectives(ana)[0]
    assert (faded["first_mastered_at"], faded["retention"]) == (first, "due")
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "wwwrrr")
    seepage, _ = objectives(ana)
    assert (seepage["label"], seepage["first_mastered_at"], seepage["retention"]) == ("low", first, "due")


def test_the_same_answers_again_on_the_same_day_show_nothing_new(ana: Client, database: Database) -> None:
    answer_all(ana, quiz_id(ana, "Before", "flood"), database, "wwwwww")
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    assert {one["label"] for one in objectives(ana)} == {"low"}


def test_gain_is_what_was_right_after_the_unit_and_not_before(
    ana: Client, database: Database, world: TestWorld
) -> None:
    answer_all(ana, quiz_id(ana, "Before", "flood"), database, "rwwrr-")
    assert [one["gain"] for one in objectives(ana)] == [None, None]
    world.wait(days=3)
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    seepage, height = objectives(ana)
    assert seepage["gain"] == {
        "pre": "0.33", "post": "1.00", "gain": "0.67", "pre_questions": 3, "post_questions": 3,
    }  # fmt: skip
    assert height["gain"] is None, "one of its questions was left out before"


def test_what_the_quiz_before_missed_is_read_first(ana: Client, database: Database) -> None:
    def readings(query: str = "") -> list[tuple[str, int]]:
        return [(one["title"], one["missed"]) for one in answer_of(ana.get(UNIT + query))["readings"]]

    assert readings("?sort=missed") == [("On height", 0), ("On seepage", 0)]
    answer_all(ana, quiz_id(ana, "Before", "flood"), database, "wwrrrw")
    assert readings() == [("On height", 1), ("On seepage", 2)]
    assert readings("?sort=missed") == [("On seepage", 2), ("On height", 1)]
    assert ana.get(UNIT + "?sort=alphabet").status_code == 422


def test_what_may_not_be_seen_yet_is_not_shown_by_way_of_progress(ana: Client, database: Database) -> None:
    answer_all(ana, quiz_id(ana, "Hidden", "flood"), database, "rrrwww")
    assert {(one["label"], one["questions"]) for one in objectives(ana)} == {("not_enough_data", 0)}
