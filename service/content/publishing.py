"""Publishing: a unit's document becomes a version, and the rows that students refer to follow it by key.

Everything slow (rendering, splitting questions) is done in `prepare_*`, outside any transaction; `publish` only
compares and writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.content import views
from service.content.documents import dump_document
from service.content.models import (
    Course,
    Keyed,
    Objective,
    Question,
    Quiz,
    Reading,
    ReadingGroup,
    Rendering,
    Unit,
    UnitVersion,
)
from service.content.outlines import completion_outline, reread
from service.content.questions import PreparedQuestion, prepare_questions, publish_questions
from service.content.quizzes import settings_of
from service.db import digest_of
from service.domain.documents import CourseDocument, Resource, UnitDocument
from service.domain.outline import Outline, outline
from service.web.caching import etag_of
from service.world import World

Row = TypeVar("Row", bound=Keyed)


@dataclass(frozen=True)
class PreparedUnit:
    """A unit's document with all that can be worked out without the database."""

    document: UnitDocument
    canonical: Mapping[str, Any]
    digest: str
    outline: Outline
    resources: Mapping[str, Resource]
    questions: tuple[PreparedQuestion, ...]

    @property
    def key(self) -> str:
        """The unit's key."""
        return self.document.unit.key

    @property
    def title(self) -> str:
        """The unit's title."""
        return self.document.unit.title


@dataclass(frozen=True)
class PreparedCourse:
    """A course's document with its units."""

    document: CourseDocument
    canonical: Mapping[str, Any]
    digest: str
    units: tuple[PreparedUnit, ...]

    @property
    def slug(self) -> str:
        """The course's key, its name in addresses."""
        return self.document.key

    @property
    def title(self) -> str:
        """The course's title."""
        return self.document.title


@dataclass(frozen=True)
class Stored:
    """The digests of what the database holds of a course: None and {} when there is none."""

    course: str | None
    units: Mapping[str, str]


def prepare_unit(document: UnitDocument, shared: Mapping[str, Resource]) -> PreparedUnit:
    """Everything about the unit that needs no database."""
    canonical = dump_document(document)
    # Resources of the whole course are part of what a unit shows: when they change, so does the unit.
    used = {key: dump_document(resource) for key, resource in sorted(shared.items())}
    return PreparedUnit(
        document=document,
        canonical=canonical,
        digest=digest_of([canonical, used]),
        outline=outline(document, shared),
        resources={**shared, **document.resources},
        questions=prepare_questions(document),
    )


def prepare_course(document: CourseDocument, units: Iterable[PreparedUnit]) -> PreparedCourse:
    """The course with its prepared units."""
    canonical = dump_document(document)
    return PreparedCourse(document, canonical, digest_of(canonical), tuple(units))


def stored_digests(session: Session, slug: str) -> Stored:
    """What the database holds of the course, for telling what is new."""
    course = session.execute(select(Course.id, Course.document_digest).where(Course.slug == slug)).first()
    if course is None:
        return Stored(None, {})
    rows = session.execute(select(Unit.key, Unit.document_digest).where(Unit.course_id == course.id))
    return Stored(course.document_digest, {row.key: row.document_digest for row in rows})


def publish(
    session: Session, world: World, prepared: PreparedCourse, units: Sequence[PreparedUnit], *, origin: str
) -> Course:
    """Write the course and these of its units, as one new version of the course."""
    now = world.now()
    course = _course_at_next_version(session, prepared, now)
    for unit in units:
        _publish_unit(session, world, course, unit, origin, now)
    return course


def _course_at_next_version(session: Session, prepared: PreparedCourse, now: datetime) -> Course:
    document = prepared.document
    said = {
        "title": document.title,
        "status": document.status,
        "visibility": document.visibility,
        "document": prepared.canonical,
        "document_digest": prepared.digest,
        "updated_at": now,
    }
    # The row lock makes concurrent publications of one course take their versions in the order they commit.
    session.execute(update(Course).where(Course.slug == prepared.slug).values(version=Course.version + 1, **said))
    course = session.scalar(select(Course).where(Course.slug == prepared.slug))
    if course is None:
        course = Course(slug=prepared.slug, version=1, created_at=now, **said)
        session.add(course)
        session.flush()
    return course


