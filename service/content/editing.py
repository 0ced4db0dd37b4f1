"""What those who run a course can do with a unit's document: read it, write a new version, publish the newest.

A new version is a draft until it is published; publishing is what sets the status in the document. Whatever needs
the gate or the renderer is done in `read_…` and `ready_…`, before a write begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.content import flipping, staging
from service.content.documents import dump_document, load_document, load_unit
from service.content.models import Course, Unit, UnitVersion
from service.content.publishing import PreparedUnit, course_of, prepare_unit, sort_key, with_status
from service.content.staging import STAGED, LaidOut, Version, Wanted
from service.domain.documents import UnitDocument
from service.domain.documents.words import Status
from service.domain.mistakes import Mistake
from service.errors import Conflict, Invalid, NotFound, PreconditionFailed
from service.world import World

API = "api"
"""The origin of a version that was written over HTTP."""
READ_AGAIN = "Somebody changed the unit just now. Read it again, and make your change to what is there now."

Match = Callable[[str], None]
"""Raises unless the caller has seen the state with this digest."""


@dataclass(frozen=True)
class UnitState:
    """A unit with its newest version, and the number of the one that was published last."""

    course: Course
    unit: Unit
    newest: UnitVersion
    published_version: int | None

    @property
    def digest(self) -> str:
        """What tells this state from others, for ETag and If-Match."""
        return self.unit.document_digest

    @property
    def title(self) -> str:
        """The title as the newest version has it."""
        return str(self.newest.document["unit"]["title"])


def get_unit_state(session: Session, course: Course, key: str) -> UnitState:
    """The unit's state, whether it is published or not."""
    unit = session.scalar(select(Unit).where(Unit.course_id == course.id, Unit.key == key))
    if unit is not None:
        found = select(UnitVersion).where(UnitVersion.unit_id == unit.id, UnitVersion.origin != STAGED)
        newest = session.scalar(found.order_by(UnitVersion.number.desc()).limit(1))
        if newest is not None:
            number = select(UnitVersion.number).where(UnitVersion.id == unit.published_version_id)
            return UnitState(course, unit, newest, session.scalar(number))
    raise NotFound


def list_unit_versions(
    session: Session, course: Course, key: str, *, before: int | None, limit: int
) -> Sequence[tuple[UnitVersion, bool]]:
    """The unit's versions, the newest first, from the one older than `before`; and whether students see it."""
    unit = get_unit_state(session, course, key).unit
    found = select(UnitVersion).where(UnitVersion.unit_id == unit.id, UnitVersion.origin != STAGED)
    if before is not None:
        found = found.where(UnitVersion.number < before)
    shown = unit.published_version_id if unit.status == "published" else None
    versions = session.scalars(found.order_by(UnitVersion.number.desc()).limit(limit))
    return [(version, version.id == shown) for version in versions]


def get_unit_version(session: Session, course: Course, key: str, number: int) -> UnitVersion:
    """One version of the unit."""
    unit = get_unit_state(session, course, key).unit
    found = select(UnitVersion).where(UnitVersion.unit_id == unit.id, UnitVersion.origin != STAGED)
    version = session.scalar(found.where(UnitVersion.number == number))
    if version is None:
        raise NotFound
    return version


def document_of(version: UnitVersion) -> dict[str, Any]:
    """The whole document of a version, its fields in the order in which they are declared."""
    return dump_document(load_document(UnitDocument, version.document))


def read_unit(course: Course, raw: object, key: str | None = None) -> PreparedUnit:
    """The unit that somebody wrote, through the one gate. Raises `Rejected`, and `Invalid` for another unit's key."""
    shared = course_of(course.document)[1]
    prepared = prepare_unit(load_unit(raw, shared), shared)
    if key not in {None, prepared.key}:
        message = f"The key of a unit is written once: here it is {key}."
        raise Invalid(errors=[Mistake(("unit", "key"), message)])
    return prepared


def create_unit(
    session: Session, world: World, course: Course, prepared: PreparedUnit, author: UUID | None
) -> UnitState:
    """A new unit with its first version, a draft. `Conflict` when the course has a unit with this key."""
    now, head = world.now(), prepared.document.unit
    unit = session.scalar(select(Unit).where(Unit.course_id == course.id, Unit.key == head.key))
    if unit is not None and unit.document_digest:
        raise Conflict(f"The course has a unit {head.key} already.")
    if unit is None:
        unit = Unit(course_id=course.id, key=head.key, status="draft", course_version=0, created_at=now)
        session.add(unit)
    unit.document_digest = prepared.digest
    _name(unit, prepared, now)
    session.flush()
    _write(session, unit, prepared, author, now)
    return get_unit_state(session, course, head.key)


