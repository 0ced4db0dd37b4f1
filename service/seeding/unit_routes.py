"""Where the documents of units are edited: the same documents as the files', through the same gate."""

from __future__ import annotations

from typing import Any, NamedTuple

from service.content import editing
from service.content.models import Course
from service.content.operations import find_course
from service.content.publishing import PreparedUnit, course_of
from service.content.schemas import UnitStateOut
from service.content.staging import LaidOut
from service.domain.documents import UnitDocument
from service.domain.mistakes import Mistake
from service.domain.patching import merge_patch
from service.domain.roles import Allow, Role, Scope
from service.errors import Conflict, Invalid, NotFound, PreconditionFailed, Unreadable
from service.seeding.decoding import LARGEST
from service.seeding.schemas import UnitWrittenOut
from service.web import json
from service.web.caching import quoted
from service.web.calls import JSON, Call, Media, Reply
from service.web.fields import written
from service.web.routes import Routes

routes = Routes("admin", "Editing a course: units as whole documents, in versions.")
STAFF = Allow.to(Role.INSTRUCTOR, Role.ADMIN, scope=Scope.CONTENT_WRITE)
YAML = "application/yaml"
UNITS = "/admin/courses/<slug:course>/units"
UNIT = f"{UNITS}/<slug:unit>"


JUST_NOW = "Somebody changed this just now. Read it again, and make your change to what is there now."


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
PATCH = Media(("application/merge-patch+json", JSON), LARGEST, lambda content, _: {"document": json.read(content)})


def edited_course(call: Call, slug: str) -> Course:
    """The course, if the caller may edit it. Raises `NotFound`."""
    course = find_course(call.session, slug)
    if course is None:
        raise NotFound
    call.admit(course.id)
    return course


def state_of(call: Call, course: str, unit: str) -> editing.UnitState:
    """Where the unit stands. Raises `NotFound`."""
    return editing.get_unit_state(call.session, edited_course(call, course), unit)


def matching(call: Call, state: editing.UnitState) -> editing.Match:
    """Refuses whoever has not seen the present state, and says who made it and when: `current` of the problem."""

    def match(digest: str) -> None:
        try:
            call.must_match(digest)
        except PreconditionFailed as failed:
            failed.extra["current"] = current_of(state)
            raise

    return match


def current_of(state: editing.UnitState) -> dict[str, Any]:
    """What is there now, who made it and when."""
    newest = state.newest
    return {
        "version": newest.number,
        "author": None if newest.author_id is None else str(newest.author_id),
        "created_at": written(newest.created_at),
        "published_version": state.published_version,
        "etag": state.digest,
    }


def made_on(base: str, match: editing.Match) -> editing.Match:
    """The same, and refuses any state but the one that an edit was made on: `If-Match: *` undoes nobody's change."""

    def demand(digest: str) -> None:
        match(digest)
        if digest != base:
            raise PreconditionFailed(JUST_NOW, headers={"ETag": quoted(digest)})

    return demand


def told_of(state: editing.UnitState, **more: Any) -> Reply:
    """Where the unit stands, as it is answered, with its tag."""
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
    state = state_of(call, course, unit)
    return Reply(body=json.dumps(editing.document_of(state.newest)), etag=state.digest)


class WrittenUnit(NamedTuple):
    """A unit as it was read from a body, and what the linter has to say of it.

    `base` is the digest of the state that a body changes a part of; None where it is the whole.
    """

    prepared: PreparedUnit
    lint: list[dict[str, Any]]
    base: str | None = None


def lint_of(course: Course, unit: UnitDocument) -> list[dict[str, Any]]:
    """What the linter has to say of a unit."""
    from service.seeding.linting import lint_document  # noqa: PLC0415  only where units are written

    return lint_document(unit, *course_of(course.document))


def _require_sound(lint: list[dict[str, Any]]) -> None:
    errors = [one for one in lint if one["severity"] == "error"]
    if errors:
        told = (f"{one['message']} ({one['code']}; mend it, or silence it in `lint`, with a reason)" for one in errors)
        mistakes = [Mistake(tuple(one["pointer"].split("/")[1:]), text) for one, text in zip(errors, told, strict=True)]
        raise Invalid("The linter finds errors in this unit; it is saved, and not published.", mistakes)


