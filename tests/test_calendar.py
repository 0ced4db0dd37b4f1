"""The calendar and the glossary of a course: gathered from what its published units say."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from service.content import gathering
from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import statements
from tests.small_course import SmallCourse
from tests.world import TestWorld

CALENDAR, GLOSSARY = "/courses/flood/calendar.ics", "/courses/flood/glossary"
DATES = """
  number: 3
objectives:
  - {key: know, text: Know it.}
meetings:
  - {key: first, day: wednesday, note: "Bring boots; and *coats*, please."}
  - {key: trip, date: 2026-03-20, title: To the harbour, kind: lab}
  - {key: off, day: friday, week: 2, kind: no_class}
sections:
  - key: before
    title: Before
    items:
      - {key: map, verb: read, title: The map, due: 2026-03-04, importance: required}
      - choose:
          key: one
          prompt: Choose one.
          min: 1
          options:
            - {key: a, label: A, items: [{key: film, verb: watch, title: A film, due: 2026-03-05}]}
            - {key: b, label: B, items: [{key: talk, verb: listen, title: A talk}]}
      - task: {key: essay, title: The essay, kind: homework, due: 2026-03-09, url: "https://sea.example/essay"}
questions:
  - {key: wet, kind: true_false, stem: Water is wet., answer: true, objectives: [know]}
quizzes:
  - key: check
    title: Wet?
    kind: self_check
    status: published
    questions: [wet]
    opens: 2026-03-28T09:00
    closes: 2026-03-30T09:00
  - {key: later, title: Hidden, kind: self_check, status: draft, questions: [wet], opens: 2026-03-28T09:00}
"""
TERMS = """
terms:
  - {term: "%s", aliases: [spate], text: "Water where it was **not**."}
  - {term: Ebb, text: Going out.}
