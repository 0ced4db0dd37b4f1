"""The questions whose turn it is to come back, over all courses: what FSRS makes of a student's own tries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.evidence import VALID, Try
from service.domain.reviews import (
    MOST_A_DAY,
    Due,
    Memory,
    Review,
    first_of_each_day,
    in_turn,
    memory_after,
    rating_of,
)
from service.domain.roles import Principal
from service.errors import Conflict, NotFound
from service.progress.work import AskedUnit, Work, own_work
from service.quizzes.models import Attempt, EasyMark
from service.quizzes.operations.look import AttemptView
from service.quizzes.operations.reviewing import ToReview, start_review
from service.world import World


@dataclass(frozen=True)
class Card:
    """A question that a student has met, with how well it is remembered."""

    question: str
    unit: AskedUnit
    place: int
    memory: Memory

    def is_due(self, today: date) -> bool:
        """Whether its turn has come."""
        return self.memory.due <= today


@dataclass(frozen=True)
class Queue:
    """What to review today, the reason of each, and how much of the day's share is done."""

    entries: Sequence[Mapping[str, Any]]
    due: int
    done_today: int


def get_review_queue(session: Session, caller: Principal, now: datetime) -> Queue:
    """What to review today: at most twenty a day, so that a backlog never grows over anybody's head."""
    return queue_of(session, caller, own_work(session, caller, now), now)


def queue_of(session: Session, caller: Principal, work: Work, now: datetime) -> Queue:
    """The same, from a student's work."""
    cards = _cards(session, caller, work)
    by_question = {card.question: card for card in cards}
    due = [
        Due(card.question, card.place, card.memory.recall(_today(card, now)))
        for card in cards
        if card.is_due(_today(card, now)) and card.question not in work.withheld
    ]
    done = sum(
        one.reviewed is not None and one.finished_at is not None and _same_day(one.finished_at, now, cards)
        for one in work.attempts
    )
    entries = [_entry(by_question[one.question], one, now) for one in in_turn(due, MOST_A_DAY - done)]
    return Queue(entries, len(due), done)


def start_card(
    session: Session, world: World, caller: Principal, question: UUID, now: datetime
) -> tuple[AttemptView, bool]:
    """Start the review of a question that the student has met, due or not; an open one is given again.

    Raises `NotFound` for any other, and `Conflict` where another attempt of the student may not be told on.
    """
    work = own_work(session, caller, now)
    cards = _cards(session, caller, work)
    if str(question) in work.withheld:
        raise Conflict("This question is also in another attempt of yours that is still open. Submit that one first.")
    card = next((card for card in cards if card.question == str(question)), None)
    if card is None:
        raise NotFound()
    asked = _sibling(card, work) or card.question
    return start_review(session, world, caller, ToReview(card.unit.course_id, question, UUID(asked)), now)


def _cards(session: Session, caller: Principal, work: Work) -> list[Card]:
    easy = {
        (row.attempt_id, row.slot)
        for row in session.execute(
            select(EasyMark.attempt_id, EasyMark.slot)
            .join(Attempt, Attempt.id == EasyMark.attempt_id)
            .where(Attempt.user_id == caller.user_id)
        )
    }
    tries: dict[str, list[Try]] = {}
    for one in sorted(work.tries, key=lambda one: (one.answered_at, one.attempt, one.slot)):
        # A question that stood in for another is a review of that one, and a first meeting of its own.
        for question in {one.question, work.reviewed_in.get(one.attempt) or one.question}:
            tries.setdefault(question, []).append(one)
    return [card for place, unit in enumerate(work.units) for card in _of_unit(unit, place, tries, easy)]


def _of_unit(
    unit: AskedUnit, place: int, tries: Mapping[str, Sequence[Try]], easy: set[tuple[UUID, int]]
) -> Iterator[Card]:
    for question in unit.outline["questions"]:
        reviews = first_of_each_day(
            Review(_day(one.answered_at, unit), _rating(one, easy))
            for one in tries.get(question, ())
            if one.status in VALID
        )
        if reviews:
            yield Card(question, unit, place, memory_after(reviews))


def _rating(one: Try, easy: set[tuple[UUID, int]]) -> Any:
    return rating_of(
        right_first=one.is_right, hinted=one.hinted, solved=one.solved, easy=(one.attempt, one.slot) in easy
    )


def _sibling(card: Card, work: Work) -> str | None:
    """Another question on the same objectives that the student has not met yet."""
    asked = card.unit.outline["questions"]
    met = {one.question for one in work.tries} | work.withheld
    objectives = set(asked[card.question])
    return next((one for one, others in asked.items() if one not in met and objectives & set(others)), None)


def _entry(card: Card, due: Due, now: datetime) -> dict[str, Any]:
    days = (_today(card, now) - card.memory.last).days
    recall = f"{due.recall:.2f}"
    ago = "yesterday" if days == 1 else f"{days} days ago"
    return {
        "card": card.question,
        "course": card.unit.course,
        "unit": card.unit.unit,
        "title": card.unit.title,
        "due_on": card.memory.due,
        "last_seen_on": card.memory.last,
        "recall": recall,
        "because": f"Recall estimate {recall}, last seen {ago} in “{card.unit.title}”.",
    }


def _day(at: datetime, unit: AskedUnit) -> date:
    return at.astimezone(unit.zone).date()


def _today(card: Card, now: datetime) -> date:
    return _day(now, card.unit)


def _same_day(at: datetime, now: datetime, cards: Sequence[Card]) -> bool:
    """Whether both are on one day, in the time zone of the student's first course."""
    return bool(cards) and _day(at, cards[0].unit) == _day(now, cards[0].unit)
