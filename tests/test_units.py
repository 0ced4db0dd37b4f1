"""Reading courses, units and reading lists: what an LMS fetches and a student follows."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from service.content.models import Course, Unit
from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import statements

UNIT = "/courses/tides/units/tides"


def test_a_course_says_what_it_holds(ana: Client) -> None:
    course = answer_of(ana.get("/courses/tides"))
    assert (course["title"], course["units"], course["quizzes"], course["version"]) == ("Tides and Currents", 2, 3, 1)
    assert [one["course"] for one in answer_of(ana.get("/courses"))["items"]] == ["tides"]


def test_a_course_is_not_listed_for_those_outside(eve: Client, nobody: Client) -> None:
    assert answer_of(eve.get("/courses"))["items"] == answer_of(nobody.get("/courses"))["items"] == []


def test_a_public_course_is_read_by_anybody(nobody: Client, eve: Client, database: Database) -> None:
    with database.write() as session:
        session.execute(update(Course).values(visibility="public"))
    assert answer_of(nobody.get(UNIT))["title"] == answer_of(eve.get(UNIT))["title"]
    assert len(answer_of(nobody.get("/courses"))["items"]) == 1


def test_a_draft_course_is_seen_by_its_staff_alone(
    ida: Client, root: Client, ana: Client, lms: Client, database: Database
) -> None:
    with database.write() as session:
        session.execute(update(Course).values(status="draft"))
    assert [client.get(UNIT).status_code for client in (ida, root, ana, lms)] == [200, 200, 404, 404]


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_a_unit_that_is_not_published_is_not_there(status: str, ana: Client, database: Database) -> None:
    with database.write() as session:
        session.execute(update(Unit).where(Unit.key == "tides").values(status=status))
    assert ana.get(UNIT).status_code == 404
    assert [unit["key"] for unit in answer_of(ana.get("/courses/tides/units"))["items"]] == ["currents"]


def test_units_come_in_order_a_page_at_a_time(lms: Client) -> None:
    first = lms.get("/courses/tides/units?limit=1")
    assert [unit["key"] for unit in answer_of(first)["items"]] == ["tides"]
    assert first.headers["Link"].endswith('; rel="next"')
    second = answer_of(lms.get(f"/courses/tides/units?limit=1&after={first.get_json()['next']}"))
    assert [unit["key"] for unit in second["items"]] == ["currents"]
    assert second["next"] is None


def test_a_unit_has_its_readings_groups_notes_and_meetings(ana: Client) -> None:
    unit = answer_of(ana.get(UNIT))
    assert unit["number"] == "1" and unit["summary"]["html"].startswith("<p>The Moon")
    chapter, film, note, group = unit["sections"][0]["items"]
    assert (chapter["reading"]["verb"], chapter["reading"]["importance"]) == ("read", "required")
    assert chapter["reading"]["resource"]["url"] == "https://sea.example/tides"
    assert film["reading"]["before"][0]["condition"] == "if the words are new"
    assert "<strong>tide table</strong>" in note["note"]["html"]
    assert [option["key"] for option in group["choose"]["options"]] == ["spring", "neap"]
    assert (group["choose"]["min"], group["choose"]["max"], group["choose"]["importance"]) == (1, 2, "required")
    skim, more = group["choose"]["options"][1]["readings"]
    assert skim["verb"] == "skim", "inherited from the group"
    assert more["importance"] == "extension" and more["extension_of"] == skim["id"]
    assert [(meeting["date"], meeting["kind"]) for meeting in unit["meetings"]] == [
        ("2026-03-02", "lecture"),
        ("2026-03-05", "lab"),
    ]
    assert {quiz["title"]: quiz["questions"] for quiz in unit["quizzes"]} == {
        "Ready for Monday?": 4,
        "All at once": 9,
        "A few at random": 3,
    }


def test_objectives_are_linked_to_readings_by_id(ana: Client) -> None:
    unit = answer_of(ana.get(UNIT))
    ids = {objective["key"]: objective["id"] for objective in unit["objectives"]}
    assert unit["sections"][0]["items"][0]["reading"]["objectives"] == [ids["explain-bulges"]]
    assert "<em>two</em>" in unit["objectives"][0]["text"]["html"]


def test_the_reading_list_has_every_address_and_what_it_belongs_to(ana: Client) -> None:
    listed = answer_of(ana.get(f"{UNIT}/reading-list"))
    addresses = [reading["resource"]["url"] for reading in listed["readings"]]
    assert addresses == [
        *("https://sea.example/tides", None, "https://sea.example/film"),
        *("https://sea.example/spring", "https://sea.example/neap", "https://sea.example/neap-more"),
        "https://sea.example/table",
    ]
    assert [(one["key"], one["relation"], one["of"]) for one in listed["related"]] == []
    assert listed["readings"][1]["before"] == listed["readings"][2]["reading"]


def test_the_reading_list_can_be_filtered(ana: Client) -> None:
    listed = answer_of(ana.get(f"{UNIT}/reading-list?importance=required&verb=skim"))
    assert [reading["title"] for reading in listed["readings"]] == ["Spring Tides", "Neap Tides"]
    assert len(listed["groups"]) == 1
    assert answer_of(ana.get(f"{UNIT}/reading-list?verb=practise"))["readings"] == []
    (error,) = answer_of(ana.get(f"{UNIT}/reading-list?verb=smell"), 422)["errors"]
    assert error["pointer"] == "/query/verb" and "read, watch, listen" in error["detail"]


def test_the_reading_list_comes_as_markdown(ana: Client) -> None:
    response = ana.get(f"{UNIT}/reading-list", Accept="text/markdown")
    assert response.content_type == "text/markdown; charset=utf-8"
    text = response.get_data(as_text=True)
    assert "- **Read** [Tides](<https://sea.example/tides>) (required, 30 min)" in text
    assert re.search(r"^  - Neap tides$", text, re.MULTILINE)


@pytest.mark.parametrize("path", ["/courses/tides", "/courses/tides/units", UNIT, f"{UNIT}/reading-list"])
def test_what_was_not_changed_is_not_sent_again(path: str, ana: Client, lms: Client) -> None:
    first = ana.get(path)
    tag = first.headers["ETag"]
    again = ana.get(path, If_None_Match=tag)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert ana.get(path, If_None_Match=f"W/{tag}").status_code == 304
    assert lms.get(path).headers["ETag"] == tag
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in first.headers["Vary"]


@pytest.mark.parametrize("path", ["/courses/tides", "/courses/tides/units", UNIT, f"{UNIT}/reading-list?verb=skim"])
def test_what_is_read_again_costs_one_statement(path: str, ana: Client, database: Database) -> None:
    costs = []
    for _ in range(3):
        with statements(database) as count:
            answer_of(ana.get(path))
        costs.append(len(count))
    assert costs[0] <= 3
    assert costs[1:] == [1, 1]


def test_a_unit_costs_two_statements_the_first_time(ana: Client, database: Database) -> None:
    with statements(database) as count:
        answer_of(ana.get(UNIT))
    assert len(count) == 2, count


def test_a_course_in_draft_is_listed_for_its_instructor(ida: Client, ana: Client, database: Database) -> None:
    with database.write() as session:
        session.execute(update(Course).values(status="draft"))
    assert len(answer_of(ida.get("/courses"))["items"]) == 1
    assert answer_of(ana.get("/courses"))["items"] == []
