"""When a question comes back: FSRS-6 over a student's own tries at it, in whole days of the course.

Default weights, no fuzz, no learning steps, retention .9, as `progress.md` has it. How a try is rated follows from what
happened: wrong is Again; right after a hint or on a later try is Hard; right at first is Good; Easy only where the
student said so. One try a day counts, the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from fsrs import Scheduler

Rating = Literal["again", "hard", "good", "easy"]

RETENTION = 0.9
MOST_A_DAY = 20


@dataclass(frozen=True)
class Review:
    """A try that counts as a review, on a day of the course."""

    day: date
    rating: Rating


@dataclass(frozen=True)
class Memory:
    """How well something is remembered after its reviews: the last of them, when it is due, how it fades."""

    last: date
    due: date
    _card: Any

    def recall(self, today: date) -> float:
        """The estimated chance to recall it today, from 0 to 1."""
        return float(_scheduler().get_card_retrievability(self._card, _noon(today)))


def rating_of(*, right_first: bool, hinted: bool, solved: bool, easy: bool) -> Rating:
    """The rating of a try by what happened; `solved`: it was right in the end."""
    if not solved:
        return "again"
    if hinted or not right_first:
        return "hard"
    return "easy" if easy else "good"


def first_of_each_day(reviews: Iterable[Review]) -> list[Review]:
    """Of reviews, oldest first, those that count."""
    first: dict[date, Review] = {}
    for review in reviews:
        first.setdefault(review.day, review)
    return list(first.values())


def memory_after(reviews: Sequence[Review]) -> Memory:
    """What is left after these reviews, of which there is one at least, each on a later day than the one before."""
    from fsrs import Card, Rating  # noqa: PLC0415  nobody who does not review has to wait for it

    ratings = {"again": Rating.Again, "hard": Rating.Hard, "good": Rating.Good, "easy": Rating.Easy}
    card = Card(card_id=0)
    for review in reviews:
        card, _ = _scheduler().review_card(card, ratings[review.rating], _noon(review.day))
    return Memory(reviews[-1].day, card.due.date(), card)


@dataclass(frozen=True)
class Due:
    """A question that is due, in its unit."""

    question: str
    place: int
    recall: float


def in_turn(due: Iterable[Due], limit: int) -> list[Due]:
    """At most `limit`, the least remembered first, from one unit after the other so that none crowds out the rest."""
    units: dict[int, list[Due]] = {}
    for one in sorted(due, key=lambda one: (one.recall, one.place, one.question)):
        units.setdefault(one.place, []).append(one)
    rounds = max(map(len, units.values()), default=0)
    taken = [queue[number] for number in range(rounds) for queue in units.values() if number < len(queue)]
    return taken[: max(0, limit)]


def _noon(day: date) -> datetime:
    # Days are whole: which hour it is says nothing.
    return datetime.combine(day, time(12), UTC)


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler  # noqa: PLC0415  as above

    return Scheduler(desired_retention=RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
