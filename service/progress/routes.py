"""Where students mark readings and see how far they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.domain.roles import Allow, Role
from service.progress import next_steps, operations
from service.progress.models import ReadingMark
from service.progress.operations import CourseProgress, Mark, UnitProgress
from service.progress.schemas import (
    CourseProgressOut,
    MarkIn,
    MarkOut,
    NextOut,
    NextQuery,
    UnitProgressOut,
    UnitProgressQuery,
)
from service.web.calls import Call
from service.web.routes import Routes

routes = Routes("progress", "What a student has done.")
STUDENT = Allow.to(Role.STUDENT)


@routes.put("/me/courses/<slug:course>/readings/<uuid:reading>", allow=STUDENT, takes=MarkIn, gives=MarkOut)
def mark_reading(call: Call, course: str, reading: UUID) -> ReadingMark:
    """Say how far I am with a reading; saying it again changes nothing."""
    return operations.mark_reading(call.session, call.caller, course, reading, Mark(**call.body), call.arrived_at)


@routes.get("/me/next", allow=STUDENT, query=NextQuery, gives=NextOut)
def list_next_steps(call: Call) -> dict[str, Any]:
    """What to do now in all my courses, the most pressing first, each with its reason."""
    return {"items": next_steps.list_next_steps(call.session, call.caller, call.arrived_at, call.query["limit"])}


@routes.get("/me/courses/<slug:course>/progress", allow=STUDENT, gives=CourseProgressOut)
def get_course_progress(call: Call, course: str) -> CourseProgress:
    """How far I am with every unit of the course."""
    return operations.get_course_progress(call.session, call.caller, course, call.arrived_at)


@routes.get(
    "/me/courses/<slug:course>/units/<slug:unit>/progress",
    allow=STUDENT,
    query=UnitProgressQuery,
    gives=UnitProgressOut,
)
def get_unit_progress(call: Call, course: str, unit: str) -> UnitProgress:
    """What completing the unit asks of me, what is done, how long the rest takes, and what I know of its objectives."""
    missed_first = call.query["sort"] == "missed"
    return operations.get_unit_progress(
        call.session, call.caller, course, unit, call.arrived_at, missed_first=missed_first
    )
