"""Where those who teach see how their questions fare."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.content.operations import find_course
from service.domain.roles import Allow, Role, Scope
from service.errors import Conflict, NotFound
from service.progress.statistics import accepting, operations
from service.progress.statistics.accepting import Acceptance, Accepted
from service.progress.statistics.operations import Asked
from service.progress.statistics.schemas import (
    AcceptanceIn,
    AcceptedOut,
    QuestionStatisticsOut,
    StatisticsQuery,
    UnmatchedOut,
    UnmatchedQuery,
)
from service.progress.statistics.unmatched import list_unmatched
from service.quizzes.regrading_routes import difference_view, target_of
from service.web.calls import Call
from service.web.paging import Page, list_of
from service.web.routes import Routes

routes = Routes("statistics", "What the answers of a class say of the questions.")
STAFF = Allow.to(Role.INSTRUCTOR, Role.ADMIN)
UNMATCHED = "/admin/questions/<uuid:question>/unmatched-answers"


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
        asked=Asked(call.query["unit"], call.query["quiz"]),
        after=call.query.get("after"),
        limit=call.query["limit"] + 1,
        shows_keys=call.caller.user_id is not None,
    )
    return Page.cut(found, call.query["limit"], lambda one: one.place)


@routes.get(UNMATCHED, allow=STAFF, query=UnmatchedQuery, gives=UnmatchedOut)
def list_unmatched_answers(call: Call, question: UUID) -> dict[str, Any]:
    """Short answers of students that no entry of the key knows, in heaps of what is spelt alike."""
    return {"items": list_unmatched(call.session, target_of(call, question).question)[: call.query["limit"]]}


def read_accepted(call: Call, question: UUID, answer: str) -> Accepted:
    """The unit with the key that knows the answer, rendered."""
    acceptance = Acceptance(answer, **call.body)
    return accepting.ready_acceptance(call.session, call.world, call.caller, target_of(call, question), acceptance)


@routes.post(
    f"{UNMATCHED}/<slug:answer>/acceptance",
    allow=STAFF,
    takes=AcceptanceIn,
    gives=AcceptedOut,
    prepares=read_accepted,
    problems=(Conflict,),
)
def accept_answer(call: Call, question: UUID, answer: str) -> dict[str, Any]:
    """Let the key know an answer from now on: the unit is published with it. Grades are mended by a regrade."""
    ready: Accepted = call.prepared
    state, difference = accepting.accept_answer(call.session, call.world, target_of(call, question), ready)
    call.tell(question=question, heap=answer, texts=len(ready.texts))
    return {
        "unit": state.unit.key,
        "published_version": state.published_version,
        "texts": ready.texts,
        "regrade": difference_view(difference),
    }
