"""Short answers that no entry of a key knows, in heaps of what is spelt alike: one that is right is missing there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from service.content.models import AnswerKey, Question, QuestionRevision
from service.db import digest_of
from service.domain import questions
from service.domain.heaps import Heap, heaps_of
from service.quizzes.models import FirstTry, Slot

MOST_READ = 5_000
"""Different answers that are looked through, the most frequent ones."""
MOST_SPELLINGS = 20


@dataclass(frozen=True)
class Unmatched:
    """A heap of answers to a question, or to one gap of it (`part`); each student is counted once.

    `id` names it as long as its most frequent form is the same.
    """

    id: str
    part: str | None
    heap: Heap

    @property
    def text(self) -> str:
        """The most frequent spelling."""
        return self.heap.text

    @property
    def n(self) -> int:
        """How many students wrote one of them."""
        return self.heap.n

    @property
    def spellings(self) -> list[dict[str, Any]]:
        """The most frequent ones as they were typed."""
        return [{"text": text, "n": number} for text, number in self.heap.most_frequent()[:MOST_SPELLINGS]]


def list_unmatched(session: Session, question: Question) -> list[Unmatched]:
    """The heaps of a question's current revision by its current key, the largest first."""
    row = session.execute(
        select(QuestionRevision.content, AnswerKey.content.label("key"))
        .join(AnswerKey, AnswerKey.revision_id == QuestionRevision.id)
        .where(QuestionRevision.id == question.revision_id, AnswerKey.id == question.answer_key_id)
    ).first()
    if row is None:
        return []
    met = _first_meetings(question)
    answers = session.execute(
        select(met.c.response, Slot.drawn, func.count().label("n"))
        .join(Slot, (Slot.attempt_id == met.c.attempt_id) & (Slot.number == met.c.slot))
        .where(met.c.nth == 1, met.c.status.in_(("incorrect", "partial")), met.c.response.is_not(None))
        .group_by(met.c.response, Slot.drawn)
        .order_by(func.count().desc(), met.c.response, Slot.drawn)
        .limit(MOST_READ)
    )
    texts: dict[str | None, Counter[str]] = defaultdict(Counter)
    for response, drawn, number in answers:
        for part, text in _unknown(row.content, row.key, drawn, response):
            texts[part][text] += number
    found = [
        Unmatched(digest_of([str(question.id), part, heap.form])[:16], part, heap)
        for part, counted in texts.items()
        for heap in heaps_of(counted.items())
    ]
    return sorted(found, key=lambda one: (-one.n, one.part or "", one.heap.form))


def _first_meetings(question: Question) -> Subquery:
    """The first tries of the current revision, with which of its student's each is."""
    nth = func.row_number().over(
        partition_by=FirstTry.user_id, order_by=(FirstTry.answered_at, FirstTry.attempt_id, FirstTry.slot)
    )
    columns = FirstTry.attempt_id, FirstTry.slot, FirstTry.status, FirstTry.response, nth.label("nth")
    mine = FirstTry.question_id == question.id, FirstTry.revision_id == question.revision_id
    return select(*columns).where(*mine).subquery()


def _unknown(
    revision: Mapping[str, Any], key: Mapping[str, Any], drawn: Mapping[str, Any], response: Mapping[str, Any]
) -> Iterator[tuple[str | None, str]]:
    """The texts in a response that match no entry and no named mistake, with the gap they are in."""
    if revision["kind"] == "short_text":
        fared = questions.grade(revision, key, drawn, response)
        if "text" in response and fared.matched is None and fared.mistake is None:
            yield None, response["text"]
    elif revision["kind"] == "cloze":
        texts = {gap["name"] for gap in revision["gaps"] if gap["kind"] == "short_text"}
        for gap in questions.grade(revision, key, drawn, response).breakdown:
            given = response.get("gaps", {}).get(gap["of"], {})
            if gap["of"] in texts and gap["matched"] is None and "text" in given:
                yield gap["of"], given["text"]
