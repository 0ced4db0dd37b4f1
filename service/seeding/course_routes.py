"""Where the course itself is edited: its own document; and where all of it is taken along."""

from __future__ import annotations

from typing import Any, NamedTuple

from service.content import course_editing, ordering
from service.content.editing import Match
from service.content.models import Course
from service.content.ordering import Order
from service.content.publishing import PreparedCourse
from service.domain.patching import merge_patch
from service.domain.roles import Allow, Role
from service.errors import Conflict
from service.seeding.entry_schemas import OrderIn
from service.seeding.unit_routes import DOCUMENT, PATCH, STAFF, edited_course, made_on
from service.web import json
from service.web.caching import etag_of
from service.web.calls import JSON, Call, Media, Reply
from service.web.fields import OneOf, Query
from service.web.routes import Routes

routes = Routes("courses", "A course's own document: what it is called, who may read it, and whether it is open.")
COURSES, COURSE = "/admin/courses", "/admin/courses/<slug:course>"
ADMIN = Allow.to(Role.ADMIN)


def _told(course: Course) -> Reply:
    document = course_editing.document_of_course(course)
    return Reply(body=json.dumps(document), etag=course.document_digest)


def read_new_course(call: Call) -> PreparedCourse:
    """The course in the body."""
    return course_editing.read_course(call.body["document"])


@routes.post(
    COURSES,
    allow=ADMIN,
    takes=DOCUMENT,
    gives=Media((JSON,)),
    status=201,
    prepares=read_new_course,
    problems=(Conflict,),
)
def create_course(call: Call) -> Reply:
    """Make a course without units from the document of a course.yaml (JSON or YAML)."""
    course = course_editing.create_course(call.session, call.world, call.prepared)
    call.tell(course=course.slug)
    return _told(course)


@routes.get(COURSE, allow=STAFF, gives=Media((JSON,)), tagged=True)
def get_course_document(call: Call, course: str) -> Reply:
    """The course's document; the ETag is for If-Match."""
    return _told(edited_course(call, course))


def read_edited_course(call: Call, course: str) -> PreparedCourse:
    """The course in the body."""
    return course_editing.read_edited_course(edited_course(call, course), call.body["document"])


@routes.put(COURSE, allow=STAFF, takes=DOCUMENT, gives=Media((JSON,)), guarded=True, prepares=read_edited_course)
def put_course_document(call: Call, course: str) -> Reply:
    """Replace the course's document: it counts at once. Key and time zone stay as they are."""
    return _saved(call, course, call.prepared, call.must_match)


class PatchedCourse(NamedTuple):
    """A course with a patch, and the digest of the state that it was made on."""

    prepared: PreparedCourse
    base: str


def read_patched_course(call: Call, course: str) -> PatchedCourse:
    """The course with the patch in the body."""
    found = edited_course(call, course)
    patched: Any = merge_patch(course_editing.document_of_course(found), call.body["document"])
    return PatchedCourse(course_editing.read_edited_course(found, patched), found.document_digest)


@routes.patch(COURSE, allow=STAFF, takes=PATCH, gives=Media((JSON,)), guarded=True, prepares=read_patched_course)
def patch_course_document(call: Call, course: str) -> Reply:
    """Change parts of the course's document (JSON Merge Patch); {"status": "archived"} closes it to students."""
    patched: PatchedCourse = call.prepared
    return _saved(call, course, patched.prepared, made_on(patched.base, call.must_match))


def _saved(call: Call, slug: str, prepared: PreparedCourse, match: Match) -> Reply:
    course = edited_course(call, slug)
    return _told(course_editing.save_course(call.session, call.world, course, prepared, match))


def ready_order(call: Call, course: str) -> Order:
    """The units in the order of the body, rendered."""
    found = edited_course(call, course)
    return ordering.ready_order(call.session, call.world, found, call.body["keys"], call.caller.user_id)


@routes.put(f"{COURSE}/units", allow=STAFF, takes=OrderIn, prepares=ready_order, problems=(Conflict,))
def order_units(call: Call, course: str) -> None:
    """Put the units of a course in the order of `keys`, for students too, and change nothing else."""
    ordering.order_units(call.session, call.world, edited_course(call, course), call.prepared, call.caller.user_id)


@routes.delete(COURSE, allow=ADMIN, guarded=True, problems=(Conflict,))
def delete_course(call: Call, course: str) -> None:
    """Take a course away in which there is nothing and nobody; any other is archived."""
    found = edited_course(call, course)
    course_editing.delete_course(call.session, found, call.must_match)
    # What is noted of this does not refer to what is gone.
    call.course_id = None
    call.tell(course=course)


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

    exported = export.export_course(call.session, edited_course(call, course))
    form = call.query["format"]
    etag = etag_of("export", exported.digest, form)
    if form == "json":
        return Reply(body=export.as_json(exported), etag=etag)
    return Reply(body=export.as_archive(exported), etag=etag, media_type=ZIP)
