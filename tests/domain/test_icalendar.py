"""Calendars: what is written can be unfolded and unescaped to what was meant, whatever the text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.icalendar import Event, calendar, escaped, folded

STAMP = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]))
lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"))


def unfolded(text: str) -> str:
    """What RFC 5545 (3.1) makes of folded lines."""
    return text.replace("\r\n ", "").replace("\r\n\t", "")


def unescaped(value: str) -> str:
    """What RFC 5545 (3.3.11) makes of a value."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@given(lines)
def test_a_folded_line_is_unfolded_to_itself(line: str) -> None:
    assert unfolded(folded(line)) == line


@given(st.text(st.sampled_from("a é漢🌊,; "), max_size=400))
def test_no_line_is_longer_than_75_octets_nor_ends_within_a_character(line: str) -> None:
    pieces = folded(line).encode().split(b"\r\n")
    assert all(len(piece) <= 75 and piece.decode() is not None for piece in pieces)
    assert all(len(piece) > 71 for piece in pieces[:-1]), "no shorter than a character needs"


@given(texts)
def test_an_escaped_text_stays_one_value_on_one_line(text: str) -> None:
    value = escaped(text)
    assert not re.search(r"[\r\n\x00]|(?<!\\)(?:\\\\)*[,;]", value)
    meant = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    assert unescaped(value) == meant


@pytest.mark.parametrize(
    ("when", "line"),
    [
        (date(2026, 3, 2), "DTSTART;VALUE=DATE:20260302"),
        (date(987, 3, 2), "DTSTART;VALUE=DATE:09870302"),
        (datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "DTSTART:20260302T090000Z"),
        (datetime(2026, 3, 2, 1, 30, tzinfo=timezone(timedelta(hours=2))), "DTSTART:20260301T233000Z"),
    ],
)
def test_days_are_days_and_moments_are_in_utc(when: date | datetime, line: str) -> None:
    assert line in calendar("C", [Event(uid="u", when=when, summary="S", stamped=STAMP, revision=1)]).decode()


def test_a_calendar_reads_like_this() -> None:
    event = Event(
        uid="1@hornbook",
        when=date(2026, 3, 2),
        summary="Tides; ebb, flow",
        stamped=STAMP,
        revision=3,
        description="One\nTwo",
        url="https://sea.example/a,b\n;c",
        categories=("lecture",),
    )
    assert calendar("Seas, rivers", [event]).decode().split("\r\n") == [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hornbook//Hornbook//EN", "CALSCALE:GREGORIAN"),
        *("NAME:Seas\\, rivers", "X-WR-CALNAME:Seas\\, rivers"),
        *("BEGIN:VEVENT", "UID:1@hornbook", "DTSTAMP:20260302T090030Z", "SEQUENCE:3", "DTSTART;VALUE=DATE:20260302"),
        *("SUMMARY:Tides\\; ebb\\, flow", "DESCRIPTION:One\\nTwo", "URL:https://sea.example/a,b;c"),
        *("CATEGORIES:lecture", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", ""),
    ]


@given(st.lists(st.builds(Event, uid=st.just("u"), when=st.dates(), summary=texts, stamped=st.just(STAMP),
                          revision=st.integers(1, 9), description=texts, url=texts)))  # fmt: skip
def test_no_text_can_add_a_line(events: list[Event]) -> None:
    written = unfolded(calendar("C", events).decode()).split("\r\n")
    names = {line.split(":")[0].split(";")[0] for line in written if line}
    known = {
        *("BEGIN", "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "UID", "DTSTAMP", "SEQUENCE", "DTSTART"),
        *("SUMMARY", "DESCRIPTION", "URL", "TRANSP", "END"),
    }
    assert names <= known
    assert written.count("BEGIN:VEVENT") == len(events)
