"""More time for one student: a factor on the time limit, and another end of the quiz."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.models import Enrolment
from service.domain.attempts import deadline_of
from service.domain.outcomes import fraction_text
from service.domain.roles import Principal, Role
from service.errors import NotFound
from service.quizzes.models import Attempt, AttemptEvent, Extension


@dataclass(frozen=True)
class Granted:
    """How much more time a student has; `closes` replaces the quiz's where it is given."""

    factor: Fraction = Fraction(1)
    closes: datetime | None = None

    def deadline(self, settings: Mapping[str, Any], started_at: datetime) -> datetime | None:
        """The end of an attempt at a quiz with these settings."""
        return deadline_of(started_at, settings.get("time_limit"), self.closes or closes_of(settings), self.factor)


@dataclass(frozen=True)
class Offer:
    """A quiz, and the course it belongs to."""

    id: UUID
    course_id: int


@dataclass(frozen=True)
class Grant:
    """What somebody grants, and why."""

    factor: Fraction
    closes_at: datetime | None
    reason: str


def closes_of(settings: Mapping[str, Any]) -> datetime | None:
    """When a quiz with these settings closes for everybody."""
    return datetime.fromisoformat(settings["closes"]) if settings.get("closes") else None


def find_granted(session: Session, user_id: UUID | None, quiz_id: UUID) -> Granted:
    """What was granted to a student last; nothing more where nothing was."""
    newest = (
        select(Extension.factor, Extension.closes_at)
        .where(Extension.quiz_id == quiz_id, Extension.user_id == user_id)
        .order_by(Extension.id.desc())
        .limit(1)
    )
    row = session.execute(newest).first()
    return Granted() if row is None else Granted(Fraction(row.factor), row.closes_at)


def extend_time(
    session: Session, caller: Principal, quiz: Offer, student: UUID, grant: Grant, now: datetime
) -> tuple[Extension, Attempt | None]:
    """Grant a student of the course more time, in the attempt that is open as well. Raises `NotFound`.

    An attempt that has been reopened ends when it was said to.
    """
    enrolment = session.get(Enrolment, (student, quiz.course_id))
    if enrolment is None or enrolment.role != Role.STUDENT.value:
        raise NotFound("There is no such student in this course.")
    extension = Extension(
        quiz_id=quiz.id,
        user_id=student,
        factor=fraction_text(grant.factor),
        closes_at=grant.closes_at,
        reason=grant.reason,
        actor_id=caller.user_id,
        created_at=now,
    )
    session.add(extension)
    session.flush()
    open_one = select(Attempt).where(
        Attempt.quiz_id == quiz.id, Attempt.user_id == student, Attempt.state == "in_progress"
    )
    attempt = session.scalars(open_one.with_for_update()).first()
    if attempt is not None and not _is_reopened(session, attempt):
        granted = Granted(grant.factor, grant.closes_at)
        attempt.deadline_at = granted.deadline(attempt.settings, attempt.started_at)
    return extension, attempt


def _is_reopened(session: Session, attempt: Attempt) -> bool:
    """Whether its end was said when it was opened again."""
    events = select(AttemptEvent.id).where(AttemptEvent.attempt_id == attempt.id, AttemptEvent.kind == "reopening")
    return session.scalars(events.limit(1)).first() is not None
