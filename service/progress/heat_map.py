"""What a class knows, objective by student: counts read off first tries by the rule for a single student's evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import Course
from service.domain.evidence import Label, Try, evidence_in, label_of, newest_per_question
from service.progress.class_progress import ShownUnit
from service.progress.students import Student
from service.quizzes.models import FirstTry

AT_ONCE = 1_000
"""Rows that are held in memory."""


@dataclass(frozen=True)
class Cell:
    """What a student shows of an objective: of `n` questions, each when last met, `correct` fully right."""

    objective: str
    correct: int
    n: int
    label: Label

    @property
    def missed(self) -> int:
        """Questions that were not fully right."""
        return self.n - self.correct


@dataclass(frozen=True)
class StudentCells:
    """A student's column of the map: the objectives there is any evidence for."""

    student: Student
    cells: Sequence[Cell]


def objectives_of(units: Sequence[ShownUnit]) -> list[dict[str, Any]]:
    """The objectives of these units in their order, each with its unit."""
    return [{**objective, "unit": unit.key} for unit in units for objective in unit.outline["objectives"]]


def heat_map_of(
    session: Session, course: Course, students: Sequence[Student], units: Sequence[ShownUnit]
) -> list[StudentCells]:
    """The cells of these students for the objectives of these units. One statement."""
    cells = dict(cells_by_student(session, course, units, [student.id for student in students]))
    return [StudentCells(student, cells.get(student.id, [])) for student in students]


def cells_by_student(
    session: Session, course: Course, units: Sequence[ShownUnit], whose: Sequence[UUID] | None = None
) -> Iterator[tuple[UUID, list[Cell]]]:
    """The cells of each of these students who tried anything, or of everybody; one student at a time in memory."""
    asked = {question: ids for unit in units for question, ids in unit.outline["questions"].items()}
    order = {one["objective"]: at for at, one in enumerate(objectives_of(units))}
    zone = zone_of(course)
    for user_id, tries in _tries(session, course.id, whose):
        newest = newest_per_question(evidence_in(tries, zone))
        yield user_id, sorted(_cells(newest, asked), key=lambda cell: order[cell.objective])


def _cells(newest: Iterable[Try], asked: Mapping[str, Sequence[str]]) -> list[Cell]:
    by_objective: dict[str, list[Try]] = defaultdict(list)
    for one in newest:
        for objective in asked.get(one.question, ()):
            by_objective[objective].append(one)
    return [
        Cell(objective, sum(one.is_right for one in tries), len(tries), label_of(tries))
        for objective, tries in by_objective.items()
    ]


def _tries(session: Session, course_id: int, whose: Sequence[UUID] | None) -> Iterator[tuple[UUID, list[Try]]]:
    found = (
        select(
            *(FirstTry.user_id, FirstTry.attempt_id, FirstTry.slot, FirstTry.question_id, FirstTry.variant),
            *(FirstTry.status, FirstTry.credit, FirstTry.hinted, FirstTry.answered_at, FirstTry.key_seen_at),
        )
        .where(FirstTry.course_id == course_id)
        .order_by(FirstTry.user_id)
    )
    rows = session.execute(
        found if whose is None else found.where(FirstTry.user_id.in_(whose)), execution_options={"yield_per": AT_ONCE}
    )
    for user_id, own in groupby(rows, attrgetter("user_id")):
        yield user_id, [_try(row) for row in own]


def _try(row: Any) -> Try:
    _, attempt, slot, question, *rest = row
    return Try(attempt, slot, str(question), *rest)


def zone_of(course: Course) -> ZoneInfo:
    """The zone in which the days of a course are meant."""
    return ZoneInfo(course.document.get("time_zone", "UTC"))
