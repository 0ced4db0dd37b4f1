"""Where courses and units are read: by anyone, as far as they may see the course."""

from __future__ import annotations

from marshmallow import fields

from service.content import deltas, gathering, operations
from service.content.admission import see_course
from service.content.models import Course
from service.content.reading_list import filtered, markdown_of
from service.content.reading_list_html import html_of
from service.content.schemas import (
    ChangesQuery,
    CourseOut,
    CoursesQuery,
    GlossaryQuery,
    GlossaryTermOut,
    ReadingListOut,
    ReadingListQuery,
    UnitChangeOut,
    UnitOut,
    UnitsQuery,
    UnitSummaryOut,
)
from service.content.views import course_view
from service.domain.roles import ANYONE
from service.errors import Gone
from service.web.caching import etag_of
from service.web.calls import Call, Media, Reply
from service.web.paging import Page, list_of
from service.web.routes import Routes

routes = Routes("content", "Courses, units, and what to read.")
TEXTS = Media(("text/markdown", "text/html"))
CALENDAR = Media(("text/calendar",))
VERSION = fields.Integer(required=True, metadata={"description": "the course's version: the next `since`"})


@routes.get("/courses", allow=ANYONE, query=CoursesQuery, gives=list_of(CourseOut), tagged=True)
def list_courses(call: Call) -> Page:
    """The courses you may see, by name."""
    after = call.query.get("after")
    limit = call.query["limit"]
    rows = operations.list_courses(call.session, call.caller, after=after[0] if after else None, limit=limit + 1)
    page = Page.cut(rows, limit, lambda row: (row.course.slug,))
    return Page([course_view(row) for row in rows[:limit]], page.last)


@routes.get("/courses/<slug:course>", allow=ANYONE, gives=CourseOut, tagged=True, kept=see_course)
def get_course(call: Call, course: str) -> Reply:
    """A course, with how much it holds and the version of its content."""
    found = operations.get_course_summary(call.session, call.caller, course)
    return Reply(body=course_view(found), etag=_tag(found.course, "course"), stamp=found.course.stamp)


@routes.get(
    "/courses/<slug:course>/units",
    allow=ANYONE,
    query=UnitsQuery,
    gives=list_of(UnitSummaryOut),
    tagged=True,
    problems=(Gone,),
    kept=see_course,
)
def list_units(call: Call, course: str) -> Reply:
    """The published units of a course, in order; with `since`, those that changed after that version of it."""
    limit, after, since = call.query["limit"], call.query.get("after"), call.query["since"]
    found = operations.get_course(call.session, call.caller, course)
    deltas.require_known(found, since)
    units = operations.list_units(call.session, found, since=since, after=after, limit=limit + 1)
    page = Page.cut(units, limit, lambda unit: (unit.sort, unit.id))
    return Reply(body=page, etag=_tag(found, "units", since, limit, after), stamp=found.stamp)


@routes.get(
    "/courses/<slug:course>/changes",
    allow=ANYONE,
    query=ChangesQuery,
    gives=list_of(UnitChangeOut, version=VERSION),
    tagged=True,
    kept=see_course,
    problems=(Gone,),
)
def list_changes(call: Call, course: str) -> Reply:
    """The units that changed after version `since` of the course, those no longer there included; 410 if never there.

    The `version` of the last page is the next `since`.
    """
    limit, after, since = call.query["limit"], call.query.get("after"), call.query["since"]
    found = operations.get_course(call.session, call.caller, course)
    changes = deltas.list_changes(call.session, found, since=since, after=after, limit=limit + 1)
    page = Page.cut(changes, limit, lambda change: (change.version, change.id))
    whole = Page(page.rows, page.last, {"version": found.version})
    return Reply(body=whole, etag=_tag(found, "changes", since, limit, after), stamp=found.stamp)


@routes.get(
    "/courses/<slug:course>/glossary",
    allow=ANYONE,
    query=GlossaryQuery,
    gives=list_of(GlossaryTermOut),
    tagged=True,
    kept=see_course,
)
def list_terms(call: Call, course: str) -> Reply:
    """The terms that the published units of a course explain, by their letters."""
    limit, after = call.query["limit"], call.query.get("after")
    found = operations.get_course(call.session, call.caller, course)
    terms = gathering.list_terms(call.session, found, after=after, limit=limit + 1)
    page = Page.cut(terms, limit, lambda placed: placed[0])
    whole = Page([term for _, term in terms[:limit]], page.last)
    return Reply(body=whole, etag=_tag(found, "glossary", limit, after), stamp=found.stamp)


@routes.get("/courses/<slug:course>/calendar.ics", allow=ANYONE, gives=CALENDAR, tagged=True, kept=see_course)
def get_calendar(call: Call, course: str) -> Reply:
    """The course's calendar (RFC 5545): meetings, what is due, and when quizzes open and close."""
    found = operations.get_course(call.session, call.caller, course)
    body = gathering.calendar_of(call.session, found)
    return Reply(body=body, etag=_tag(found, "calendar"), stamp=found.stamp, media_type="text/calendar; charset=utf-8")


@routes.get("/courses/<slug:course>/units/<slug:unit>", allow=ANYONE, gives=UnitOut, tagged=True, kept=see_course)
def get_unit(call: Call, course: str, unit: str) -> Reply:
    """A unit: objectives, what to read and why, notes, meetings and quizzes."""
    found = operations.get_rendered_unit(call.session, call.caller, course, unit)
    return Reply(body=found.body, etag=found.etag, stamp=found.stamp)


@routes.get(
    "/courses/<slug:course>/units/<slug:unit>/reading-list",
    allow=ANYONE,
    query=ReadingListQuery,
    gives=(ReadingListOut, TEXTS),
    tagged=True,
    kept=see_course,
)
def get_reading_list(call: Call, course: str, unit: str) -> Reply:
    """What a unit asks to read, with the resources these belong to, in order: JSON or, by Accept, Markdown or HTML."""
    found = operations.get_rendered_reading_list(call.session, call.caller, course, unit)
    preferred = call.prefers(*TEXTS.types)
    etag = etag_of(found.etag, "reading-list", preferred, call.query)
    if not call.query and preferred is None:
        return Reply(body=found.body, etag=etag, stamp=found.stamp)
    chosen = filtered(found.body, **call.query)
    if preferred is None:
        return Reply(body=chosen, etag=etag, stamp=found.stamp)
    if preferred == "text/markdown":
        text = markdown_of(chosen)
    else:
        text = html_of(chosen, operations.get_rendered_unit(call.session, call.caller, course, unit).body)
    return Reply(body=text.encode(), etag=etag, stamp=found.stamp, media_type=f"{preferred}; charset=utf-8")


def _tag(course: Course, *asked: object) -> str:
    """The tag of what depends on the course's published content and on what was asked.

    The moment tells a version from another of the same number, after a database was put back from a backup.
    """
    return etag_of(*asked, course.id, course.version, course.updated_at.isoformat())
