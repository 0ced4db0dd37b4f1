"""What a student did in some courses, and what those ask for: three statements, however much it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import Course, Rendering, Unit
from service.domain.attempts import is_late
from service.domain.completion import Standing, standing_of
from service.domain.evidence import Try, evidence_in
from service.domain.roles import Principal, Role
from service.progress.models import ReadingMark
from service.quizzes.models import Attempt, FirstTry


@dataclass(frozen=True)
class AskedUnit:
    """A published unit with what it asks for; `outline` is that of `content/outlines.py`."""

    course_id: int
    course: str
    zone: ZoneInfo
    unit: str
    title: str
    outline: Mapping[str, Any]


@dataclass(frozen=True)
class TakenQuiz:
    """An attempt at a quiz, or the review of a question.

    `is_over`: it is finished, be it that nobody has looked at it since its time was over.
    """

    attempt: UUID
    quiz: str | None
    reviewed: str | None
    state: str
    withholds: bool
    deadline_at: datetime | None
    finished_at: datetime | None
    is_over: bool


@dataclass(frozen=True)
class Work:
    """The units of some courses in their order, and one student's work in these courses."""

    units: Sequence[AskedUnit]
    states: Mapping[str, str]
    attempts: Sequence[TakenQuiz]
    tries: Sequence[Try]

    @cached_property
    def finished(self) -> frozenset[str]:
        """The quizzes of which an attempt is over, by id."""
        return frozenset(one.quiz for one in self.attempts if one.is_over and one.quiz is not None)

    @cached_property
    def read(self) -> frozenset[str]:
        """The readings that are done, by id."""
        return frozenset(reading for reading, state in self.states.items() if state == "done")

    @cached_property
    def quiz_of(self) -> Mapping[UUID, str | None]:
        """The quiz of each attempt; None for a review."""
        return {one.attempt: one.quiz for one in self.attempts}

    @cached_property
    def reviewed_in(self) -> Mapping[UUID, str | None]:
        """The question that each attempt reviews, if it does."""
        return {one.attempt: one.reviewed for one in self.attempts}

    def times_taken(self, quiz: str) -> int:
        """How many attempts at a quiz there were, an open one included; a void one uses none up."""
        return sum(one.quiz == quiz and one.state != "void" for one in self.attempts)

    def standing(self, unit: AskedUnit) -> Standing:
        """Where the student stands with the unit."""
        return standing_of(unit.outline["requirements"], self.read, self.finished)

    def evidence(self, unit: AskedUnit) -> dict[str, list[Try]]:
        """By objective of the unit, the tries that show something of it, oldest first."""
        asked = unit.outline.get("questions", {})
        kept = evidence_in([one for one in self.tries if one.question in asked], unit.zone)
        by_objective: dict[str, list[Try]] = {one["objective"]: [] for one in unit.outline.get("objectives", ())}
        for one in kept:
            for objective in asked[one.question]:
                by_objective[objective].append(one)
        return by_objective

    @cached_property
    def withheld(self) -> frozenset[str]:
        """Questions of quizzes that the student has open and that show nothing before their end."""
        open_now = {one.quiz for one in self.attempts if one.state == "in_progress" and one.withholds}
        quizzes = (quiz for unit in self.units for quiz in unit.outline.get("quizzes", ()))
        return frozenset(question for quiz in quizzes if quiz["quiz"] in open_now for question in quiz["questions"])

    def as_shown(self, now: datetime) -> Work:
        """The work as its student may see it: without tries of which the key is not shown yet, or never."""
        seen = [
            one
            for one in self.tries
            if one.key_seen_at is not None and one.key_seen_at <= now and one.question not in self.withheld
        ]
        return replace(self, tries=seen)


def units_of(session: Session, *which: Any) -> list[AskedUnit]:
    """The published units of those published courses, in the order of courses and units."""
    rows = session.execute(
        select(Course.id, Course.slug, Course.document, Unit.key, Unit.title, Rendering.outline)
        .join(Unit, Unit.course_id == Course.id)
        .join(Rendering, Rendering.version_id == Unit.published_version_id)
        .where(Course.status == "published", Unit.status == "published", *which)
        .order_by(Course.slug, Unit.sort, Unit.id)
    )
    return [
        AskedUnit(row.id, row.slug, ZoneInfo(row.document.get("time_zone", "UTC")), row.key, row.title, row.outline)
        for row in rows
    ]


def own_work(session: Session, caller: Principal, now: datetime) -> Work:
    """All that the caller did as a student, in every course, as they may see it."""
    taught = [course_id for course_id, role in caller.roles.items() if role is Role.STUDENT]
    return work_of(session, caller.user_id, units_of(session, Course.id.in_(taught)), now).as_shown(now)


def work_of(session: Session, user_id: UUID | None, units: Sequence[AskedUnit], now: datetime) -> Work:
    """The student's work in the courses of these units."""
    courses = {unit.course_id for unit in units}
    marks = session.execute(
        select(ReadingMark.reading_id, ReadingMark.state).where(
            ReadingMark.user_id == user_id, ReadingMark.course_id.in_(courses)
        )
    )
    attempts, tries = [], []
    for attempt, rows in groupby(_attempts(session, user_id, courses), key=lambda row: row[:7]):
        attempts.append(_taken(attempt, now))
        tries += [tried(row) for row in rows if row.slot is not None]
    return Work(units, {str(row.reading_id): row.state for row in marks}, attempts, tries)


TRIED = (
    FirstTry.slot,
    FirstTry.question_id,
    FirstTry.variant,
    FirstTry.status,
    FirstTry.credit,
    FirstTry.hinted,
    FirstTry.solved,
    FirstTry.answered_at,
    FirstTry.key_seen_at,
)
"""What `tried` reads of a row, beside the attempt's id."""


def _attempts(session: Session, user_id: UUID | None, courses: Collection[int]) -> Iterator[Any]:
    """Every attempt, oldest first, with a row for each first try, or one without."""
    attempt = (
        Attempt.id,
        Attempt.quiz_id,
        Attempt.review_question_id,
        Attempt.state,
        Attempt.withholds,
        Attempt.deadline_at,
        Attempt.finished_at,
    )
    return iter(
        session.execute(
            select(*attempt, *TRIED)
            .join(FirstTry, FirstTry.attempt_id == Attempt.id, isouter=True)
            .where(Attempt.user_id == user_id, Attempt.course_id.in_(courses))
            .order_by(Attempt.started_at, Attempt.id, FirstTry.slot)
        )
    )


def _taken(attempt: Any, now: datetime) -> TakenQuiz:
    attempt_id, quiz_id, question_id, state, withholds, deadline_at, finished_at = attempt
    is_over = state == "finished" or (state == "in_progress" and is_late(now, deadline_at))
    return TakenQuiz(
        attempt=attempt_id,
        quiz=None if quiz_id is None else str(quiz_id),
        reviewed=None if question_id is None else str(question_id),
        state=state,
        withholds=withholds,
        deadline_at=deadline_at,
        finished_at=finished_at,
        is_over=is_over,
    )


def tried(row: Any) -> Try:
    """The first try that a row tells of."""
    return Try(
        attempt=row.id,
        slot=row.slot,
        question=str(row.question_id),
        variant=row.variant,
        status=row.status,
        credit=row.credit,
        hinted=row.hinted,
        solved=row.solved,
        answered_at=row.answered_at,
        key_seen_at=row.key_seen_at,
    )
