"""What is published, made ready outside any transaction: documents with all that follows from them.

Writing it down and making it visible is in `staging.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from service.content.documents import dump_document, load_document
from service.content.questions import PreparedQuestion, prepare_questions
from service.db import digest_of
from service.domain.documents import CourseDocument, Resource, UnitDocument
from service.domain.documents.words import Status
from service.domain.outline import Outline, outline

RESOURCES = "resources"
"""Where a stored course keeps what its units share, beside the fields of its document."""


class Shared(dict[str, Resource]):
    """The resources that all units of a course share, by their keys."""

    @cached_property
    def canonical(self) -> dict[str, Any]:
        """As they are stored."""
        return {key: dump_document(resource) for key, resource in self.items()}


@dataclass(frozen=True)
class PreparedUnit:
    """A unit's document with all that can be worked out without the database, as soon as it is asked for.

    `file_digest` is that of the file it was read from, if it was.
    """

    document: UnitDocument
    canonical: Mapping[str, Any]
    digest: str
    shared: Shared
    file_digest: str | None = None

    @property
    def key(self) -> str:
        """The unit's key."""
        return self.document.unit.key

    @property
    def title(self) -> str:
        """The unit's title."""
        return self.document.unit.title

    @property
    def is_published(self) -> bool:
        """Whether students are to see it."""
        return self.document.unit.status == "published"

    @cached_property
    def outline(self) -> Outline:
        """What it asks to read, in order."""
        return outline(self.document, self.shared)

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """The resources it may refer to: its own, and those of the course."""
        return {**self.shared, **self.document.resources}

    @cached_property
    def questions(self) -> tuple[PreparedQuestion, ...]:
        """Its questions, split and rendered: slow."""
        return prepare_questions(self.document)


@dataclass(frozen=True)
class PreparedCourse:
    """A course's document with its units; `canonical` holds what the units share as well.

    `whole` says that these are all its units, so that one that is missing here is gone; `unchanged` are the titles, by
    key, of units whose files are those of the last time.
    """

    document: CourseDocument
    canonical: Mapping[str, Any]
    digest: str
    units: tuple[PreparedUnit, ...]
    shared: Shared
    whole: bool = False
    unchanged: Mapping[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The course's key, its name in addresses."""
        return self.document.key

    @property
    def title(self) -> str:
        """The course's title."""
        return self.document.title


def prepare_unit(document: UnitDocument, shared: Shared) -> PreparedUnit:
    """Everything about the unit that needs no database."""
    canonical = dump_document(document)
    # Resources of the whole course are part of what a unit shows: when they change, so does the unit.
    return PreparedUnit(document, canonical, digest_of([canonical, shared.canonical]), shared)


def with_status(document: UnitDocument, status: Status) -> UnitDocument:
    """The unit's document with this status."""
    return replace(document, unit=replace(document.unit, status=status))


def prepare_course(
    document: CourseDocument, units: Iterable[PreparedUnit], shared: Shared, *, whole: bool = False
) -> PreparedCourse:
    """The course with its prepared units."""
    canonical = dump_document(document)
    if shared:
        canonical[RESOURCES] = shared.canonical
    return PreparedCourse(document, canonical, digest_of(canonical), tuple(units), shared, whole)


def course_of(stored: Mapping[str, Any]) -> tuple[CourseDocument, Shared]:
    """The document of a stored course, and the resources its units share."""
    document = load_document(CourseDocument, {name: value for name, value in stored.items() if name != RESOURCES})
    shared = stored.get(RESOURCES, {})
    return document, Shared({key: load_document(Resource, resource) for key, resource in shared.items()})


def sort_key(position: int, number: str | None, key: str) -> str:
    """One text by which units are in order: position, then number (2 before 10), then key."""
    padded = re.sub(r"[0-9]+", lambda digits: digits[0].zfill(8), number or "")
    return f"{position + 10**7:08d} {padded[:80]} {key}"
