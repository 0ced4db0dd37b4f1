"""What those who run a course can do with a student's attempt: make it void, or open it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.attempts import Policy, Standing, may_see_key
from service.domain.roles import Principal
from service.errors import Conflict, NotFound
from service.quizzes.models import Attempt, AttemptEvent
from service.quizzes.operations.closing import settle
from service.quizzes.operations.first_tries import forget_first_tries


def lock_attempt(session: Session, attempt_id: UUID) -> Attempt:
    """Somebody's attempt, which nobody else can write to until this transaction ends. Raises `NotFound`."""
    attempt = session.scalar(select(Attempt).where(Attempt.id == attempt_id).with_for_update())
    if attempt is None:
        raise NotFound
    return attempt


def void_attempt(session: Session, caller: Principal, attempt: Attempt, *, reason: str, at: datetime) -> Attempt:
    """Let an attempt count for nothing and use none up. What was answered and graded is kept.

    Again for one that is void already, nothing happens.
    """
    settle(session, attempt, at)
    if attempt.state != "void":
        _note(session, caller, attempt, Done("void", reason, None, at))
        forget_first_tries(session, attempt.id)
        attempt.state, attempt.finished_at = "void", None
    return attempt


def reopen_attempt(
    session: Session, caller: Principal, attempt: Attempt, *, reason: str, until: datetime, at: datetime
) -> Attempt:
    """Let a student go on with a finished attempt until then. Raises `Conflict` where that cannot be.

    It is noted whether the student could see the right answers by then: what is answered after that tells less.
    """
    settle(session, attempt, at)
    if attempt.state != "finished":
        raise Conflict(f"Only a finished attempt is opened again; this one is {attempt.state.replace('_', ' ')}.")
    if attempt.quiz_id is None:
        raise Conflict("This was a review; its student can begin another one at any time.")
    if until <= at:
        raise Conflict("Say an end that is still to come in `until`.")
    other = select(Attempt.id).where(
        Attempt.user_id == attempt.user_id, Attempt.quiz_id == attempt.quiz_id, Attempt.state == "in_progress"
    )
    if session.scalar(other) is not None:
        raise Conflict("The student has another attempt at this quiz open; that one has to be finished first.")
    _note(session, caller, attempt, Done("reopening", reason, until, at))
    forget_first_tries(session, attempt.id)
    attempt.state, attempt.finished_at, attempt.deadline_at = "in_progress", None, until
    return attempt


def list_events(session: Session, attempt_id: UUID) -> list[AttemptEvent]:
    """What was done with an attempt, the oldest first."""
    return list(
        session.scalars(select(AttemptEvent).where(AttemptEvent.attempt_id == attempt_id).order_by(AttemptEvent.id))
    )


@dataclass(frozen=True)
class Done:
    """What was done, why, until when and when."""

    kind: str
    reason: str
    until: datetime | None
    at: datetime


def _note(session: Session, caller: Principal, attempt: Attempt, done: Done) -> None:
    standing = Standing(closed=True, checked=True, finished=attempt.state == "finished")
    session.add(
        AttemptEvent(
            attempt_id=attempt.id,
            kind=done.kind,
            reason=done.reason,
            until=done.until,
            key_was_seen=may_see_key(Policy.from_settings(attempt.settings), standing, done.at),
            actor_id=caller.user_id,
            created_at=done.at,
        )
    )
    session.flush()
