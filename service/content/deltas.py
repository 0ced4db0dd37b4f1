"""What changed in a course since somebody last asked: how a system keeps a copy without reading everything again.

Versions of a course are taken under the lock of its row and in the order in which they are committed, so whoever
sees version V sees every change up to V. Units are never deleted, so nothing is ever too old to be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from service.content.models import Course, Unit
from service.errors import Gone

What = Literal["published", "changed", "withdrawn", "archived"]


@dataclass(frozen=True)
class UnitChange:
    """What became of a unit: `id` orders the units that one version of the course changed."""

    key: str
    what: What
    version: int
    id: int


def require_known(course: Course, since: int) -> None:
    """Raise unless the course was at this version once: a copy of another past (of a database that was put back
    from a backup, say) cannot be brought up to date by what follows.
    """
    if since > course.version:
        raise Gone(
            f"The course is at version {course.version} and was never at {since}. Read everything again: since=0.",
            extra={"version": course.version},
        )


def list_changes(
    session: Session, course: Course, *, since: int, after: tuple[int, int] | None, limit: int
) -> Sequence[UnitChange]:
    """The units that changed after version `since`, in the order of their last changes; at most `limit`.

    `after` is the version and id of the last one seen. A unit is listed once, with what became of it; one that was
    never published is not listed. Raises `Gone`.
    """
    require_known(course, since)
    found = (
        select(Unit.key, Unit.status, Unit.course_version, Unit.seen_since, Unit.id)
        .where(Unit.course_id == course.id, Unit.course_version > since, Unit.published_version_id.is_not(None))
        .order_by(Unit.course_version, Unit.id)
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(Unit.course_version, Unit.id) > tuple_(*after))
    return [
        UnitChange(row.key, _what(row.status, row.seen_since, since), row.course_version, row.id)
        for row in session.execute(found)
    ]


def _what(status: str, seen_since: int | None, since: int) -> What:
    if status == "published":
        return "published" if seen_since is not None and seen_since > since else "changed"
    return "archived" if status == "archived" else "withdrawn"
