"""The questions of a course with what their answers say of them, revision by revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from service.content.models import AnswerKey, Question, QuestionRevision, Quiz, Unit
from service.domain import questions
from service.domain.statistics import (
    ENOUGH,
    Chosen,
    Estimate,
    Picked,
    choice_correlation,
    discrimination,
    facility,
    is_miskeyed,
    spread,
)
from service.progress.statistics.sums import Counted, count_choices, count_mistakes, count_tries


@dataclass(frozen=True)
class QuestionStatistics:
    """A question in its unit, with the figures of each revision that was answered, the newest first."""

    question: UUID
    place: tuple[str, str]
    unit: str
    stem: Mapping[str, Any]
    kind: str
    revisions: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Asked:
    """Which questions: of a unit, of those that a quiz may ask, or all."""

    unit: str | None = None
    quiz: UUID | None = None


def list_statistics(
    session: Session,
    course_id: int,
    *,
    asked: Asked,
    after: tuple[str, str] | None,
    limit: int,
    shows_keys: bool,
) -> list[QuestionStatistics]:
    """The questions of the published units in their order; `shows_keys`: what was chosen, and what is right, too."""
    rows = _questions(session, course_id, asked, after, limit)
    ids = [row.id for row in rows]
    counted = count_tries(session, ids)
    revisions = _revisions(session, ids)
    chosen = count_choices(session, ids) if shows_keys else {}
    mistakes = count_mistakes(session, ids) if shows_keys else {}
    return [
        QuestionStatistics(
            question=row.id,
            place=(row.sort, str(row.id)),
            unit=row.unit,
            stem=row.content["stem"] if shows_keys else questions.bare_stem(row.content),
            kind=row.content["kind"],
            revisions=[
                {
                    "revision": one.number,
                    "is_current": one.id == row.revision_id,
                    **_figures(counted[one.id]),
                    "mistakes": _named(mistakes.get(one.id, {}), counted[one.id]) if shows_keys else None,
                    **(_of_choices(one, counted[one.id], chosen.get(one.id, {})) if shows_keys else _NO_CHOICES),
                }
                for one in revisions.get(row.id, ())
                if one.id in counted
            ],
        )
        for row in rows
    ]


def _questions(
    session: Session, course_id: int, asked: Asked, after: tuple[str, str] | None, limit: int
) -> Sequence[Any]:
    found = (
        select(Question.id, Question.revision_id, Unit.sort, Unit.key.label("unit"), QuestionRevision.content)
        .join(Unit, Unit.id == Question.unit_id)
        .join(QuestionRevision, QuestionRevision.id == Question.revision_id)
        .where(Unit.course_id == course_id, Unit.status == "published", Question.archived_at.is_(None))
    )
    if asked.unit is not None:
        found = found.where(Unit.key == asked.unit)
    if asked.quiz is not None:
        settings = session.scalar(select(Quiz.settings).where(Quiz.id == asked.quiz)) or {"pools": []}
        found = found.where(Question.id.in_({UUID(one) for pool in settings["pools"] for one in pool["questions"]}))
    if after is not None:
        found = found.where(tuple_(Unit.sort, Question.id) > tuple_(after[0], UUID(after[1])))
    return session.execute(found.order_by(Unit.sort, Question.id).limit(limit)).all()


def _revisions(session: Session, asked: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Every revision with its newest key, the newest revision first."""
    rows = session.execute(
        select(
            QuestionRevision.id,
            QuestionRevision.question_id,
            QuestionRevision.number,
            QuestionRevision.content,
            AnswerKey.content.label("key"),
        )
        .join(AnswerKey, AnswerKey.revision_id == QuestionRevision.id)
        .where(QuestionRevision.question_id.in_(asked))
        .order_by(QuestionRevision.number.desc(), AnswerKey.number)
    )
    newest = {row.id: row for row in rows}
    by_question: dict[UUID, list[Any]] = {}
    for row in newest.values():
        by_question.setdefault(row.question_id, []).append(row)
    return by_question


def _figures(counted: Counted) -> dict[str, Any]:
    sums = counted.sums
    enough = sums.n >= ENOUGH
    return {
        "n": sums.n,
        "pairs": sums.pairs if enough else None,
        "facility": facility(sums),
        "spread": spread(sums),
        "discrimination": discrimination(sums),
        "unanswered": counted.unanswered if enough else None,
        "hinted": counted.hinted if enough else None,
        "mean_tries": counted.checks / sums.n if enough else None,
    }


_NO_CHOICES: dict[str, Any] = {"choices": None, "may_be_miskeyed": None}


def _of_choices(revision: Any, counted: Counted, chosen: Mapping[str, Chosen]) -> dict[str, Any]:
    """How many chose what, and whether the wrong ones did better than those who were right."""
    offered = _offered(revision)
    if offered is None or counted.sums.n < ENOUGH:
        return _NO_CHOICES
    told, right, wrong = [], list[Estimate | None](), list[Picked]()
    for key, text, is_right in offered:
        picked = chosen.get(key, Chosen(0, 0, 0))
        goes_with = choice_correlation(counted.sums, picked)
        told.append(
            {
                "text": text,
                "right": is_right,
                "chosen": picked.n,
                "share": picked.n / counted.sums.n,
                "correlation": goes_with,
            }
        )
        if is_right:
            right.append(goes_with)
        elif is_right is not None:
            wrong.append(Picked(picked.n, goes_with))
    is_known = bool(right and wrong) and revision.content["kind"] != "multiple_choice"
    return {"choices": told, "may_be_miskeyed": is_miskeyed(right, wrong) if is_known else None}


def _offered(revision: Any) -> list[tuple[str, str, bool | None]] | None:
    """The choices as (key, text, whether it is right); None where there are none, unknown where it hangs on values."""
    content, key = revision.content, revision.key
    if content["kind"] == "true_false":
        answer = key["answer"]
        return [
            (name, name, (name == "true") == answer if isinstance(answer, bool) else None) for name in ("true", "false")
        ]
    if "choices" not in content:
        return None
    computed = key["correct"] is not None
    return [
        (one["key"], one["text"]["markdown"], None if computed else key["choices"][one["key"]]["right"])
        for one in content["choices"]
    ]


def _named(mistakes: Mapping[str, int], counted: Counted) -> list[dict[str, Any]] | None:
    if counted.sums.n < ENOUGH:
        return None
    return [{"mistake": mistake, "n": number} for mistake, number in mistakes.items()]
