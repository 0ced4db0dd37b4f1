"""What seeding is to do, decided before anything is done: three-way, as content.md has it under "Seeding".

The base is what the files said last time, theirs the newest state in the database, ours what the files say now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.content.documents import load_document, load_unit
from service.content.models import Course, Unit, UnitVersion
from service.content.publishing import PreparedCourse, PreparedUnit, prepare_unit, with_status
from service.content.staging import NO_FILE, STAGED, Seen, Version, Wanted
from service.domain.documents import UnitDocument
from service.domain.merging import Conflict, Difference, Merged, Side, differences, merge
from service.domain.mistakes import Mistake, Rejected

SEED, MERGE = "seed", "merge"
"""Origins: what a file said, and what came of it together with edits in the database."""

What = Literal["added", "changed", "archived", "missing", "unchanged"]
"""`missing`: from files once, not in them now, and left as it is."""


@dataclass(frozen=True)
class Change:
    """What seeding does (or would do) to a course (`unit` None) or to one of its units."""

    course: str
    unit: str | None
    title: str
    what: What
    differences: tuple[Difference, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done."""
        return self.what in {"unchanged", "missing"}


@dataclass(frozen=True)
class Decision:
    """A change, and what is to be written for it."""

    change: Change
    wanted: Wanted | None = None


@dataclass(frozen=True)
class Choices:
    """What the operator decided: whose side wins a conflict, and whether units without a file are archived."""

    take: Side | None = None
    archive: bool = False


NONE_MADE = Choices()
"""Nothing is archived, and a conflict stops everything."""


@dataclass(frozen=True)
class Past:
    """A version of a unit."""

    id: int
    origin: str
    document: Mapping[str, Any]
    digest: str
    author_id: UUID | None


