"""Answering a slot: saving a draft and checking an answer. Whatever a student sends is kept, counted or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.attempts import Line, Policy, SlotState, is_late
from service.domain.mistakes import Mistake
from service.domain.outcomes import InvalidResponse, Outcome
from service.domain.roles import Principal
from service.errors import Conflict, Invalid
from service.quizzes.models import Attempt
from service.quizzes.operations.log import (
    LogLine,
    Sent,
    append,
    append_accepted,
    list_saves,
    read_log,
    read_sent,
    state_of,
    states_of,
)
from service.quizzes.operations.record import (
    Asked,
    OpenedAttempt,
    list_asked,
    lock_own_attempt,
    lock_own_slot,
    lock_own_slot_to_save,
)
from service.quizzes.operations.view import Receipt, receipt_of, slot_view


@dataclass(frozen=True)
class Draft:
    """An answer to be saved on top of the slot's revision `base_rev`; null clears it."""

    response: object
    base_rev: int


@dataclass(frozen=True)
class Try:
    """An answer to be graded as try number `try_`; the first is 1."""

    response: object
    try_: int


@dataclass(frozen=True)
class Arrival:
    """What a student sent, and the slot it found."""

    attempt: Attempt | OpenedAttempt
    sent: Sent
    state: SlotState

    @property
    def asked(self) -> Asked:
        """The slot with what it pins."""
        return self.sent.asked

    def accept(self, session: Session, outcome: Outcome | None = None) -> Receipt:
        """Append it to the log as the slot's next revision."""
        rev = self.state.rev + 1
        append_accepted(session, self.attempt, self.sent.accepted(rev, outcome))
        return Receipt(self.asked.number, rev, self.sent.digest, self.sent.at)

    def conflict(self, reason: str) -> Conflict:
        """Why it does not count, and what the slot holds at present."""
        latest = self.state.latest
        response = self.asked.show_response(latest.response) if latest else None
        return Conflict(reason, extra={"current": {"rev": self.state.rev, "response": response}})


def save_answer(
    session: Session, caller: Principal, attempt_id: UUID, slot: int, draft: Draft, at: datetime
) -> Receipt | Conflict:
    """Save a draft and give its receipt; an exact repeat is given the first one again.

    A draft on top of another revision than the present one, or for a slot that takes no more, is kept in the log
    and *returned* as a `Conflict` with the present value: the transaction commits, so what was typed is not lost.
    Raises `NotFound` and `Invalid`.
    """
    attempt, asked = lock_own_slot_to_save(session, caller.user_id, attempt_id, slot)
    sent = Sent(attempt_id, asked, "save", _read(asked, draft.response), at, draft.base_rev)
    log = read_log(session, attempt_id, slot=slot, repeat=(draft.base_rev, sent.digest))
    same = [one for one in log if (one.kind, one.base_rev, one.digest) == ("save", draft.base_rev, sent.digest)]
    for entry in same:
        if entry.disposition == "accepted":
            return receipt_of(entry)
    arrival = Arrival(attempt, sent, state_of(asked, Policy.from_settings(attempt.settings), log))
    refusal = _refusal(arrival)
    if refusal is None:
        return arrival.accept(session)
    disposition, reason = refusal
    if not same:
        append(session, sent.kept(disposition))
    return arrival.conflict(reason)


def save_answers(
    session: Session, caller: Principal, attempt_id: UUID, drafts: Sequence[Mapping[str, Any]], at: datetime
) -> list[dict[str, Any]]:
    """Save several drafts [{slot, response, base_rev}] of a client that was away, each with its own verdict.

    What does not count is kept, and its verdict says why and what the slot holds. Raises `NotFound`, and `Invalid`
    where one cannot be read: then none is saved.
    """
    attempt = lock_own_attempt(session, caller.user_id, attempt_id)
    slots = list_asked(session, attempt.id)
    sent = read_sent(attempt_id, slots, drafts, at, "save")
    log = read_log(session, attempt_id)
    states = states_of(attempt, slots, log)
    first = {(one.slot, one.base_rev, one.digest): one for one in list_saves(session, attempt_id, sent)}
    lines: list[dict[str, Any]] = []
    verdicts = []
    for one in sent:
        arrival = Arrival(attempt, one, states[one.asked.number])
        same = first.get((one.asked.number, one.base_rev, one.digest))
        verdicts.append(_verdict(arrival, same, lines))
    append(session, *lines)
    return verdicts


