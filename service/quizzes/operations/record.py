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

from sqlalchemy import Integer, Select, Uuid, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from service.content.models import AnswerKey, Question, QuestionRevision
from service.db import Hash, digest_of
from service.domain import questions
from service.domain.attempts import Line, Policy, SlotState, slot_state
from service.domain.mistakes import Mistake, Rejected
from service.domain.outcomes import InvalidResponse, Outcome
from service.errors import Invalid, NotFound
from service.quizzes.models import Attempt, Entry, HintTaken, Slot
from service.statements import Addition, Lookup

_ID: Uuid[UUID] = Uuid()


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
    attempt = session.scalar(_own_attempt(), {"attempt": attempt_id, "user": user_id})
    if attempt is None:
        raise NotFound()
    return attempt


@cache
def _own_attempt() -> Select[Attempt]:
    mine = Attempt.id == bindparam("attempt", type_=_ID), Attempt.user_id == bindparam("user", type_=_ID)
    return select(Attempt).where(*mine).with_for_update()


@dataclass(frozen=True)
class OpenedAttempt:
    """What answering a slot needs to know of its attempt."""

    id: UUID
    state: str
    settings: Mapping[str, Any]
    deadline_at: datetime | None


def lock_own_slot(session: Session, user_id: UUID | None, attempt_id: UUID, number: int) -> tuple[OpenedAttempt, Asked]:
    """One slot with its attempt locked, in one statement: what a slot pins never changes, so it may be joined."""
    found = _own_slot().rows(session, attempt=attempt_id, number=number, user=user_id)
    if not found:
        raise NotFound()
    row = found[0]
    return OpenedAttempt(*row[:_OF_ATTEMPT]), Asked(*row[_OF_ATTEMPT:])


def lock_own_slot_to_save(
    session: Session, user_id: UUID | None, attempt_id: UUID, number: int
) -> tuple[OpenedAttempt, Asked]:
    """The same without what only grading needs, the key above all: most of what students send are drafts."""
    found = _own_slot_to_save().rows(session, attempt=attempt_id, number=number, user=user_id)
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
def _own_slot() -> Lookup:
    return Lookup(_of_student(_asked(*_ATTEMPT)))


@cache
def _own_slot_to_save() -> Lookup:
    pinned = Slot.number, Slot.question_id, Slot.revision_id, Slot.answer_key_id, Slot.drawn, Slot.layout
    revision = QuestionRevision.content.label("revision")
    found = select(*_ATTEMPT, *pinned, revision).join(QuestionRevision, QuestionRevision.id == Slot.revision_id)
    return Lookup(_of_student(found))


def _of_student(found: Select[Any]) -> Select[Any]:
    """One slot of one student's attempt, which nobody else can write to until the end of the transaction."""
    return (
        found.join(Attempt, Attempt.id == Slot.attempt_id)
        .where(Slot.attempt_id == bindparam("attempt", type_=_ID), Slot.number == bindparam("number", type_=Integer))
        .where(Attempt.user_id == bindparam("user", type_=_ID))
        .with_for_update(of=Attempt)
    )


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


@dataclass(frozen=True)
class LogLine:
    """A line of the log: something that was sent, and what became of it; see `models.Entry`."""

    slot: int
    kind: str
    disposition: str
    base_rev: int | None
    rev: int | None
    response: Mapping[str, Any] | None
    digest: str
    outcome: Mapping[str, Any] | None
    received_at: datetime


_LINE = tuple(getattr(Entry, name) for name in LogLine.__dataclass_fields__)


def read_log(
    session: Session, attempt_id: UUID, *, slot: int | None = None, repeat: tuple[int, str] | None = None
) -> list[LogLine]:
    """What a slot's state is read off (or every slot's), oldest first: its checks and its newest accepted line.

    A student who types for an hour saves hundreds of times; only the newest save matters, so the rest stay in
    the table. With `repeat` (base revision, digest), a line that may be the first arrival of the same save too.
    """
    base_rev, digest = repeat or (None, None)
    given = {"attempt": attempt_id, "slot": slot, "base_rev": base_rev, "digest": digest}
    values = {name: value for name, value in given.items() if value is not None}
    log = _log(of_one=slot is not None, with_repeat=repeat is not None)
    return [LogLine(*row) for row in log.rows(session, **values)]


@cache
def _log(*, of_one: bool, with_repeat: bool) -> Lookup:
    newer = aliased(Entry)
    newest = (
        select(func.max(newer.rev))
        .where(newer.attempt_id == Entry.attempt_id, newer.slot == Entry.slot)
        .correlate(Entry)
        .scalar_subquery()
    )
    wanted = or_(Entry.kind == "check", Entry.rev == newest)
    if with_repeat:
        same = Entry.base_rev == bindparam("base_rev", type_=Integer), Entry.digest == bindparam("digest", type_=Hash)
        wanted = or_(wanted, and_(*same))
    found = select(*_LINE).where(Entry.attempt_id == bindparam("attempt", type_=_ID), wanted).order_by(Entry.id)
    return Lookup(found.where(Entry.slot == bindparam("slot", type_=Integer)) if of_one else found)


def list_saves(session: Session, attempt_id: UUID, sent: Sequence[Sent]) -> list[LogLine]:
    """Lines that may be the first arrivals of these very saves, the accepted ones last."""
    digests = {one.digest for one in sent}
    found = select(*_LINE).where(Entry.attempt_id == attempt_id, Entry.kind == "save", Entry.digest.in_(digests))
    return [LogLine(*row) for row in session.execute(found.order_by(Entry.rev.is_not(None), Entry.id))]


def state_of(asked: Asked, policy: Policy, log: Sequence[LogLine]) -> SlotState:
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


def states_of(attempt: Attempt | OpenedAttempt, slots: Sequence[Asked], log: Sequence[LogLine]) -> dict[int, SlotState]:
    """The state of every slot by its number."""
    policy = Policy.from_settings(attempt.settings)
    by_slot: dict[int, list[LogLine]] = defaultdict(list)
    for entry in log:
        by_slot[entry.slot].append(entry)
    return {asked.number: state_of(asked, policy, by_slot[asked.number]) for asked in slots}


_ADDED = Addition(Entry.__table__)


def append(session: Session, *lines: Mapping[str, Any]) -> None:
    """Add lines to the log."""
    if lines:
        _ADDED.add(session, lines)


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
