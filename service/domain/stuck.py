"""Who is stuck, by rules that can be told in a sentence each, so that an instructor can argue with them.

Somebody is quiet of whom nothing has come for seven days while required work is overdue: its day has passed, or at
least half of the class has done it, so that an author need not write dates. And somebody has missed three questions of
one objective, each when it was last met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

QUIET = timedelta(days=7)
MISSES = 3


def is_quiet(last_activity_at: datetime | None, enrolled_at: datetime, now: datetime) -> bool:
    """Whether nothing has come of somebody for so long, counted from the day of enrolment at the earliest."""
    return now - max(enrolled_at, last_activity_at or enrolled_at) >= QUIET


def is_usual(done_by: int, students: int) -> bool:
    """Whether at least half of the class have done something."""
    return students > 0 and 2 * done_by >= students


def overdue(outline: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Iterator[str]:
    """The ids of what a unit requires and whose day has passed: its own, or the unit's last.

    `outline` is kept of a unit when it is published (`content/outlines.py`); one of long ago may know no days.
    """
    today = now.astimezone(zone).date()
    last_days = {one["reading"]: one.get("due") for one in outline["readings"]}
    closed = {one["quiz"] for one in outline.get("quizzes", ()) if _has_passed(one["closes"], now)}
    for asked in outline["requirements"]:
        last_day = last_days.get(asked["id"]) or outline.get("ends")
        if asked["id"] in closed or (last_day is not None and date.fromisoformat(last_day) < today):
            yield asked["id"]


def _has_passed(moment: str | None, now: datetime) -> bool:
    return moment is not None and datetime.fromisoformat(moment) <= now