def save_unit(
    session: Session, world: World, state: UnitState, prepared: PreparedUnit, author: UUID | None, match: Match
) -> UnitState:
    """A new version of the unit, which students do not see yet; none where nothing is different."""
    match(state.digest)
    if prepared.digest == state.digest:
        return state
    now, unit = world.now(), state.unit
    taken = update(Unit).where(Unit.id == unit.id, Unit.document_digest == state.digest)
    done = session.execute(taken.values(document_digest=prepared.digest).execution_options(synchronize_session=False))
    if isinstance(done, CursorResult) and done.rowcount != 1:
        raise PreconditionFailed(READ_AGAIN)
    session.refresh(unit)
    if unit.published_version_id is None:
        _name(unit, prepared, now)
    _write(session, unit, prepared, author, now)
    return get_unit_state(session, state.course, unit.key)


def delete_draft(session: Session, state: UnitState, match: Match) -> None:
    """Take a unit away that nobody but its authors has seen. `Conflict` for any other: it can be archived."""
    match(state.digest)
    unit = session.get_one(Unit, state.unit.id, with_for_update=True, populate_existing=True)
    if unit.document_digest != state.digest:
        raise PreconditionFailed(READ_AGAIN)
    if unit.published_version_id is not None or _has_rows(session, unit):
        raise Conflict(
            "Students have seen this unit, and what they did in it refers to it: it is not deleted. Archive it instead "
            "(POST …/archival): nobody sees it then, all that was done stays, and publishing brings it back."
        )
    session.execute(delete(UnitVersion).where(UnitVersion.unit_id == unit.id))
    session.delete(unit)
    session.flush()


def _has_rows(session: Session, unit: Unit) -> bool:
    return any(session.scalar(select(model.id).where(model.unit_id == unit.id).limit(1)) for model in staging.ROWS)


def _name(unit: Unit, prepared: PreparedUnit, now: datetime) -> None:
    """What a list of units needs: of a unit that students see, it is what they see."""
    head = prepared.document.unit
    unit.number, unit.title, unit.updated_at = head.number, head.title, now
    unit.sort = sort_key(head.position, head.number, head.key)


def _write(session: Session, unit: Unit, prepared: PreparedUnit, author: UUID | None, now: datetime) -> None:
    latest = session.scalar(select(func.max(UnitVersion.number)).where(UnitVersion.unit_id == unit.id))
    version = UnitVersion(unit_id=unit.id, number=(latest or 0) + 1, origin=API, author_id=author, created_at=now)
    version.document, version.document_digest = dict(prepared.canonical), prepared.digest
    session.add(version)
    session.flush()


def ready_publication(
    session: Session, world: World, state: UnitState, author: UUID | None, match: Match
) -> LaidOut | None:
    """The newest version, rendered and ready to be shown; None where it is shown already."""
    match(state.digest)
    return ready_edit(session, world, state, read_newest(state, "published"), author)


def ready_archival(
    session: Session, world: World, state: UnitState, author: UUID | None, match: Match
) -> LaidOut | None:
    """The newest version, ready to be put away; None where it is put away already."""
    match(state.digest)
    if state.unit.published_version_id is None:
        raise Conflict("Students have never seen this unit: there is nothing to archive. Delete it, or leave it.")
    return ready_edit(session, world, state, read_newest(state, "archived"), author)


def read_newest(state: UnitState, status: Status | None = None) -> PreparedUnit:
    """The newest version through the gate, with another status where one is given."""
    shared = course_of(state.course.document)[1]
    document = load_unit(state.newest.document, shared)
    return prepare_unit(document if status is None else with_status(document, status), shared)


def ready_edit(
    session: Session, world: World, state: UnitState, prepared: PreparedUnit, author: UUID | None
) -> LaidOut | None:
    """A version that is to be shown at once, rendered; None where it is shown already. It is a new one if different."""
    is_new = prepared.digest != state.newest.document_digest
    is_shown = not prepared.is_published or state.unit.published_version_id == state.newest.id
    if not is_new and state.unit.status == prepared.document.unit.status and is_shown:
        return None
    present = staging.look(session, state.course.id, [state.unit.key])[state.unit.key]
    versions = (Version(API, prepared.canonical, prepared.digest, author),) if is_new else ()
    wanted = Wanted(prepared, versions, seen=present.seen)
    zone = ZoneInfo(course_of(state.course.document)[0].time_zone)
    return staging.lay_out(world, state.course.slug, zone, wanted, present)


def publish_unit(session: Session, world: World, state: UnitState, ready: LaidOut | None, match: Match) -> UnitState:
    """Show the unit as it was made ready, with the next version of the course."""
    match(state.digest)
    if ready is None:
        return state
    now = world.now()
    try:
        staged = staging.stage(session, state.course.id, [ready], now)
        version = flipping.lock_course(session, state.course.slug, staged, now)
        flipping.flip(session, staged, version, now)
    except staging.Stale:
        raise PreconditionFailed(READ_AGAIN) from None
    session.expire_all()
    return get_unit_state(session, session.get_one(Course, state.course.id), state.unit.key)
