"""The record of an attempt: its slots, with all that they pin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Uuid, bindparam, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from service.content.models import AnswerKey, Question, QuestionRevision
from service.db import digest_of, is_writing
from service.domain import questions
from service.domain.outcomes import Outcome, fraction_of
from service.errors import NotFound
from service.quizzes.models import Attempt, HintTaken, Slot
from service.statements import Lookup

_ID: Uuid[UUID] = Uuid()
DIGEST_OF_NOTHING = digest_of(None)


@dataclass(frozen=True)
class Asked:
    """A slot with all it pins: the question as it was asked of this student, and the key it is graded by."""

    number: int
    question_id: UUID
    revision_id: int
    answer_key_id: int
    revision: Mapping[str, Any]
    key: Mapping[str, Any]
    drawn: Mapping[str, Any]
    layout: Mapping[str, Any]
    reread: Sequence[Mapping[str, Any]]
    withheld: bool
    hinted: int = 0

    @property
    def kind(self) -> str:
        """The kind of question."""
        return str(self.revision["kind"])

    @property
    def points(self) -> Fraction:
        """What the slot is worth when fully right."""
        return fraction_of(self.revision["points"])

    def read(self, raw: object) -> Mapping[str, Any] | None:
        """The canonical response in what a client sent; raises `InvalidResponse`."""
        return questions.read_response(self.revision, self.drawn, self.layout, raw)

    def show_response(self, response: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """A canonical response in the words of this attempt: the ids the student knows."""
        return questions.present_response(self.revision, self.drawn, self.layout, response)

    def digest(self, response: Mapping[str, Any] | None) -> str:
        """Names a response within this attempt, over what the student sees: it tells nothing of author's keys."""
        if response is None:
            return DIGEST_OF_NOTHING
        return digest_of(self.show_response(response))

    def require_readable(self, response: Mapping[str, Any]) -> None:
        """Raise `InvalidResponse` unless the response, as far as it can be seen from the question, makes sense."""
        questions.require_readable(self.revision, self.drawn, response)

    def hints(self) -> list[Mapping[str, Any]]:
        """The hints the student has asked for."""
        return list(questions.hints(self.key, self.drawn)[: self.hinted])

    def is_near_miss(self, response: Mapping[str, Any] | None) -> bool:
        """Whether the response is a slip of the pen from a right one."""
        return questions.near_miss(self.revision, self.key, self.drawn, response)

    def grade(self, response: Mapping[str, Any] | None) -> Outcome:
        """What the response is worth by the pinned key."""
        return questions.grade(self.revision, self.key, self.drawn, response)


def get_own_attempt(session: Session, user_id: UUID | None, attempt_id: UUID, *, locked: bool = False) -> Attempt:
    """The student's own attempt; anybody else's is as missing as one that never was.

    While it is `locked`, whoever else wants to write to this attempt waits until this transaction ends.
    """
    found = select(Attempt).where(Attempt.id == attempt_id, Attempt.user_id == user_id)
    attempt = session.scalar(found.with_for_update() if locked else found)
    if attempt is None:
        raise NotFound()
    return attempt


def lock_own_attempt(session: Session, user_id: UUID | None, attempt_id: UUID) -> Attempt:
    """The same, locked, as a copy that the session knows nothing of: that costs a fraction."""
    found = _own_attempt().rows(session, attempt=attempt_id, user=user_id)
    if not found:
        raise NotFound()
    return Attempt(**found[0]._asdict())


@cache
def _own_attempt() -> Lookup:
    mine = Attempt.id == bindparam("attempt", type_=_ID), Attempt.user_id == bindparam("user", type_=_ID)
    return Lookup(select(*Attempt.__table__.columns).where(*mine).with_for_update())


@dataclass(frozen=True)
class OpenedAttempt:
    """What answering a slot needs to know of its attempt."""

    id: UUID
    state: str
    settings: Mapping[str, Any]
    deadline_at: datetime | None


def lock_own_slot(session: Session, user_id: UUID | None, attempt_id: UUID, number: int) -> tuple[OpenedAttempt, Asked]:
    """One slot with its attempt, in one statement: what a slot pins never changes, so it may be joined.

    In a writing transaction whoever else wants to write to the attempt waits for its end.
    """
    found = _own_slot(locked=is_writing(session)).rows(session, attempt=attempt_id, number=number, user=user_id)
    if not found:
        raise NotFound()
    row = found[0]
    return OpenedAttempt(*row[:_OF_ATTEMPT]), Asked(*row[_OF_ATTEMPT:])


