"""When an objective was mastered first, and how fresh that is.

The criterion is pinned: three right of the last four distinct questions. The moment it was met first stays; how much
of it is left is said apart. Source: `progress.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from service.domain.evidence import Try, newest_per_question

Retention = Literal["fresh", "fading", "due"]

WINDOW, RIGHT = 4, 3
SPACING = (2, 11, 46, 163)
"""Days that being right lasts after so many days of being right: what FSRS-6 gives for Good each time it is due."""


def first_mastered_at(evidence: Sequence[Try]) -> datetime | None:
    """The moment at which three of the last four distinct questions were right for the first time.

    `evidence` holds all there is for one objective, oldest first.
    """
    for count, one in enumerate(evidence, start=1):
        last = newest_per_question(evidence[:count])[-WINDOW:]
        if sum(each.is_right for each in last) >= RIGHT:
            return one.answered_at
    return None


def retention(evidence: Sequence[Try], now: datetime, zone: ZoneInfo) -> Retention | None:
    """How fresh what was right is, in days of the course; None when nothing ever was.

    It lasts longer with each day on which a question was right, and begins anew after a miss, which makes it `due` at
    once; `fading` from halfway.
    """
    days: list[int] = []
    for one in evidence:
        if not one.is_right:
            days.clear()
        elif (day := one.answered_at.astimezone(zone).date().toordinal()) not in days:
            days.append(day)
    if not any(one.is_right for one in evidence):
        return None
    if not days:
        return "due"
    lasts = SPACING[min(len(days), len(SPACING)) - 1]
    passed = now.astimezone(zone).date().toordinal() - days[-1]
    return "due" if passed >= lasts else "fading" if 2 * passed >= lasts else "fresh"