def _publish_unit(
    session: Session, world: World, course: Course, prepared: PreparedUnit, origin: str, now: datetime
) -> None:
    """Write one unit as a new version. A draft gets no rows yet: nobody can refer to them before it is published."""
    head = prepared.document.unit
    unit = session.scalar(select(Unit).where(Unit.course_id == course.id, Unit.key == head.key))
    if unit is None:
        unit = Unit(course_id=course.id, key=head.key, status="draft", created_at=now)
        session.add(unit)
    unit.number, unit.title = head.number, head.title
    unit.sort = sort_key(head.position, head.number, head.key)
    unit.document_digest, unit.course_version, unit.updated_at = prepared.digest, course.version, now
    session.flush()
    version = UnitVersion(
        unit_id=unit.id,
        number=_next_number(session, unit),
        document=prepared.canonical,
        document_digest=prepared.digest,
        origin=origin,
        created_at=now,
    )
    session.add(version)
    session.flush()
    if head.status == "published":
        ids = _publish_rows(session, world, unit, prepared, course, now)
        session.add(_rendering(prepared, course, version, ids))
        unit.published_version_id = version.id
    unit.status = head.status
    session.flush()


def _next_number(session: Session, unit: Unit) -> int:
    latest = session.scalar(select(func.max(UnitVersion.number)).where(UnitVersion.unit_id == unit.id))
    return (latest or 0) + 1


def _publish_rows(
    session: Session, world: World, unit: Unit, prepared: PreparedUnit, course: Course, now: datetime
) -> views.Ids:
    """Bring the rows that students refer to up to date, and give their ids."""
    document = prepared.document

    def by_key(model: type[Row], keys: Iterable[str]) -> dict[str, Row]:
        return _reconcile(session, world, model, unit.id, list(keys), now)

    objectives = by_key(Objective, (objective.key for objective in document.objectives))
    readings = by_key(Reading, prepared.outline.placed)
    groups = by_key(ReadingGroup, prepared.outline.groups)
    rows = by_key(Question, (question.key for question in prepared.questions))
    session.flush()
    ids = views.Ids(
        objectives={key: row.id for key, row in objectives.items()},
        readings={key: row.id for key, row in readings.items()},
        groups={key: row.id for key, row in groups.items()},
        quizzes={},
    )
    publish_questions(session, rows, prepared.questions, reread(document, prepared.outline, ids), now)
    questions = {key: row.id for key, row in rows.items()}
    zone = ZoneInfo(course.document.get("time_zone", "UTC"))
    settings = {quiz.key: settings_of(quiz, document, questions, zone) for quiz in document.quizzes}
    quizzes = by_key(Quiz, settings)
    for position, quiz in enumerate(document.quizzes):
        row = quizzes[quiz.key]
        row.title, row.kind, row.status = quiz.title, quiz.kind, quiz.status
        row.position, row.settings = position, settings[quiz.key]
    session.flush()
    return replace(ids, quizzes={key: row.id for key, row in quizzes.items()})


def _reconcile(
    session: Session, world: World, model: type[Row], unit_id: int, keys: Sequence[str], now: datetime
) -> dict[str, Row]:
    """The unit's rows for these keys: found, brought back or made; those of other keys are archived."""
    rows = {row.key: row for row in session.scalars(select(model).where(model.unit_id == unit_id))}
    for key in keys:
        if key not in rows:
            rows[key] = model(id=world.fresh_id(), unit_id=unit_id, key=key)
            session.add(rows[key])
    for key, row in rows.items():
        if key in keys:
            row.archived_at = None
        elif row.archived_at is None:
            row.archived_at = now
    return {key: rows[key] for key in keys}


def _rendering(prepared: PreparedUnit, course: Course, version: UnitVersion, ids: views.Ids) -> Rendering:
    shown = views.Shown(course.slug, version.number, prepared.document, prepared.outline, ids)
    unit = views.unit_body(shown)
    listed = views.reading_list_body(shown, prepared.resources)
    return Rendering(
        version_id=version.id,
        unit=unit,
        reading_list=listed,
        outline=completion_outline(prepared.outline, ids),
        etag=etag_of("unit", unit, listed),
    )


def sort_key(position: int, number: str | None, key: str) -> str:
    """One text by which units are in order: position, then number (2 before 10), then key."""
    padded = re.sub(r"[0-9]+", lambda digits: digits[0].zfill(8), number or "")
    return f"{position + 10**7:08d} {padded[:80]} {key}"
