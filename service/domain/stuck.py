"""Who is stuck, by rules that can be told in a sentence each, so that an instructor can argue with them.

Somebody is quiet of whom nothing has come for seven days while required work is left that at least half of the class
has done: what the others have done is what it was time for, whether or not an author has written a date.
"""

from __future__ import annotations

from datetime import datetime, timedelta

QUIET = timedelta(days=7)


def is_quiet(last_activity_at: datetime | None, enrolled_at: datetime, now: datetime) -> bool:
    """Whether nothing has come of somebody for so long, counted from the day of enrolment at the earliest."""
    return now - max(enrolled_at, last_activity_at or enrolled_at) >= QUIET


def is_due(done_by: int, students: int) -> bool:
    """Whether it was time for something that so many of the class have done."""
    return students > 0 and 2 * done_by >= students
