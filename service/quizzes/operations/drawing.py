"""Pinning what is asked: the values of a variant, an order and ids that mean nothing, for a new slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.content.models import AnswerKey, Question, QuestionRevision
from service.domain import questions
from service.quizzes.models import Attempt, Slot
from service.quizzes.operations.record import Asked


@dataclass(frozen=True)
class Askable:
    """A question as it stands now, to be pinned by a new slot."""

    id: UUID
    revision_id: int
    answer_key_id: int
    revision: Mapping[str, Any]
    key: Mapping[str, Any]
    reread: Sequence[Mapping[str, Any]]


def list_askable(session: Session, questions_: Iterable[UUID]) -> list[Askable]:
    """These questions as they stand now; archived ones are no longer asked."""
    pinned = Question.id, Question.revision_id, Question.answer_key_id
    rows = session.execute(
        select(*pinned, QuestionRevision.content, AnswerKey.content, Question.reread)
        .join(QuestionRevision, QuestionRevision.id == Question.revision_id)
        .join(AnswerKey, AnswerKey.id == Question.answer_key_id)
        .where(Question.id.in_(list(questions_)), Question.archived_at.is_(None))
    )
    return [Askable(*row) for row in rows]


def ask(number: int, question: Askable, seen: Sequence[Mapping[str, Any]], chance: Random, *, shuffle: bool) -> Asked:
    """A slot with a variant of the question, one that is not among `seen` if there is any, in an order of chance."""
    values = questions.draw_values(question.revision, chance, seen)
    layout = questions.lay_out(
        question.revision, question.key, values, shuffle=shuffle, chance=chance, fresh=lambda: _short_id(chance)
    )
    return Asked(
        number=number,
        question_id=question.id,
        revision_id=question.revision_id,
        answer_key_id=question.answer_key_id,
        revision=question.revision,
        key=question.key,
        drawn=values,
        layout=layout,
        reread=question.reread,
        withheld=False,
    )


def _short_id(chance: Random) -> str:
    # 32 bits: unlikely to repeat among the parts of one question; the layout draws again if they do.
    return f"{int(chance.random() * 2**32):08x}"


def pin(session: Session, attempt_id: UUID, asked: Sequence[Asked]) -> None:
    """Write new slots of an attempt down, in one statement."""
    session.execute(
        insert(Slot),
        [
            {
                "attempt_id": attempt_id,
                "number": one.number,
                "question_id": one.question_id,
                "revision_id": one.revision_id,
                "answer_key_id": one.answer_key_id,
                "drawn": one.drawn,
                "layout": one.layout,
            }
            for one in asked
        ],
    )


def seen_values(
    session: Session, user_id: UUID | None, question_ids: Sequence[UUID]
) -> dict[str, list[Mapping[str, Any]]]:
    """The values this student has already met, by question: unseen variants come first."""
    seen: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    found = (
        select(Slot.question_id, Slot.drawn)
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .where(Attempt.user_id == user_id, Slot.question_id.in_(question_ids))
    )
    for question_id, values in session.execute(found):
        seen[str(question_id)].append(values)
    return seen
