"""Reads YAML that nobody has checked yet: the parser's events are counted and judged before anything is built.

Only a small part of YAML is obeyed: mappings, lists and text. Every scalar stays the text that was written (`No`,
`1:30` and `1.50` included); what it means is for the schema to say. All places are 1-based lines and columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from service.seeding.slips import Slip, in_plain_words, shown
from service.seeding.sources import Raw, Source, Spot, place_of

LARGEST = 1 << 20
"""Bytes in one file."""
DEEPEST = 32
"""Mappings and lists inside one another."""
MOST_NODES = 50_000
"""Keys, texts, mappings and lists together."""
MOST_SLIPS = 50
"""After so many a file is not read any further."""

PARSER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it; only its events are used, never its construction of values."""

# Characters YAML or a database cannot hold, or that would break a line invisibly.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
LINE_BREAK = re.compile(r"\r\n|\r|\n")


class _Stop(Exception):
    """Reading cannot go on; the one argument is the last slip."""

    def __init__(self, slip: Slip) -> None:
        super().__init__(slip)
        self.slip = slip


def read(content: bytes, parser: type = PARSER) -> Source:
    """Everything one YAML file says, with every mistake in it that can be told without knowing the format.

    Never raises, and takes time in proportion to `content` up to the limits above, whatever it holds.
    """
    top = Spot(None, None)
    try:
        text = _decode(content)
    except _Stop as stop:
        return Source(None, top, (stop.slip,), whole=False)
    unwanted = tuple(islice(_unwanted(text), MOST_SLIPS))
    if unwanted:
        return Source(None, top, unwanted, whole=False)
    builder = _Builder(text, parser, top)
    try:
        return Source(builder.document(), top, tuple(builder.slips), whole=True)
    except _Stop as stop:
        last = stop.slip
    except yaml.YAMLError as error:
        last = in_plain_words(error, LINE_BREAK.split(text))
    except (ValueError, OverflowError):  # from PyYAML's own parser, where libyaml has a word for it
        last = Slip(1, 1, "Somewhere in this file stands a number or an escape that is out of any range.")
    # What was refused often breaks the syntax right after it: one message a line is enough.
    if all(slip.line != last.line for slip in builder.slips):
        builder.slips.append(last)
    return Source(None, top, tuple(builder.slips), whole=False)


