"""Deltas: a reader that asks for what changed since it last asked has all of it, whoever writes meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update

from service.content.models import Course, Unit
from service.db import Database
from tests.cast import Client, answer_of
from tests.small_course import SmallCourse
from tests.world import TestWorld

CHANGES = "/courses/flood/changes"


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """A course that is not seeded yet."""
    return SmallCourse(tmp_path / "flood")


class Mirror:
    """A reader's copy of a course: the version of each unit that is there."""

    def __init__(self, client: Client, limit: int = 2) -> None:
        self.client, self.limit, self.version = client, limit, 0
        self.units: dict[str, int] = {}

    def sync(self) -> list[tuple[str, str]]:
        """Take in what changed, and tell it."""
        told, after = [], ""
        while True:
            asked = f"{CHANGES}?since={self.version}&limit={self.limit}{after}"
            page = answer_of(self.client.get(asked))
            for change in page["items"]:
                told.append((change["key"], change["what"]))
                if change["what"] in {"published", "changed"}:
                    self.units[change["key"]] = change["version"]
                else:
                    self.units.pop(change["key"], None)
            if page["next"] is None:
                self.version = page["version"]
                return told
            after = f"&after={page['next']}"


def truth(database: Database) -> dict[str, int]:
    """The published units of the course and the versions of their last changes."""
    with database.read() as session:
        found = select(Unit.key, Unit.course_version).join(Course, Course.id == Unit.course_id)
        rows = session.execute(found.where(Course.slug == "flood", Unit.status == "published")).all()
    return {row.key: row.course_version for row in rows}


def test_each_change_is_told_once_and_by_its_name(
    course: SmallCourse, database: Database, world: TestWorld, nobody: Client
) -> None:
    for key in ("ebb", "flow", "surge"):
        course.write(key)
    course.seed(database, world)
    mirror = Mirror(nobody)
    assert sorted(mirror.sync()) == [("ebb", "published"), ("flow", "published"), ("surge", "published")]
    assert mirror.sync() == []
    course.write("ebb", title="Low water")
    course.write("flow", status="draft")
    course.write("neap")
    course.write("surge", status="archived")
    course.seed(database, world)
    told = mirror.sync()
    assert sorted(told) == [("ebb", "changed"), ("flow", "withdrawn"), ("neap", "published"), ("surge", "archived")]
    assert mirror.units == truth(database)
    course.write("flow")
    course.seed(database, world)
    assert mirror.sync() == [("flow", "published")], "back again: it was not there at that version"
    assert mirror.version == answer_of(nobody.get("/courses/flood"))["version"] == 3


def test_what_is_only_drafted_is_told_to_nobody(
    course: SmallCourse, database: Database, world: TestWorld, nobody: Client, ida: Client
) -> None:
    course.write("ebb")
    course.write("secret", status="draft")
    course.seed(database, world)
    mirror = Mirror(nobody)
    assert mirror.sync() == [("ebb", "published")]
    before = [nobody.get(path).headers["ETag"] for path in ("/courses/flood", "/courses/flood/units", CHANGES)]
    course.write("secret", status="draft", title="Still a secret")
    course.seed(database, world)
    assert mirror.sync() == []
    assert before == [nobody.get(path).headers["ETag"] for path in ("/courses/flood", "/courses/flood/units", CHANGES)]
    course.write("ebb", status="draft")
    course.seed(database, world)
    assert mirror.sync() == [("ebb", "withdrawn")]
    course.write("ebb", status="draft", title="Being mended")
    course.seed(database, world)
    assert mirror.sync() == [], "a withdrawn unit is edited in private"
    for path in ("/courses/flood/units", CHANGES, "/courses/flood/glossary", "/courses/flood/calendar.ics"):
        assert "secret" not in nobody.get(path).get_data(as_text=True).lower()


def test_an_edit_over_the_api_is_told_when_it_is_published(ana: Client, ida: Client) -> None:
    def changes(since: int) -> Any:
        return answer_of(ana.get(f"/courses/tides/changes?since={since}"))

    version = changes(0)["version"]
    admin = "/admin/courses/tides/units/tides"
    found = ida.get(admin)
    document = {**found.get_json(), "objectives_intro": "You will be able to:"}
    edited = ida.put(admin, document, If_Match=found.headers["ETag"])
    assert (edited.status_code, changes(version)["items"]) == (200, [])
    answer_of(ida.post(f"{admin}/publication", If_Match=edited.headers["ETag"]))
    assert changes(version)["items"] == [{"key": "tides", "what": "changed", "version": version + 1}]


