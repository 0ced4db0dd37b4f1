"""A course as a simulated student goes through it: week by week a unit with its readings and quizzes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import Course, Question, Quiz, Rendering, Unit
from service.simulation.people import Difficulty, difficulty_of


@dataclass(frozen=True)
class Week:
    """A unit: its readings as (id, whether it counts), and its quizzes as (id, whether it is asked for)."""

    readings: Sequence[tuple[UUID, bool]]
    quizzes: Sequence[tuple[UUID, bool]]


@dataclass(frozen=True)
class Syllabus:
    """The weeks of a course, and how difficult the class finds each question."""

    course_id: int
    slug: str
    weeks: Sequence[Week]
    difficulties: Mapping[UUID, Difficulty]


def read_syllabus(session: Session, course: Course, seed: int) -> Syllabus:
    """The published units of the course, as the class of this seed finds them."""
    units = session.execute(
        select(Unit.id, Rendering.outline)
        .join(Rendering, Rendering.version_id == Unit.published_version_id)
        .where(Unit.course_id == course.id, Unit.status == "published")
        .order_by(Unit.sort, Unit.id)
    ).all()
    quizzes = _quizzes(session, course.id)
    weeks = [Week(_readings(unit.outline), quizzes[unit.id]) for unit in units]
    return Syllabus(course.id, course.slug, weeks, _difficulties(session, course.id, seed))


def _readings(outline: Mapping[str, Any]) -> list[tuple[UUID, bool]]:
    return [(UUID(reading["reading"]), reading["counts"]) for reading in outline["readings"]]


def _quizzes(session: Session, course_id: int) -> Mapping[int, list[tuple[UUID, bool]]]:
    found = (
        select(Quiz.unit_id, Quiz.id, Quiz.kind, Quiz.settings)
        .join(Unit, Unit.id == Quiz.unit_id)
        .where(Unit.course_id == course_id, Quiz.status == "published", Quiz.archived_at.is_(None))
        .order_by(Quiz.position, Quiz.key)
    )
    quizzes: dict[int, list[tuple[UUID, bool]]] = defaultdict(list)
    for quiz in session.execute(found):
        asked = quiz.kind != "practice" or quiz.settings["importance"] == "required"
        quizzes[quiz.unit_id].append((quiz.id, asked))
    return quizzes


def _difficulties(session: Session, course_id: int, seed: int) -> Mapping[UUID, Difficulty]:
    found = select(Question.id, Unit.key, Question.key).join(Unit, Unit.id == Question.unit_id)
    rows = session.execute(found.where(Unit.course_id == course_id))
    return {question: difficulty_of(seed, f"{unit}/{key}") for question, unit, key in rows}
