"""The gradebook of a course: what each student earned at each quiz, written line by line as the rows come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import IO, Any
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.accounts.models import Enrolment, User
from service.content.models import Quiz, Unit
from service.db import by_code_point
from service.domain.attempts import counting, total
from service.domain.outcomes import Status, shown
from service.domain.roles import Role
from service.domain.spreadsheet import Cell, csv_line
from service.quizzes.models import Attempt, Grade, Slot
from service.quizzes.operations.closing import list_overdue, settle

AT_ONCE = 200
"""Rows that are held in memory."""
WHO = ("id", "login", "name", "external_id")

_read = lru_cache(maxsize=4_096)(Fraction)


@dataclass(frozen=True)
class Column:
    """A quiz, what it is called, and which of several attempts counts."""

    quiz: UUID
    title: str
    keep: str


@dataclass(frozen=True)
class Score:
    """What an attempt earned, and the most it could have."""

    earned: Fraction
    possible: Fraction

    @property
    def share(self) -> Fraction:
        """How much of what there was."""
        return self.earned / self.possible if self.possible else Fraction(0)


def write_gradebook(session: Session, course_id: int, now: datetime, file: IO[bytes]) -> None:
    """Write the gradebook as CSV: a line a student by login, and for each quiz the points and those possible.

    Of several attempts the one counts that the quiz's `keep` says, the best by its share of what was possible: what a
    pool gives one student may be worth more than what it gives another. Attempts whose time is over are closed first;
    raises `WriteNeeded` where that cannot be done.
    """
    for attempt in list_overdue(session, now, course_id=course_id):
        settle(session, attempt, now)
    columns = _columns(session, course_id)
    heads = [head for column in columns for head in (column.title, f"{column.title} (possible)")]
    file.write(csv_line((*WHO, *heads)).encode())
    for line in _lines(session, course_id, columns):
        file.write(csv_line(line).encode())


def _columns(session: Session, course_id: int) -> Sequence[Column]:
    """The quizzes that are offered, and those that were and have been taken."""
    offered = and_(Quiz.status == "published", Quiz.archived_at.is_(None), Unit.status == "published")
    taken = exists().where(Attempt.quiz_id == Quiz.id, Attempt.state == "finished")
    found = (
        select(Quiz.id, Quiz.title, Quiz.settings, Unit.key, offered.label("offered"))
        .join(Unit, Unit.id == Quiz.unit_id)
        .where(Unit.course_id == course_id, or_(offered, taken))
        .order_by(Unit.sort, Unit.id, Quiz.position, Quiz.id)
    )
    rows = session.execute(found).all()
    titles = [f"{row.key}: {row.title}{'' if row.offered else ' (withdrawn)'}" for row in rows]
    return [
        Column(row.id, title if titles.count(title) == 1 else f"{title} [{row.id}]", row.settings["keep"])
        for row, title in zip(rows, titles, strict=True)
    ]


def _lines(session: Session, course_id: int, columns: Sequence[Column]) -> Iterator[list[Cell]]:
    for who, rows in groupby(_rows(session, course_id), attrgetter("id", "login", "name", "external_id")):
        student, *named = who
        scores = _scores(rows)
        line: list[Cell] = [str(student), *named]
        for column in columns:
            kept = _kept(scores.get(column.quiz, []), column.keep)
            line += [None, None] if kept is None else [shown(kept.earned), shown(kept.possible)]
        yield line


def _rows(session: Session, course_id: int) -> Iterable[Any]:
    """A row for each slot of each finished attempt of each student, in order, and one for who has none; a statement."""
    newer = aliased(Grade)
    newest = (
        select(func.max(newer.id))
        .where(newer.attempt_id == Attempt.id, newer.slot == Grade.slot)
        .correlate(Attempt, Grade)
        .scalar_subquery()
    )
    own = and_(Attempt.user_id == User.id, Attempt.course_id == Enrolment.course_id)
    finished = and_(own, Attempt.quiz_id.is_not(None), Attempt.state == "finished")
    found = (
        select(
            *(User.id, User.login, User.name, User.external_id),
            *(Attempt.id.label("attempt"), Attempt.quiz_id, Grade.credit, Grade.points),
            *(Grade.slot, Slot.question_id, Grade.status),
        )
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Attempt, finished, isouter=True)
        .join(Grade, and_(Grade.attempt_id == Attempt.id, Grade.id == newest), isouter=True)
        .join(Slot, and_(Slot.attempt_id == Grade.attempt_id, Slot.number == Grade.slot), isouter=True)
        .where(Enrolment.course_id == course_id, Enrolment.role == Role.STUDENT)
        .order_by(by_code_point(session, User.login), Attempt.started_at, Attempt.id, Grade.slot)
    )
    return session.execute(found, execution_options={"yield_per": AT_ONCE})


def _scores(rows: Iterable[Any]) -> Mapping[UUID, list[Score]]:
    """By quiz, what each attempt of one student is worth, oldest first."""
    scores: dict[UUID, list[Score]] = {}
    for (attempt, quiz), every in groupby(rows, attrgetter("attempt", "quiz_id")):
        if attempt is not None:
            graded = list(every)
            # Of several variants of one question, as practice gives them, one counts: as in the attempt's result.
            counted = counting((one.slot, one.question_id, one.status != Status.UNANSWERED) for one in graded)
            slots = [one for one in graded if one.slot in counted]
            parts = [(None if slot.credit is None else _read(slot.credit), _read(slot.points)) for slot in slots]
            scores.setdefault(quiz, []).append(Score(*total(parts)))
    return scores


def _kept(scores: Sequence[Score], keep: str) -> Score | None:
    if not scores:
        return None
    match keep:
        case "first":
            return scores[0]
        case "last":
            return scores[-1]
        case _:
            return max(scores, key=attrgetter("share"))
