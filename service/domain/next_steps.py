"""What a student is told to do now, and in which order. Source: `progress.md`, "Next"; the order of reasons is ours.

What ends by itself comes first, then what is late or soon due, then misses while they are fresh, then what was begun,
reviews, what else is required in the order of the course, and objectives that are weak.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

SOON = timedelta(days=7)
FAR = timedelta(days=36_500)


class Reason(IntEnum):
    """Why something is to be done, the most pressing first."""

    RUNNING_OUT = 0
    DUE = 1
    MISSED = 2
    BEGUN = 3
    REVIEW = 4
    REQUIRED = 5
    WEAK = 6

    @property
    def word(self) -> str:
        """The name that the API gives it."""
        return self.name.lower()


@dataclass(frozen=True)
class Step:
    """One thing to do: what, where, why in a sentence, until when, and what it takes to do it."""

    reason: Reason
    what: str
    course: str
    unit: str
    title: str
    because: str
    due_at: datetime | None = None
    place: int = 0
    """Among steps for the same reason: in the order of the course, or of how much it matters."""
    refers_to: Mapping[str, Any] = field(default_factory=dict)


def pressing(reason: Reason, due_at: datetime | None, now: datetime) -> Reason:
    """The reason of something required: `DUE` when it is late, or has a week left at most."""
    return Reason.DUE if due_at is not None and due_at - now <= SOON else reason


def in_order(steps: list[Step], now: datetime) -> list[Step]:
    """The steps, the most pressing first; among equals, what is due first, then in their places."""
    return sorted(steps, key=lambda step: (step.reason, step.due_at or now + FAR, step.place))
