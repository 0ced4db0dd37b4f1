"""What a unit asks for, in sections: readings, choices between bundles of them, tasks done elsewhere, and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from service.domain.documents.addresses import is_address
from service.domain.documents.words import VERBS, Bounds, Importance, ImportSource, Minutes, Verb, Word, slug
from service.domain.fields import Address, Key, Line, Markdown, Shorthand
from service.domain.mistakes import Mistake

Count = Annotated[int, Bounds(0, 100)]


@dataclass(frozen=True, kw_only=True)
class Locator:
    """Where in a resource: a section's name, pages ("12-18"), or from a place to a place ("3:20" to "15:00")."""

    SHORT: ClassVar[str] = "section"

    section: Line | None = None
    pages: Word | None = None
    from_: Word | None = None
    to: Word | None = None

    @property
    def text(self) -> str:
        """The locator in one line: `Sampling, pp. 12-18, 3:20–15:00`."""
        span = f"{self.from_ or ''}–{self.to or ''}" if self.from_ or self.to else None
        many = self.pages is not None and not self.pages.isdigit()
        pages = f"{'pp.' if many else 'p.'} {self.pages}" if self.pages else None
        return ", ".join(part for part in (self.section, pages, span) if part)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A request to do something with a resource, or with what `title` alone names (a printed book, say).

    `url` is for what is used here only and described nowhere else. What is left out of verb, importance and
    objectives comes from the choice group or section around it. `portion` and `locator` say which part, `condition`
    for whom ("if you need the background"); `due` is the last day, in the course's time zone. What is in `before`
    may be read first; neither that nor an extension ever counts towards completion.

    Short forms, whose key is made of the resource's key, the end of the address or the title:
    `- read: <resource, address or title>` with any verb, also with further fields below it; in a choice group the
    bare resource, address or title.
    """

    SHORTHAND: ClassVar[Shorthand] = Shorthand(bare=Line, also=dict.fromkeys(VERBS, Line), made={"key": VERBS})

    key: Key
    resource: Key | None = None
    title: Line | None = None
    url: Address | None = None
    verb: Verb | None = None
    importance: Importance | None = None
    portion: Line | None = None
    locator: Locator | None = None
    note: Markdown | None = None
    minutes: Minutes | None = None
    condition: Line | None = None
    due: date | None = None
    guiding_questions: tuple[Markdown, ...] = ()
    objectives: tuple[Key, ...] = ()
    extension_of: Key | None = None
    before: tuple[Reading, ...] = ()
    source: ImportSource | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """The short forms in their long form."""
        if isinstance(raw, str):
            return {"key": _key_of(raw), _meant(raw): raw}
        verb = next((verb for verb in VERBS if verb in raw), None) if isinstance(raw, Mapping) else None
        if verb is None or "verb" in raw:
            return raw
        what = raw[verb]
        rest = {name: value for name, value in raw.items() if name != verb}
        if not isinstance(what, str):
            # Nothing that could be read: for the field to refuse.
            return {"key": verb, "verb": verb, "resource": what, **rest}
        return {"key": _key_of(what), "verb": verb, _meant(what): what, **rest}

    def mistakes(self) -> Iterator[Mistake]:
        """Nothing to read, two things to read, or something that cannot count said to be required."""
        if self.resource is None and self.title is None and self.url is None:
            yield Mistake((), "Say what to read: a `resource`, or else a `title` or a `url`.")
        if self.resource is not None and self.url is not None:
            yield Mistake(("url",), "The address belongs to the resource: leave it out here, or the `resource`.")
        if self.extension_of is not None and self.importance == "required":
            yield Mistake(("importance",), "An extension never counts: leave `importance` or `extension_of` out.")
        for index, reading in enumerate(self.before):
            if reading.importance == "required":
                message = "What is read before never counts: leave `importance` out, or make it a reading of its own."
                yield Mistake(("before", index, "importance"), message)


def _meant(what: str) -> str:
    """Which field of a reading the text of a short form is."""
    if is_address(what):
        return "url"
    return "title" if " " in what.strip() else "resource"


def _key_of(what: str) -> Key:
    """The key of a short form: of an address the end of its path, or else its host."""
    if not is_address(what):
        return slug(what)
    place = re.split(r"[?#]", what.partition("://")[2] or what)[0]
    return slug(next((step for step in reversed(place.split("/")) if step), what))


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """One option of a choice: a bundle of readings that belong together.

    Short forms: a single reading, as a bare resource, address or title or with its own fields; the bundle takes
    the reading's key.
    """

    SHORTHAND: ClassVar[Shorthand] = Shorthand(instead=Reading)

    key: Key
    label: Line | None = None
    items: tuple[Reading, ...]

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """The short forms in their long form."""
        reading = Reading.expand(raw)
        if not isinstance(reading, Mapping) or "items" in reading:
            return raw
        is_reading = reading is not raw or "resource" in raw or "verb" in raw
        return {"key": reading.get("key"), "items": [raw]} if is_reading else raw

    def mistakes(self) -> Iterator[Mistake]:
        """Nothing in it."""
        if not self.items:
            yield Mistake(("items",), "This option is empty: list its readings.")


@dataclass(frozen=True, kw_only=True)
class ChoiceGroup:
    """A choice between bundles: at least `min` and at most `max` of them (all, where `max` is left out).

    Verb, importance and objectives are for all the readings inside.
    """

    WRAPPED: ClassVar[str] = "choose"

    key: Key
    prompt: Markdown
    min: Count = 1
    max: Count | None = None
    verb: Verb | None = None
    importance: Importance | None = None
    objectives: tuple[Key, ...] = ()
    options: tuple[Bundle, ...]
    source: ImportSource | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """More asked for than there is, or than is allowed."""
        if not self.options:
            yield Mistake(("options",), "There is nothing to choose from: list the options.")
        elif self.min > len(self.options):
            yield Mistake(("min",), f"{self.min} are asked for, but there are only {len(self.options)} options.")
        elif self.max is not None and self.max < max(self.min, 1):
            yield Mistake(("max",), f"`max` is at least `min`, and at least 1; here `min` is {self.min}.")
        elif self.max is not None and self.max > len(self.options):
            yield Mistake(("max",), f"There are only {len(self.options)} options: lower `max` or leave it out.")


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something to be done elsewhere; it can be ticked, and does not count. `due` is the last day."""

    WRAPPED: ClassVar[str] = "task"
    SHORTHAND: ClassVar[Shorthand] = Shorthand(bare=Line)

    key: Key
    title: Line
    kind: Literal["homework", "lab", "discussion", "exam", "quiz"] = "homework"
    url: Address | None = None
    note: Markdown | None = None
    due: date | None = None
    importance: Importance | None = None
    source: ImportSource | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """`- task: title` in its long form."""
        return {"key": slug(raw), "title": raw} if isinstance(raw, str) else raw


@dataclass(frozen=True, kw_only=True)
class Note:
    """A text between the readings; its links are mentions, not readings."""

    WRAPPED: ClassVar[str] = "note"
    SHORT: ClassVar[str] = "text"

    key: Key | None = None
    text: Markdown
    source: ImportSource | None = None


Item: TypeAlias = Reading | ChoiceGroup | Task | Note
"""In a file a reading is written as it is, the others under their name: `- choose: {…}`, `- note: …`."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a unit's page. Verb, importance and objectives are for all the readings in it."""

    key: Key
    title: Line
    intro: Markdown | None = None
    verb: Verb | None = None
    importance: Importance | None = None
    objectives: tuple[Key, ...] = ()
    items: tuple[Item, ...] = ()
    source: ImportSource | None = None
