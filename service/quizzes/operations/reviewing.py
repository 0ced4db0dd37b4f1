"""Reviewing one question in an attempt of its own, and saying that it was easy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import Quiz, Unit
from service.db import insert_unless_present
from service.domain.roles import Principal
from service.errors import Conflict, NotFound, Unavailable
from service.quizzes.models import Attempt, EasyMark, FirstTry
from service.quizzes.operations.drawing import Askable, ask, list_askable, pin, seen_values
from service.quizzes.operations.extending import closes_of
from service.quizzes.operations.look import AttemptView, review_of, view_attempt
from service.quizzes.operations.record import Asked, get_own_attempt
from service.world import World

SETTINGS: Mapping[str, Any] = {
    "importance": "optional",
    "mode": "immediate",
    "reveal": "after_each",
    "tries": None,
    "penalty": "0",
    "attempts": None,
    "keep": "best",
    "shuffle": {"questions": False, "choices": True},
    "opens": None,
    "closes": None,
    "time_limit": None,
    "pass_mark": None,
    "questions": 1,
}
"""How a review works: checked at once, with what is right as soon as it is closed."""


@dataclass(frozen=True)
class ToReview:
    """The question whose turn it is, its course, and unmet ones like it that could stand in, the first one first."""

    course_id: int
    question: UUID
    alike: Sequence[str]


def start_review(
    session: Session, world: World, caller: Principal, wanted: ToReview, now: datetime
) -> tuple[AttemptView, bool]:
    """The student's open review of the question, and whether it was started just now; a new variant if there is one."""
    mine = select(Attempt).where(
        Attempt.user_id == caller.user_id,
        Attempt.review_question_id == wanted.question,
        Attempt.state == "in_progress",
    )
    started = {
        "id": world.fresh_id(),
        "user_id": caller.user_id,
        "course_id": wanted.course_id,
        "quiz_id": None,
        "review_question_id": wanted.question,
        "state": "in_progress",
        "settings": dict(SETTINGS),
        "withholds": False,
        "started_at": now,
        "deadline_at": None,
        "finished_at": None,
    }
    if not insert_unless_present(session, Attempt, started):
        winner = session.scalars(mine).one_or_none()
        if winner is None:
            raise Unavailable("Another start was faster, and its review is finished already. Start once more.")
        return view_attempt(session, winner, review_of(session, winner), now), False
    asked = [_ask_anew(session, world, caller, wanted, now)]
    attempt = Attempt(**started)
    pin(session, attempt.id, asked)
    return view_attempt(session, attempt, review_of(session, attempt), now, fresh=asked), True


def mark_easy(session: Session, caller: Principal, attempt_id: UUID, slot: int, at: datetime) -> None:
    """Note that a question was easy, once it is finished and was right at the first try; again changes nothing."""
    get_own_attempt(session, caller.user_id, attempt_id)
    first = session.get(FirstTry, (attempt_id, slot))
    if first is None or first.key_seen_at is None or first.key_seen_at > at:
        raise Conflict("Say so once the attempt is finished and shows what was right.")
    if first.status != "correct" or first.hinted:
        raise Conflict("Only what was right at the first try, without a hint, was easy.")
    insert_unless_present(session, EasyMark, {"attempt_id": attempt_id, "slot": slot, "marked_at": at})


def _ask_anew(session: Session, world: World, caller: Principal, wanted: ToReview, now: datetime) -> Asked:
    """A slot with a variant that the student has not met, or else one like it, or else the question once more."""
    question = _get_askable(session, wanted.question)
    seen = seen_values(session, caller.user_id, [question.id])[str(question.id)]
    chance = world.chance()
    asked = ask(1, question, seen, chance, shuffle=True)
    if asked.drawn not in seen or not wanted.alike:
        return asked
    free = _freely_asked(session, wanted.course_id, now)
    other = next((UUID(one) for one in wanted.alike if one in free), None)
    return asked if other is None else ask(1, _get_askable(session, other), [], chance, shuffle=True)


def _freely_asked(session: Session, course_id: int, now: datetime) -> set[str]:
    """Questions of which a review may show the answer to who has not met them: only free quizzes ask them."""
    free: set[str] = set()
    guarded: set[str] = set()
    found = select(Quiz.settings, Quiz.status, Unit.status).join(Unit, Unit.id == Quiz.unit_id)
    for settings, status, unit_status in session.execute(
        found.where(Unit.course_id == course_id, Quiz.archived_at.is_(None))
    ):
        is_free = status == unit_status == "published" and _is_free(settings, now)
        (free if is_free else guarded).update(one for pool in settings["pools"] for one in pool["questions"])
    return free - guarded


def _is_free(settings: Mapping[str, Any], now: datetime) -> bool:
    """Whether a quiz tells its answers at once, to everybody, as often as they like."""
    opens, closes = settings.get("opens"), closes_of(settings)
    return (
        settings["mode"] != "deferred"
        and settings["reveal"] == "after_each"
        and settings.get("attempts") is None
        and (opens is None or datetime.fromisoformat(opens) <= now)
        and (closes is None or now < closes)
    )


def _get_askable(session: Session, question_id: UUID) -> Askable:
    for question in list_askable(session, [question_id]):
        return question
    raise NotFound()
