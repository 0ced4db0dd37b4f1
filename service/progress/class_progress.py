"""How far each student of a class is with every unit: derived from marks and attempts, in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import Course, Rendering, Unit
from service.domain.completion import Standing, standing_of
from service.errors import NotFound
from service.progress.models import ReadingMark
from service.progress.students import Student
from service.progress.work import AskedUnit
from service.quizzes.models import Attempt
from service.quizzes.operations.closing import is_over


@dataclass(frozen=True)
class UnitStanding:
    """Where somebody stands with a unit."""

    unit: str
    standing: Standing


@dataclass(frozen=True)
class StudentProgress:
    """A student, and where the student stands with each unit."""

    student: Student
    units: Sequence[UnitStanding]

    @property
    def complete(self) -> int:
        """How many of the units are complete."""
        return sum(one.standing.complete for one in self.units)


def list_shown_units(session: Session, course: Course, key: str | None = None) -> Sequence[AskedUnit]:
    """The published units in their order, or the one of this key. Raises `NotFound` where there is no such unit.

    Those of a course that is over, too: its instructors still look at it.
    """
    found = (
        select(Unit.key, Unit.title, Rendering.outline)
        .join(Rendering, Rendering.version_id == Unit.published_version_id)
        .where(Unit.course_id == course.id, Unit.status == "published")
        .order_by(Unit.sort, Unit.id)
    )
    zone = ZoneInfo(course.document.get("time_zone", "UTC"))
    rows = session.execute(found if key is None else found.where(Unit.key == key)).all()
    if key is not None and not rows:
        raise NotFound
    return [AskedUnit(course.id, course.slug, zone, *row) for row in rows]


def progress_of(
    session: Session,
    course_id: int,
    students: Sequence[Student],
    units: Sequence[AskedUnit],
    now: datetime,
    *,
    everybody: bool = False,
) -> list[StudentProgress]:
    """Where these students (`everybody`: they are all there are) stand with these units. Two statements."""
    whose = None if everybody else [student.id for student in students]
    done = _readings_done(session, course_id, whose)
    finished = _quizzes_finished(session, course_id, whose, now)

    def stands(student: UUID, unit: AskedUnit) -> UnitStanding:
        return UnitStanding(unit.unit, standing_of(unit.outline["requirements"], done[student], finished[student]))

    return [StudentProgress(student, [stands(student.id, unit) for unit in units]) for student in students]


def _readings_done(session: Session, course_id: int, whose: Sequence[UUID] | None) -> Mapping[UUID, set[str]]:
    found = select(ReadingMark.user_id, ReadingMark.reading_id).where(
        ReadingMark.course_id == course_id, ReadingMark.state == "done"
    )
    return _by_student(session.execute(found if whose is None else found.where(ReadingMark.user_id.in_(whose))))


def _quizzes_finished(
    session: Session, course_id: int, whose: Sequence[UUID] | None, now: datetime
) -> Mapping[UUID, set[str]]:
    over = (Attempt.course_id == course_id, Attempt.quiz_id.is_not(None), is_over(now))
    found = select(Attempt.user_id, Attempt.quiz_id).where(*over).distinct()
    return _by_student(session.execute(found if whose is None else found.where(Attempt.user_id.in_(whose))))


def _by_student(rows: Iterable[Any]) -> Mapping[UUID, set[str]]:
    # Few readings, many marks: each id is written once.
    written: dict[UUID, str] = {}
    grouped: dict[UUID, set[str]] = defaultdict(set)
    for student, other in rows:
        grouped[student].add(written.get(other) or written.setdefault(other, str(other)))
    return grouped
