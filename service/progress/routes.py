"""Where students mark readings and see how far they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.errors import Conflict
from service.progress import next_steps, operations, review
from service.progress.admission import STUDENT, see_own_progress
from service.progress.models import ReadingMark
from service.progress.operations import CourseProgress, Mark, UnitProgress
from service.progress.review import Queue
from service.progress.schemas import (
    CourseProgressOut,
    MarkIn,
    MarkOut,
    NextOut,
    NextQuery,
    QueueOut,
    UnitProgressOut,
    UnitProgressQuery,
)
from service.quizzes.schemas import AttemptOut
from service.web.calls import Call, Reply
from service.web.routes import Routes

routes = Routes("progress", "What a student has done.")


@routes.put("/me/courses/<slug:course>/readings/<uuid:reading>", allow=STUDENT, takes=MarkIn, gives=MarkOut)
def mark_reading(call: Call, course: str, reading: UUID) -> ReadingMark:
    """Say how far I am with a reading; saying it again changes nothing."""
    return operations.mark_reading(call.session, call.caller, course, reading, Mark(**call.body), call.arrived_at)


@routes.get("/me/next", allow=STUDENT, query=NextQuery, gives=NextOut)
def list_next_steps(call: Call) -> dict[str, Any]:
    """What to do now in all my courses, the most pressing first, each with its reason."""
    return {"items": next_steps.list_next_steps(call.session, call.caller, call.arrived_at, call.query["limit"])}


@routes.get("/me/review", allow=STUDENT, gives=QueueOut)
def get_review_queue(call: Call) -> Queue:
    """The questions I am to review today, over all my courses, each with its reason."""
    return review.get_review_queue(call.session, call.caller, call.arrived_at)


@routes.post(
    "/me/review/<uuid:card>/attempts", allow=STUDENT, gives=AttemptOut, status=(201, 200), problems=(Conflict,)
)
def start_review(call: Call, card: UUID) -> Reply:
    """Review a question: a new variant of it, or one like it that I have not met. An open review is given again."""
    view, is_new = review.start_card(call.session, call.world, call.caller, card, call.arrived_at)
    call.admit(view.quiz.course_id)
    location = f"/api/v1/attempts/{view.attempt.id}"
    return Reply(body=view, status=201 if is_new else 200, headers={"Location": location})


@routes.get(
    "/me/courses/<slug:course>/progress",
    allow=STUDENT,
    gives=CourseProgressOut,
    tagged=True,
    kept=see_own_progress,
    personal=True,
)
def get_course_progress(call: Call, course: str) -> CourseProgress:
    """How far I am with every unit of the course."""
    return operations.get_course_progress(call.session, call.caller, course, call.arrived_at)


@routes.get(
    "/me/courses/<slug:course>/units/<slug:unit>/progress",
    allow=STUDENT,
    query=UnitProgressQuery,
    gives=UnitProgressOut,
    tagged=True,
    kept=see_own_progress,
    personal=True,
)
def get_unit_progress(call: Call, course: str, unit: str) -> UnitProgress:
    """What completing the unit asks of me, what is done, how long the rest takes, and what I know of its objectives."""
    missed_first = call.query["sort"] == "missed"
    return operations.get_unit_progress(
        call.session, call.caller, course, unit, call.arrived_at, missed_first=missed_first
    )