"""


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """A course in London that anybody may read, not seeded yet."""
    return SmallCourse(tmp_path / "flood", "visibility: public\ntime_zone: Europe/London\n")


def events(client: Client) -> list[dict[str, str]]:
    """The events of the calendar, each as its properties."""
    response = client.get(CALENDAR)
    assert (response.status_code, response.content_type) == (200, "text/calendar; charset=utf-8")
    text = response.data.decode()
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    blocks = text.replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]
    return [
        dict(re.split(r"[:;]", line, maxsplit=1) for line in block.split("\r\n") if ":" in line) for block in blocks
    ]


def test_the_calendar_has_meetings_what_is_due_and_when_quizzes_are_open(
    course: SmallCourse, database: Database, world: TestWorld, nobody: Client
) -> None:
    course.write("surge", title="Storm surges", rest=DATES)
    course.write("secret", status="draft", title="Secret", rest=DATES)
    course.seed(database, world)
    told = events(nobody)
    assert [(one["DTSTART"], one["SUMMARY"], one.get("CATEGORIES")) for one in told] == [
        ("VALUE=DATE:20260304", "3 Storm surges: Lecture", "lecture"),
        ("VALUE=DATE:20260320", "3 Storm surges: To the harbour", "lab"),
        ("VALUE=DATE:20260313", "3 Storm surges: No class", "no_class"),
        ("VALUE=DATE:20260304", "3 Storm surges: Read The map", "reading"),
        ("VALUE=DATE:20260305", "3 Storm surges: Watch A film", "reading"),
        ("VALUE=DATE:20260309", "3 Storm surges: The essay is due", "homework"),
        ("20260328T090000Z", "3 Storm surges: Wet? opens", "quiz"),
        ("20260330T080000Z", "3 Storm surges: Wet? closes", "quiz"),
    ], "British Summer Time began in between"
    assert told[0]["DESCRIPTION"] == "Bring boots\\; and *coats*\\, please."
    assert told[5]["URL"] == "https://sea.example/essay"


def test_the_calendar_is_the_same_bytes_until_its_units_change(
    course: SmallCourse, database: Database, world: TestWorld, nobody: Client
) -> None:
    course.write("surge", title="Storm surges", rest=DATES)
    course.seed(database, world)
    first = nobody.get(CALENDAR)
    world.wait(days=3)
    course.write("other", title="Another unit")
    course.seed(database, world)
    assert nobody.get(CALENDAR).data == first.data
    before = {one["UID"]: one["SEQUENCE"] for one in events(nobody)}
    assert len(before) == 8
    course.write("surge", title="Storm surges", rest=DATES.replace("2026-03-20", "2026-03-21"))
    course.seed(database, world)
    after = events(nobody)
    assert {one["UID"] for one in after} == before.keys(), "the same events, even the one that moved"
    assert {one["SEQUENCE"] for one in after} == {"2"}
    assert after[1]["DTSTART"] == "VALUE=DATE:20260321"


def test_the_glossary_has_the_terms_of_all_units_by_their_letters(
    course: SmallCourse, database: Database, world: TestWorld, nobody: Client
) -> None:
    course.write("surge", rest=TERMS % "Überflutung")
    course.write("ebb", rest=TERMS % "flood")
    course.write("secret", status="draft", rest=TERMS % "Secret")
    course.seed(database, world)
    listed: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = answer_of(nobody.get(f"{GLOSSARY}?limit=1{after}"))
        listed += page["items"]
        after = page["next"] and f"&after={page['next']}"
    assert listed == answer_of(nobody.get(GLOSSARY))["items"]
    assert [(one["term"], one["unit"]) for one in listed] == [
        *(("Ebb", "ebb"), ("Ebb", "surge"), ("flood", "ebb"), ("Überflutung", "surge")),
    ]
    assert (listed[2]["aliases"], listed[2]["text"]) == (
        ["spate"],
        {"markdown": "Water where it was **not**.", "html": "<p>Water where it was <strong>not</strong>.</p>\n"},
    )


def test_long_terms_have_cursors_too(course: SmallCourse, database: Database, world: TestWorld, nobody: Client) -> None:
    course.write("ebb", rest=TERMS % ("🌊" * 290 + "a"))
    course.seed(database, world)
    first = answer_of(nobody.get(f"{GLOSSARY}?limit=1"))
    course.write("surge", rest=TERMS % ("🌊" * 290 + "b"))
    course.seed(database, world)
    assert first["next"] is not None
    wave = answer_of(nobody.get(f"{GLOSSARY}?limit=1&after={answer_of(nobody.get(f'{GLOSSARY}?limit=2'))['next']}"))
    assert wave["items"][0]["term"].endswith("a") and wave["next"] is not None


@pytest.mark.parametrize("path", ["calendar.ics", "glossary", "changes"])
def test_what_is_gathered_is_not_sent_or_made_again(path: str, lms: Client, database: Database) -> None:
    first = lms.get(f"/courses/tides/{path}")
    tag = first.headers["ETag"]
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache")
    with statements(database) as count:
        again = lms.get(f"/courses/tides/{path}", If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
    assert len(count) <= 3, count


def test_bodies_are_read_once_and_few_are_remembered(
    course: SmallCourse, database: Database, world: TestWorld, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("a", "b", "c"):
        course.write(key, rest=TERMS % key)
    course.seed(database, world)
    gathering._remembered.clear()
    asked = itertools.count()
    for most, reads in ((5_000, 1), (5_000, 0), (2, 0)):
        monkeypatch.setattr(gathering, "REMEMBERED", most)
        with statements(database) as count:
            # Another question each time: the whole answer is kept as well.
            assert len(answer_of(nobody.get(f"{GLOSSARY}?limit={10 + next(asked)}"))["items"]) == 6
        assert sum("renderings.unit " in one for one in count) == reads
    gathering._remembered.clear()
    assert len(answer_of(nobody.get(f"{GLOSSARY}?limit={10 + next(asked)}"))["items"]) == 6
    assert len(gathering._remembered) == 2
