"""What an author writes of a unit: one file of `units/`, and whatever the admin's API changes in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from service.domain.documents.addresses import is_address
from service.domain.documents.quiz import Quiz
from service.domain.documents.readings import Section
from service.domain.documents.resources import Resource
from service.domain.documents.words import Bounds, Ignored, ImportSource, Language, Level, Status, in_order, slug
from service.domain.fields import Address, Key, Line, Markdown, Shorthand, Text
from service.domain.kinds import QuestionDocument
from service.domain.kinds.question import Stimulus
from service.domain.mistakes import Mistake

Day = date


@dataclass(frozen=True, kw_only=True)
class UnitHead:
    """A unit in short: its number is text ("11", "2A", "W1D2"), its position orders it among the others.

    Units at the same position are ordered by number, then key.
    """

    key: Key
    number: Annotated[str, Text(32)] | None = None
    title: Line
    position: Annotated[int, Bounds(-1_000_000, 1_000_000)] = 0
    starts: Day | None = None
    ends: Day | None = None
    group: Line | None = None
    status: Status = "draft"
    language: Language | None = None
    summary: Markdown | None = None
    source: ImportSource | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """An end before the beginning."""
        if mistake := in_order(self.starts, self.ends, "ends"):
            yield mistake


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What a student should be able to do afterwards, or a question they should be able to answer."""

    key: Key
    text: Markdown
    group: Line | None = None
    kind: Literal["statement", "question"] = "statement"
    level: Level | None = None
    supplemental: bool = False
    source: ImportSource | None = None


@dataclass(frozen=True, kw_only=True)
class Material:
    """Something used in a meeting: a resource by its key, or an address; either may stand alone."""

    SHORTHAND: ClassVar[Shorthand] = Shorthand(bare=Line)

    resource: Key | None = None
    url: Address | None = None
    label: Line | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """A bare key or address in its long form."""
        return {"url" if is_address(raw) else "resource": raw} if isinstance(raw, str) else raw

    def mistakes(self) -> Iterator[Mistake]:
        """Neither or both."""
        if (self.resource is None) is (self.url is None):
            yield Mistake((), "Name a `resource` or write a `url`; one of the two.")


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A class meeting, on a `date` or on a `day` of the unit's `week` (1 is the week in which the unit starts)."""

    key: Key
    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] | None = None
    date: Day | None = None
    week: Annotated[int, Bounds(1, 60, "weeks")] | None = None
    title: Line | None = None
    kind: Literal["lecture", "lab", "discussion", "guest", "exam", "no_class"] = "lecture"
    note: Markdown | None = None
    materials: tuple[Material, ...] = ()
    source: ImportSource | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """No day or two; a week without its day."""
        if (self.day is None) is (self.date is None):
            yield Mistake((), "Say when: the `day` of the week, or the `date`; one of the two.")
        elif self.week is not None and self.day is None:
            yield Mistake(("week",), "A `week` goes with a `day`; the `date` says it already.")


@dataclass(frozen=True, kw_only=True)
class Term:
    """An entry of the glossary. Its key may be left out: it is then made of the term. `unit` is another's key."""

    SHORTHAND: ClassVar[Shorthand] = Shorthand(made={"key": ("term",)})

    key: Key
    term: Line
    aliases: tuple[Line, ...] = ()
    text: Markdown
    unit: Key | None = None
    source: ImportSource | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """The key made of the term."""
        if isinstance(raw, Mapping) and "key" not in raw and isinstance(raw.get("term"), str):
            return {"key": slug(raw["term"]), **raw}
        return raw


@dataclass(frozen=True, kw_only=True)
class UnitDocument:
    """A unit with everything in it. `resources` are by their keys; those of the course may be used as well."""

    format: Literal["hornbook/unit@1"]
    unit: UnitHead
    objectives_intro: Line | None = None
    objectives: tuple[Objective, ...] = ()
    resources: dict[Key, Resource] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    stimuli: tuple[Stimulus, ...] = ()
    questions: tuple[QuestionDocument, ...] = ()
    quizzes: tuple[Quiz, ...] = ()
    terms: tuple[Term, ...] = ()
    lint: tuple[Ignored, ...] = ()
