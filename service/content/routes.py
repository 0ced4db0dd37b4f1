"""Where courses and units are read: by anyone, as far as they may see the course."""

from __future__ import annotations

from service.content import operations
from service.content.admission import see_course
from service.content.reading_list import filtered, markdown_of
from service.content.schemas import (
    CourseOut,
    CoursesQuery,
    ReadingListOut,
    ReadingListQuery,
    UnitOut,
    UnitsQuery,
    UnitSummaryOut,
)
from service.content.views import course_view
from service.domain.roles import ANYONE
from service.web.caching import etag_of
from service.web.calls import Call, Media, Reply
from service.web.paging import Page, list_of
from service.web.routes import Routes

routes = Routes("content", "Courses, units, and what to read.")
MARKDOWN = Media(("text/markdown",))


@routes.get("/courses", allow=ANYONE, query=CoursesQuery, gives=list_of(CourseOut))
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
    etag = etag_of("course", found.course.id, found.course.version)
    return Reply(body=course_view(found), etag=etag, stamp=found.course.stamp)


@routes.get(
    "/courses/<slug:course>/units",
    allow=ANYONE,
    query=UnitsQuery,
    gives=list_of(UnitSummaryOut),
    tagged=True,
    kept=see_course,
)
def list_units(call: Call, course: str) -> Reply:
    """The published units of a course, in order."""
    limit, after = call.query["limit"], call.query.get("after")
    found, units = operations.list_units(call.session, call.caller, course, after=after, limit=limit + 1)
    page = Page.cut(units, limit, lambda unit: (unit.sort, unit.id))
    return Reply(body=page, etag=etag_of("units", found.id, found.version, limit, after), stamp=found.stamp)


@routes.get("/courses/<slug:course>/units/<slug:unit>", allow=ANYONE, gives=UnitOut, tagged=True, kept=see_course)
def get_unit(call: Call, course: str, unit: str) -> Reply:
    """A unit: objectives, what to read and why, notes, meetings and quizzes."""
    found = operations.get_rendered_unit(call.session, call.caller, course, unit)
    return Reply(body=found.body, etag=found.etag, stamp=found.stamp)


@routes.get(
    "/courses/<slug:course>/units/<slug:unit>/reading-list",
    allow=ANYONE,
    query=ReadingListQuery,
    gives=(ReadingListOut, MARKDOWN),
    tagged=True,
    kept=see_course,
)
def get_reading_list(call: Call, course: str, unit: str) -> Reply:
    """What a unit asks to read, in order, with the resources these belong to; as JSON or, by Accept, as Markdown."""
    found = operations.get_rendered_reading_list(call.session, call.caller, course, unit)
    as_markdown = call.prefers("text/markdown")
    etag = etag_of(found.etag, "reading-list", as_markdown, call.query)
    if not call.query and not as_markdown:
        return Reply(body=found.body, etag=etag, stamp=found.stamp)
    chosen = filtered(found.body, **call.query)
    if as_markdown:
        text = markdown_of(chosen).encode()
        return Reply(body=text, etag=etag, stamp=found.stamp, media_type="text/markdown; charset=utf-8")
    return Reply(body=chosen, etag=etag, stamp=found.stamp)
