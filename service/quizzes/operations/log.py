"""The log of an attempt: reading it, appending to it, and the state of each slot that it amounts to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.db import Hash, Moment, is_writing
from service.domain.attempts import Line, Policy, SlotState, slot_state
from service.domain.mistakes import Mistake, Rejected
from service.domain.outcomes import InvalidResponse, Outcome
from service.errors import Invalid, WriteNeeded
from service.quizzes.models import Attempt, Entry, Slot
from service.quizzes.operations.record import Asked, OpenedAttempt
from service.statements import Addition, GuardedAddition, Lookup

_ID: Uuid[UUID] = Uuid()


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
    wanted = or_(Entry.kind == "check", Entry.rev == _newest())
    if with_repeat:
        same = Entry.base_rev == bindparam("base_rev", type_=Integer), Entry.digest == bindparam("digest", type_=Hash)
        wanted = or_(wanted, and_(*same))
    found = select(*_LINE).where(Entry.attempt_id == bindparam("attempt", type_=_ID), wanted).order_by(Entry.id)
    return Lookup(found.where(Entry.slot == bindparam("slot", type_=Integer)) if of_one else found)


def _newest() -> ScalarSelect[int]:
    newer = aliased(Entry)
    return (
        select(func.max(newer.rev))
        .where(newer.attempt_id == Entry.attempt_id, newer.slot == Entry.slot)
        .correlate(Entry)
        .scalar_subquery()
    )


def list_saves(session: Session, attempt_id: UUID, sent: Sequence[Sent]) -> list[LogLine]:
    """Lines that may be the first arrivals of these very saves, the accepted ones last."""
    digests = {one.digest for one in sent}
    found = select(*_LINE).where(Entry.attempt_id == attempt_id, Entry.kind == "save", Entry.digest.in_(digests))
    return [LogLine(*row) for row in session.execute(found.order_by(Entry.rev.is_not(None), Entry.id))]


def select_log(*meant: ColumnElement[bool]) -> Select[Any]:
    """The attempt and the lines that `read_log` gives, of the slots that are meant."""
    own = and_(Slot.attempt_id == Entry.attempt_id, Slot.number == Entry.slot)
    found = select(Entry.attempt_id, *_LINE).join(Slot, own)
    return found.where(*meant, or_(Entry.kind == "check", Entry.rev == _newest())).order_by(Entry.id)


def state_of(asked: Asked, policy: Policy, log: Sequence[LogLine]) -> SlotState:
    """The slot's state as its part of the log leaves it."""
    return state_after(log, policy.tries_for(asked.kind))


def state_after(log: Sequence[LogLine], allowed: int) -> SlotState:
    """The state of a slot with so many tries after its part of the log."""
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
    return slot_state(lines, allowed)


def states_of(attempt: Attempt | OpenedAttempt, slots: Sequence[Asked], log: Sequence[LogLine]) -> dict[int, SlotState]:
    """The state of every slot by its number."""
    policy = Policy.from_settings(attempt.settings)
    by_slot: dict[int, list[LogLine]] = defaultdict(list)
    for entry in log:
        by_slot[entry.slot].append(entry)
    return {asked.number: state_of(asked, policy, by_slot[asked.number]) for asked in slots}


_ADDED = Addition(Entry.__table__)


def append(session: Session, *lines: Mapping[str, Any]) -> None:
    """Add lines to the log; raises `WriteNeeded` outside of a writing transaction."""
    if not lines:
        return
    if not is_writing(session):
        raise WriteNeeded
    _ADDED.add(session, lines)


def append_accepted(session: Session, attempt: Attempt | OpenedAttempt, line: Mapping[str, Any]) -> None:
    """Add the line that counts as a slot's next revision.

    Without a transaction, and so without the attempt's lock, it is one statement, which adds it unless the attempt
    has ended or its end was moved since it was looked at, or somebody else's line has taken the revision. That raises
    `WriteNeeded`: nothing was done, and a transaction will see what happened.
    """
    if is_writing(session):
        append(session, line)
    elif not _added_unless_moved().add(session, **line, seen_deadline=attempt.deadline_at):
        raise WriteNeeded


@cache
def _added_unless_moved() -> GuardedAddition:
    as_seen = Attempt.deadline_at.is_not_distinct_from(bindparam("seen_deadline", type_=Moment()))
    is_open = Attempt.id == bindparam("attempt_id", type_=_ID), Attempt.state == "in_progress"
    # Whoever ends the attempt at this moment is waited for.
    return GuardedAddition(Entry.__table__, select(Attempt.id).where(*is_open, as_seen).with_for_update())


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
