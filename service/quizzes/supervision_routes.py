"""Where those who run a course see to single attempts: more time, void, open again."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from uuid import UUID

from service.content.models import Quiz, Unit
from service.domain.roles import Allow, Role
from service.errors import Conflict, NotFound
from service.quizzes.models import Attempt
from service.quizzes.operations import extending, supervising
from service.quizzes.supervision_schemas import ExtensionIn, ExtensionOut, ReopeningIn, SupervisedOut, VoidIn
from service.web.calls import Call
from service.web.routes import Routes

routes = Routes("supervision", "Seeing to single attempts: more time, void, open again.")
STAFF = Allow.to(Role.INSTRUCTOR, Role.ADMIN)


@routes.post(
    "/admin/attempts/<uuid:attempt>/void", allow=STAFF, takes=VoidIn, gives=SupervisedOut, problems=(Conflict,)
)
def void_attempt(call: Call, attempt: UUID) -> dict[str, Any]:
    """Let an attempt count for nothing and use none up; what was answered is kept."""
    found = _attempt(call, attempt)
    return _told(call, supervising.void_attempt(call.session, call.caller, found, at=call.arrived_at, **call.body))


@routes.post(
    "/admin/attempts/<uuid:attempt>/reopening",
    allow=STAFF,
    takes=ReopeningIn,
    gives=SupervisedOut,
    problems=(Conflict,),
)
def reopen_attempt(call: Call, attempt: UUID) -> dict[str, Any]:
    """Let a student go on with a finished attempt until then."""
    found = _attempt(call, attempt)
    return _told(call, supervising.reopen_attempt(call.session, call.caller, found, at=call.arrived_at, **call.body))


@routes.put("/admin/quizzes/<uuid:quiz>/extensions/<uuid:student>", allow=STAFF, takes=ExtensionIn, gives=ExtensionOut)
def extend_time(call: Call, quiz: UUID, student: UUID) -> dict[str, Any]:
    """Grant a student more time at a quiz, in the attempt that is open as well. What was granted last counts."""
    found = call.session.get(Quiz, quiz)
    if found is None:
        raise NotFound
    course_id = call.session.get_one(Unit, found.unit_id).course_id
    call.admit(course_id)
    body = call.body
    grant = extending.Grant(Fraction(body["factor"]), body["closes_at"], body["reason"])
    extension, attempt = extending.extend_time(
        call.session, call.caller, extending.Offer(quiz, course_id), student, grant, call.arrived_at
    )
    return {"extension": extension, "deadline_at": attempt.deadline_at if attempt else None}


def _attempt(call: Call, attempt_id: UUID) -> Attempt:
    attempt = supervising.lock_attempt(call.session, attempt_id)
    call.admit(attempt.course_id)
    return attempt


def _told(call: Call, attempt: Attempt) -> dict[str, Any]:
    call.session.flush()
    return {"attempt": attempt, "events": supervising.list_events(call.session, attempt.id)}
