"""Seeding while people read: everybody sees the old course or the new one, never some of each."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from service.content import staging
from service.content.models import Course, Rendering, UnitVersion
from service.db import Database
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.seeding.planning import NONE_MADE, decide, look
from tests.cast import Client, answer_of
from tests.conftest import Stage
from tests.quizzing import Taken
from tests.reseeding import reseed_under_load, states
from tests.test_seeding import counts
from tests.world import TestWorld

RESEEDS = 60


@pytest.mark.timeout(400)
def test_the_course_is_seeded_anew_and_anew_and_nobody_sees_a_mixture(
    app: Flask, stage: Stage, database: Database, tmp_path: Path, world: TestWorld
) -> None:
    found = reseed_under_load(app, stage.tokens["ana"], database, world, tmp_path, RESEEDS)
    assert (found.unlike, found.mixed) == ([], [])
    assert min(found.seen) > 3, "the readers saw it change"


def test_students_save_while_the_course_is_seeded(
    app: Flask, taken: Taken, database: Database, tmp_path: Path, world: TestWorld
) -> None:
    prepared = [seeding.prepare(load_folder(path)) for path in states(tmp_path)]
    slot = taken.slot("numeric")
    for turn in range(6):
        seeder = threading.Thread(target=seeding.seed, args=(database, TestWorld(seed=turn), prepared[turn % 2]))
        seeder.start()
        saved = taken.save(slot, {"text": str(turn)}, base_rev=turn)
        seeder.join()
        assert answer_of(saved)["rev"] == turn + 1
    assert "How many bulges of water" in taken.look(taken.slot("single_choice"))["question"]["stem"]["markdown"]


def test_two_who_seed_at_once_both_get_there(database: Database, tmp_path: Path) -> None:
    prepared = [seeding.prepare(load_folder(path)) for path in states(tmp_path)]
    failures: list[BaseException] = []

    def seed(number: int) -> None:
        try:
            for turn in range(5):
                seeding.seed(database, TestWorld(seed=10 * number + turn), prepared[(number + turn) % 2])
        except BaseException as failure:  # noqa: BLE001  a thread's failure is the test's
            failures.append(failure)

    threads = [threading.Thread(target=seed, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.read() as session:
        assert session.scalars(select(UnitVersion.id).where(UnitVersion.origin == staging.STAGED)).all() == []


def test_what_was_staged_and_never_shown_is_seen_by_nobody_and_cleared_away(
    app: Flask, stage: Stage, database: Database, tmp_path: Path, world: TestWorld
) -> None:
    """As after a crash between the two."""
    ana, ida = Client(app, stage.tokens["ana"]), Client(app, stage.tokens["ida"])
    paths = [
        "/courses/tides/units",
        "/courses/tides/units/tides",
        "/courses/tides/quizzes",
        "/me/courses/tides/progress",
    ]
    admin = ["/admin/courses/tides/units/tides", "/admin/courses/tides/units/tides/versions"]
    before = [ana.get(path).data for path in paths] + [ida.get(path).data for path in admin]
    (course,) = seeding.prepare(load_folder(states(tmp_path)[0]))
    clean = counts(database)
    with database.read() as session:
        wanted = [one.wanted for one in decide(look(session, course), course, NONE_MADE) if one.wanted]
    seeding._stage(database, world, course, wanted, lambda _: None)
    assert counts(database) != clean
    assert [ana.get(path).data for path in paths] + [ida.get(path).data for path in admin] == before
    seeding.seed(database, world, [course])
    with database.read() as session:
        assert len(session.scalars(select(UnitVersion.id)).all()) == 4
        assert len(session.scalars(select(Rendering.version_id)).all()) == 4
        assert session.scalars(select(Course.version)).one() == 2
