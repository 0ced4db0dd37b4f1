"""Reads YAML that nobody has checked yet: the parser's events are counted and judged before anything is built.

Only a small part of YAML is obeyed: mappings, lists and text. Every scalar stays the text that was written (`No`,
`1:30` and `1.50` included); what it means is for the schema to say. All places are 1-based lines and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from service.seeding.decoding import MOST_SLIPS, UNWANTED, Stop, decoded, invisible
from service.seeding.slips import Slip, in_plain_words, shown
from service.seeding.sources import LINE_BREAK, Raw, Source, Spot

DEEPEST = 32
"""Mappings and lists inside one another."""
MOST_NODES = 50_000
"""Keys, texts, mappings and lists together."""
PARSER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it; only its events are used, never its construction of values."""

NO_MARK = "{} would {}, which is not done here; write it out, or put a text that begins with {} in quotes."

NOTHING: dict[Any, Spot] = {}
NOWHERE: Spot = (0, 0, NOTHING)

_Found = tuple[Raw, Mapping[Any, Spot]]
"""A value, and the spots inside it."""


def read(content: bytes, parser: type = PARSER) -> Source:
    """Everything one YAML file says, with every mistake in it that can be told without knowing the format.

    Never raises, and takes time in proportion to `content` up to the limits above, whatever it holds.
    """
    try:
        text = decoded(content)
    except Stop as stop:
        return Source("", None, NOWHERE, stop.slips, whole=False)
    builder = _Builder(_Limited(text, parser))
    try:
        if len(text) > MOST_NODES:  # a shorter text cannot hold so many
            _Limited(text, parser).count()
        raw, spot = builder.document()
        return Source(text, raw, spot, tuple(builder.slips), whole=True)
    except Stop as stop:
        (last,) = stop.slips
    except yaml.YAMLError as error:
        last = in_plain_words(error, LINE_BREAK.split(text))
    except (ValueError, OverflowError):  # from PyYAML's own parser, where libyaml has a word for it
        last = Slip(1, 1, "Somewhere in this file stands a number or an escape that is out of any range.")
    # What was refused often breaks the syntax right after it: one message a line is enough.
    if all(slip.line != last.line for slip in builder.slips):
        builder.slips.append(last)
    return Source(text, None, NOWHERE, tuple(builder.slips), whole=False)


class _Limited:
    """The events of a text, one at a call, until there are too many of them or they go too deep."""

    def __init__(self, text: str, parser: type) -> None:
        self.next: Callable[[], Event] = parser(text).get_event
        self.nodes = 0
        self.depth = 0

    def __call__(self) -> Event:
        event = self.next()
        if isinstance(event, CollectionEndEvent):
            self.depth -= 1
        elif isinstance(event, NodeEvent):
            self.nodes += 1
            if self.nodes > MOST_NODES:
                message = f"The file holds more than {MOST_NODES} entries; divide it into several units."
                raise Stop(_slip(event, message))
            if isinstance(event, CollectionStartEvent):
                self.depth += 1
                if self.depth > DEEPEST:
                    raise Stop(_slip(event, f"More than {DEEPEST} lists and mappings stand inside one another here."))
        return event

    def count(self) -> None:
        """Go through all events for the sake of the limits alone, before anything is built of them."""
        with suppress(yaml.YAMLError, ValueError, OverflowError):
            while not isinstance(self(), DocumentEndEvent | StreamEndEvent):
                pass