def lock_own_slot_to_save(
    session: Session, user_id: UUID | None, attempt_id: UUID, number: int
) -> tuple[OpenedAttempt, Asked]:
    """The same without what only grading needs, the key above all: most of what students send are drafts."""
    found = _own_slot_to_save(locked=is_writing(session)).rows(session, attempt=attempt_id, number=number, user=user_id)
    if not found:
        raise NotFound()
    row = found[0]
    asked = Asked(
        number=row.number,
        question_id=row.question_id,
        revision_id=row.revision_id,
        answer_key_id=row.answer_key_id,
        revision=row.revision,
        key={},
        drawn=row.drawn,
        layout=row.layout,
        reread=(),
        withheld=False,
    )
    return OpenedAttempt(*row[:_OF_ATTEMPT]), asked


def get_asked(session: Session, attempt_id: UUID, number: int) -> Asked:
    """One slot of an attempt; `NotFound` without it."""
    for asked in list_asked(session, attempt_id):
        if asked.number == number:
            return asked
    raise NotFound()


def list_asked(session: Session, attempt_id: UUID) -> list[Asked]:
    """Every slot of an attempt, in order."""
    return [Asked(*row) for row in _every_slot().rows(session, attempt=attempt_id)]


def first_of_each(slots: Sequence[Asked]) -> dict[int, int]:
    """Of each slot that practises a question once more: the first slot of the attempt with that question."""
    first: dict[UUID, int] = {}
    for asked in slots:
        first.setdefault(asked.question_id, asked.number)
    return {one.number: first[one.question_id] for one in slots if first[one.question_id] != one.number}


@cache
def _every_slot() -> Lookup:
    return Lookup(_asked().where(Slot.attempt_id == bindparam("attempt", type_=_ID)).order_by(Slot.number))


_ATTEMPT = (Attempt.id, Attempt.state, Attempt.settings, Attempt.deadline_at)
_OF_ATTEMPT = len(_ATTEMPT)


@cache
def _own_slot(*, locked: bool) -> Lookup:
    return Lookup(_of_student(_asked(*_ATTEMPT), locked=locked))


@cache
def _own_slot_to_save(*, locked: bool) -> Lookup:
    pinned = Slot.number, Slot.question_id, Slot.revision_id, Slot.answer_key_id, Slot.drawn, Slot.layout
    revision = QuestionRevision.content.label("revision")
    found = select(*_ATTEMPT, *pinned, revision).join(QuestionRevision, QuestionRevision.id == Slot.revision_id)
    return Lookup(_of_student(found, locked=locked))


def _of_student(found: Select[Any], *, locked: bool) -> Select[Any]:
    """One slot of one student's attempt."""
    one = (
        found.join(Attempt, Attempt.id == Slot.attempt_id)
        .where(Slot.attempt_id == bindparam("attempt", type_=_ID), Slot.number == bindparam("number", type_=Integer))
        .where(Attempt.user_id == bindparam("user", type_=_ID))
    )
    return one.with_for_update(of=Attempt) if locked else one


def _asked(*before: Any) -> Select[Any]:
    # Those in other open attempts of the student that show nothing before their end: few, and found from the student.
    other, other_slot = aliased(Attempt), aliased(Slot)
    student = select(Attempt.user_id).where(Attempt.id == bindparam("attempt", type_=_ID)).scalar_subquery()
    elsewhere = (
        select(other_slot.question_id)
        .join(other, other.id == other_slot.attempt_id)
        .where(other.user_id == student, other.state == literal_column("'in_progress'"), other.withholds)
        .where(other.id != bindparam("attempt", type_=_ID))
    )
    withheld = Slot.question_id.in_(elsewhere)
    hinted = (
        select(func.count())
        .select_from(HintTaken)
        .where(HintTaken.attempt_id == Slot.attempt_id, HintTaken.slot == Slot.number)
        .correlate(Slot)
        .scalar_subquery()
    )
    return (
        select(
            *before,
            Slot.number,
            Slot.question_id,
            Slot.revision_id,
            Slot.answer_key_id,
            QuestionRevision.content.label("revision"),
            AnswerKey.content.label("key"),
            Slot.drawn,
            Slot.layout,
            Question.reread,
            withheld.label("withheld"),
            hinted.label("hinted"),
        )
        .join(Question, Question.id == Slot.question_id)
        .join(QuestionRevision, QuestionRevision.id == Slot.revision_id)
        .join(AnswerKey, AnswerKey.id == Slot.answer_key_id)
    )