def read_written(course: Course, raw: object, key: str | None = None) -> WrittenUnit:
    """A unit that somebody wrote, through the one gate. Raises `Rejected` and `Invalid`."""
    prepared = editing.read_unit(course, raw, key)
    return WrittenUnit(prepared, lint_of(course, prepared.document))


def save_written(call: Call, state: editing.UnitState, unit: WrittenUnit) -> Reply:
    """Write it as a new version of the unit, for whoever has seen the present one."""
    match = matching(call, state) if unit.base is None else made_on(unit.base, matching(call, state))
    saved = editing.save_unit(call.session, call.world, state, unit.prepared, call.caller.user_id, match)
    return told_of(saved, lint=unit.lint)


def read_new_unit(call: Call, course: str) -> WrittenUnit:
    """The unit in the body."""
    return read_written(edited_course(call, course), call.body["document"])


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
    unit: WrittenUnit = call.prepared
    found = edited_course(call, course)
    state = editing.create_unit(call.session, call.world, found, unit.prepared, call.caller.user_id)
    return told_of(state, lint=unit.lint)


def read_edited_unit(call: Call, course: str, unit: str) -> WrittenUnit:
    """The unit in the body."""
    state = state_of(call, course, unit)
    return read_written(state.course, call.body["document"], unit)


@routes.put(UNIT, allow=STAFF, takes=DOCUMENT, gives=UnitWrittenOut, guarded=True, prepares=read_edited_unit)
def put_unit_document(call: Call, course: str, unit: str) -> Reply:
    """Write a new version of a unit, as a whole document (JSON or YAML). Students see it once it is published."""
    return save_written(call, state_of(call, course, unit), call.prepared)


def read_patched_unit(call: Call, course: str, unit: str) -> WrittenUnit:
    """The newest version with the patch in the body."""
    state = state_of(call, course, unit)
    patched = merge_patch(editing.document_of(state.newest), call.body["document"])
    return read_written(state.course, patched, unit)._replace(base=state.digest)


@routes.patch(UNIT, allow=STAFF, takes=PATCH, gives=UnitWrittenOut, guarded=True, prepares=read_patched_unit)
def patch_unit_document(call: Call, course: str, unit: str) -> Reply:
    """Change parts of a unit's document (JSON Merge Patch): null takes away, a list is replaced as a whole."""
    return save_written(call, state_of(call, course, unit), call.prepared)


@routes.delete(UNIT, allow=STAFF, guarded=True, problems=(Conflict,))
def delete_unit(call: Call, course: str, unit: str) -> None:
    """Take a unit away that students have never seen; any other is archived."""
    state = state_of(call, course, unit)
    editing.delete_draft(call.session, state, matching(call, state))


def ready_publication(call: Call, course: str, unit: str) -> LaidOut | None:
    """The newest version, rendered, unless the linter finds errors in it."""
    state = state_of(call, course, unit)
    document = editing.read_newest(state).document
    _require_sound(lint_of(state.course, document))
    return editing.ready_publication(call.session, call.world, state, call.caller.user_id, matching(call, state))


@routes.post(f"{UNIT}/publication", allow=STAFF, gives=UnitStateOut, guarded=True, prepares=ready_publication)
def publish_unit(call: Call, course: str, unit: str) -> Reply:
    """Show the newest version of a unit to students; its document then says that it is published."""
    state = state_of(call, course, unit)
    return told_of(editing.publish_unit(call.session, call.world, state, call.prepared, matching(call, state)))


def ready_archival(call: Call, course: str, unit: str) -> LaidOut | None:
    """The newest version, to be put away."""
    state = state_of(call, course, unit)
    return editing.ready_archival(call.session, call.world, state, call.caller.user_id, matching(call, state))


@routes.post(
    f"{UNIT}/archival", allow=STAFF, gives=UnitStateOut, guarded=True, prepares=ready_archival, problems=(Conflict,)
)
def archive_unit(call: Call, course: str, unit: str) -> Reply:
    """Take a unit out of students' sight. All that was done in it stays; publishing brings it back."""
    state = state_of(call, course, unit)
    return told_of(editing.publish_unit(call.session, call.world, state, call.prepared, matching(call, state)))
