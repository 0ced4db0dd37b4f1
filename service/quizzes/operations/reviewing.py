"""Reviewing one question in an attempt of its own, and saying that it was easy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import AnswerKey, Question, QuestionRevision
from service.db import insert_unless_present
from service.domain.roles import Principal
from service.errors import Conflict, NotFound, Unavailable
from service.quizzes.models import Attempt, EasyMark, FirstTry
from service.quizzes.operations.drawing import Askable, ask, pin, seen_values
from service.quizzes.operations.look import AttemptView, review_of, view_attempt
from service.quizzes.operations.record import get_own_attempt
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
    """The question whose turn it is, the one that is asked for it, and the course of both."""

    course_id: int
    question: UUID
    asked: UUID


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
    question = _askable(session, wanted.asked)
    seen = seen_values(session, caller.user_id, [question.id])[str(question.id)]
    asked = [ask(1, question, seen, world.chance(), shuffle=True)]
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


def _askable(session: Session, question_id: UUID) -> Askable:
    row = session.execute(
        select(
            Question.id,
            Question.revision_id,
            Question.answer_key_id,
            QuestionRevision.content,
            AnswerKey.content,
            Question.reread,
        )
        .join(QuestionRevision, QuestionRevision.id == Question.revision_id)
        .join(AnswerKey, AnswerKey.id == Question.answer_key_id)
        .where(Question.id == question_id, Question.archived_at.is_(None))
    ).first()
    if row is None:
        raise NotFound()
    return Askable(*row)