def test_units_are_listed_since_a_version_too(
    course: SmallCourse, database: Database, world: TestWorld, nobody: Client
) -> None:
    for key in ("a", "b", "c"):
        course.write(key)
    course.seed(database, world)
    course.write("b", title="Another")
    course.seed(database, world)
    listed = [answer_of(nobody.get(f"/courses/flood/units?since={since}"))["items"] for since in (0, 1, 2)]
    assert [[unit["key"] for unit in units] for units in listed] == [["a", "b", "c"], ["b"], []]


@pytest.mark.parametrize("path", ["changes", "units"])
def test_a_version_the_course_never_had_is_gone(path: str, lms: Client) -> None:
    refused = answer_of(lms.get(f"/courses/tides/{path}?since=7"), 410)
    assert (refused["type"], refused["version"]) == ("/problems/gone", 1)
    assert "since=0" in refused["detail"]
    assert lms.get(f"/courses/tides/{path}?since=1").status_code == 200
    assert lms.get(f"/courses/tides/{path}?since=-1").status_code == 422
    assert lms.get(f"/courses/tides/{path}?since=one").status_code == 422


def test_the_tag_tells_a_version_from_one_of_another_past(lms: Client, database: Database, world: TestWorld) -> None:
    path = "/courses/tides/changes?since=1"
    tag = lms.get(path).headers["ETag"]
    assert lms.get(path, If_None_Match=tag).status_code == 304
    world.wait(days=1)
    with database.write() as session:
        session.execute(update(Course).values(updated_at=world.now()))
    assert lms.get(path, If_None_Match=tag).status_code == 200


@contextmanager
def slow_commits(database: Database) -> Iterator[None]:
    """Commits that come a little later than they might: in another order than they began."""
    chance = random.Random(1)

    def wait(_connection: object) -> None:
        time.sleep(chance.random() * 0.02)

    event.listen(database.engine, "commit", wait)
    try:
        yield
    finally:
        event.remove(database.engine, "commit", wait)


WRITERS, UNITS, WITHDRAWN = 4, 6, 2


def publish_all(course: SmallCourse, database: Database, writer: int, start: threading.Barrier) -> None:
    """One writer: publishes each of its units once, and withdraws the first two in the end."""
    world = TestWorld(seed=100 + writer)
    start.wait(timeout=30)
    for number in range(UNITS):
        course.seed(database, world, course.write(f"unit-{writer}-{number}"))
    for number in range(WITHDRAWN):
        course.seed(database, world, course.write(f"unit-{writer}-{number}", status="draft"))


def keep_reading(mirror: Mirror, nobody: Client, done: threading.Event) -> None:
    """One reader: asks for what is new, again and again."""
    while not done.is_set():
        if nobody.get(CHANGES).status_code == 200:
            mirror.sync()


def test_no_reader_misses_a_change_while_four_write(course: SmallCourse, database: Database, nobody: Client) -> None:
    """Every unit is published once, so that one that is passed over stays missing. No writer finds the course there."""
    start, done = threading.Barrier(WRITERS), threading.Event()
    mirrors = [Mirror(nobody, limit=1), Mirror(nobody, limit=200)]
    with slow_commits(database), ThreadPoolExecutor(WRITERS + len(mirrors)) as threads:
        reading = [threads.submit(keep_reading, mirror, nobody, done) for mirror in mirrors]
        writing = [threads.submit(publish_all, course, database, writer, start) for writer in range(WRITERS)]
        try:
            for job in writing:
                job.result(timeout=90)
        finally:
            done.set()
        for job in reading:
            job.result(timeout=30)
    there = truth(database)
    assert len(there) == WRITERS * (UNITS - WITHDRAWN)
    assert len(set(there.values())) == len(there), "each publication has a version of its own"
    for mirror in mirrors:
        mirror.sync()
        assert mirror.units == there
        assert mirror.version == WRITERS * (UNITS + WITHDRAWN)
