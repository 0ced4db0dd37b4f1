"""A class at a glance, for whoever teaches it: what is done, who is stuck, and which questions are missed most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from service.content.models import Course, Question, QuestionRevision, Unit
from service.domain.completion import Requirement
from service.domain.outcomes import Status
from service.domain.stuck import MISSES, is_quiet, is_usual, overdue
from service.progress.class_progress import StudentProgress, list_shown_units, progress_of
from service.progress.heat_map import Cell, cells_by_student
from service.progress.students import Student, Wanted, list_students
from service.progress.work import AskedUnit
from service.quizzes.models import FirstTry

GRADED = (Status.CORRECT, Status.PARTIAL, Status.INCORRECT)
MOST_STUCK, MOST_MISSED = 200, 20


@dataclass(frozen=True)
class Stuck:
    """A student who is stuck: quiet since when with what overdue, and the objectives that go wrong."""

    student: Student
    quiet_since: datetime | None
    behind: Sequence[Requirement]
    missed: Sequence[Cell]


@dataclass(frozen=True)
class Overview:
    """A class at a glance; `stuck` are the first of `stuck_count`: the quiet, the longest so first, then the others."""

    students: int
    units: Sequence[Mapping[str, Any]]
    stuck_count: int
    stuck: Sequence[Stuck]
    most_missed: Sequence[Mapping[str, Any]]


def get_overview(session: Session, course: Course, now: datetime) -> Overview:
    """The overview of the course, in a handful of statements whatever its size."""
    units = list_shown_units(session, course)
    students = list_students(session, course.id, Wanted(), now)
    rows = progress_of(session, course.id, students, units, now, everybody=True)
    done = Counter(one.id for row in rows for unit in row.units for one in unit.standing.requirements if one.done)
    due = {thing for unit in units for thing in overdue(unit.outline, now, unit.zone)}
    due |= {thing for thing, count in done.items() if is_usual(count, len(students))}
    missed = {
        student: [cell for cell in cells if cell.missed >= MISSES]
        for student, cells in cells_by_student(session, units)
    }
    told = [_stuck(row, due, missed.get(row.student.id, []), now) for row in rows]
    # By login where nothing else decides: the rows are in that order already.
    stuck = sorted((one for one in told if one is not None), key=lambda one: one.quiet_since or now)
    return Overview(
        students=len(students),
        units=[_unit(unit, rows, at, done) for at, unit in enumerate(units)],
        stuck_count=len(stuck),
        stuck=stuck[:MOST_STUCK],
        most_missed=list_most_missed(session, course.id),
    )


def _unit(unit: AskedUnit, rows: Sequence[StudentProgress], at: int, done: Counter[str]) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "title": unit.title,
        "complete": sum(row.units[at].standing.complete for row in rows),
        "requirements": [{**asked, "done": done[asked["id"]]} for asked in unit.outline["requirements"]],
    }


def _stuck(row: StudentProgress, due: set[str], missed: Sequence[Cell], now: datetime) -> Stuck | None:
    student = row.student
    left = [one for unit in row.units for one in unit.standing.requirements if not one.done and one.id in due]
    if left and is_quiet(student.last_activity_at, student.enrolled_at, now):
        return Stuck(student, student.last_activity_at or student.enrolled_at, left, missed)
    return Stuck(student, None, [], missed) if missed else None


def list_most_missed(session: Session, course_id: int) -> list[dict[str, Any]]:
    """The questions that most students missed when they first met them, by (missed + ½)/(answered + 1).

    So one miss of one is not the worst there is. What was left out or is not graded by itself does not count.
    """
    order = (FirstTry.answered_at, FirstTry.attempt_id, FirstTry.slot)
    nth = func.row_number().over(partition_by=(FirstTry.user_id, FirstTry.question_id), order_by=order)
    met = (
        select(FirstTry.question_id, FirstTry.status, nth.label("nth"))
        .where(FirstTry.course_id == course_id, FirstTry.status.in_(GRADED))
        .subquery()
    )
    missed = func.sum(case((met.c.status != Status.CORRECT, 1), else_=0))
    counts = (
        select(met.c.question_id, func.count().label("answered"), missed.label("missed"))
        .where(met.c.nth == 1)
        .group_by(met.c.question_id)
        .subquery()
    )
    found = (
        select(counts.c.question_id, Unit.key, QuestionRevision.content, counts.c.answered, counts.c.missed)
        .join(Question, Question.id == counts.c.question_id)
        .join(QuestionRevision, QuestionRevision.id == Question.revision_id)
        .join(Unit, Unit.id == Question.unit_id)
        .where(counts.c.missed > 0, Question.archived_at.is_(None))
        .order_by(((counts.c.missed + 0.5) / (counts.c.answered + 1)).desc(), Unit.sort, Question.id)
        .limit(MOST_MISSED)
    )
    return [
        {"question": row[0], "unit": row[1], "stem": row[2]["stem"], "answered": row.answered, "missed": row.missed}
        for row in session.execute(found)
    ]
