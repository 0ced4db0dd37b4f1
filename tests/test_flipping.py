"""Flipping shows everything that was staged, or nothing where anybody was faster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from service.content import flipping, staging
from service.content.models import Course, Question, Unit, UnitVersion
from service.content.publishing import PreparedCourse
from service.content.staging import Staged, Stale
from service.db import Database
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.seeding.planning import NONE_MADE, decide, look
from tests.bench.courses import write_course
from tests.world import TestWorld

UNITS = 3


@pytest.fixture
def folder(tmp_path: Path, database: Database, world: TestWorld) -> Path:
    """A course of three units that was seeded, with a new title and new answers in all its files."""
    folder = write_course(tmp_path, units=UNITS, readings=2, questions=4)
    seeding.seed(database, world, seeding.prepare(load_folder(folder)))
    for file in (folder / "units").iterdir():
        file.write_text(file.read_text().replace("title: What Is", "title: What was").replace("Count again.", "Count."))
    return folder


def stage(database: Database, folder: Path, world: TestWorld) -> tuple[PreparedCourse, list[Staged]]:
    """Everything of the course written where nobody sees it yet."""
    (course,) = seeding.prepare(load_folder(folder))
    with database.read() as session:
        decisions = list(decide(look(session, course), course, NONE_MADE))
        course_id = session.scalars(select(Course.id).where(Course.slug == course.slug)).one()
        present = staging.look(session, course_id, [one.key for one in course.units])
    wanted = [one.wanted for one in decisions if one.wanted is not None]
    laid_out = [staging.lay_out(world, course.slug, ZoneInfo("UTC"), one, present[one.prepared.key]) for one in wanted]
    with database.write() as session:
        return course, staging.stage(session, course_id, laid_out, world.now())


def flip(database: Database, course: PreparedCourse, staged: Sequence[Staged], world: TestWorld) -> None:
    """Show it."""
    with database.write() as session:
        version = flipping.update_course(session, course, staged, world.now())
        flipping.flip(session, staged, version, world.now())


def shown(database: Database) -> list[Any]:
    """What a flip changes: units, what their questions point at, and the course's version."""
    with database.read() as session:
        units = select(
            Unit.title, Unit.document_digest, Unit.published_version_id, Unit.course_version, Unit.seen_since
        )
        ours = select(Unit.id).join(Course, Course.id == Unit.course_id).where(Course.slug == "large")
        questions = select(Question.id, Question.revision_id, Question.answer_key_id, Question.reread)
        return [
            *session.execute(units.where(Unit.id.in_(ours)).order_by(Unit.id)),
            *session.execute(questions.where(Question.unit_id.in_(ours)).order_by(Question.id)),
            *session.execute(select(Course.version).where(Course.slug == "large")),
        ]


def test_a_flip_shows_every_unit_with_the_next_version_of_its_course(
    database: Database, folder: Path, world: TestWorld
) -> None:
    before = shown(database)
    flip(database, *stage(database, folder, world), world)
    after = shown(database)
    assert [one.title for one in after[:UNITS]] == [f"What was Number {number}?" for number in (1, 2, 3)]
    assert [(one.course_version, one.seen_since) for one in after[:UNITS]] == [(2, 1)] * UNITS
    moved = [new for old, new in zip(before[UNITS:-1], after[UNITS:-1], strict=True) if old != new]
    assert len(moved) == UNITS, "of each unit the one question whose feedback changed"
    assert {one.revision_id for one in before[UNITS:-1]} == {one.revision_id for one in after[UNITS:-1]}


@pytest.mark.parametrize(
    "meanwhile",
    [{"document_digest": "of something else"}, {"published_version_id": None, "status": "draft"}],
    ids=["edited", "withdrawn"],
)
def test_one_unit_that_somebody_changed_meanwhile_stops_the_flip_of_all(
    database: Database, folder: Path, world: TestWorld, meanwhile: dict[str, Any]
) -> None:
    course, staged = stage(database, folder, world)
    with database.write() as session:
        session.execute(update(Unit).where(Unit.key == "unit-2").values(**meanwhile))
    before = shown(database)
    with pytest.raises(Stale):
        flip(database, course, staged, world)
    assert shown(database) == before


def test_a_version_that_was_written_meanwhile_stops_it_too(database: Database, folder: Path, world: TestWorld) -> None:
    course, staged = stage(database, folder, world)
    with database.write() as session:
        newest = session.scalars(
            select(UnitVersion).join(Unit, Unit.id == UnitVersion.unit_id).where(Unit.key == "unit-2")
        ).first()
        assert newest is not None
        number = session.scalar(select(func.max(UnitVersion.number)).where(UnitVersion.unit_id == newest.unit_id)) or 0
        session.add(
            UnitVersion(
                unit_id=newest.unit_id,
                number=number + 1,
                document=newest.document,
                document_digest=newest.document_digest,
                origin="api",
                created_at=world.now(),
            )
        )
    before = shown(database)
    with pytest.raises(Stale):
        flip(database, course, staged, world)
    assert shown(database) == before
