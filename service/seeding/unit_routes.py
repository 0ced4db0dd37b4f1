"""Where the documents of units are edited: the same documents as the files', through the same gate."""

from __future__ import annotations

from typing import Any, NamedTuple

from service.content import editing
from service.content.models import Course
from service.content.operations import find_course
from service.content.publishing import PreparedUnit, course_of
from service.content.schemas import UnitStateOut, UnitVersionOut, UnitVersionsQuery
from service.content.staging import LaidOut
from service.domain.mistakes import Mistake
from service.domain.roles import Allow, Role, Scope
from service.errors import Conflict, NotFound, Unreadable
from service.seeding.decoding import LARGEST
from service.seeding.schemas import UnitWrittenOut
from service.web import json
from service.web.caching import etag_of
from service.web.calls import JSON, Call, Media, Reply
from service.web.fields import OneOf, Query
from service.web.paging import Page, list_of
from service.web.routes import Routes

routes = Routes("admin", "Editing a course: units as whole documents, in versions.")
STAFF = Allow.to(Role.INSTRUCTOR, Role.ADMIN, scope=Scope.CONTENT_WRITE)
YAML = "application/yaml"
UNITS = "/admin/courses/<slug:course>/units"
UNIT = f"{UNITS}/<slug:unit>"


def read_document(content: bytes, media_type: str) -> dict[str, Any]:
    """What a body says before the gate, as {"document": …}: JSON, or YAML as in a file. Raises `Unreadable`."""
    if media_type == JSON:
        return {"document": json.read(content)}
    from service.seeding.events import read  # noqa: PLC0415  hardly any worker ever reads YAML

    source = read(content)
    if source.slips:
        told = [Mistake((), f"Line {slip.line}, column {slip.column}: {slip.message}") for slip in source.slips]
        raise Unreadable("The body is no YAML that is read here.", told)
    return {"document": source.raw}


DOCUMENT = Media((JSON, YAML), LARGEST, read_document)


def _course(call: Call, slug: str) -> Course:
    """The course, if the caller may edit it."""
    course = find_course(call.session, slug)
    if course is None:
        raise NotFound
    call.admit(course.id)
    return course


def _state(call: Call, course: str, unit: str) -> editing.UnitState:
    return editing.get_unit_state(call.session, _course(call, course), unit)


def _told(state: editing.UnitState, **more: Any) -> Reply:
    body = {
        "course": state.course.slug,
        "unit": state.unit.key,
        "title": state.title,
        "status": state.unit.status,
        "version": state.newest.number,
        "published_version": state.published_version,
        **more,
    }
    return Reply(body=body, etag=state.digest)


@routes.get(UNIT, allow=STAFF, gives=Media((JSON,)), tagged=True)
def get_unit_document(call: Call, course: str, unit: str) -> Reply:
    """The newest version of a unit as its whole document, published or not; the ETag is for If-Match."""
    state = _state(call, course, unit)
    return Reply(body=json.dumps(editing.document_of(state.newest)), etag=state.digest)


class WrittenUnit(NamedTuple):
    """A unit as it was read from a body, and what the linter has to say of it."""

    prepared: PreparedUnit
    lint: list[dict[str, Any]]


def _read_unit(course: Course, raw: object, key: str | None = None) -> WrittenUnit:
    from service.seeding.linting import lint_document  # noqa: PLC0415  only where units are written

    prepared = editing.read_unit(course, raw, key)
    return WrittenUnit(prepared, lint_document(prepared.document, *course_of(course.document)))


def read_new_unit(call: Call, course: str) -> WrittenUnit:
    """The unit in the body."""
    return _read_unit(_course(call, course), call.body["document"])


