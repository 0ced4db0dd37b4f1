"""What is gathered over all published units of a course: the terms of its glossary, and what happens when.

Both are read off the units as they are served, never off a draft. What a rendering says never changes, so it is read
once and remembered by its tag, which is a digest of it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from threading import Lock
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import Course, Quiz, Rendering, Unit, UnitVersion
from service.domain.icalendar import Event, calendar

REMEMBERED = 5_000
"""Units of which the terms and dates are kept in memory; a few kilobytes each."""
AT_ONCE = 200
SORTED_BY = 40
"""Characters of a term that decide its place; so a cursor is never long."""

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Occasion:
    """A day that a unit names: `key` is what happens, unique in its unit for ever."""

    key: str
    day: date
    summary: str
    note: str
    url: str | None
    kind: str


@dataclass(frozen=True)
class Gathered:
    """What one unit gives to its course."""

    terms: tuple[Json, ...]
    occasions: tuple[Occasion, ...]


@dataclass(frozen=True)
class PublishedUnit:
    """A published unit: its name in short, the version that is shown and when it was written, and what it gives."""

    id: int
    key: str
    label: str
    version: int
    written_at: datetime
    gathered: Gathered


_remembered: dict[str, Gathered] = {}
_remembering = Lock()


def list_terms(
    session: Session, course: Course, *, after: tuple[str, str, int] | None, limit: int
) -> Sequence[tuple[tuple[str, str, int], Json]]:
    """The terms of all published units, by their letters, each with its place (for `after`); at most `limit`."""
    placed = [
        ((letters_of(term["term"]), unit.key, position), {**term, "unit": unit.key})
        for unit in _published_units(session, course)
        for position, term in enumerate(unit.gathered.terms)
    ]
    placed.sort(key=lambda one: one[0])
    return [one for one in placed if after is None or one[0] > after][:limit]


def letters_of(term: str) -> str:
    """What a term is sorted by: its letters without case and accents."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", term.casefold()) if not unicodedata.combining(one))
    return " ".join(plain.split())[:SORTED_BY]


def calendar_of(session: Session, course: Course) -> bytes:
    """The course's calendar: meetings, what is due, and when quizzes open and close."""
    units = _published_units(session, course)
    days = [_event(course, unit, occasion) for unit in units for occasion in unit.gathered.occasions]
    return calendar(course.title, [*days, *_quizzes(session, course, units)])


def _event(course: Course, unit: PublishedUnit, occasion: Occasion) -> Event:
    return Event(
        uid=_uid(course, unit.key, occasion.key),
        when=occasion.day,
        summary=f"{unit.label}: {occasion.summary}",
        stamped=unit.written_at,
        revision=unit.version,
        description=occasion.note,
        url=occasion.url,
        categories=(occasion.kind,),
    )


def _quizzes(session: Session, course: Course, units: Sequence[PublishedUnit]) -> Iterator[Event]:
    by_id = {unit.id: unit for unit in units}
    found = (
        select(Quiz.unit_id, Quiz.key, Quiz.title, Quiz.settings)
        .join(Unit, Unit.id == Quiz.unit_id)
        .where(Unit.course_id == course.id, Unit.status == "published")
        .where(Quiz.status == "published", Quiz.archived_at.is_(None))
        .order_by(Unit.sort, Quiz.position, Quiz.id)
    )
    for quiz in session.execute(found):
        unit = by_id[quiz.unit_id]
        for edge in ("opens", "closes"):
            if quiz.settings[edge] is not None:
                yield Event(
                    uid=_uid(course, unit.key, f"quiz {quiz.key} {edge}"),
                    when=datetime.fromisoformat(quiz.settings[edge]),
                    summary=f"{unit.label}: {quiz.title} {edge}",
                    stamped=unit.written_at,
                    revision=unit.version,
                    categories=("quiz",),
                )


def _uid(course: Course, unit: str, key: str) -> str:
    # The moment the course was made tells it from one of the same name elsewhere, or of another year.
    return f"{uuid5(NAMESPACE_URL, f'{course.slug} {course.created_at.isoformat()} {unit} {key}')}@hornbook"


def _published_units(session: Session, course: Course) -> list[PublishedUnit]:
    """The published units in order. One statement, and another for what is not remembered yet."""
    found = (
        select(
            *(Unit.id, Unit.key, Unit.number, Unit.title, UnitVersion.number.label("version")),
            *(UnitVersion.created_at, Rendering.etag, Rendering.version_id),
        )
        .join(UnitVersion, UnitVersion.id == Unit.published_version_id)
        .join(Rendering, Rendering.version_id == UnitVersion.id)
        .where(Unit.course_id == course.id, Unit.status == "published")
        .order_by(Unit.sort, Unit.id)
    )
    rows = session.execute(found).all()
    known = {row.etag: _remembered.get(row.etag) for row in rows}
    gathered = {etag: one for etag, one in known.items() if one is not None}
    new = [row.version_id for row in rows if row.etag not in gathered]
    for first in range(0, len(new), AT_ONCE):
        bodies = select(Rendering.etag, Rendering.unit).where(Rendering.version_id.in_(new[first : first + AT_ONCE]))
        for etag, body in session.execute(bodies):
            gathered[etag] = _remember(etag, gathered_from(json.loads(body)))
    return [
        PublishedUnit(
            id=row.id,
            key=row.key,
            label=f"{row.number} {row.title}" if row.number else row.title,
            version=row.version,
            written_at=row.created_at,
            gathered=gathered[row.etag],
        )
        for row in rows
    ]


def _remember(etag: str, gathered: Gathered) -> Gathered:
    with _remembering:
        _remembered[etag] = gathered
        while len(_remembered) > REMEMBERED:
            _remembered.pop(next(iter(_remembered)))
    return gathered


def gathered_from(unit: Json) -> Gathered:
    """What a unit, as it is served, gives to its course."""
    meetings = [_meeting(meeting) for meeting in unit["meetings"] if meeting["date"]]
    due = [_due(*one) for section in unit["sections"] for item in section["items"] for one in _asked(item)]
    return Gathered(tuple(unit["terms"]), (*meetings, *(one for one in due if one is not None)))


def _meeting(meeting: Json) -> Occasion:
    summary = meeting["title"] or meeting["kind"].replace("_", " ").capitalize()
    day = date.fromisoformat(meeting["date"])
    return Occasion(f"meeting {meeting['key']}", day, summary, _text(meeting["note"]), None, meeting["kind"])


def _asked(item: Json) -> Iterator[tuple[str, Json]]:
    """The readings and tasks of an item, with what they are."""
    if "task" in item:
        yield "task", item["task"]
    nested = [item["reading"]] if "reading" in item else []
    nested += [reading for option in item.get("choose", {}).get("options", []) for reading in option["readings"]]
    while nested:
        reading = nested.pop(0)
        yield "reading", reading
        nested = [*reading["before"], *nested]


def _due(kind: str, asked: Json) -> Occasion | None:
    if asked["due"] is None:
        return None
    told = partial(Occasion, f"{kind} {asked['key']}", date.fromisoformat(asked["due"]))
    if kind == "task":
        return told(f"{asked['title']} is due", _text(asked["note"]), asked["url"], asked["kind"])
    address = asked["resource"]["url"] if asked["resource"] else None
    return told(f"{asked['verb'].capitalize()} {asked['title']}", _text(asked["note"]), address, "reading")


def _text(note: Json | None) -> str:
    return "" if note is None else str(note["markdown"])
