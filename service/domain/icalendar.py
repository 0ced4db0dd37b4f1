"""Calendars as RFC 5545 writes them, so that any calendar program can follow a course."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

LONGEST = 75
"""Octets in a line, its end not counted (section 3.1)."""

_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_UNWELCOME = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something on a day (all of it), or at a moment (aware).

    `uid` stays the same through every change; `revision` counts them, `stamped` is the moment of the last.
    """

    uid: str
    when: date | datetime
    summary: str
    stamped: datetime
    revision: int
    description: str = ""
    url: str | None = None
    categories: tuple[str, ...] = ()


def calendar(name: str, events: Iterable[Event]) -> bytes:
    """The calendar file; equal events give equal bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hornbook//Hornbook//EN", "CALSCALE:GREGORIAN"]
    lines += [f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}"]
    for event in events:
        lines += _lines(event)
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _lines(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_moment(event.stamped)}"
    yield f"SEQUENCE:{event.revision}"
    if isinstance(event.when, datetime):
        yield f"DTSTART:{_moment(event.when)}"
    else:
        yield f"DTSTART;VALUE=DATE:{event.when.isoformat().replace('-', '')}"
    yield f"SUMMARY:{escaped(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{escaped(event.description)}"
    if event.url:
        # An address is no text (section 3.3.13): nothing in it is escaped, and nothing in it may end the line.
        yield f"URL:{''.join(event.url.split())}"
    if event.categories:
        yield f"CATEGORIES:{','.join(map(escaped, event.categories))}"
    # It takes nobody's time: a day on which something is due is not a busy one.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    written = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return f"{written.replace('-', '').replace(':', '')}Z"


def escaped(text: str) -> str:
    """A text as a value (section 3.3.11): commas, semicolons, backslashes and line ends escaped, controls left out."""
    return _UNWELCOME.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_ESCAPED)


def folded(line: str) -> str:
    """The line in pieces of at most 75 octets, none of which ends within a character; each but the first starts
    with a space, which counts.
    """
    pieces, room, piece = [], LONGEST, ""
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append(piece)
            piece, room = " ", LONGEST - 1
        piece += character
        room -= size
    return "\r\n".join([*pieces, piece])
