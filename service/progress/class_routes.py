"""Where those who run a course, and its LMS, see how a class is doing."""

from __future__ import annotations

from datetime import timedelta
from tempfile import SpooledTemporaryFile

from service.content.models import Course
from service.content.operations import find_course
from service.domain.roles import Allow, Role, Scope
from service.errors import NotFound
from service.progress.class_progress import list_shown_units, progress_of
from service.progress.class_schemas import (
    AS_OF,
    OBJECTIVES,
    ClassProgressQuery,
    HeatMapQuery,
    OverviewOut,
    StudentCellsOut,
    StudentProgressOut,
)
from service.progress.gradebook import write_gradebook
from service.progress.heat_map import heat_map_of, mapped_objectives
from service.progress.overview import Overview
from service.progress.overview import get_overview as overview_of
from service.progress.students import Wanted, list_students
from service.web.calls import Call, Media, Reply
from service.web.paging import Page, list_of
from service.web.routes import Routes

routes = Routes("classes", "How a class is doing.")
CSV = Media(("text/csv",))
IN_MEMORY = 1024 * 1024
"""Bytes of a file that are kept in memory; what is longer waits on the disk until it is sent."""
READERS = Allow.to(Role.INSTRUCTOR, Role.ADMIN, scope=Scope.PROGRESS_READ)
STAFF = Allow.to(Role.INSTRUCTOR, Role.ADMIN)
"""Questions are shown as their authors wrote them: nothing for a system that may only read progress."""

OVERLAP = timedelta(minutes=1)
"""How far `since` reaches back: what was being written while one answer was made is in the next one."""


def _course(call: Call, slug: str) -> Course:
    """The course, if the caller may see its students."""
    course = find_course(call.session, slug)
    if course is None:
        raise NotFound
    call.admit(course.id)
    return course


@routes.get(
    "/courses/<slug:course>/progress",
    allow=READERS,
    query=ClassProgressQuery,
    gives=list_of(StudentProgressOut, as_of=AS_OF),
)
def list_class_progress(call: Call, course: str) -> Page:
    """How far each student of the course is with every unit, by login; with `since`, those with something new."""
    found, query = _course(call, course), call.query
    # The moment goes along with the cursor: what comes in while the pages are read is news for the next time.
    after, as_of = query.get("after") or (None, call.arrived_at - OVERLAP)
    wanted = Wanted(query.get("student"), query.get("external_id"), query.get("since"))
    units = list_shown_units(call.session, found, query.get("unit"))
    limit = query["limit"]
    students = list_students(call.session, found.id, wanted, call.arrived_at, after=after, limit=limit + 1)
    page = Page.cut(students, limit, lambda student: (student.login, as_of))
    rows = progress_of(call.session, found.id, students[:limit], units, call.arrived_at)
    return Page(rows, page.last, {"as_of": as_of})


@routes.get(
    "/courses/<slug:course>/heat-map",
    allow=READERS,
    query=HeatMapQuery,
    gives=list_of(StudentCellsOut, objectives=OBJECTIVES),
)
def get_heat_map(call: Call, course: str) -> Page:
    """What each student of the course shows of each objective: how many questions of how many, and what that says."""
    found, query = _course(call, course), call.query
    units = list_shown_units(call.session, found, query.get("unit"))
    wanted = Wanted(query.get("student"), query.get("external_id"))
    after, limit = query.get("after"), query["limit"]
    place = after[0] if after else None
    students = list_students(call.session, found.id, wanted, call.arrived_at, after=place, limit=limit + 1)
    page = Page.cut(students, limit, lambda student: (student.login,))
    rows = heat_map_of(call.session, students[:limit], units)
    return Page(rows, page.last, {"objectives": mapped_objectives(units)})


@routes.get("/courses/<slug:course>/overview", allow=STAFF, gives=OverviewOut)
def get_overview(call: Call, course: str) -> Overview:
    """A class at a glance: how many have done what, who is stuck and why, and which questions are missed most."""
    return overview_of(call.session, _course(call, course), call.arrived_at)


@routes.get("/courses/<slug:course>/gradebook.csv", allow=READERS, gives=CSV)
def get_gradebook(call: Call, course: str) -> Reply:
    """The points of every student at every quiz, and those possible, as CSV; no cell of it is ever a formula."""
    course_id = _course(call, course).id
    # Written down as a whole before the answer begins, so that a failure is said to be one.
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed when it was sent
    try:
        write_gradebook(call.session, course_id, call.arrived_at, file)
    except BaseException:
        file.close()
        raise
    name = f'attachment; filename="{course}-gradebook-{call.arrived_at:%Y-%m-%d}.csv"'
    return Reply(file=file, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