def _decode(content: bytes) -> str:
    if len(content) > LARGEST:
        raise _Stop(Slip(1, 1, f"The file is larger than {LARGEST // 1024} KiB; divide it into several units."))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Stop(Slip(1, 1, "The file is written in UTF-16; save it as UTF-8."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = LINE_BREAK.split(content[: error.start].decode("utf-8-sig"))
        message = f"The byte 0x{content[error.start]:02x} is no UTF-8; save the file as UTF-8."
        raise _Stop(Slip(len(before), len(before[-1]) + 1, message)) from None


def _unwanted(text: str) -> Iterator[Slip]:
    if not UNWANTED.search(text):
        return
    for number, line in enumerate(LINE_BREAK.split(text), start=1):
        for found in UNWANTED.finditer(line):
            yield Slip(
                number, found.start() + 1, f"An invisible character, {_invisible(found[0])}, stands here; delete it."
            )


def _invisible(text: str) -> str:
    """The first character in a text that cannot be seen, by its number."""
    found = UNWANTED.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


_NO_MARK = "{} would {}, which is not done here; write it out, or put a text that begins with {} in quotes."


class _Builder:
    """Builds plain data from events. It recurses no deeper than `DEEPEST`, whatever the file holds."""

    def __init__(self, text: str, parser: type, top: Spot) -> None:
        self.next: Callable[[], Event] = parser(text).get_event
        self.top = top
        self.slips: list[Slip] = []
        self.nodes = 0
        self.depth = 0

    def document(self) -> Raw:
        """The one document of the file."""
        self.next()  # the start of the stream
        start = self.next()
        if not isinstance(start, DocumentStartEvent):
            self.stop(None, "The file is empty.")
        if start.version or start.tags:
            self.refuse(start, "A line that begins with % is a directive, and none is obeyed here; delete it.")
        first = self.next()
        self.top.entry = self.top.value = first.start_mark
        raw = self.node(first, self.top)
        self.next()  # the end of the document
        after = self.next()
        if isinstance(after, DocumentStartEvent):
            self.stop(
                after, "A second document begins here; one file holds one document, so delete this line or the rest."
            )
        return raw

    def node(self, event: Event, spot: Spot) -> Raw:
        """What begins with `event`; what is inside it is noted in `spot`."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.stop(event, f"The file holds more than {MOST_NODES} entries; divide it into several units.")
        if isinstance(event, ScalarEvent):
            return self.scalar(event)
        if not isinstance(event, CollectionStartEvent):
            self.refuse_marks(event)
            return None
        if event.anchor is not None or event.tag is not None:
            self.refuse_marks(event)
        self.depth += 1
        if self.depth > DEEPEST:
            self.stop(event, f"More than {DEEPEST} lists and mappings stand inside one another here.")
        inside = self.mapping(event, spot) if isinstance(event, MappingStartEvent) else self.sequence(spot)
        self.depth -= 1
        return inside

    def refuse_marks(self, event: Event) -> None:
        """Refuse a repetition, a name for one, and a type that was written before a value."""
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, AliasEvent):
            self.refuse(event, _NO_MARK.format(shown(f"*{anchor}"), "repeat something named elsewhere", "*"))
        elif anchor is not None:
            self.refuse(event, _NO_MARK.format(shown(f"&{anchor}"), "name this for repetition", "&"))
        if tag is not None:
            self.refuse(event, _NO_MARK.format(shown(tag), "give this a type", "!"))

    def scalar(self, event: ScalarEvent) -> str | None:
        """A text exactly as written, or None where nothing was."""
        if event.anchor is not None or event.tag is not None:
            self.refuse_marks(event)
        text: str = event.value
        if UNWANTED.search(text):
            self.refuse(
                event,
                f"This text holds the invisible character {_invisible(text)}; leave it out, and if it was meant for a "
                "backslash use single instead of double quotes.",
            )
        return None if not text and _unquoted(event) else text

    def sequence(self, around: Spot) -> list[Any]:
        """A list; each entry is known by its index from 0."""
        entries: list[Any] = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            spot = around.inner[len(entries)] = Spot(event.start_mark, event.start_mark)
            entries.append(self.node(event, spot))
        return entries

    def mapping(self, start: MappingStartEvent, around: Spot) -> dict[str, Any]:
        """A mapping; where a name comes twice the first counts."""
        entries: dict[str, Any] = {}
        while not isinstance(event := self.next(), MappingEndEvent):
            name = self.name(event, around)
            value = self.next()
            spot = Spot(event.start_mark, value.start_mark)
            raw = self.node(value, spot)
            if name is None:
                continue
            if raw is None and start.flow_style and _touch(event, value):
                self.refuse(
                    event,
                    f"{shown(name)} stands in braces without a value; put a text that holds a comma in quotes, "
                    "or give this name a value.",
                )
            entries[name] = raw
            around.inner[name] = spot
        return entries

    def name(self, event: Event, around: Spot) -> str | None:
        """The name an entry of a mapping begins with, or None once it was refused."""
        name = self.node(event, Spot(None, None))
        if not isinstance(event, ScalarEvent):
            self.refuse(
                event,
                "A list, a mapping or a repetition cannot be a name; put a text that begins with [, { or * in quotes.",
            )
        elif not isinstance(name, str):
            self.refuse(event, "A name is missing before this colon.")
        elif name == "<<" and _unquoted(event):
            self.refuse(event, "<< would copy in another mapping, which is not done here; write the fields out.")
        elif name in around.inner:
            line = place_of(around.inner[name].entry).line
            self.refuse(event, f"{shown(name)} is already given on line {line}; keep one of the two.")
        else:
            return name
        return None

    def refuse(self, event: Event, message: str) -> None:
        """Note a mistake that does not keep the rest from being read."""
        self.slips.append(_slip(event, message))
        if len(self.slips) >= MOST_SLIPS:
            self.stop(event, f"Reading ends here, after {MOST_SLIPS} mistakes.")

    def stop(self, event: Event | None, message: str) -> NoReturn:
        """Give up, and say why."""
        raise _Stop(_slip(event, message))


def _slip(event: Event | None, message: str) -> Slip:
    return Slip(*place_of(event.start_mark if event else None), message)


def _unquoted(event: ScalarEvent) -> bool:
    return bool(event.implicit[0])


def _touch(name: Event, value: Event) -> bool:
    """Whether a value begins where its name ends, so that not even a colon stands between them."""
    ends, begins = name.end_mark, value.start_mark
    return ends is not None and begins is not None and ends.index == begins.index
