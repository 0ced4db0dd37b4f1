"""Reading and writing the record of an attempt: its slots with what they pin, and the log of what was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, exists, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from service.content.models import AnswerKey, Question, QuestionRevision
from service.db import Base, digest_of
from service.domain import questions
from service.domain.attempts import Line, Policy, SlotState, slot_state
from service.domain.mistakes import Mistake, Rejected
from service.domain.outcomes import InvalidResponse, Outcome
from service.errors import Invalid, NotFound
from service.quizzes.models import Attempt, Entry, HintTaken, Slot


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
        return Fraction(self.revision["points"])

    def read(self, raw: object) -> Mapping[str, Any] | None:
        """The canonical response in what a client sent; raises `InvalidResponse`."""
        return questions.read_response(self.revision, self.drawn, self.layout, raw)

    def show_response(self, response: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """A canonical response in the words of this attempt: the ids the student knows."""
        return questions.present_response(self.revision, self.drawn, self.layout, response)

    def digest(self, response: Mapping[str, Any] | None) -> str:
        """Names a response within this attempt, over what the student sees: it tells nothing of author's keys."""
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


def get_own_attempt(session: Session, user_id: UUID | None, attempt_id: UUID) -> Attempt:
    """The student's own attempt; anybody else's is as missing as one that never was."""
    attempt = session.scalar(select(Attempt).where(Attempt.id == attempt_id, Attempt.user_id == user_id))
    if attempt is None:
        raise NotFound()
    return attempt


def lock_own_attempt(session: Session, user_id: UUID | None, attempt_id: UUID) -> Attempt:
    """The same, and whoever else wants to write to this attempt waits until this transaction ends."""
    attempt = session.scalar(
        select(Attempt).where(Attempt.id == attempt_id, Attempt.user_id == user_id).with_for_update()
    )
    if attempt is None:
        raise NotFound()
    return attempt


def lock_own_slot(session: Session, user_id: UUID | None, attempt_id: UUID, number: int) -> tuple[Attempt, Asked]:
    """One slot with its attempt locked, in one statement: what a slot pins never changes, so it may be joined."""
    found = session.execute(_own_slot(), {"attempt": attempt_id, "number": number, "user": user_id})
    row = found.first()
    if row is None:
        raise NotFound()
    *pinned, attempt = row
    return attempt, Asked(*pinned)


def list_asked(session: Session, attempt_id: UUID) -> list[Asked]:
    """Every slot of an attempt, in order."""
    return [Asked(*row) for row in session.execute(_every_slot(), {"attempt": attempt_id})]


def first_of_each(slots: Sequence[Asked]) -> dict[int, int]:
    """Of each slot that practises a question once more: the first slot of the attempt with that question."""
    first: dict[UUID, int] = {}
    for asked in slots:
        first.setdefault(asked.question_id, asked.number)
    return {one.number: first[one.question_id] for one in slots if first[one.question_id] != one.number}


# A statement takes longer to put together than to send, so each is put together once.


@cache
def _every_slot() -> Select[Any]:
    return _asked().where(Slot.attempt_id == bindparam("attempt")).order_by(Slot.number)


@cache
def _own_slot() -> Select[Any]:
    return (
        _asked()
        .add_columns(Attempt)
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .where(Slot.attempt_id == bindparam("attempt"), Slot.number == bindparam("number"))
        .where(Attempt.user_id == bindparam("user"))
        .with_for_update(of=Attempt)
    )


def _asked() -> Select[Any]:
    # The same question in another open attempt that shows nothing before its end.
    here, other, other_slot = aliased(Attempt), aliased(Attempt), aliased(Slot)
    withheld = exists().where(
        here.id == Slot.attempt_id,
        other_slot.question_id == Slot.question_id,
        other.id == other_slot.attempt_id,
        other.id != here.id,
        other.user_id == here.user_id,
        other.state == "in_progress",
        other.withholds,
    )
    hinted = (
        select(func.count())
        .select_from(HintTaken)
        .where(HintTaken.attempt_id == Slot.attempt_id, HintTaken.slot == Slot.number)
        .correlate(Slot)
        .scalar_subquery()
    )
    return (
        select(
            Slot.number,
            Slot.question_id,
            Slot.revision_id,
            Slot.answer_key_id,
            QuestionRevision.content,
            AnswerKey.content,
            Slot.drawn,
            Slot.layout,
            Question.reread,
            withheld,
            hinted,
        )
        .join(Question, Question.id == Slot.question_id)
        .join(QuestionRevision, QuestionRevision.id == Slot.revision_id)
        .join(AnswerKey, AnswerKey.id == Slot.answer_key_id)
    )


def read_log(
    session: Session, attempt_id: UUID, *, slot: int | None = None, repeat: tuple[int, str] | None = None
) -> list[Entry]:
    """What a slot's state is read off (or every slot's), oldest first: its checks and its newest accepted line.

    A student who types for an hour saves hundreds of times; only the newest save matters, so the rest stay in
    the table. With `repeat` (base revision, digest), a line that may be the first arrival of the same save too.
    """
    base_rev, digest = repeat or (None, None)
    given = {"attempt": attempt_id, "slot": slot, "base_rev": base_rev, "digest": digest}
    values = {name: value for name, value in given.items() if value is not None}
    return list(session.scalars(_log(of_one=slot is not None, with_repeat=repeat is not None), values))


