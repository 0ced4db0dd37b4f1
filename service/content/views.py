"""How a unit and its reading list are shown: from an author's document and the ids of its rows to an answer's JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from service.content.operations import CourseSummary
from service.content.rendering import render_markdown
from service.content.schemas import ReadingListOut, UnitOut
from service.domain.documents import (
    Bundle,
    ChoiceGroup,
    Item,
    Meeting,
    Note,
    Reading,
    Resource,
    Section,
    Task,
    UnitDocument,
)
from service.domain.outline import Outline, PlacedReading
from service.web.fields import Out
from service.web.json import dumps

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Json = dict[str, Any]


@dataclass(frozen=True)
class Ids:
    """The random ids of a unit's rows, by author's key."""

    objectives: Mapping[str, UUID]
    readings: Mapping[str, UUID]
    groups: Mapping[str, UUID]
    questions: Mapping[str, UUID]
    quizzes: Mapping[str, UUID]


@dataclass(frozen=True)
class Shown:
    """A unit to be shown: its document, what it asks in order, its ids, and which version of which course it is."""

    course: str
    version: int
    document: UnitDocument
    outline: Outline
    ids: Ids


def course_view(summary: CourseSummary) -> Json:
    """A course as `CourseOut` says it."""
    course = summary.course
    said = {name: course.document.get(name) for name in ("term", "licence", "starts", "ends")}
    return {
        "course": course.slug,
        "title": course.title,
        **said,
        "language": course.document.get("language", "en"),
        "time_zone": course.document.get("time_zone", "UTC"),
        "status": course.status,
        "visibility": course.visibility,
        "version": course.version,
        "units": summary.units,
        "quizzes": summary.quizzes,
    }


@cache
def _schema(kind: type[Out]) -> Out:
    """One of each: making one copies all its fields."""
    return kind()


def unit_body(shown: Shown) -> bytes:
    """The body of a unit's answer."""
    document, head = shown.document, shown.document.unit
    view = {
        "course": shown.course,
        "key": head.key,
        "number": head.number,
        "title": head.title,
        "group": head.group,
        "language": head.language or "en",
        "starts": _day(head.starts),
        "ends": _day(head.ends),
        "version": shown.version,
        "summary": rich(head.summary),
        "objectives_intro": document.objectives_intro,
        "objectives": [
            {
                "id": shown.ids.objectives[objective.key],
                "key": objective.key,
                "text": rich(objective.text),
                "kind": objective.kind,
                "level": objective.level,
                "group": objective.group,
                "supplemental": objective.supplemental,
            }
            for objective in document.objectives
        ],
        "sections": [_section(shown, section) for section in document.sections],
        "meetings": [_meeting(meeting, head.starts) for meeting in document.meetings],
        "quizzes": [
            {
                "id": shown.ids.quizzes[quiz.key],
                "title": quiz.title,
                "kind": quiz.kind,
                "importance": quiz.importance,
                "questions": len(quiz.questions) or sum(draw.take for draw in quiz.draw),
            }
            for quiz in document.quizzes
            if quiz.status == "published"
        ],
        "terms": [
            {"term": term.term, "aliases": list(term.aliases), "text": rich(term.text)} for term in document.terms
        ],
    }
    return dumps(_schema(UnitOut).dump(view))


def reading_list_body(shown: Shown, resources: Mapping[str, Resource]) -> bytes:
    """The body of a reading list's answer: what is asked for, in order, and the `resources` these belong to."""
    asked = shown.outline.readings
    view = {
        "course": shown.course,
        "unit": shown.document.unit.key,
        "title": shown.document.unit.title,
        "version": shown.version,
        "readings": [_listed(shown, placed) for placed in asked],
        "groups": [
            {
                "id": shown.ids.groups[placed.key],
                "prompt": placed.group.prompt,
                "min": placed.group.min,
                "max": placed.group.max,
                "importance": placed.importance,
            }
            for placed in shown.outline.groups.values()
        ],
        "related": list(_related(asked, resources)),
    }
    return dumps(_schema(ReadingListOut).dump(view))


def rich(text: str | None) -> Json | None:
    """Author's text as it is shown: Markdown and HTML."""
    return None if text is None else {"markdown": text, "html": render_markdown(text)}


def _section(shown: Shown, section: Section) -> Json:
    return {
        "key": section.key,
        "title": section.title,
        "intro": rich(section.intro),
        "items": [_item(shown, section, item) for item in section.items],
    }


