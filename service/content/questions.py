"""Questions through their edits: an edit of what is asked makes a revision, an edit of what is right only a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

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


@dataclass(frozen=True)
class PresentQuestion:
    """What the database holds of a question now; digests are None before its first revision.

    `revisions` and `keys` are the highest numbers given so far, of its revisions and of the current one's keys.
    """

    id: UUID
    is_archived: bool
    reread: list[dict[str, Any]]
    revision_id: int | None
    answer_key_id: int | None
    revision_digest: str | None
    key_digest: str | None
    revisions: int
    keys: int

    @classmethod
    def made(cls, question_id: UUID) -> PresentQuestion:
        """A question that was made just now, without anything."""
        return cls(question_id, True, [], None, None, None, None, 0, 0)


def present_questions(session: Session, unit_ids: Sequence[int]) -> dict[int, dict[str, PresentQuestion]]:
    """The questions of these units, archived ones too, by unit and key."""
    revisions = _highest(QuestionRevision.number, QuestionRevision.question_id == Question.id)
    keys = _highest(AnswerKey.number, AnswerKey.revision_id == Question.revision_id)
    found = (
        select(
            *(Question.unit_id, Question.key, Question.id, Question.archived_at.is_not(None), Question.reread),
            *(Question.revision_id, Question.answer_key_id),
            *(QuestionRevision.content_digest, AnswerKey.content_digest, revisions, keys),
        )
        .join(QuestionRevision, QuestionRevision.id == Question.revision_id, isouter=True)
        .join(AnswerKey, AnswerKey.id == Question.answer_key_id, isouter=True)
        .where(Question.unit_id.in_(unit_ids))
    )
    present: dict[int, dict[str, PresentQuestion]] = {}
    for unit_id, key, *state in session.execute(found):
        present.setdefault(unit_id, {})[key] = PresentQuestion(*state)
    return present


def _highest(number: InstrumentedAttribute[int], belongs: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.coalesce(func.max(number), 0)).where(belongs).correlate(Question).scalar_subquery()


@dataclass(frozen=True)
class QuestionPointers:
    """What a question is to point at once its unit is published."""

    id: UUID
    revision_id: int | None
    answer_key_id: int | None
    reread: list[dict[str, Any]]

    def differ_from(self, present: PresentQuestion) -> bool:
        """Whether there is anything to write."""
        return (self.revision_id, self.answer_key_id, self.reread) != (
            present.revision_id,
            present.answer_key_id,
            present.reread,
        )


def stage_questions(
    session: Session,
    prepared: Sequence[PreparedQuestion],
    present: Mapping[str, PresentQuestion],
    reread: Mapping[str, list[dict[str, Any]]],
    now: datetime,
) -> list[QuestionPointers]:
    """Write the revisions and keys that are new, and say what each question is to point at; nothing does yet.

    `present` has all of them: rows were made for new ones. Attempts that were started before keep the revision and
    the key they pinned.
    """
    changed = [one for one in prepared if present[one.key].revision_digest != one.revision_digest]
    rows = [_revision(present[one.key], one, now) for one in changed]
    revisions = dict(zip([one.key for one in changed], _inserted(session, QuestionRevision, rows), strict=True))
    keyed: list[str] = []
    rows = []
    for question in prepared:
        before = present[question.key]
        if question.key in revisions:
            cause = "the first" if before.revision_id is None else "a new revision"
            keyed.append(question.key)
            rows.append(_key(revisions[question.key], question, 1, cause, now))
        elif before.revision_id is not None and before.key_digest != question.answer_key_digest:
            keyed.append(question.key)
            rows.append(_key(before.revision_id, question, before.keys + 1, "an edit", now))
    keys = dict(zip(keyed, _inserted(session, AnswerKey, rows), strict=True))
    return [
        QuestionPointers(
            present[one.key].id,
            revisions.get(one.key, present[one.key].revision_id),
            keys.get(one.key, present[one.key].answer_key_id),
            reread[one.key],
        )
        for one in prepared
    ]


def _inserted(
    session: Session, model: type[QuestionRevision] | type[AnswerKey], rows: Sequence[Mapping[str, Any]]
) -> Sequence[int]:
    """The ids of the rows, in their order, once they are inserted."""
    if not rows:
        return ()
    return session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows).all()


def point(session: Session, pointers: Sequence[QuestionPointers]) -> None:
    """Make the questions point at what they are to point at."""
    if pointers:
        session.execute(update(Question), [asdict(one) for one in pointers])


def _revision(before: PresentQuestion, question: PreparedQuestion, now: datetime) -> dict[str, Any]:
    return {
        "question_id": before.id,
        "number": before.revisions + 1,
        "content": question.revision,
        "content_digest": question.revision_digest,
        "created_at": now,
    }


def _key(revision_id: int, question: PreparedQuestion, number: int, cause: str, now: datetime) -> dict[str, Any]:
    return {
        "revision_id": revision_id,
        "number": number,
        "content": question.answer_key,
        "content_digest": question.answer_key_digest,
        "cause": cause,
        "created_at": now,
    }
