"""Writes imported units straight into a database, as new versions that students see once they are published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from uuid import UUID

from sqlalchemy.orm import Session

from service.content import editing
from service.content.documents import dump_document, load_document
from service.content.models import Course
from service.content.publishing import PreparedUnit, course_of
from service.domain.documents import ImportSource, Resource, UnitDocument
from service.errors import PreconditionFailed
from service.interchange.importing import Planned
from service.seeding.export import export_course
from service.world import World


class StoredCourse:
    """A course in the database, as its newest versions have it."""

    def __init__(self, session: Session, course: Course) -> None:
        self.session = session
        self.course = course

    @cached_property
    def shared(self) -> Mapping[str, Resource]:
        """The resources of the course."""
        return course_of(self.course.document)[1]

    @cached_property
    def _units(self) -> dict[str, UnitDocument]:
        units = (load_document(UnitDocument, raw) for raw in export_course(self.session, self.course).units)
        return {unit.unit.key: unit for unit in units}

    def present(self) -> Mapping[str, ImportSource | None]:
        """The keys of the units there are, each with where it was imported from, if it was."""
        return {key: unit.unit.source for key, unit in self._units.items()}

    def unit(self, key: str) -> UnitDocument:
        """The newest version of a unit."""
        return self._units[key]

    def where(self, unit: UnitDocument) -> str:
        """The unit in its course."""
        return f"{self.course.slug}/{unit.unit.key}"


@dataclass(frozen=True)
class Ready:
    """A unit that is ready to be written, and the digest of the state it was made for (None: there was no unit)."""

    unit: PreparedUnit
    seen: str | None


def prepare(target: StoredCourse, planned: Sequence[Planned]) -> list[Ready]:
    """What is different, rendered: before anything is written, as that takes its time."""
    todo = [one for one in planned if one.what != "unchanged"]
    return [_ready(target, one) for one in todo]


def _ready(target: StoredCourse, planned: Planned) -> Ready:
    unit = editing.read_unit(target.course, dump_document(planned.unit))
    added = planned.what == "added"
    return Ready(unit, None if added else editing.get_unit_state(target.session, target.course, unit.key).digest)


def store(session: Session, world: World, course: Course, ready: Sequence[Ready], author: UUID | None = None) -> None:
    """Write all of them or, where somebody was faster, none: `PreconditionFailed`, `Conflict`."""
    for one in ready:
        if one.seen is None:
            editing.create_unit(session, world, course, one.unit, author)
        else:
            state = editing.get_unit_state(session, course, one.unit.key)
            editing.save_unit(session, world, state, one.unit, author, partial(_require, one.seen))


def _require(seen: str, present: str) -> None:
    if present != seen:
        raise PreconditionFailed(editing.READ_AGAIN)
