"""Understands when a class meets, and what for, by the title of its part of the page."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from service.interchange.hugo.drafts import Meeting
from service.interchange.hugo.links import plain
from service.interchange.hugo.page import Lines
from service.interchange.hugo.vocabulary import Vocabulary, first_of, leading, words

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = re.compile(r"(?:week|wk)\s*(\d{1,2})[\s,:;–—-]*", re.IGNORECASE)
_COUNTED = re.compile(r"(?:class|lecture|session|meeting|day|lab)\s*#?\d{1,2}\s*[(,:;–—-]+\s*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s,:;.()|–—-]*")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_NAMED = re.compile(
    r"(?P<name>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"(?:,?\s+(?P<year>\d{4}))?\b",
    re.IGNORECASE,
)
_EUROPEAN = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?P<name>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
    r"(?:,?\s+(?P<year>\d{4}))?\b",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/(?P<year>\d{4}|\d\d))?\b")
LONGEST_TITLE = 200


class _When(NamedTuple):
    """What a title says of the time, and where that ends."""

    day: str | None
    date: date | None
    end: int


def meeting_of(title: str, lines: Lines, vocabulary: Vocabulary, year: int | None) -> Meeting | None:
    """The meeting whose title this is, or None. A date without a year is one of `year`."""
    said = plain(title)
    week = _WEEK.match(said)
    at = week.end() if week else 0
    counted = _COUNTED.match(said, at)
    when = _when(said, at, vocabulary, year) or (counted and _when(said, counted.end(), vocabulary, year))
    if not when:
        return None
    meeting = Meeting(lines, date=when.date)
    if when.date is None:
        meeting.day = when.day  # type: ignore[assignment]
        meeting.week = min(max(int(week[1]), 1), 60) if week else None
    rest = said[when.end :][_SEPARATORS.match(said[when.end :]).end() :]  # type: ignore[union-attr]
    name_it(meeting, rest, vocabulary)
    return meeting


def name_it(meeting: Meeting, said: str, vocabulary: Vocabulary) -> None:
    """Give a meeting its title and its kind."""
    plain_words = words(vocabulary.meetings.plain).match(said)
    title = said[plain_words.end() :] if plain_words else said
    title = title[_SEPARATORS.match(title).end() :].rstrip(" :;,–—-")  # type: ignore[union-attr]
    kind = first_of(vocabulary.meetings.kinds, said)
    meeting.title = title[:LONGEST_TITLE]
    meeting.kind = kind.means if kind else "lecture"


def look_at_first_words(meeting: Meeting, text: str, vocabulary: Vocabulary) -> None:
    """Take its kind from how what is said of it begins, where its title says nothing ("Guest lecture by …")."""
    if meeting.kind == "lecture":
        kind = leading(vocabulary.meetings.kinds, plain(text[:LONGEST_TITLE]))
        if kind is not None and kind[0].means in {"guest", "no_class", "exam"}:
            meeting.kind = kind[0].means


def _when(said: str, at: int, vocabulary: Vocabulary, year: int | None) -> _When | None:
    day, end = None, at
    if (found := leading(vocabulary.meetings.days, said, at)) is not None:
        day, end = found[0].means, found[1]
    dated = _dated(said, _SEPARATORS.match(said, end).end(), year)  # type: ignore[union-attr]
    if dated is None:
        return _When(day, None, end) if day else None
    on, after = dated
    if day is None and (late := leading(vocabulary.meetings.days, said, _SEPARATORS.match(said, after).end())):  # type: ignore[union-attr]
        day, after = late[0].means, late[1]
    if on is not None and day is not None and WEEKDAYS[on.weekday()] != day:
        # The year was another one.
        on = None
    if on is None and day is None:
        return None
    # The date that is not taken stays to be read.
    return _When(day, on, after if on is not None else end)


def _dated(said: str, at: int, year: int | None) -> tuple[date | None, int] | None:
    """The date that stands here (None where its year is not known), and where it ends."""
    for pattern in (_ISO, _NAMED, _EUROPEAN, _SLASHED):
        found = pattern.match(said, at)
        if found is None:
            continue
        groups = found.groupdict()
        written = groups.get("year")
        its_year = int(written) + (2000 if len(written) == 2 else 0) if written else year
        name = groups.get("name")
        month = MONTHS.index(name[:3].lower()) + 1 if name else int(groups["month"] or 0)
        try:
            return date(its_year, month, int(groups["day"])) if its_year else None, found.end()
        except ValueError:
            return None
    return None
