"""Seeding: from files to published courses, decided before anything is written and shown all at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.content import flipping, publishing, staging
from service.content.models import Course, Unit
from service.content.publishing import PreparedCourse, Shared
from service.content.staging import Staged, Wanted
from service.db import Database
from service.errors import Conflict
from service.seeding.gate import gate
from service.seeding.loader import LoadedCourse, SeededFile
from service.seeding.planning import NONE_MADE, Change, Choices, Decision, decide, look
from service.world import World

AT_ONCE = 20
"""Units staged in one transaction: short enough that nobody's answer waits."""
TRIES = 8

Progress = Callable[[str], None]


class Undecided(Exception):
    """Files and database say different things, and nobody said which to take: nothing was written."""

    def __init__(self, changes: Sequence[Change]) -> None:
        super().__init__("Files and database changed the same things differently.")
        self.changes = tuple(changes)


def _quietly(_done: str) -> None:
    """Tell nobody."""


def seeded_files(database: Database, course: str) -> dict[str, SeededFile]:
    """What the units of a course were last seeded from, by the files' digests."""
    found = select(Unit.file_digest, Unit.key, Unit.title).join(Course, Course.id == Unit.course_id)
    with database.read() as session:
        rows = session.execute(found.where(Course.slug == course, Unit.file_digest.is_not(None))).all()
    return {str(row.file_digest): SeededFile(row.key, row.title) for row in rows}


def prepare(courses: Iterable[LoadedCourse], progress: Progress = _quietly) -> list[PreparedCourse]:
    """What the files say, told apart from what there is; `progress` is told each unit as it is done."""
    prepared = []
    for loaded in courses:
        shared = Shared(loaded.resources)
        units = []
        for unit in loaded.units:
            units.append(replace(publishing.prepare_unit(unit.document, shared), file_digest=unit.digest))
            progress(unit.document.unit.key)
        course = publishing.prepare_course(loaded.course, units, shared, whole=loaded.whole)
        prepared.append(replace(course, unchanged=dict(loaded.unchanged)))
    return prepared


def plan(session: Session, courses: Sequence[PreparedCourse], choices: Choices = NONE_MADE) -> list[Change]:
    """What seeding would change, without changing anything."""
    return [one.change for course in courses for one in decide(look(session, course), course, choices)]


def seed(
    database: Database,
    world: World,
    courses: Sequence[PreparedCourse],
    choices: Choices = NONE_MADE,
    progress: Progress = _quietly,
) -> list[Change]:
    """Publish what is new or changed; unchanged content writes no rows. Raises `Undecided`.

    Everything is rendered outside any transaction and written in short ones; the last shows it all. Readers see the
    old courses or the new ones, never a mixture. What a file no longer holds is archived within its unit; nothing is
    deleted, and attempts and marks are not touched.
    """
    for tried in range(TRIES):
        with database.read() as session:
            known = [look(session, course) for course in courses]
        decided = [(course, list(decide(there, course, choices))) for course, there in zip(courses, known, strict=True)]
        changes = [one.change for _, decisions in decided for one in decisions]
        if choices.take is None and any(change.conflicts for change in changes):
            raise Undecided(changes)
        todo = [(course, some) for course, some in decided if not all(one.change.is_idle for one in some)]
        try:
            _carry_out(database, world, todo, progress)
        except (staging.Stale, IntegrityError):
            # Somebody wrote between the look and the lock: look again.
            time.sleep(0.05 * world.chance().random() * 2**tried)
        else:
            note_files(database, courses)
            return changes
    raise Conflict("Others keep changing these units; try again when they are done.")


def note_files(database: Database, courses: Sequence[PreparedCourse]) -> None:
    """Note which files say what their units say already, where nothing is known of a file as it is understood now.

    After an upgrade, that is: files are then read once, and not with every seed. Content is not written.
    """
    notes = []
    for course in courses:
        read = {unit.key: unit for unit in course.units if unit.file_digest is not None}
        found = select(Unit.id, Unit.key, Unit.document_digest, Unit.file_digest).join(
            Course, Course.id == Unit.course_id
        )
        with database.read() as session:
            units = session.execute(found.where(Course.slug == course.slug)).all() if read else []
        notes += [
            {"unit": unit.id, "was": unit.document_digest, "noted": read[unit.key].file_digest}
            for unit in units
            if unit.key in read
            and unit.document_digest == read[unit.key].digest
            and not str(unit.file_digest).startswith(gate())
        ]
    if notes:
        table = cast(Table, Unit.__table__)
        same = (table.c.id == bindparam("unit"), table.c.document_digest == bindparam("was"))
        with database.write() as session:
            session.execute(update(table).where(*same).values(file_digest=bindparam("noted")), notes)


def _carry_out(
    database: Database, world: World, todo: Sequence[tuple[PreparedCourse, list[Decision]]], progress: Progress
) -> None:
    if not todo:
        return
    staged = []
    for course, decisions in todo:
        wanted = [one.wanted for one in decisions if one.wanted is not None]
        staged.append((course, _stage(database, world, course, wanted, progress)))
    with database.write() as session:
        now = world.now()
        for course, units in staged:
            version = flipping.update_course(session, course, units, now)
            flipping.flip(session, units, version, now)


def _stage(
    database: Database, world: World, course: PreparedCourse, wanted: Sequence[Wanted], progress: Progress
) -> list[Staged]:
    """Write the units, a few at a time, where nobody sees them yet."""
    zone = ZoneInfo(course.document.time_zone)
    with database.write() as session:
        course_id = flipping.find_or_make_course(session, course, world.now())
    staged = []
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]
        with database.read() as session:
            present = staging.look(session, course_id, [one.prepared.key for one in some])
        laid_out = []
        for one in some:
            there = present.get(one.prepared.key, staging.Present())
            laid_out.append(staging.lay_out(world, course.slug, zone, one, there))
            progress(one.prepared.key)
        with database.write() as session:
            staged += staging.stage(session, course_id, laid_out, world.now())
    return staged
