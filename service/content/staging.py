"""Staging: everything of a new state is written, rendered and complete, before anybody can see it.

A staged version has the origin "staged", rows that are new are archived, and nothing points at either. What is left
to do then is in `flipping.py`: short, and all at once. What was staged and never shown (a crash, a race that was
lost) is cleared away by the next that stages the same unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from service.content import views
from service.content.models import Keyed, Objective, Question, Quiz, Reading, ReadingGroup, Rendering, Unit, UnitVersion
from service.content.outlines import progress_outline, reread
from service.content.publishing import PreparedUnit, sort_key
from service.content.questions import (
    AskedIn,
    PresentQuestion,
    QuestionPointers,
    point_new,
    present_questions,
    stage_questions,
)
from service.content.quizzes import settings_of
from service.domain.documents import UnitDocument
from service.web.caching import etag_of
from service.world import World

STAGED = "staged"
"""The origin of a version until it is shown."""

NO_FILE = ""
"""The digest of a file that is gone."""

ROWS: tuple[type[Keyed], ...] = (Objective, Reading, ReadingGroup, Question, Quiz)
"""What students and progress refer to."""


class Stale(Exception):
    """Somebody was faster: what was decided or staged fits no longer, and has to be looked at again."""


class Seen(NamedTuple):
    """The state of a unit that something was decided on: its newest version, and the one that is published."""

    newest: int | None = None
    published: int | None = None


NOTHING_SEEN = Seen()
"""There was no such unit."""


@dataclass(frozen=True)
class Version:
    """A version to be written: where it comes from, what it says, and who wrote it."""

    origin: str
    document: Mapping[str, Any]
    digest: str
    author_id: UUID | None = None


@dataclass(frozen=True)
class Wanted:
    """A unit as it is to be, and the versions to be written for that, oldest first: the last says `prepared`.

    Without versions, the newest there is says it already, and is only to be shown. `draft` is an edit that nobody
    has published yet, and that stays one: it is written on top. `file_digest` is that of the file behind it, None where
    the file is as it was.
    """

    prepared: PreparedUnit
    versions: tuple[Version, ...] = ()
    draft: Version | None = None
    seen: Seen = NOTHING_SEEN
    file_digest: str | None = None

    @property
    def written(self) -> tuple[Version, ...]:
        """Every version to be written."""
        return self.versions if self.draft is None else (*self.versions, self.draft)

    @property
    def digest(self) -> str:
        """The digest of what will be the newest version."""
        return self.prepared.digest if self.draft is None else self.draft.digest


@dataclass(frozen=True)
class Present:
    """What the database holds of a unit: the default is nothing. `newest` and `number` are its newest version's.

    `quizzes` are by id, the fields of each; `archived` are the ids of archived rows of any kind.
    """

    id: int | None = None
    status: str = "draft"
    digest: str = ""
    published_version_id: int | None = None
    newest: int | None = None
    number: int = 0
    rows: Mapping[type[Keyed], Mapping[str, UUID]] = field(default_factory=dict)
    archived: frozenset[UUID] = frozenset()
    questions: Mapping[str, PresentQuestion] = field(default_factory=dict)
    quizzes: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def seen(self) -> Seen:
        """What decisions about it are based on."""
        return Seen(self.newest, self.published_version_id)


@dataclass(frozen=True)
class LaidOut:
    """A unit ready to be written: the ids of its rows, new ones included, and what is served of it.

    `rendering` is None for what students are not to see: it needs no rows, as nobody can refer to them.
    """

    wanted: Wanted
    present: Present
    rows: Mapping[type[Keyed], Mapping[str, UUID]]
    quizzes: Sequence[Mapping[str, Any]] = ()
    reread: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    rendering: Mapping[str, Any] | None = None

    def new(self, model: type[Keyed]) -> dict[str, UUID]:
        """The rows that are not there yet."""
        there = self.present.rows.get(model, {})
        return {key: row for key, row in self.rows.get(model, {}).items() if key not in there}


@dataclass(frozen=True)
class Staged:
    """A unit that is written and not yet shown: the version to show, those written for it, and where to point."""

    laid_out: LaidOut
    unit_id: int
    version_id: int
    written: Mapping[int, str]
    questions: Sequence[QuestionPointers]

    @property
    def is_seen(self) -> bool:
        """Whether students see the change."""
        return self.laid_out.wanted.prepared.is_published or self.laid_out.present.status == "published"


def look(session: Session, course_id: int | None, keys: Sequence[str]) -> dict[str, Present]:
    """What the database holds of these units of a course; a unit that is not there is left out."""
    units = session.scalars(select(Unit).where(Unit.course_id == course_id, Unit.key.in_(keys))).all()
    ids = [unit.id for unit in units]
    newest = {
        version.unit_id: version
        for version in session.execute(
            select(UnitVersion.unit_id, UnitVersion.id, UnitVersion.number)
            .where(UnitVersion.unit_id.in_(ids), UnitVersion.origin != STAGED)
            .order_by(UnitVersion.number)
        )
    }
    rows: dict[int, dict[type[Keyed], dict[str, UUID]]] = {unit_id: {model: {} for model in ROWS} for unit_id in ids}
    archived: dict[int, set[UUID]] = {unit_id: set() for unit_id in ids}
    for model in ROWS:
        found = select(model.unit_id, model.key, model.id, model.archived_at).where(model.unit_id.in_(ids))
        for unit_id, key, row_id, archived_at in session.execute(found):
            rows[unit_id][model][key] = row_id
            if archived_at is not None:
                archived[unit_id].add(row_id)
    questions = present_questions(session, ids)
    quizzes: dict[int, dict[UUID, dict[str, Any]]] = {unit_id: {} for unit_id in ids}
    for quiz in session.scalars(select(Quiz).where(Quiz.unit_id.in_(ids))):
        quizzes[quiz.unit_id][quiz.id] = {name: getattr(quiz, name) for name in QUIZ_FIELDS}
    return {
        unit.key: Present(
            id=unit.id,
            status=unit.status,
            digest=unit.document_digest,
            published_version_id=unit.published_version_id,
            newest=newest[unit.id].id if unit.id in newest else None,
            number=newest[unit.id].number if unit.id in newest else 0,
            rows=rows[unit.id],
            archived=frozenset(archived[unit.id]),
            questions=questions.get(unit.id, {}),
            quizzes=quizzes[unit.id],
        )
        for unit in units
    }


QUIZ_FIELDS = ("id", "title", "kind", "status", "position", "settings")


def lay_out(world: World, course: str, zone: ZoneInfo, wanted: Wanted, present: Present) -> LaidOut:
    """Give new rows their ids and render what is served, without the database. Raises `Stale`."""
    prepared = wanted.prepared
    if present.seen != wanted.seen:
        raise Stale
    document = prepared.document
    if not prepared.is_published:
        return LaidOut(wanted, present, {})
    keys: dict[type[Keyed], list[str]] = {
        Objective: [objective.key for objective in document.objectives],
        Reading: list(prepared.outline.placed),
        ReadingGroup: list(prepared.outline.groups),
        Question: [question.key for question in prepared.questions],
        Quiz: [quiz.key for quiz in document.quizzes],
    }
    rows = {
        model: {key: present.rows.get(model, {}).get(key) or world.fresh_id() for key in keys[model]} for model in ROWS
    }
    ids = views.Ids(
        objectives=rows[Objective],
        readings=rows[Reading],
        groups=rows[ReadingGroup],
        questions=rows[Question],
        quizzes=rows[Quiz],
    )
    shown = views.Shown(course, present.number + len(wanted.versions), document, prepared.outline, ids)
    unit = views.unit_body(shown)
    listed = views.reading_list_body(shown, prepared.resources)
    quizzes = _quizzes(document, rows, zone)
    return LaidOut(
        wanted,
        present,
        rows,
        quizzes,
        reread(document, prepared.outline, ids),
        {
            "unit": unit,
            "reading_list": listed,
            "outline": progress_outline(document, prepared.outline, ids, quizzes),
            "etag": etag_of("unit", unit, listed),
        },
    )


def _quizzes(
    document: UnitDocument, rows: Mapping[type[Keyed], Mapping[str, UUID]], zone: ZoneInfo
) -> list[dict[str, Any]]:
    return [
        {
            "id": rows[Quiz][quiz.key],
            "title": quiz.title,
            "kind": quiz.kind,
            "status": quiz.status,
            "position": position,
            "settings": settings_of(quiz, document, rows[Question], zone),
        }
        for position, quiz in enumerate(document.quizzes)
    ]


def stage(session: Session, course_id: int, laid_out: Sequence[LaidOut], now: datetime) -> list[Staged]:
    """Write everything of these units that nobody sees yet."""
    unit_ids = _unit_ids(session, course_id, laid_out, now)
    _clear(session, unit_ids)
    _stage_rows(session, laid_out, unit_ids, now)
    pointers = _stage_questions(session, laid_out, now)
    versions = _stage_versions(session, laid_out, unit_ids, now)
    staged = [
        Staged(one, unit_id, _shown(one, written), written, [pointers[row] for row in _repointed(one, pointers)])
        for one, unit_id, written in zip(laid_out, unit_ids, versions, strict=True)
    ]
    _stage_renderings(session, staged)
    return staged


def _unit_ids(session: Session, course_id: int, laid_out: Sequence[LaidOut], now: datetime) -> list[int]:
    """The ids of the units; one that is not there is made, a draft without any version."""
    units: list[Unit | None] = []
    for one in laid_out:
        head = one.wanted.prepared.document.unit
        unit = None
        if one.present.id is None:
            unit = Unit(course_id=course_id, key=head.key, number=head.number, title=head.title, status="draft")
            unit.sort = sort_key(head.position, head.number, head.key)
            unit.document_digest, unit.course_version, unit.created_at, unit.updated_at = "", 0, now, now
            session.add(unit)
        units.append(unit)
    session.flush()
    return [unit.id if unit is not None else one.present.id or 0 for unit, one in zip(units, laid_out, strict=True)]


def _clear(session: Session, unit_ids: Sequence[int]) -> None:
    """Take away what was staged earlier and never shown."""
    left = select(UnitVersion.id).where(UnitVersion.unit_id.in_(unit_ids), UnitVersion.origin == STAGED)
    ids = session.scalars(left).all()
    if ids:
        session.execute(delete(Rendering).where(Rendering.version_id.in_(ids)))
        session.execute(delete(UnitVersion).where(UnitVersion.id.in_(ids)))


def _stage_rows(session: Session, laid_out: Sequence[LaidOut], unit_ids: Sequence[int], now: datetime) -> None:
    rows: dict[type[Keyed], list[dict[str, Any]]] = {model: [] for model in ROWS}
    for one, unit_id in zip(laid_out, unit_ids, strict=True):
        quizzes = {quiz["id"]: quiz for quiz in one.quizzes}
        for model in ROWS:
            for key, row_id in one.new(model).items():
                said = quizzes[row_id] if model is Quiz else {"id": row_id}
                if model is Question:
                    said = {**said, "reread": one.reread[key]}
                rows[model].append({"unit_id": unit_id, "key": key, "archived_at": now, **said})
    for model, new in rows.items():
        if new:
            session.execute(insert(model), new)


def _stage_questions(session: Session, laid_out: Sequence[LaidOut], now: datetime) -> dict[UUID, QuestionPointers]:
    """What each question is to point at; those that are new point at it already, as nobody sees them."""
    asked = []
    for one in laid_out:
        for question in one.wanted.prepared.questions if one.rendering is not None else ():
            row_id = one.rows[Question][question.key]
            present = one.present.questions.get(question.key) or PresentQuestion.made(row_id)
            asked.append(AskedIn(question, present, one.reread[question.key]))
    pointers = stage_questions(session, asked, now)
    new = [row for one in laid_out for row in one.new(Question).values()]
    if new:
        point_new(session, new)
    return pointers


def _repointed(laid_out: LaidOut, pointers: Mapping[UUID, QuestionPointers]) -> Iterator[UUID]:
    """The questions that are there already, and are to point at something else."""
    if laid_out.rendering is not None:
        wanted = set(laid_out.rows[Question].values())
        for present in laid_out.present.questions.values():
            if present.id in wanted and pointers[present.id].differ_from(present):
                yield present.id


def _stage_versions(
    session: Session, laid_out: Sequence[LaidOut], unit_ids: Sequence[int], now: datetime
) -> list[dict[int, str]]:
    """The versions written of each unit, oldest first: their ids, and the origins they are to have."""
    rows = [
        {
            "unit_id": unit_id,
            "number": one.present.number + count,
            "document": version.document,
            "document_digest": version.digest,
            "origin": STAGED,
            "author_id": version.author_id,
            "created_at": now,
        }
        for one, unit_id in zip(laid_out, unit_ids, strict=True)
        for count, version in enumerate(one.wanted.written, start=1)
    ]
    made = insert(UnitVersion).returning(UnitVersion.id, sort_by_parameter_order=True)
    ids = iter(session.scalars(made, rows).all() if rows else ())
    return [{next(ids): version.origin for version in one.wanted.written} for one in laid_out]


def _shown(laid_out: LaidOut, written: Mapping[int, str]) -> int:
    """The version to show: the last that was written, drafts aside, or the newest there is."""
    versions = laid_out.wanted.versions
    version_id = list(written)[len(versions) - 1] if versions else laid_out.present.newest
    if version_id is None:
        raise ValueError(f"nothing is written of {laid_out.wanted.prepared.key}")
    return version_id


def _stage_renderings(session: Session, staged: Sequence[Staged]) -> None:
    # A version that was there already may have been shown before.
    before = [one.version_id for one in staged if one.version_id not in one.written]
    if before:
        session.execute(delete(Rendering).where(Rendering.version_id.in_(before)))
    rows = [
        {"version_id": one.version_id, **one.laid_out.rendering} for one in staged if one.laid_out.rendering is not None
    ]
    if rows:
        session.execute(insert(Rendering), rows)
