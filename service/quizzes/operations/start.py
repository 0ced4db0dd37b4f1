"""Starting an attempt: drawing its questions and pinning everything it will be graded by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.db import insert_unless_present
from service.domain.draws import draw
from service.domain.roles import Principal
from service.errors import Conflict, Unavailable
from service.quizzes.models import Attempt, Slot
from service.quizzes.operations.closing import settle
from service.quizzes.operations.drawing import ask, list_askable, pin, seen_values
from service.quizzes.operations.extending import Granted, closes_of, find_granted
from service.quizzes.operations.look import AttemptView, OfferedQuiz, get_offered_quiz, view_attempt
from service.quizzes.operations.record import Asked
from service.world import World


def start_attempt(session: Session, world: World, caller: Principal, quiz_id: UUID) -> tuple[AttemptView, bool]:
    """The student's open attempt at the quiz, and whether it was started just now.

    Two starts at once end in one attempt: a unique index decides, and the loser is given the winner's. Raises
    `NotFound`, `Conflict` when the quiz is not open or no attempt is left, and `Unavailable` when the winner's is over.
    """
    offered = get_offered_quiz(session, caller, quiz_id)
    earlier_ones = select(Attempt).where(Attempt.user_id == caller.user_id, Attempt.quiz_id == quiz_id)
    attempts = session.scalars(earlier_ones).all()
    for attempt in attempts:
        settle(session, attempt, world.now())
        if attempt.state == "in_progress":
            return view_attempt(session, attempt, offered, world.now()), False
    now = world.now()
    granted = find_granted(session, caller.user_id, quiz_id)
    _refuse_unless_open(offered.settings, granted, len([a for a in attempts if a.state == "finished"]), now)
    started = _pinned_attempt(world, caller, offered, granted, now)
    if not insert_unless_present(session, Attempt, started):
        winner = session.scalars(earlier_ones.where(Attempt.state == "in_progress")).one_or_none()
        if winner is None:
            raise Unavailable("Another start was faster, and its attempt is finished already. Start once more.")
        return view_attempt(session, winner, offered, now), False
    if offered.settings.get("attempts") is not None:
        # Another one may have been started and finished since we looked; from here on no other can begin.
        finished = session.scalars(earlier_ones.where(Attempt.state == "finished")).all()
        _refuse_unless_open(offered.settings, granted, len(finished), now)
    attempt = Attempt(**started)
    asked = _draw_slots(session, world, attempt, offered)
    return view_attempt(session, attempt, offered, now, fresh=asked), True


def _refuse_unless_open(settings: Mapping[str, Any], granted: Granted, used: int, now: datetime) -> None:
    opens = datetime.fromisoformat(settings["opens"]) if settings.get("opens") else None
    closes = granted.closes or closes_of(settings)
    if opens is not None and now < opens:
        raise Conflict(f"This quiz opens at {opens.isoformat()}.")
    if closes is not None and now >= closes:
        raise Conflict(f"This quiz closed at {closes.isoformat()}.")
    allowed = settings.get("attempts")
    if allowed is not None and used >= allowed:
        raise Conflict(f"You have used all {allowed} attempts at this quiz.")


def _pinned_attempt(
    world: World, caller: Principal, offered: OfferedQuiz, granted: Granted, now: datetime
) -> dict[str, Any]:
    settings = {name: value for name, value in offered.settings.items() if name != "pools"}
    return {
        "id": world.fresh_id(),
        "user_id": caller.user_id,
        "course_id": offered.course_id,
        "quiz_id": offered.id,
        "state": "in_progress",
        "settings": settings,
        "withholds": settings["mode"] == "deferred" or settings["reveal"] != "after_each",
        "started_at": now,
        "deadline_at": granted.deadline(settings, now),
        "finished_at": None,
    }


def _draw_slots(session: Session, world: World, attempt: Attempt, offered: OfferedQuiz) -> list[Asked]:
    chance = world.chance()
    shuffle = offered.settings["shuffle"]
    wanted = {UUID(question) for pool in offered.settings["pools"] for question in pool["questions"]}
    askable = {str(question.id): question for question in list_askable(session, wanted)}
    elsewhere = _withheld(session, attempt)
    drawn = draw(offered.settings["pools"], set(askable), elsewhere, shuffle=shuffle["questions"], chance=chance)
    seen = seen_values(session, attempt.user_id, [UUID(question) for question in drawn])
    asked = [
        ask(number, askable[question], seen[question], chance, shuffle=shuffle["choices"])
        for number, question in enumerate(drawn, start=1)
    ]
    if not asked:
        raise Conflict("This quiz has no questions at the moment.")
    pin(session, attempt.id, asked)
    return asked


def _withheld(session: Session, attempt: Attempt) -> set[str]:
    """Questions in the student's other open attempts that show nothing before their end."""
    found = (
        select(Slot.question_id)
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .where(Attempt.user_id == attempt.user_id, Attempt.state == "in_progress", Attempt.withholds)
        .where(Attempt.id != attempt.id)
    )
    return {str(question_id) for question_id in session.scalars(found)}
