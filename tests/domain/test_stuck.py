"""Who is stuck: seven days without a sign while something required is overdue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.domain.stuck import QUIET, is_quiet, is_usual, overdue

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("active", "enrolled", "quiet"),
    [
        (None, 8, True),
        (None, 6, False),
        (8, 30, True),
        (7, 30, True),
        (6, 30, False),
        (30, 2, False),  # came back to another course's mark; enrolled the day before yesterday
    ],
)
def test_quiet_is_who_was_not_heard_of_for_seven_days(active: int | None, enrolled: int, quiet: bool) -> None:
    last = None if active is None else NOW - timedelta(days=active)
    assert is_quiet(last, NOW - timedelta(days=enrolled), NOW) is quiet


def test_seven_days_are_seven_days_to_the_second() -> None:
    assert is_quiet(NOW - QUIET, NOW - 3 * QUIET, NOW)
    assert not is_quiet(NOW - QUIET + timedelta(seconds=1), NOW - 3 * QUIET, NOW)


@pytest.mark.parametrize(
    ("done", "students", "usual"), [(0, 0, False), (0, 1, False), (1, 2, True), (1, 3, False), (2, 3, True)]
)
def test_usual_is_what_half_of_the_class_has_done(done: int, students: int, usual: bool) -> None:
    assert is_usual(done, students) is usual


def outline(**more: Any) -> dict[str, Any]:
    """A unit that requires a reading, a choice and a quiz."""
    reading = {"reading": "r", "due": more.get("due")}
    quiz = {"quiz": "q", "closes": more.get("closes")}
    return {
        "ends": more.get("ends"),
        "readings": [reading],
        "quizzes": [quiz],
        "requirements": [{"id": "r"}, {"id": "g"}, {"id": "q"}],
    }


@pytest.mark.parametrize(
    ("dates", "late"),
    [
        ({}, []),
        ({"due": "2026-03-19"}, ["r"]),
        ({"due": "2026-03-20"}, []),
        ({"ends": "2026-03-19"}, ["r", "g", "q"]),
        ({"ends": "2026-03-20"}, []),
        ({"ends": "2026-03-19", "due": "2026-03-27"}, ["g", "q"]),
        ({"closes": "2026-03-20T12:00:00+00:00"}, ["q"]),
        ({"closes": "2026-03-20T12:00:01+00:00"}, []),
    ],
)
def test_overdue_is_what_has_a_day_that_has_passed(dates: dict[str, str], late: list[str]) -> None:
    assert list(overdue(outline(**dates), NOW, LONDON)) == late


def test_a_unit_published_long_ago_knows_no_days() -> None:
    assert list(overdue({"requirements": [{"id": "r"}], "readings": [{"reading": "r"}]}, NOW, LONDON)) == []


def test_a_day_ends_where_the_course_is() -> None:
    late = datetime(2026, 3, 20, 23, 30, tzinfo=UTC)
    assert list(overdue(outline(due="2026-03-20"), late, LONDON)) == []
    assert list(overdue(outline(due="2026-03-20"), late, ZoneInfo("Europe/Athens"))) == ["r"]