def _item(shown: Shown, section: Section, item: Item) -> Json:
    match item:
        case Reading():
            return {"reading": _reading(shown, item)}
        case ChoiceGroup():
            return {
                "choose": {
                    "id": shown.ids.groups[item.key],
                    "key": item.key,
                    "prompt": rich(item.prompt),
                    "min": item.min,
                    "max": item.max,
                    "importance": shown.outline.groups[item.key].importance,
                    "options": [_option(shown, option) for option in item.options],
                }
            }
        case Task():
            return {
                "task": {
                    "key": item.key,
                    "title": item.title,
                    "kind": item.kind,
                    "url": item.url,
                    "note": rich(item.note),
                    "due": _day(item.due),
                    "importance": item.importance or section.importance or "required",
                }
            }
        case Note():
            return {"note": rich(item.text)}


def _option(shown: Shown, option: Bundle) -> Json:
    return {
        "key": option.key,
        "label": option.label,
        "readings": [_reading(shown, reading) for reading in option.items],
    }


def _reading(shown: Shown, reading: Reading) -> Json:
    placed = shown.outline.placed[reading.key]
    ids = shown.ids.readings
    return {
        "id": ids[reading.key],
        "key": reading.key,
        "verb": placed.verb,
        "importance": placed.importance,
        "title": placed.title,
        "resource": _resource(placed),
        "portion": reading.portion,
        "locator": reading.locator.text if reading.locator else None,
        "note": rich(reading.note),
        "minutes": reading.minutes,
        "condition": reading.condition,
        "due": _day(reading.due),
        "guiding_questions": [rich(question) for question in reading.guiding_questions],
        "objectives": [shown.ids.objectives[key] for key in placed.objectives],
        "extension_of": ids[reading.extension_of] if reading.extension_of else None,
        "before": [_reading(shown, before) for before in reading.before],
    }


def _listed(shown: Shown, placed: PlacedReading) -> Json:
    reading = placed.reading
    return {
        "reading": shown.ids.readings[reading.key],
        "verb": placed.verb,
        "importance": placed.importance,
        "title": placed.title,
        "portion": reading.portion,
        "condition": reading.condition,
        "minutes": reading.minutes,
        "section": placed.section_title,
        "group": shown.ids.groups[placed.group] if placed.group else None,
        "option": placed.option_label,
        "before": shown.ids.readings[placed.parent] if placed.parent else None,
        "resource": _resource(placed),
    }


def _resource(placed: PlacedReading) -> Json | None:
    if placed.resource is None or placed.resource_key is None:
        return None
    return resource_view(placed.resource_key, placed.resource)


def resource_view(key: str, resource: Resource) -> Json:
    """A resource as `ResourceOut` says it."""
    return {
        "key": key,
        "kind": resource.kind,
        "title": resource.title,
        "url": resource.url,
        "media": resource.media,
        "links": [{"label": link.label, "url": link.url, "media": link.media} for link in resource.links],
        "authors": list(resource.authors),
        "year": resource.year,
        "publisher": resource.publisher,
        "doi": resource.doi,
        "arxiv": resource.arxiv,
        "isbn": resource.isbn,
        "access": resource.access,
    }


def _related(asked: Sequence[PlacedReading], resources: Mapping[str, Resource]) -> Iterator[Json]:
    """The resources that those asked for belong to, each once, those that are asked for themselves left out."""
    seen = {placed.resource_key for placed in asked}
    for placed in asked:
        for relation, _, key in placed.resource.relations() if placed.resource else ():
            if key not in seen:
                seen.add(key)
                yield {**resource_view(key, resources[key]), "relation": relation, "of": placed.resource_key}


def _meeting(meeting: Meeting, starts: date | None) -> Json:
    return {
        "key": meeting.key,
        "title": meeting.title,
        "kind": meeting.kind,
        "day": meeting.day,
        "date": _day(meeting_date(meeting, starts)),
        "note": rich(meeting.note),
    }


def meeting_date(meeting: Meeting, starts: date | None) -> date | None:
    """The day of a meeting: its own date, or its weekday in its week; week 1 is the one the unit starts in."""
    if meeting.date is not None or meeting.day is None or starts is None:
        return meeting.date
    monday = starts - timedelta(days=starts.weekday())
    return monday + timedelta(weeks=(meeting.week or 1) - 1, days=WEEKDAYS.index(meeting.day))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
