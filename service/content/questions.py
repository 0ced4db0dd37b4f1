"""Questions through their edits: an edit of what is asked makes a revision, an edit of what is right only a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, func, insert, select, update
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
    """What a question is to point at once its unit is published; `reread` is None where it stays as it is."""

    id: UUID
    revision_id: int | None
    answer_key_id: int | None
    reread: list[dict[str, Any]] | None

    def differ_from(self, present: PresentQuestion) -> bool:
        """Whether there is anything to write."""
        same = (self.revision_id, self.answer_key_id) == (present.revision_id, present.answer_key_id)
        return not same or self.reread is not None


@dataclass(frozen=True)
class AskedIn:
    """A question of a unit that is staged: as it is to be, as it is there (or was made just now), and its passages."""

    prepared: PreparedQuestion
    present: PresentQuestion
    reread: list[dict[str, Any]]

    @property
    def is_new(self) -> bool:
        """Whether there was nothing of it."""
        return self.present.revision_id is None

    @property
    def is_revised(self) -> bool:
        """Whether it asks something else than before."""
        return self.present.revision_digest != self.prepared.revision_digest


def stage_questions(session: Session, asked: Sequence[AskedIn], now: datetime) -> dict[UUID, QuestionPointers]:
    """Write the revisions and keys that are new, and say what each question, by its id, is to point at; nothing does.

    Attempts that were started before keep the revision and the key they pinned.
    """
    revised = [one for one in asked if one.is_revised]
    ids = _inserted(session, QuestionRevision, [_revision(one, now) for one in revised])
    revisions = {one.present.id: made for one, made in zip(revised, ids, strict=True)}
    keyed = [one for one in asked if one.is_revised or one.present.key_digest != one.prepared.answer_key_digest]
    ids = _inserted(session, AnswerKey, [_key(one, revisions.get(one.present.id), now) for one in keyed])
    keys = {one.present.id: made for one, made in zip(keyed, ids, strict=True)}
    return {
        one.present.id: QuestionPointers(
            one.present.id,
            revisions.get(one.present.id, one.present.revision_id),
            keys.get(one.present.id, one.present.answer_key_id),
            one.reread if one.reread != one.present.reread else None,
        )
        for one in asked
    }


def point_new(session: Session, questions: Sequence[UUID]) -> None:
    """Make questions that have a single revision with a single key point at them."""
    first = (
        select(QuestionRevision.question_id, QuestionRevision.id, AnswerKey.id.label("key"))
        .join(AnswerKey, AnswerKey.revision_id == QuestionRevision.id)
        .where(QuestionRevision.question_id.in_(questions))
        .subquery()
    )
    session.execute(
        update(Question)
        .where(Question.id == first.c.question_id)
        .values(revision_id=first.c.id, answer_key_id=first.c.key)
        .execution_options(synchronize_session=False)
    )


def _inserted(
    session: Session, model: type[QuestionRevision] | type[AnswerKey], rows: Sequence[Mapping[str, Any]]
) -> Sequence[int]:
    """The ids of the rows, in their order, once they are inserted."""
    if not rows:
        return ()
    return session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows).all()


def point(session: Session, pointers: Sequence[QuestionPointers]) -> None:
    """Make the questions point at what they are to point at."""
    # Rows of a table, not objects: a course may have thousands, and everybody who writes waits meanwhile.
    table = cast(Table, Question.__table__)
    one_question = update(table).where(table.c.id == bindparam("question"))
    if pointers:
        repoint = one_question.values(revision_id=bindparam("revision"), answer_key_id=bindparam("answer_key"))
        session.execute(
            repoint,
            [{"question": to.id, "revision": to.revision_id, "answer_key": to.answer_key_id} for to in pointers],
        )
    read_again = [{"question": to.id, "passages": to.reread} for to in pointers if to.reread is not None]
    if read_again:
        session.execute(one_question.values(reread=bindparam("passages")), read_again)


def _revision(asked: AskedIn, now: datetime) -> dict[str, Any]:
    return {
        "question_id": asked.present.id,
        "number": asked.present.revisions + 1,
        "content": asked.prepared.revision,
        "content_digest": asked.prepared.revision_digest,
        "created_at": now,
    }


def _key(asked: AskedIn, new_revision: int | None, now: datetime) -> dict[str, Any]:
    """A key: the first of a new revision, or the next of the one there is."""
    cause = "an edit" if new_revision is None else "the first" if asked.is_new else "a new revision"
    return {
        "revision_id": asked.present.revision_id if new_revision is None else new_revision,
        "number": asked.present.keys + 1 if new_revision is None else 1,
        "content": asked.prepared.answer_key,
        "content_digest": asked.prepared.answer_key_digest,
        "cause": cause,
        "created_at": now,
    }
