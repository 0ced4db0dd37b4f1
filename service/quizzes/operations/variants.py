"""Practising: another variant of a question, in a slot of its own, as often as a student likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.attempts import MOST_SLOTS, Policy, SlotState, is_late
from service.domain.roles import Principal
from service.errors import Conflict
from service.quizzes.models import Slot
from service.quizzes.operations.drawing import Askable, ask, pin, seen_values
from service.quizzes.operations.log import read_log, state_of
from service.quizzes.operations.record import Asked, OpenedAttempt, lock_own_slot
from service.quizzes.operations.view import slot_view
from service.world import World

NO_PARAMETERS = "This question has no parameters: it is the same question again, its parts shuffled anew."
ALL_SEEN = "You have met every variant of this question that could be found: this is one of them again."


def ask_for_variant(
    session: Session, world: World, caller: Principal, attempt_id: UUID, slot: int, at: datetime
) -> tuple[dict[str, Any], bool]:
    """The slot with the next variant of this slot's question, and whether it was made just now.

    There is one variant after each, so whoever asks twice, or twenty times at once, is given the same slot. The new
    one pins the revision and the key that the attempt pinned at its start. Nothing becomes of the earlier slot: its
    log and its grade stay. Raises `NotFound`, and `Conflict` where there is none to be had, or not yet.
    """
    attempt, asked = lock_own_slot(session, caller.user_id, attempt_id, slot)
    _refuse_unless_practised(attempt, asked, at)
    standing = _standing(session, attempt_id, asked)
    policy = Policy.from_settings(attempt.settings)
    seen = seen_values(session, caller.user_id, [asked.question_id])[str(asked.question_id)]
    if standing.after is not None:
        _, asked = lock_own_slot(session, caller.user_id, attempt_id, standing.after)
        state = state_of(asked, policy, read_log(session, attempt_id, slot=standing.after))
        is_new, note = False, _note(asked, seen.count(asked.drawn) > 1)
    else:
        _refuse_unless_closed(state_of(asked, policy, read_log(session, attempt_id, slot=slot)))
        asked = _pinned(session, world, attempt, asked, standing.slots + 1, seen)
        state = state_of(asked, policy, [])
        is_new, note = True, _note(asked, asked.drawn in seen)
    return {**slot_view(attempt, asked, state, at), "variant_of": standing.first, "note": note}, is_new


class _Standing(NamedTuple):
    """Of an attempt: how many slots it has, the first one with this question, and the next one after this slot."""

    slots: int
    first: int
    after: int | None


def _standing(session: Session, attempt_id: UUID, asked: Asked) -> _Standing:
    same = Slot.question_id == asked.question_id
    found = select(
        func.max(Slot.number),
        func.min(Slot.number).filter(same),
        func.min(Slot.number).filter(same, Slot.number > asked.number),
    )
    return _Standing(*session.execute(found.where(Slot.attempt_id == attempt_id)).one())


def _note(asked: Asked, is_known: bool) -> str | None:
    """What a student should know who expects other values."""
    if not asked.drawn:
        return NO_PARAMETERS
    return ALL_SEEN if is_known else None


def _refuse_unless_practised(attempt: OpenedAttempt, asked: Asked, at: datetime) -> None:
    if attempt.settings["mode"] != "practice":
        raise Conflict("Only a quiz of mode `practice` gives another variant; start another attempt at this one.")
    if attempt.state != "in_progress" or is_late(at, attempt.deadline_at):
        raise Conflict("This attempt is over; start another one to practise more.")
    if asked.withheld:
        raise Conflict("This question is also in another attempt of yours that is still open. Submit that one first.")


def _refuse_unless_closed(state: SlotState) -> None:
    if not state.closed:
        left = state.allowed - state.used
        raise Conflict(
            f"This variant is still open, with {left} of {state.allowed} tries left. Another one is given as soon as "
            "this one is solved or its tries are used: check an answer first."
        )


def _pinned(
    session: Session, world: World, attempt: OpenedAttempt, asked: Asked, number: int, seen: Sequence[Mapping[str, Any]]
) -> Asked:
    if number > MOST_SLOTS:
        raise Conflict(f"This attempt has {number - 1} questions, as many as it can have. Submit it, start another.")
    question = Askable(
        asked.question_id, asked.revision_id, asked.answer_key_id, asked.revision, asked.key, asked.reread
    )
    shuffle, chance = attempt.settings["shuffle"]["choices"], world.chance()
    fresh = ask(number, question, seen, chance, shuffle=shuffle)
    if fresh.drawn in seen:
        # None is new: then at least not the one that was answered just now, if there is another.
        fresh = ask(number, question, [asked.drawn], chance, shuffle=shuffle)
    pin(session, attempt.id, [fresh])
    return fresh
