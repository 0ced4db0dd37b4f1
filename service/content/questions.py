"""Questions through their edits: an edit of what is asked makes a revision, an edit of what is right only a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.content.models import AnswerKey, Question, QuestionRevision
from service.content.rendering import render_texts
from service.db import digest_of
from service.domain.documents import UnitDocument
from service.domain.parameters import with_parameters
from service.domain.questions import split


@dataclass(frozen=True)
class PreparedQuestion:
    """A question split into what is asked and what is right, both rendered.

    The digests are of what the author wrote: a better renderer alone makes no new revision.
    """

    key: str
    revision: Mapping[str, Any]
    revision_digest: str
    answer_key: Mapping[str, Any]
    answer_key_digest: str


def prepare_questions(document: UnitDocument) -> tuple[PreparedQuestion, ...]:
    """Split and render every question of a unit."""
    stimuli = {stimulus.key: stimulus for stimulus in document.stimuli}
    prepared = []
    for question in with_parameters(document.questions):
        stimulus = None if question.stimulus is None else stimuli[question.stimulus]
        revision, key = split(question, stimulus)
        prepared.append(
            PreparedQuestion(
                question.key, render_texts(revision), digest_of(revision), render_texts(key), digest_of(key)
            )
        )
    return tuple(prepared)


def publish_questions(
    session: Session,
    rows: Mapping[str, Question],
    prepared: Sequence[PreparedQuestion],
    reread: Mapping[str, list[dict[str, Any]]],
    now: datetime,
) -> None:
    """Bring each question's current revision and key to what was prepared; what is the same is left alone.

    Attempts that were started before keep the revision and the key they pinned.
    """
    current = _current(session, [row.id for row in rows.values()])
    for question in prepared:
        row = rows[question.key]
        if row.reread != reread[question.key]:
            row.reread = reread[question.key]
        before = current.get(row.id)
        if before is None or before.revision_digest != question.revision_digest:
            revision = _revision(row, question, 1 if before is None else before.revision_number + 1, now)
            session.add(revision)
            session.flush()
            row.revision_id = revision.id
            key = _key(revision.id, question, 1, "the first" if before is None else "a new revision", now)
        elif before.key_digest != question.answer_key_digest:
            key = _key(before.revision_id, question, before.key_number + 1, "an edit", now)
        else:
            continue
        session.add(key)
        session.flush()
        row.answer_key_id = key.id


def _current(session: Session, question_ids: Sequence[UUID]) -> Mapping[UUID, Row[*tuple[Any, ...]]]:
    found = (
        select(
            Question.id,
            QuestionRevision.id.label("revision_id"),
            QuestionRevision.number.label("revision_number"),
            QuestionRevision.content_digest.label("revision_digest"),
            AnswerKey.number.label("key_number"),
            AnswerKey.content_digest.label("key_digest"),
        )
        .join(QuestionRevision, QuestionRevision.id == Question.revision_id)
        .join(AnswerKey, AnswerKey.id == Question.answer_key_id)
        .where(Question.id.in_(question_ids))
    )
    return {row.id: row for row in session.execute(found)}


def _revision(row: Question, question: PreparedQuestion, number: int, now: datetime) -> QuestionRevision:
    return QuestionRevision(
        question_id=row.id,
        number=number,
        content=question.revision,
        content_digest=question.revision_digest,
        created_at=now,
    )


def _key(revision_id: int, question: PreparedQuestion, number: int, cause: str, now: datetime) -> AnswerKey:
    return AnswerKey(
        revision_id=revision_id,
        number=number,
        content=question.answer_key,
        content_digest=question.answer_key_digest,
        cause=cause,
        created_at=now,
    )
