"""What a page asks for, on its way into a unit: nothing has a key yet, and everything knows its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from service.domain.documents import Importance, Verb
from service.interchange.hugo.page import Lines
from service.interchange.hugo.vocabulary import Day, MeetingKind, TaskKind


@dataclass(eq=False)
class Thing:
    """Something in the world that a page links to, with its other forms, and what else is worth seeing."""

    title: str
    address: str | None = None
    forms: list[tuple[str, str]] = field(default_factory=list)
    see_also: list[Thing] = field(default_factory=list)


@dataclass(eq=False)
class Reading:
    """A request to do something with a thing."""

    lines: Lines
    thing: Thing
    verb: Verb | None = None
    importance: Importance | None = None
    portion: str = ""
    pages: str = ""
    span: tuple[str, str] | None = None
    minutes: int | None = None
    condition: str = ""
    notes: list[str] = field(default_factory=list)
    before: list[Reading] = field(default_factory=list)
    extension_of: Reading | None = None


@dataclass(eq=False)
class Option:
    """One option of a choice."""

    label: str
    readings: list[Reading]


@dataclass(eq=False)
class Choice:
    """A choice between bundles of readings."""

    lines: Lines
    prompt: str
    least: int
    verb: Verb | None
    importance: Importance | None
    options: list[Option]


@dataclass(eq=False)
class Task:
    """Something done elsewhere."""

    lines: Lines
    title: str
    kind: TaskKind
    address: str | None = None
    importance: Importance | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Note:
    """A text between the readings."""

    lines: Lines
    text: str


Draft: TypeAlias = Reading | Choice | Task | Note


@dataclass(eq=False)
class Section:
    """A part of the page, within others (their titles).

    `asks`: what is linked there is asked of students, even where no verb says so.
    """

    lines: Lines
    title: str
    within: str = ""
    importance: Importance | None = None
    verb: Verb | None = None
    asks: bool = False
    items: list[Draft] = field(default_factory=list)


@dataclass(eq=False)
class Meeting:
    """A class meeting; its materials are addresses with their titles."""

    lines: Lines
    day: Day | None = None
    date: date | None = None
    week: int | None = None
    title: str = ""
    kind: MeetingKind = "lecture"
    notes: list[str] = field(default_factory=list)
    materials: list[tuple[str, str]] = field(default_factory=list)


@dataclass(eq=False)
class Objective:
    """What students should be able to do or answer."""

    lines: Lines
    text: str
    group: str = ""
    is_question: bool = False
    supplemental: bool = False


def readings_in(draft: Draft) -> Iterator[Reading]:
    """The readings of an item, those to be read before others left out."""
    if isinstance(draft, Reading):
        yield draft
    elif isinstance(draft, Choice):
        for option in draft.options:
            yield from option.readings