@cache
def _log(*, of_one: bool, with_repeat: bool) -> Select[Any]:
    newer = aliased(Entry)
    newest = (
        select(func.max(newer.rev))
        .where(newer.attempt_id == Entry.attempt_id, newer.slot == Entry.slot)
        .correlate(Entry)
        .scalar_subquery()
    )
    wanted = or_(Entry.kind == "check", Entry.rev == newest)
    if with_repeat:
        wanted = or_(wanted, and_(Entry.base_rev == bindparam("base_rev"), Entry.digest == bindparam("digest")))
    found = select(Entry).where(Entry.attempt_id == bindparam("attempt"), wanted).order_by(Entry.id)
    return found.where(Entry.slot == bindparam("slot")) if of_one else found


def list_saves(session: Session, attempt_id: UUID, sent: Sequence[Sent]) -> Sequence[Entry]:
    """Lines that may be the first arrivals of these very saves, the accepted ones last."""
    digests = {one.digest for one in sent}
    found = select(Entry).where(Entry.attempt_id == attempt_id, Entry.kind == "save", Entry.digest.in_(digests))
    return session.scalars(found.order_by(Entry.rev.is_not(None), Entry.id)).all()


def state_of(asked: Asked, policy: Policy, log: Sequence[Entry]) -> SlotState:
    """The slot's state as its part of the log leaves it."""
    newest = max((entry.rev for entry in log if entry.rev is not None), default=0)
    lines = [
        Line(
            rev=entry.rev,
            response=entry.response,
            digest=entry.digest,
            received_at=entry.received_at,
            outcome=Outcome.from_json(entry.outcome) if entry.outcome is not None else None,
        )
        for entry in log
        if entry.rev is not None and (entry.outcome is not None or entry.rev == newest)
    ]
    return slot_state(lines, policy.tries_for(asked.kind))


def states_of(attempt: Attempt, slots: Sequence[Asked], log: Sequence[Entry]) -> dict[int, SlotState]:
    """The state of every slot by its number."""
    policy = Policy.from_settings(attempt.settings)
    by_slot: dict[int, list[Entry]] = defaultdict(list)
    for entry in log:
        by_slot[entry.slot].append(entry)
    return {asked.number: state_of(asked, policy, by_slot[asked.number]) for asked in slots}


_ADDED = insert(Base.metadata.tables[Entry.__tablename__])


def append(session: Session, *lines: Mapping[str, Any]) -> None:
    """Add lines to the log, in one statement: rows, as nobody needs the objects."""
    if lines:
        session.execute(_ADDED, [dict(line) for line in lines])


@dataclass(frozen=True)
class Sent:
    """Something a student sent for a slot, in canonical form: it becomes a line of the log, counted or not."""

    attempt_id: UUID
    asked: Asked
    kind: str
    response: Mapping[str, Any] | None
    at: datetime
    base_rev: int | None = None

    @cached_property
    def digest(self) -> str:
        """Names the response within the attempt."""
        return self.asked.digest(self.response)

    def accepted(self, rev: int, outcome: Outcome | None = None) -> dict[str, Any]:
        """The line that counts as the slot's revision `rev`."""
        return self._line("accepted", rev, None if outcome is None else outcome.as_json())

    def kept(self, disposition: str) -> dict[str, Any]:
        """The line that does not count, and why."""
        return self._line(disposition, None, None)

    def _line(self, disposition: str, rev: int | None, outcome: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "attempt_id": self.attempt_id,
            "slot": self.asked.number,
            "kind": self.kind,
            "disposition": disposition,
            "base_rev": self.base_rev,
            "rev": rev,
            "response": self.response,
            "digest": self.digest,
            "outcome": outcome,
            "received_at": self.at,
        }


def read_sent(
    attempt_id: UUID, slots: Sequence[Asked], responses: Sequence[Mapping[str, Any]], at: datetime, kind: str
) -> list[Sent]:
    """Several answers [{slot, response, base_rev}] of one request. Raises `Invalid` with all that is wrong."""
    by_number = {asked.number: asked for asked in slots}
    finals: dict[int, Sent] = {}
    mistakes = []
    for index, sent in enumerate(responses):
        asked = by_number.get(sent["slot"])
        if asked is None:
            mistakes.append(Mistake((index, "slot"), f"This attempt has no slot {sent['slot']}."))
        elif asked.number in finals:
            mistakes.append(Mistake((index, "slot"), f"Slot {asked.number} was given before; send it once."))
        else:
            try:
                response = asked.read(sent["response"])
            except InvalidResponse as unreadable:
                mistakes += [mistake.under(index, "response") for mistake in unreadable.mistakes]
            else:
                finals[asked.number] = Sent(attempt_id, asked, kind, response, at, sent["base_rev"])
    if mistakes:
        raise Invalid.because(Rejected(mistakes), "responses")
    return list(finals.values())
