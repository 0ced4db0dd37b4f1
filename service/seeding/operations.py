"""Seeding: from files to published courses, decided before anything is written and written all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from service.content import publishing
from service.content.publishing import PreparedCourse
from service.db import Database
from service.seeding.loader import LoadedCourse
from service.world import World

What = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True)
class Change:
    """What seeding does (or would do) to a course (`unit` None) or to one of its units."""

    course: str
    unit: str | None
    title: str
    what: What


def prepare(
    courses: Iterable[LoadedCourse], progress: Callable[[str], None] = lambda done: None
) -> list[PreparedCourse]:
    """Render and split everything, outside any transaction; `progress` is told each unit as it is done."""
    prepared = []
    for loaded in courses:
        units = []
        for unit in loaded.units:
            units.append(publishing.prepare_unit(unit.document, loaded.resources))
            progress(unit.document.unit.key)
        prepared.append(publishing.prepare_course(loaded.course, units))
    return prepared


def plan(session: Session, courses: Sequence[PreparedCourse]) -> list[Change]:
    """What seeding would change, without changing anything."""
    return [change for course in courses for change in _plan(session, course)]


def seed(database: Database, world: World, courses: Sequence[PreparedCourse]) -> list[Change]:
    """Publish what is new or changed, in one transaction; unchanged content writes no rows.

    Readers see the old courses or the new ones, never a mixture. What a file no longer holds is archived within
    its unit; nothing is deleted, and attempts and marks are not touched.
    """
    with database.read() as session:
        changes = plan(session, courses)
    if all(change.what == "unchanged" for change in changes):
        return changes
    with database.write() as session:
        # Looked at again: somebody may have written between the plan and the lock.
        changes = plan(session, courses)
        for course in courses:
            todo = {change.unit for change in changes if change.course == course.slug and change.what != "unchanged"}
            if todo:
                units = [unit for unit in course.units if unit.key in todo]
                publishing.publish(session, world, course, units, origin="seed")
    return changes


def _plan(session: Session, course: PreparedCourse) -> Iterable[Change]:
    stored = publishing.stored_digests(session, course.slug)
    yield Change(course.slug, None, course.title, _what(stored.course, course.digest))
    for unit in course.units:
        yield Change(course.slug, unit.key, unit.title, _what(stored.units.get(unit.key), unit.digest))


def _what(stored: str | None, given: str) -> What:
    if stored is None:
        return "added"
    return "unchanged" if stored == given else "changed"
