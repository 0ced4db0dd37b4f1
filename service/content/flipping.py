"""Flipping: in one short transaction, what was staged becomes what there is. Readers see the old or the new.

Nothing is rendered or inserted here. Whoever changed one of the units since it was looked at wins: `Stale` is raised,
and the caller looks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from service.content.models import Course, Keyed, Quiz, Unit, UnitVersion
from service.content.publishing import PreparedCourse, sort_key
from service.content.questions import point
from service.content.staging import ROWS, STAGED, Staged, Stale

AT_ONCE = 500
"""Ids in one statement."""


def find_or_make_course(session: Session, prepared: PreparedCourse, now: datetime) -> int:
    """The id of the course; one that is not there is made, a draft of version 0 and without units."""
    found = session.scalar(select(Course.id).where(Course.slug == prepared.slug))
    if found is not None:
        return found
    course = Course(slug=prepared.slug, title=prepared.title, status="draft", visibility="private", version=0)
    course.document, course.document_digest = dict(prepared.canonical), ""
    course.created_at = course.updated_at = now
    session.add(course)
    session.flush()
    return course.id


def update_course(session: Session, prepared: PreparedCourse, staged: Sequence[Staged], now: datetime) -> int:
    """Bring the course's own row up to date, and give its version: the next where students see a change."""
    document = prepared.document
    present = session.scalar(select(Course.document_digest).where(Course.slug == prepared.slug))
    said: dict[str, Any] = {}
    if present != prepared.digest:
        said = {
            "title": document.title,
            "status": document.status,
            "visibility": document.visibility,
            "document": prepared.canonical,
            "document_digest": prepared.digest,
        }
    return lock_course(session, prepared.slug, staged, now, **said)


def lock_course(session: Session, slug: str, staged: Iterable[Staged], now: datetime, **said: Any) -> int:
    """The course's version, the next one if students see a change; its row stays locked to the end.

    The lock makes concurrent changes of one course take their versions in the order they commit.
    """
    if said or any(one.is_seen for one in staged):
        said |= {"version": Course.version + 1, "updated_at": now}
    else:
        said = {"version": Course.version}
    return session.execute(
        update(Course).where(Course.slug == slug).values(**said).returning(Course.version)
    ).scalar_one()


def flip(session: Session, staged: Sequence[Staged], course_version: int, now: datetime) -> None:
    """Show what was staged, and archive what is gone. Raises `Stale`."""
    if staged:
        _flip_units(session, staged, course_version, now)
    _require_newest(session, staged)
    for origin in sorted({origin for one in staged for origin in one.written.values()}):
        ids = [version for one in staged for version, its in one.written.items() if its == origin]
        for some in _some(ids):
            waiting = update(UnitVersion).where(UnitVersion.id.in_(some), UnitVersion.origin == STAGED)
            _require(session.execute(waiting.values(origin=origin)), len(some))
    shown = [one for one in staged if one.laid_out.rendering is not None]
    for model in ROWS:
        _bring_back(session, model, [row for one in shown for row in _missed(one, model)])
        _archive(session, model, [row for one in shown for row in _gone(one, model)], now)
    point(session, [pointers for one in shown for pointers in one.questions])
    quizzes = [dict(quiz) for one in shown for quiz in one.laid_out.quizzes]
    known = {quiz: said for one in shown for quiz, said in one.laid_out.present.quizzes.items()}
    different = [quiz for quiz in quizzes if quiz["id"] in known and known[quiz["id"]] != quiz]
    if different:
        session.execute(update(Quiz), different)


def _flip_units(session: Session, staged: Sequence[Staged], course_version: int, now: datetime) -> None:
    """Bring the rows of the units up to date, those that are still as they were when they were looked at."""
    table = cast(Table, Unit.__table__)
    was_published = bindparam("was_published", type_=table.c.published_version_id.type)
    as_looked_at = (
        table.c.id == bindparam("unit"),
        table.c.document_digest == bindparam("was_digest"),
        table.c.published_version_id.is_not_distinct_from(was_published),
    )
    said: dict[str, Any] = {name: bindparam(f"to_{name}") for name in ALWAYS_SAID}
    for name in SAID_OR_KEPT:
        column = table.c[name]
        said[name] = func.coalesce(bindparam(f"to_{name}", type_=column.type), column)
    rows = [_flipped(one, course_version, now) for one in staged]
    _require(session.execute(update(table).where(*as_looked_at).values(said), rows), len(rows))


ALWAYS_SAID = ("number", "title", "sort", "status", "document_digest", "updated_at")
SAID_OR_KEPT = ("file_digest", "course_version", "published_version_id", "seen_since")
"""Columns of a unit that stay as they are where nothing is said of them."""


def _flipped(staged: Staged, course_version: int, now: datetime) -> dict[str, Any]:
    """What `_flip_units` has to know of one unit."""
    present, wanted = staged.laid_out.present, staged.laid_out.wanted
    head, is_published = wanted.prepared.document.unit, wanted.prepared.is_published
    return {
        "unit": staged.unit_id,
        "was_digest": present.digest,
        "was_published": present.published_version_id,
        "to_number": head.number,
        "to_title": head.title,
        "to_sort": sort_key(head.position, head.number, head.key),
        "to_status": head.status,
        "to_document_digest": wanted.digest,
        "to_updated_at": now,
        "to_file_digest": wanted.file_digest,
        "to_course_version": course_version if staged.is_seen else None,
        "to_published_version_id": staged.version_id if is_published else None,
        "to_seen_since": course_version if is_published and present.status != "published" else None,
    }


def _require_newest(session: Session, staged: Sequence[Staged]) -> None:
    """A version written meanwhile may say the same as the one that was looked at, and still comes after it."""
    for some in _some(staged):
        numbers = {one.unit_id: one.laid_out.present.number + len(one.laid_out.wanted.written) for one in some}
        found = select(UnitVersion.unit_id, func.max(UnitVersion.number)).where(UnitVersion.unit_id.in_(numbers))
        if {row[0]: row[1] for row in session.execute(found.group_by(UnitVersion.unit_id))} != numbers:
            raise Stale


def _require(result: Any, rows: int) -> None:
    if isinstance(result, CursorResult) and result.rowcount != rows:
        raise Stale


def _missed(staged: Staged, model: type[Keyed]) -> Iterator[UUID]:
    """The rows of what is in the unit now, and was not."""
    new = set(staged.laid_out.new(model).values())
    wanted = staged.laid_out.rows[model].values()
    return (row for row in wanted if row in new or row in staged.laid_out.present.archived)


def _gone(staged: Staged, model: type[Keyed]) -> Iterator[UUID]:
    """The rows of what is in the unit no longer."""
    present, wanted = staged.laid_out.present, set(staged.laid_out.rows[model].values())
    return (row for row in present.rows.get(model, {}).values() if row not in wanted and row not in present.archived)


def _bring_back(session: Session, model: type[Keyed], rows: Sequence[UUID]) -> None:
    for some in _some(rows):
        session.execute(update(model).where(model.id.in_(some)).values(archived_at=None))


def _archive(session: Session, model: type[Keyed], rows: Sequence[UUID], now: datetime) -> None:
    for some in _some(rows):
        session.execute(update(model).where(model.id.in_(some)).values(archived_at=now))


def _some(many: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (many[first : first + AT_ONCE] for first in range(0, len(many), AT_ONCE))