@dataclass(frozen=True)
class History:
    """A unit in the database: its versions, the oldest first, from the last that files said (or all of them)."""

    versions: tuple[Past, ...]
    status: str
    published: int | None

    @property
    def seen(self) -> Seen:
        """What is decided on."""
        return Seen(self.newest.id, self.published)

    @property
    def newest(self) -> Past:
        """The newest version."""
        return self.versions[-1]

    @property
    def shown(self) -> Past:
        """The version that students see; the newest where they see none."""
        visible = [one for one in self.versions if one.id == self.published and self.status == "published"]
        return visible[0] if visible else self.newest

    def base(self, files: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the files and the database have in common.

        Usually what the files said last. Files that say exactly what a later version says were exported then, and
        have not changed since: only the database has.
        """
        same = [one.document for one in self.versions if one.document == files]
        said = [one.document for one in self.versions if one.origin == SEED]
        return next(iter([*same[-1:], *said[-1:]]), {})


@dataclass(frozen=True)
class Known:
    """What the database holds of a course: its digest ("": none), its units by key, and their histories by id.

    Only what may have to be changed has a history here.
    """

    digest: str
    units: Mapping[str, Any]
    histories: Mapping[int, History]


def look(session: Session, course: PreparedCourse) -> Known:
    """What has to be known to decide about the course; deciding needs no transaction."""
    row = session.execute(select(Course.id, Course.document_digest).where(Course.slug == course.slug)).first()
    if row is None:
        return Known("", {}, {})
    units = _units(session, row.id)
    given = {unit.key: unit.digest for unit in course.units}
    ids = [
        unit.id
        for key, unit in units.items()
        if key not in course.unchanged
        and (given[key] != unit.document_digest if key in given else course.whole and unit.status != "archived")
    ]
    return Known(row.document_digest, units, _histories(session, ids) if ids else {})


def decide(known: Known, course: PreparedCourse, choices: Choices) -> Iterator[Decision]:
    """What to do with the course and each of its units. Raises `Rejected` where a merge gives what is not right."""
    what: What = "unchanged" if known.digest == course.digest else "changed" if known.digest else "added"
    yield Decision(Change(course.slug, None, course.title, what))
    for unit in course.units:
        row = known.units.get(unit.key)
        if row is None:
            yield _added(course, unit)
        elif row.id in known.histories:
            yield _merged(course, unit, known.histories[row.id], choices)
        else:
            yield Decision(Change(course.slug, unit.key, unit.title, "unchanged"))
    for key, title in course.unchanged.items():
        yield Decision(Change(course.slug, key, title, "unchanged"))
    given = {unit.key for unit in course.units}
    for key, row in known.units.items():
        if key not in given and row.id in known.histories:
            yield from _gone(course, row, known.histories[row.id], choices)


def _units(session: Session, course_id: int) -> dict[str, Any]:
    """The units of the course that have a version, by key."""
    found = select(Unit.id, Unit.key, Unit.title, Unit.status, Unit.document_digest).order_by(Unit.sort, Unit.id)
    return {row.key: row for row in session.execute(found.where(Unit.course_id == course_id)) if row.document_digest}


def _histories(session: Session, unit_ids: Sequence[int]) -> dict[int, History]:
    last = (
        select(UnitVersion.unit_id, func.max(UnitVersion.number).label("number"))
        .where(UnitVersion.unit_id.in_(unit_ids), UnitVersion.origin == SEED)
        .group_by(UnitVersion.unit_id)
        .subquery()
    )
    found = (
        select(UnitVersion, Unit.published_version_id, Unit.status)
        .join(Unit, Unit.id == UnitVersion.unit_id)
        .join(last, last.c.unit_id == UnitVersion.unit_id, isouter=True)
        .where(UnitVersion.unit_id.in_(unit_ids), UnitVersion.origin != STAGED)
        .where(UnitVersion.number >= func.coalesce(last.c.number, 0))
        .order_by(UnitVersion.unit_id, UnitVersion.number)
    )
    versions: dict[int, list[Past]] = {}
    state: dict[int, tuple[str, int | None]] = {}
    for one, published, status in session.execute(found):
        past = Past(one.id, one.origin, one.document, one.document_digest, one.author_id)
        versions.setdefault(one.unit_id, []).append(past)
        state[one.unit_id] = status, published
    return {unit_id: History(tuple(past), *state[unit_id]) for unit_id, past in versions.items()}


def _added(course: PreparedCourse, unit: PreparedUnit) -> Decision:
    wanted = Wanted(unit, (Version(SEED, unit.canonical, unit.digest),), file_digest=unit.file_digest)
    return Decision(Change(course.slug, unit.key, unit.title, "added"), wanted)


def _merged(course: PreparedCourse, unit: PreparedUnit, history: History, choices: Choices) -> Decision:
    """The files' edits together with the database's, those that are not published yet by themselves."""
    base, shown = history.base(unit.canonical), history.shown
    side = choices.take or "files"
    merged = merge(base, shown.document, unit.canonical, side)
    unpublished = None if shown is history.newest else merge(base, history.newest.document, unit.canonical, side)
    conflicts = tuple(dict.fromkeys([*merged.conflicts, *(unpublished.conflicts if unpublished else ())]))
    if conflicts and choices.take is None:
        found = tuple(differences(shown.document, merged.document))
        return Decision(Change(course.slug, unit.key, unit.title, "changed", found, conflicts))
    result = _passed(course, unit, merged)
    draft = _draft(course, unit, history, unpublished)
    newest = draft.digest if draft else result.digest
    if not conflicts and (result.digest, newest) == (shown.digest, history.newest.digest):
        return Decision(Change(course.slug, unit.key, unit.title, "unchanged"))
    found = tuple(differences(shown.document, result.canonical))
    change = Change(course.slug, unit.key, unit.title, "changed", found, conflicts)
    written = _written(unit, result, base)
    return Decision(change, Wanted(result, written, draft, history.seen, unit.file_digest))


def _written(unit: PreparedUnit, result: PreparedUnit, base: Mapping[str, Any]) -> tuple[Version, ...]:
    """What the files said is kept as a version of its own, where it is not what came of it: it is the next base."""
    said = Version(SEED, unit.canonical, unit.digest)
    if result.canonical == unit.canonical:
        return (said,)
    merged = Version(MERGE, result.canonical, result.digest)
    return (merged,) if unit.canonical == base else (said, merged)


def _passed(course: PreparedCourse, unit: PreparedUnit, merged: Merged) -> PreparedUnit:
    """What came of a merge, through the same gate as everything else."""
    if merged.document == unit.canonical:
        return unit
    try:
        return prepare_unit(load_unit(merged.document, course.shared), course.shared)
    except Rejected as rejected:
        told = "The files together with the edits in the database give what is not right: "
        mistakes = [Mistake((course.slug, unit.key, *one.path), told + one.message) for one in rejected.mistakes]
        raise Rejected(mistakes) from None


def _draft(course: PreparedCourse, unit: PreparedUnit, history: History, merged: Merged | None) -> Version | None:
    if merged is None:
        return None
    draft = _passed(course, unit, merged)
    return Version(MERGE, draft.canonical, draft.digest, history.newest.author_id)


def _gone(course: PreparedCourse, row: Any, history: History, choices: Choices) -> Iterator[Decision]:
    """A unit without a file: archived if the operator says so and it came from files."""
    if history.versions[0].origin != SEED:
        return
    if not choices.archive:
        yield Decision(Change(course.slug, row.key, row.title, "missing"))
        return
    document = with_status(load_document(UnitDocument, history.newest.document), "archived")
    unit = prepare_unit(document, course.shared)
    wanted = Wanted(unit, (Version(SEED, unit.canonical, unit.digest),), seen=history.seen, file_digest=NO_FILE)
    yield Decision(Change(course.slug, row.key, row.title, "archived"), wanted)
