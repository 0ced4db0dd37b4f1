"""Taking a person out of what is stored, and leaving what is nobody's: counts and grades.

Gone are the name, the login, the LMS's id, notes, whatever was typed as an answer, and what instructors wrote about the
person; tokens are revoked, and answers stored for repeats are deleted. What stays tells of no person any more: which
choices were made, what they were worth and when, under an id that nobody knows. Else a course's statistics, and the
grades of all who were compared with one another, would change whenever somebody leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, delete, func, null, select, type_coerce, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.accounts.models import Enrolment, Token, User
from service.errors import Conflict
from service.progress.models import ReadingMark
from service.quizzes.models import NO_DIGEST, Attempt, AttemptEvent, Entry, Extension, FirstTry, Grade
from service.web.idempotency import IdempotencyKey

ERASED = "erased"


@dataclass(frozen=True)
class Erased:
    """How much there was of somebody."""

    tokens: int
    notes: int
    answers: int


def erase_person(session: Session, user: User, now: datetime) -> Erased:
    """Take the person out. Again it changes nothing. `Conflict` for an admin: somebody has to let people in."""
    if user.is_admin:
        raise Conflict("An admin is not erased: take the role away first, so that there is another one.")
    attempts = select(Attempt.id).where(Attempt.user_id == user.id).scalar_subquery()
    answers = 0
    for response in (Entry.response, Grade.response, FirstTry.response):
        answers += _blank(session, response, attempts)
    for model in (AttemptEvent, Extension):
        theirs = model.attempt_id.in_(attempts) if model is AttemptEvent else Extension.user_id == user.id
        session.execute(update(model).where(theirs).values(reason=ERASED))
    overrides = update(Grade).where(Grade.attempt_id.in_(attempts), Grade.reason.is_not(None))
    session.execute(overrides.values(reason=ERASED))
    notes = _changed(
        session,
        update(ReadingMark).where(ReadingMark.user_id == user.id, ReadingMark.note.is_not(None)).values(note=None),
    )
    valid = update(Token).where(Token.user_id == user.id, Token.revoked_at.is_(None))
    tokens = _changed(session, valid.values(revoked_at=now))
    session.execute(update(Token).where(Token.user_id == user.id).values(label=ERASED))
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.principal == f"user:{user.id}"))
    user.login, user.name = f"{ERASED}-{user.id.hex[:16]}", "Erased"
    user.issuer = user.external_id = None
    user.disabled_at = user.disabled_at or now
    session.flush()
    return Erased(tokens, notes, answers)


def is_erased(user: User) -> bool:
    """Whether there is nothing left of the person."""
    return user.name == "Erased" and user.login.startswith(f"{ERASED}-")


def list_forgotten(session: Session, before: datetime) -> Sequence[User]:
    """Students (and nothing else, anywhere) of whom nothing has come since then, and who were enrolled before it."""
    teaches = select(Enrolment.user_id).where((Enrolment.role != "student") | (Enrolment.created_at >= before))
    attempted = select(Attempt.user_id).where(func.coalesce(Attempt.finished_at, Attempt.started_at) >= before)
    read = select(ReadingMark.user_id).where(ReadingMark.updated_at >= before)
    found = (
        select(User)
        .where(User.is_admin.is_(False), User.created_at < before, User.login.not_like(f"{ERASED}-%"))
        .where(User.id.not_in(teaches), User.id.not_in(attempted), User.id.not_in(read))
        .order_by(User.login)
    )
    return session.scalars(found).all()


def _blank(session: Session, response: InstrumentedAttribute[object], attempts: object) -> int:
    """Take away what was typed; the digest too, as a short text can be guessed from it."""
    model = response.class_
    typed = type_coerce(response, Text).like('%"text":%')
    values: dict[str, object] = {"response": null()}
    if model is Entry:
        values["digest"] = NO_DIGEST
    return _changed(session, update(model).where(model.attempt_id.in_(attempts), typed).values(**values))


def _changed(session: Session, statement: object) -> int:
    return int(session.connection().execute(statement).rowcount)  # type: ignore[call-overload]


def get_erasable(session: Session, user_id: UUID) -> User | None:
    """The person, whom nobody else can write to until the end of the transaction."""
    return session.get(User, user_id, with_for_update=True)
