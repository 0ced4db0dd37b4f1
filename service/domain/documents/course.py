"""What an author writes of a course as a whole: `course.yaml`, and `resources.yaml` for what its units share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from service.domain.documents.resources import Resource, relation_mistakes
from service.domain.documents.words import Form, Guess, Ignored, Language, Status, Word, in_order
from service.domain.fields import Key, Line, Markdown, Text
from service.domain.mistakes import Mistake

TimeZone = Annotated[
    str, Text(64, pattern=r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*"), Form("a time zone like `Europe/Paris` or `UTC`")
]


@dataclass(frozen=True, kw_only=True)
class CourseDocument:
    """A course: its name in addresses (`key`), its title and term, and who may read it.

    A `private` course is for those enrolled, a `public` one for anybody. Dates and times in its units without a
    zone of their own are meant in `time_zone`. `lint` is for the linter, here and in `resources.yaml`.
    """

    format: Literal["hornbook/course@1"]
    key: Key
    title: Line
    term: Word | None = None
    language: Language = "en"
    time_zone: TimeZone = "UTC"
    licence: Line | None = None
    starts: date | None = None
    ends: date | None = None
    summary: Markdown | None = None
    status: Status = "draft"
    visibility: Literal["private", "public"] = "private"
    lint: tuple[Ignored, ...] = ()

    def mistakes(self) -> Iterator[Mistake]:
        """An end before the beginning."""
        if mistake := in_order(self.starts, self.ends, "ends"):
            yield mistake


@dataclass(frozen=True, kw_only=True)
class ResourcesDocument:
    """Resources that any unit of the course may refer to, by their keys."""

    format: Literal["hornbook/resources@1"]
    resources: dict[Key, Resource] = field(default_factory=dict)

    def mistakes(self) -> Iterator[Mistake]:
        """Relations that lead nowhere."""
        yield from (one.under("resources") for one in relation_mistakes(self.resources, self.resources, Guess()))