def _verdict(arrival: Arrival, same: LogLine | None, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What becomes of one of several drafts; what is to be written is added to `lines`."""
    sent, state = arrival.sent, arrival.state
    number = sent.asked.number
    if same is not None and same.disposition == "accepted":
        return {"slot": number, "disposition": "accepted", "receipt": receipt_of(same)}
    refusal = _refusal(arrival)
    if refusal is None:
        lines.append(sent.accepted(state.rev + 1))
        receipt = Receipt(number, state.rev + 1, sent.digest, sent.at)
        return {"slot": number, "disposition": "accepted", "receipt": receipt}
    disposition, reason = refusal
    if same is None:
        lines.append(sent.kept(disposition))
    conflict = arrival.conflict(reason)
    return {"slot": number, "disposition": disposition, "reason": reason, **conflict.extra}


def check_answer(
    session: Session, caller: Principal, attempt_id: UUID, slot: int, answer: Try, at: datetime
) -> dict[str, Any] | Conflict:
    """Grade an answer and say what may be said of it.

    The same answer again gives the same outcome and uses no try. An answer that cannot be read is `Invalid`,
    never wrong, and uses none either; nor does a slip of the pen, once in a slot. A try that was already used for
    another answer, or a slot that takes no more, is kept and returned as a `Conflict`.
    """
    attempt, asked = lock_own_slot(session, caller.user_id, attempt_id, slot)
    sent = Sent(attempt_id, asked, "check", _read(asked, answer.response), at)
    policy = Policy.from_settings(attempt.settings)
    log = read_log(session, attempt_id, slot=slot)
    state = state_of(asked, policy, log)
    spelt = next(
        (entry for entry in log if entry.kind == "check" and entry.rev is not None and not entry.outcome), None
    )
    repeated = state.check_of(sent.digest)
    if repeated is not None:
        receipt = Receipt(slot, repeated.rev, repeated.digest, repeated.received_at)
        return {**slot_view(attempt, asked, state, at), "receipt": receipt, "near_miss": False}
    if spelt is not None and spelt.digest == sent.digest:
        return {**slot_view(attempt, asked, state, at), "receipt": receipt_of(spelt), "near_miss": True}
    arrival = Arrival(attempt, sent, state)
    refusal = _refusal(arrival) or _check_refusal(arrival, policy, answer.try_)
    if refusal is not None:
        disposition, reason = refusal
        append(session, sent.kept(disposition))
        return arrival.conflict(reason)
    outcome = None if spelt is None and asked.is_near_miss(sent.response) else _graded(sent)
    receipt = arrival.accept(session, outcome)
    state = state.and_then(Line(receipt.rev, sent.response, sent.digest, at, outcome))
    return {**slot_view(attempt, asked, state, at), "receipt": receipt, "near_miss": outcome is None}


def _read(asked: Asked, response: object) -> Any:
    try:
        return asked.read(response)
    except InvalidResponse as unreadable:
        raise Invalid.because(unreadable, "response") from None


def _graded(sent: Sent) -> Outcome:
    if sent.response is None:
        raise Invalid(errors=[Mistake(("response",), "There is no answer here yet.")])
    try:
        sent.asked.require_readable(sent.response)
    except InvalidResponse as unreadable:
        raise Invalid.because(unreadable, "response") from None
    return sent.asked.grade(sent.response)


def _refusal(arrival: Arrival) -> tuple[str, str] | None:
    """Why what arrived does not count, as (disposition, reason); None when it does."""
    attempt, state, sent = arrival.attempt, arrival.state, arrival.sent
    if attempt.state != "in_progress":
        return "after_finish", "This attempt is finished. Your text was kept, but it no longer counts."
    if is_late(sent.at, attempt.deadline_at):
        return "late", "The time for this attempt is over. Your text was kept, but it no longer counts."
    if state.closed:
        return "stale", "This question is closed: it is solved, or there are no tries left."
    if sent.base_rev is not None and sent.base_rev != state.rev:
        return "stale", "This was changed elsewhere in the meantime. Both texts are kept; compare them and save again."
    return None


def _check_refusal(arrival: Arrival, policy: Policy, try_: int) -> tuple[str, str] | None:
    if policy.mode == "deferred":
        return "stale", "This quiz says what was right after it is submitted. Save the answer instead."
    if arrival.asked.withheld:
        return "stale", "This question is also in another attempt of yours that is still open. Submit that one first."
    if try_ != arrival.state.used + 1:
        return "stale", f"Try {try_} is not the next one: {arrival.state.used} of {arrival.state.allowed} are used."
    return None
