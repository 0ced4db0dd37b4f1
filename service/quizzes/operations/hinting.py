"""Hints: free, one after the other, and remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.db import insert_unless_present
from service.domain import questions
from service.domain.attempts import Policy, is_late
from service.domain.roles import Principal
from service.errors import Conflict
from service.quizzes.models import HintTaken
from service.quizzes.operations.log import read_log, state_of
from service.quizzes.operations.record import Asked, OpenedAttempt, lock_own_slot
from service.quizzes.operations.view import slot_view


def take_hint(
    session: Session, caller: Principal, attempt_id: UUID, slot: int, number: int, at: datetime
) -> dict[str, Any]:
    """Give hint number `number` of a slot, from 1; the slot as it is then. One that was given is given again.

    Raises `NotFound`, and `Conflict` where there is none to be had, or not yet.
    """
    attempt, asked = lock_own_slot(session, caller.user_id, attempt_id, slot)
    state = state_of(asked, Policy.from_settings(attempt.settings), read_log(session, attempt_id, slot=slot))
    if number > asked.hinted:
        _refuse_unless_next(attempt, asked, number, is_closed=state.closed, at=at)
        values = {"attempt_id": attempt_id, "slot": slot, "number": number, "taken_at": at}
        insert_unless_present(session, HintTaken, values)
        asked = replace(asked, hinted=number)
    return slot_view(attempt, asked, state, at)


def _refuse_unless_next(attempt: OpenedAttempt, asked: Asked, number: int, *, is_closed: bool, at: datetime) -> None:
    there_are = questions.hint_count(asked.key)
    if attempt.state != "in_progress" or is_late(at, attempt.deadline_at):
        raise Conflict("This attempt is over: there are no more hints.")
    if is_closed:
        raise Conflict("This question is closed: what is right is shown as soon as the quiz shows it.")
    if attempt.settings["mode"] == "deferred" or asked.withheld:
        raise Conflict("This quiz says nothing about its questions before it is submitted.")
    if number > there_are:
        raise Conflict(f"There is no hint {number}: there are {there_are}." if there_are else "There are no hints.")
    if number > asked.hinted + 1:
        raise Conflict(f"Hint {number} is not the next one: that is {asked.hinted + 1}.")
