"""Short answers that no entry of a key knows, in heaps of what is spelt alike: one that is right is missing there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.content.models import AnswerKey, Question, QuestionRevision, Unit
from service.domain import questions
from service.domain.text import is_near_miss, normalised
from service.errors import NotFound
from service.quizzes.models import FirstTry

MOST_READ = 5_000
"""Different answers that are looked through, the most frequent ones."""


@dataclass
class Heap:
    """Answers that are spelt alike: the most frequent spelling, all spellings, and how many students wrote them."""

    text: str
    part: str | None
    spellings: Counter[str]

    @property
    def n(self) -> int:
        """How many wrote one of them."""
        return self.spellings.total()


def list_unmatched(session: Session, course_id: int, question_id: UUID, limit: int) -> list[Heap]:
    """The heaps of a question's current revision, the largest first. Raises `NotFound`."""
    row = session.execute(
        select(Question.revision_id, QuestionRevision.content, AnswerKey.content.label("key"))
        .join(Unit, Unit.id == Question.unit_id)
        .join(QuestionRevision, QuestionRevision.id == Question.revision_id)
        .join(AnswerKey, AnswerKey.id == Question.answer_key_id)
        .where(Question.id == question_id, Unit.course_id == course_id)
    ).first()
    if row is None:
        raise NotFound()
    answers = session.execute(
        select(FirstTry.response, func.count())
        .where(FirstTry.question_id == question_id, FirstTry.revision_id == row.revision_id)
        .where(FirstTry.status.in_(("incorrect", "partial")), FirstTry.response.is_not(None))
        .group_by(FirstTry.response)
        .order_by(func.count().desc(), FirstTry.response)
        .limit(MOST_READ)
    )
    heaps: list[Heap] = []
    for response, number in answers:
        for part, text in _unknown(row.content, row.key, response):
            _lay(heaps, part, text, number)
    return sorted(heaps, key=lambda heap: (-heap.n, heap.text))[:limit]


def _unknown(
    revision: Mapping[str, Any], key: Mapping[str, Any], response: Mapping[str, Any]
) -> Iterator[tuple[str | None, str]]:
    """The texts in a response that match no entry, with the gap they are in."""
    if revision["kind"] == "short_text" and "text" in response:
        if revision.get("parameters") or questions.grade(revision, key, {}, response).matched is None:
            yield None, response["text"]
    elif revision["kind"] == "cloze":
        outcome = questions.grade(revision, key, {}, response)
        wrong = {part["of"] for part in outcome.breakdown if not part["right"]}
        for name, given in response.get("gaps", {}).items():
            if name in wrong and "text" in given:
                yield name, given["text"]


def _lay(heaps: list[Heap], part: str | None, text: str, number: int) -> None:
    """Onto the heap of what is spelt the same or nearly so, or onto a new one."""
    plain = normalised(text)
    for heap in heaps:
        known = normalised(heap.text)
        if heap.part == part and (known == plain or is_near_miss(plain, known)):
            heap.spellings[text] += number
            return
    heaps.append(Heap(text, part, Counter({text: number})))
