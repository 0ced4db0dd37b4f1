"""Flipping: in one short transaction, what was staged becomes what there is. Readers see the old or the new.

Nothing is rendered or inserted here. Whoever changed one of the units since it was looked at wins: `Stale` is raised,
and the caller looks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, func, select, update
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
    for one in staged:
        _flip_unit(session, one, course_version, now)
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


def _flip_unit(session: Session, staged: Staged, course_version: int, now: datetime) -> None:
    present, prepared = staged.laid_out.present, staged.laid_out.wanted.prepared
    head = prepared.document.unit
    said: dict[str, Any] = {
        "number": head.number,
        "title": head.title,
        "sort": sort_key(head.position, head.number, head.key),
        "status": head.status,
        "document_digest": staged.laid_out.wanted.digest,
        "updated_at": now,
    }
    if staged.laid_out.wanted.file_digest is not None:
        said["file_digest"] = staged.laid_out.wanted.file_digest
    if staged.is_seen:
        said["course_version"] = course_version
    if prepared.is_published:
        said["published_version_id"] = staged.version_id
        if present.status != "published":
            said["seen_since"] = course_version
    unit = update(Unit).where(Unit.id == staged.unit_id, Unit.document_digest == present.digest)
    published = Unit.published_version_id
    unchanged = (
        published.is_(None) if present.published_version_id is None else published == present.published_version_id
    )
    _require(session.execute(unit.where(unchanged).values(**said).execution_options(synchronize_session=False)), 1)


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
