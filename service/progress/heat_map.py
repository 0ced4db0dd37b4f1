"""What a class knows, objective by student: counts read off first tries by the rule for a single student's evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.evidence import Label, Try, evidence_in, label_of, newest_per_question
from service.progress.students import Student
from service.progress.work import TRIED, AskedUnit, tried
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


def mapped_objectives(units: Sequence[AskedUnit]) -> list[dict[str, Any]]:
    """The objectives of these units in their order, each with its unit."""
    return [{**objective, "unit": unit.unit} for unit in units for objective in unit.outline.get("objectives", ())]


def heat_map_of(session: Session, students: Sequence[Student], units: Sequence[AskedUnit]) -> list[StudentCells]:
    """The cells of these students for the objectives of these units. One statement."""
    cells = dict(cells_by_student(session, units, [student.id for student in students]))
    return [StudentCells(student, cells.get(student.id, [])) for student in students]


def cells_by_student(
    session: Session, units: Sequence[AskedUnit], whose: Sequence[UUID] | None = None
) -> Iterator[tuple[UUID, list[Cell]]]:
    """The cells of each of these students who tried anything, or of everybody; one student at a time in memory."""
    if not units:
        return
    asked = {question: ids for unit in units for question, ids in unit.outline.get("questions", {}).items()}
    order = {one["objective"]: at for at, one in enumerate(mapped_objectives(units))}
    for user_id, tries in _tries(session, units[0].course_id, whose):
        newest = newest_per_question(evidence_in(tries, units[0].zone))
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
        select(FirstTry.user_id, FirstTry.attempt_id.label("id"), *TRIED)
        .where(FirstTry.course_id == course_id)
        .order_by(FirstTry.user_id)
    )
    rows = session.execute(
        found if whose is None else found.where(FirstTry.user_id.in_(whose)), execution_options={"yield_per": AT_ONCE}
    )
    for user_id, own in groupby(rows, attrgetter("user_id")):
        yield user_id, [tried(row) for row in own]
