"""Where those who teach see how their questions fare."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.content.operations import find_course
from service.domain.roles import Allow, Role, Scope
from service.errors import NotFound
from service.progress.statistics import operations
from service.progress.statistics.schemas import QuestionStatisticsOut, StatisticsQuery, UnmatchedOut, UnmatchedQuery
from service.progress.statistics.unmatched import list_unmatched
from service.web.calls import Call
from service.web.paging import Page, list_of
from service.web.routes import Routes

routes = Routes("statistics", "What the answers of a class say of the questions.")


def _admitted(call: Call, slug: str) -> int:
    """The id of the course, if the caller may see how its questions fare."""
    course = find_course(call.session, slug)
    if course is None:
        raise NotFound
    call.admit(course.id)
    return course.id


@routes.get(
    "/courses/<slug:course>/statistics",
    allow=Allow.to(Role.INSTRUCTOR, Role.ADMIN, scope=Scope.PROGRESS_READ),
    query=StatisticsQuery,
    gives=list_of(QuestionStatisticsOut),
)
def list_statistics(call: Call, course: str) -> Page:
    """How each question of the course fares at first tries. An LMS sees the figures, and nothing of the keys."""
    found = operations.list_statistics(
        call.session,
        _admitted(call, course),
        unit=call.query["unit"],
        after=call.query.get("after"),
        limit=call.query["limit"] + 1,
        shows_keys=call.caller.user_id is not None,
    )
    return Page.cut(found, call.query["limit"], lambda one: one.place)


@routes.get(
    "/courses/<slug:course>/questions/<uuid:question>/unmatched-answers",
    allow=Allow.to(Role.INSTRUCTOR, Role.ADMIN),
    query=UnmatchedQuery,
    gives=UnmatchedOut,
)
def list_unmatched_answers(call: Call, course: str, question: UUID) -> dict[str, Any]:
    """Short answers of students that no entry of the key knows, in heaps of what is spelt alike."""
    return {"items": list_unmatched(call.session, _admitted(call, course), question, call.query["limit"])}
