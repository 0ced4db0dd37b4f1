"""What a student has done of a course: marks are written, everything else is read off marks and attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import Course, Reading, Unit
from service.db import insert_unless_present
from service.domain.completion import Standing
from service.domain.roles import Principal, Role
from service.errors import Forbidden, NotFound
from service.progress.models import ReadingMark
from service.progress.objectives import ObjectiveProgress, missed_before, objectives_of
from service.progress.work import AskedUnit, Work, units_of, work_of


@dataclass(frozen=True)
class UnitProgress:
    """Where a student stands with a unit: what it asks for, its readings with the student's marks, its objectives."""

    unit: str
    title: str
    standing: Standing
    readings: Sequence[Mapping[str, Any]]
    objectives: Sequence[ObjectiveProgress]

    @property
    def mastered(self) -> int:
        """How many of its objectives were mastered at some time."""
        return sum(one.first_mastered_at is not None for one in self.objectives)


@dataclass(frozen=True)
class CourseProgress:
    """Where a student stands with the units of a course, in their order."""

    course: str
    complete: int
    units: Sequence[UnitProgress]


@dataclass(frozen=True)
class Mark:
    """How far a student is with a reading, the minutes it took, and a private note."""

    state: str
    minutes: int | None
    note: str | None


def mark_reading(
    session: Session, caller: Principal, slug: str, reading_id: UUID, said: Mark, at: datetime
) -> ReadingMark:
    """Set the student's mark on a reading of the course; the same mark again writes nothing."""
    found = session.execute(
        select(Reading.id, Course.id)
        .join(Unit, Unit.id == Reading.unit_id)
        .join(Course, Course.id == Unit.course_id)
        .where(Course.slug == slug, Reading.id == reading_id, Reading.archived_at.is_(None))
        .where(Course.status == "published", Unit.status == "published")
    ).first()
    if found is None or caller.role_in(found[1]) is None:
        raise NotFound()
    if caller.role_in(found[1]) is not Role.STUDENT:
        raise Forbidden("Only students of the course mark its readings.")
    values = asdict(said)
    identity = {"user_id": caller.user_id, "reading_id": reading_id}
    new = {**identity, "course_id": found[1], **values, "created_at": at, "updated_at": at}
    inserted = insert_unless_present(session, ReadingMark, new)
    mark = session.get_one(ReadingMark, (caller.user_id, reading_id), with_for_update=True)
    if not inserted and values != {name: getattr(mark, name) for name in values}:
        mark.state, mark.minutes, mark.note, mark.updated_at = said.state, said.minutes, said.note, at
    return mark


def get_unit_progress(
    session: Session, caller: Principal, slug: str, key: str, now: datetime, *, missed_first: bool = False
) -> UnitProgress:
    """Where the student stands with one unit; `missed_first` orders its readings by what the quiz before it missed."""
    units = _units(session, caller, slug)
    found = [unit for unit in units if unit.unit == key]
    if not found:
        raise NotFound()
    progress = _progress(_shown_work(session, caller, found, now), found[0], now)
    if missed_first:
        progress = replace(progress, readings=sorted(progress.readings, key=lambda one: -one["missed"]))
    return progress


def get_course_progress(session: Session, caller: Principal, slug: str, now: datetime) -> CourseProgress:
    """Where the student stands with every published unit, in three statements whatever the number of units."""
    units = _units(session, caller, slug)
    work = _shown_work(session, caller, units, now)
    progress = [_progress(work, unit, now) for unit in units]
    return CourseProgress(slug, sum(unit.standing.complete for unit in progress), progress)


def _units(session: Session, caller: Principal, slug: str) -> list[AskedUnit]:
    """The published units of the caller's course. Raises `NotFound`, and `Forbidden` for who is no student there."""
    units = units_of(session, Course.slug == slug)
    empty = select(Course.id).where(Course.slug == slug, Course.status == "published")
    course_id = units[0].course_id if units else session.scalar(empty)
    if course_id is None or caller.role_in(course_id) is None:
        raise NotFound()
    if caller.role_in(course_id) is not Role.STUDENT:
        raise Forbidden("Only students of the course have progress of their own in it.")
    return units


def _shown_work(session: Session, caller: Principal, units: Sequence[AskedUnit], now: datetime) -> Work:
    """The student's work, without what would tell on a key that is not to be seen."""
    return work_of(session, caller.user_id, units, now).as_shown(now)


def _progress(work: Work, unit: AskedUnit, now: datetime) -> UnitProgress:
    evidence = work.evidence(unit)
    missed = missed_before(work, unit, evidence)
    return UnitProgress(
        unit=unit.unit,
        title=unit.title,
        standing=work.standing(unit),
        readings=[
            {
                "reading": reading["reading"],
                "title": reading["title"],
                "counts": reading["counts"],
                "state": work.states.get(reading["reading"], "unread"),
                "missed": sum(missed[objective] for objective in reading.get("objectives", ())),
            }
            for reading in unit.outline["readings"]
        ],
        objectives=objectives_of(work, unit, evidence, now),
    )