@routes.post(
    UNITS,
    allow=STAFF,
    takes=DOCUMENT,
    gives=UnitWrittenOut,
    status=201,
    prepares=read_new_unit,
    problems=(Conflict,),
)
def create_unit(call: Call, course: str) -> Reply:
    """Make a unit from a whole document (JSON or YAML), as a draft; told with what the linter finds in it."""
    written: WrittenUnit = call.prepared
    found = _course(call, course)
    state = editing.create_unit(call.session, call.world, found, written.prepared, call.caller.user_id)
    return _told(state, lint=written.lint)


def read_edited_unit(call: Call, course: str, unit: str) -> WrittenUnit:
    """The unit in the body."""
    state = _state(call, course, unit)
    return _read_unit(state.course, call.body["document"], unit)


@routes.put(UNIT, allow=STAFF, takes=DOCUMENT, gives=UnitWrittenOut, guarded=True, prepares=read_edited_unit)
def put_unit_document(call: Call, course: str, unit: str) -> Reply:
    """Write a new version of a unit, as a whole document (JSON or YAML). Students see it once it is published."""
    written: WrittenUnit = call.prepared
    state = _state(call, course, unit)
    author, match = call.caller.user_id, call.must_match
    return _told(editing.save_unit(call.session, call.world, state, written.prepared, author, match), lint=written.lint)


def ready_publication(call: Call, course: str, unit: str) -> LaidOut | None:
    """The newest version, rendered."""
    state = _state(call, course, unit)
    return editing.ready_publication(call.session, call.world, state, call.caller.user_id, call.must_match)


@routes.post(f"{UNIT}/publication", allow=STAFF, gives=UnitStateOut, guarded=True, prepares=ready_publication)
def publish_unit(call: Call, course: str, unit: str) -> Reply:
    """Show the newest version of a unit to students; its document then says that it is published."""
    state = _state(call, course, unit)
    return _told(editing.publish_unit(call.session, call.world, state, call.prepared, call.must_match))


@routes.get(f"{UNIT}/versions", allow=STAFF, query=UnitVersionsQuery, gives=list_of(UnitVersionOut))
def list_unit_versions(call: Call, course: str, unit: str) -> Page:
    """Every version of a unit, the newest first."""
    limit, after = call.query["limit"], call.query.get("after")
    before = after[0] if after else None
    found = editing.list_unit_versions(call.session, _course(call, course), unit, before=before, limit=limit + 1)
    page = Page.cut(found, limit, lambda row: (row[0].number,))
    return Page([_version(version, shown) for version, shown in found[:limit]], page.last)


def _version(version: Any, is_shown: bool) -> dict[str, Any]:
    return {
        "version": version.number,
        "origin": version.origin,
        "author": version.author_id,
        "digest": version.document_digest,
        "published": is_shown,
        "created_at": version.created_at,
    }


@routes.get(f"{UNIT}/versions/<int:version>", allow=STAFF, gives=Media((JSON,)), tagged=True)
def get_unit_version(call: Call, course: str, unit: str, version: int) -> Reply:
    """One version of a unit as its whole document."""
    found = editing.get_unit_version(call.session, _course(call, course), unit, version)
    return Reply(body=json.dumps(editing.document_of(found)), etag=found.document_digest)


ZIP = "application/zip"


class ExportQuery(Query):
    """As what a course is exported."""

    format = OneOf("yaml", "json", load_default="yaml")


@routes.get(
    "/admin/courses/<slug:course>/export", allow=STAFF, query=ExportQuery, gives=Media((ZIP, JSON)), tagged=True
)
def export_course(call: Call, course: str) -> Reply:
    """The whole course as its newest versions have it: an archive of the files it could be seeded from, or JSON."""
    from service.seeding import export  # noqa: PLC0415  nor exports a course

    exported = export.export_course(call.session, _course(call, course))
    form = call.query["format"]
    etag = etag_of("export", exported.digest, form)
    if form == "json":
        return Reply(body=export.as_json(exported), etag=etag)
    return Reply(body=export.as_archive(exported), etag=etag, media_type=ZIP)
