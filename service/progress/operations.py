"""What a student has done of a course: marks are written, everything else is read off marks and attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.content.models import Course, Reading, Rendering, Unit
from service.db import insert_unless_present
from service.domain.completion import Standing, standing_of
from service.domain.roles import Principal, Role
from service.errors import Forbidden, NotFound
from service.progress.models import ReadingMark
from service.quizzes.models import Attempt
from service.quizzes.operations.closing import is_over


@dataclass(frozen=True)
class UnitProgress:
    """Where a student stands with a unit, and each of its readings with the student's mark."""

    unit: str
    title: str
    standing: Standing
    readings: Sequence[Mapping[str, Any]]


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


def get_unit_progress(session: Session, caller: Principal, slug: str, key: str, now: datetime) -> UnitProgress:
    """Where the student stands with one unit."""
    rows = session.execute(_outlines(slug).where(Unit.key == key)).all()
    if not rows:
        raise NotFound()
    return _read_off(session, caller, rows, now)[0]


def get_course_progress(session: Session, caller: Principal, slug: str, now: datetime) -> CourseProgress:
    """Where the student stands with every published unit, in three statements whatever the number of units."""
    rows = session.execute(_outlines(slug)).all()
    units = _read_off(session, caller, rows, now)
    return CourseProgress(slug, sum(unit.standing.complete for unit in units), units)


def _outlines(slug: str) -> Select[Any]:
    return (
        select(Course.id, Course.status, Unit.key, Unit.title, Rendering.outline)
        .join_from(Course, Unit, (Unit.course_id == Course.id) & (Unit.status == "published"), isouter=True)
        .join(Rendering, Rendering.version_id == Unit.published_version_id, isouter=True)
        .where(Course.slug == slug)
        .order_by(Unit.sort, Unit.id)
    )


def _read_off(session: Session, caller: Principal, rows: Sequence[Any], now: datetime) -> list[UnitProgress]:
    if not rows or rows[0].status != "published" or caller.role_in(rows[0].id) is None:
        raise NotFound()
    course_id = rows[0].id
    if caller.role_in(course_id) is not Role.STUDENT:
        raise Forbidden("Only students of the course have progress of their own in it.")
    marks = session.execute(
        select(ReadingMark.reading_id, ReadingMark.state).where(
            ReadingMark.user_id == caller.user_id, ReadingMark.course_id == course_id
        )
    )
    states = {str(row.reading_id): row.state for row in marks}
    attempts = session.scalars(
        select(Attempt.quiz_id)
        .where(Attempt.user_id == caller.user_id, Attempt.course_id == course_id, is_over(now))
        .distinct()
    )
    finished = {str(quiz_id) for quiz_id in attempts}
    done = {reading for reading, state in states.items() if state == "done"}
    return [
        UnitProgress(
            unit=row.key,
            title=row.title,
            standing=standing_of(row.outline["requirements"], done, finished),
            readings=[
                {**reading, "state": states.get(reading["reading"], "unread")} for reading in row.outline["readings"]
            ],
        )
        for row in rows
        if row.key is not None
    ]