class _Builder:
    """Builds plain data from events, which go no deeper than it can recurse."""

    def __init__(self, events: Callable[[], Event]) -> None:
        self.next = events
        self.slips: list[Slip] = []

    def document(self) -> tuple[Raw, Spot]:
        """The one document of the file."""
        self.next()  # the start of the stream
        start = self.next()
        if not isinstance(start, DocumentStartEvent):
            raise Stop(Slip(1, 1, "The file is empty."))
        if start.version or start.tags:
            self.refuse(start, "A line that begins with % is a directive, and none is obeyed here; delete it.")
        first = self.next()
        raw, inside = self.node(first)
        self.next()  # the end of the document
        after = self.next()
        if isinstance(after, DocumentStartEvent):
            message = "A second document begins here; one file holds one document, so delete this line or the rest."
            raise Stop(_slip(after, message))
        return raw, (_begin(first), _begin(first), inside)

    def node(self, event: Event) -> _Found:
        """What begins with `event`."""
        if isinstance(event, ScalarEvent):
            return self.scalar(event), NOTHING
        if not isinstance(event, CollectionStartEvent):
            self.refuse_marks(event)
            return f"*{getattr(event, 'anchor', '')}", NOTHING  # as if it had been put in quotes
        if event.anchor is not None or event.tag is not None:
            self.refuse_marks(event)
        return self.mapping(event) if isinstance(event, MappingStartEvent) else self.sequence()

    def refuse_marks(self, event: Event) -> None:
        """Refuse a repetition, a name for one, and a type that was written before a value."""
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, AliasEvent):
            self.refuse(event, NO_MARK.format(shown(f"*{anchor}"), "repeat something named elsewhere", "*"))
        elif anchor is not None:
            self.refuse(event, NO_MARK.format(shown(f"&{anchor}"), "name this for repetition", "&"))
        if tag is not None:
            self.refuse(event, NO_MARK.format(shown(tag), "give this a type", "!"))

    def scalar(self, event: ScalarEvent) -> str | None:
        """A text exactly as written, or None where nothing was."""
        if event.anchor is not None or event.tag is not None:
            self.refuse_marks(event)
        text: str = event.value
        if UNWANTED.search(text):
            self.refuse(
                event,
                f"This text holds the invisible character {invisible(text)}; leave it out, and if it was meant for a "
                "backslash use single instead of double quotes.",
            )
        return None if not text and _unquoted(event) else text

    def sequence(self) -> _Found:
        """A list; each entry is known by its index from 0."""
        entries: list[Any] = []
        spots: dict[int, Spot] = {}
        while not isinstance(event := self.next(), SequenceEndEvent):
            begin = _begin(event)
            raw, inside = self.node(event)
            spots[len(entries)] = (begin, begin, inside)
            entries.append(raw)
        return entries, spots

    def mapping(self, start: MappingStartEvent) -> _Found:
        """A mapping; where a name comes twice the first counts."""
        entries: dict[str, Any] = {}
        spots: dict[str, Spot] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := self.next(), MappingEndEvent):
            name = self.name(event, lines)
            value = self.next()
            raw, inside = self.node(value)
            if name is None:
                continue
            if raw is None and start.flow_style and _end(event) == _begin(value):
                self.refuse(
                    event,
                    f"{shown(name)} stands in braces without a value; put a text that holds a comma in quotes, "
                    "or give this name a value.",
                )
            entries[name] = raw
            spots[name] = (_begin(event), _begin(value), inside)
        return entries, spots

    def name(self, event: Event, lines: dict[str, int]) -> str | None:
        """The name an entry of a mapping begins with, or None once it was refused; `lines` has those before it."""
        name, _ = self.node(event)
        if not isinstance(event, ScalarEvent):
            self.refuse(
                event,
                "A list, a mapping or a repetition cannot be a name; put a text that begins with [, { or * in quotes.",
            )
        elif not isinstance(name, str):
            self.refuse(event, "A name is missing before this colon.")
        elif name == "<<" and _unquoted(event):
            self.refuse(event, "<< would copy in another mapping, which is not done here; write the fields out.")
        elif name in lines:
            self.refuse(event, f"{shown(name)} is already given on line {lines[name]}; keep one of the two.")
        else:
            lines[name] = _line(event)
            return name
        return None

    def refuse(self, event: Event, message: str) -> None:
        """Note a mistake that does not keep the rest from being read."""
        self.slips.append(_slip(event, message))
        if len(self.slips) >= MOST_SLIPS:
            raise Stop(_slip(event, f"Reading ends here, after {MOST_SLIPS} mistakes."))


def _slip(event: Event, message: str) -> Slip:
    mark = event.start_mark
    return Slip(mark.line + 1, mark.column + 1, message) if mark else Slip(1, 1, message)


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _begin(event: Event) -> int:
    """The offset of an event's first character."""
    return event.start_mark.index if event.start_mark else 0


def _end(event: Event) -> int:
    """The offset after an event's last character."""
    return event.end_mark.index if event.end_mark else 0


def _unquoted(event: ScalarEvent) -> bool:
    return bool(event.implicit[0])
