"""Where students meet quizzes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.domain.roles import ANYONE, Allow, Role
from service.errors import Conflict
from service.quizzes import operations
from service.quizzes.models import SelfAssessment
from service.quizzes.operations.answer import Draft, Try
from service.quizzes.operations.finish import Result
from service.quizzes.operations.look import AttemptView, QuizView
from service.quizzes.operations.view import Receipt
from service.quizzes.regrading_schemas import NoticeOut, NoticesQuery
from service.quizzes.schemas import (
    AnswersIn,
    ArrivalOut,
    AssessmentIn,
    AssessmentOut,
    AttemptOut,
    CheckedOut,
    CheckIn,
    HintIn,
    ProofOut,
    QuizOut,
    QuizzesQuery,
    ReceiptOut,
    ReceiptsQuery,
    ResultOut,
    SaveIn,
    SlotOut,
    SubmissionIn,
    VariantOut,
    VerdictsOut,
)
from service.web.calls import Call, Reply
from service.web.paging import Page, list_of
from service.web.routes import Routes

routes = Routes("quizzes", "Quizzes, attempts at them, and their results.")
STUDENT = Allow.to(Role.STUDENT)


@routes.get("/courses/<slug:course>/quizzes", allow=ANYONE, query=QuizzesQuery, gives=list_of(QuizOut), tagged=True)
def list_quizzes(call: Call, course: str) -> Page:
    """The quizzes of a course in the order of its units, with my attempts at each."""
    limit = call.query["limit"]
    rows = operations.list_quizzes(
        call.session, call.caller, course, call.arrived_at, after=call.query.get("after"), limit=limit + 1
    )
    page = Page.cut(rows, limit, lambda row: row[0])
    return Page([view for _, view in rows[:limit]], page.last)


@routes.get("/me/notices", allow=STUDENT, query=NoticesQuery, gives=list_of(NoticeOut))
def list_notices(call: Call) -> Page:
    """My attempts in which grades were changed after the end, and why, the newest change first."""
    limit, after = call.query["limit"], call.query.get("after")
    found = operations.list_notices(call.session, call.caller, call.arrived_at, after=after, limit=limit + 1)
    return Page.cut(found, limit, lambda notice: notice.place)


@routes.get("/quizzes/<uuid:quiz>", allow=ANYONE, gives=QuizOut, tagged=True)
def get_quiz(call: Call, quiz: UUID) -> QuizView:
    """A quiz: its settings and my attempts at it. Its questions are met in an attempt."""
    return operations.get_quiz(call.session, call.caller, quiz, call.arrived_at)


@routes.post("/quizzes/<uuid:quiz>/attempts", allow=STUDENT, gives=AttemptOut, status=(201, 200), problems=(Conflict,))
def start_attempt(call: Call, quiz: UUID) -> Reply:
    """Start an attempt (201), or be given the one that is open (200): there is never more than one."""
    attempt, started = operations.start_attempt(call.session, call.world, call.caller, quiz)
    # Remembered with the answer: a repeat under the same Idempotency-Key is asked for its course again.
    call.admit(attempt.quiz.course_id)
    return Reply(
        body=attempt, status=201 if started else 200, headers={"Location": f"/api/v1/attempts/{attempt.attempt.id}"}
    )


@routes.get("/attempts/<uuid:attempt>", allow=STUDENT, gives=AttemptOut)
def get_attempt(call: Call, attempt: UUID) -> AttemptView:
    """My attempt: every question as it was asked of me, and where I am with it."""
    return operations.get_attempt(call.session, call.caller, attempt, call.arrived_at)


@routes.patch("/attempts/<uuid:attempt>/answers", allow=STUDENT, takes=AnswersIn, gives=VerdictsOut)
def save_answers(call: Call, attempt: UUID) -> dict[str, Any]:
    """Save several drafts of a client that was away; each has its own verdict, and none is lost."""
    drafts = call.body["responses"]
    return {"answers": operations.save_answers(call.session, call.caller, attempt, drafts, call.arrived_at)}


@routes.put(
    "/attempts/<uuid:attempt>/answers/<int:slot>",
    allow=STUDENT,
    takes=SaveIn,
    gives=ReceiptOut,
    problems=(Conflict,),
    at_once=True,
)
def save_answer(call: Call, attempt: UUID, slot: int) -> Receipt | Conflict:
    """Save a draft and get its receipt. One on top of an older revision is kept, refused, and told the newer one."""
    return operations.save_answer(call.session, call.caller, attempt, slot, Draft(**call.body), call.arrived_at)


@routes.post(
    "/attempts/<uuid:attempt>/answers/<int:slot>/checks",
    allow=STUDENT,
    takes=CheckIn,
    gives=CheckedOut,
    problems=(Conflict,),
    at_once=True,
)
def check_answer(call: Call, attempt: UUID, slot: int) -> dict[str, Any] | Conflict:
    """Have an answer graded at once. The same answer again says the same and uses no try."""
    return operations.check_answer(call.session, call.caller, attempt, slot, Try(**call.body), call.arrived_at)


@routes.post(
    "/attempts/<uuid:attempt>/answers/<int:slot>/hints",
    allow=STUDENT,
    takes=HintIn,
    gives=SlotOut,
    problems=(Conflict,),
)
def take_hint(call: Call, attempt: UUID, slot: int) -> dict[str, Any]:
    """Ask for a hint, the first one first. It costs no points, and is remembered."""
    return operations.take_hint(call.session, call.caller, attempt, slot, at=call.arrived_at, **call.body)


@routes.post(
    "/attempts/<uuid:attempt>/answers/<int:slot>/variants",
    allow=STUDENT,
    gives=VariantOut,
    status=(201, 200),
    problems=(Conflict,),
)
def ask_for_variant(call: Call, attempt: UUID, slot: int) -> Reply:
    """Practise a question that is closed with other values, in a new slot (201); asked again, the same slot (200)."""
    variant, is_new = operations.ask_for_variant(call.session, call.world, call.caller, attempt, slot, call.arrived_at)
    return Reply(body=variant, status=201 if is_new else 200)


@routes.post(
    "/attempts/<uuid:attempt>/submission", allow=STUDENT, takes=SubmissionIn, gives=ResultOut, problems=(Conflict,)
)
def submit_attempt(call: Call, attempt: UUID) -> Result:
    """Close the attempt and grade it. Repeating the call returns the same result."""
    return operations.submit_attempt(call.session, call.caller, attempt, at=call.arrived_at, **call.body)


@routes.put(
    "/attempts/<uuid:attempt>/answers/<int:slot>/self-assessment",
    allow=STUDENT,
    takes=AssessmentIn,
    gives=AssessmentOut,
    problems=(Conflict,),
)
def assess_answer(call: Call, attempt: UUID, slot: int) -> SelfAssessment:
    """Say which criteria of the rubric my open answer meets, once it is shown; graded points stay as they are."""
    return operations.assess_answer(call.session, call.caller, attempt, slot, at=call.arrived_at, **call.body)


@routes.put("/attempts/<uuid:attempt>/answers/<int:slot>/ease", allow=STUDENT, problems=(Conflict,))
def mark_easy(call: Call, attempt: UUID, slot: int) -> None:
    """Say that a question was easy, after it was right at the first try: its next review comes later."""
    operations.mark_easy(call.session, call.caller, attempt, slot, call.arrived_at)


@routes.get("/attempts/<uuid:attempt>/result", allow=STUDENT, gives=ResultOut, problems=(Conflict,))
def get_result(call: Call, attempt: UUID) -> Result:
    """The result of my finished attempt, with what was right and what to read again as far as the quiz shows it."""
    return operations.get_result(call.session, call.caller, attempt, call.arrived_at)


@routes.get("/attempts/<uuid:attempt>/receipts", allow=STUDENT, query=ReceiptsQuery, gives=list_of(ArrivalOut))
def list_receipts(call: Call, attempt: UUID) -> Page:
    """Everything that arrived of my attempt, with what became of it: what was stale or late is kept here, too."""
    limit, after = call.query["limit"], call.query.get("after")
    place = after[0] if after else None
    rows = operations.list_receipts(call.session, call.caller, attempt, call.arrived_at, after=place, limit=limit + 1)
    page = Page.cut(rows, limit, lambda row: (row["id"],))
    return Page(rows[:limit], page.last)


@routes.get("/attempts/<uuid:attempt>/proof", allow=STUDENT, gives=ProofOut, problems=(Conflict,))
def get_proof(call: Call, attempt: UUID) -> dict[str, Any]:
    """What it takes to work out the score of my finished attempt once more; keys only once I may see them."""
    return operations.get_proof(call.session, call.caller, attempt, call.arrived_at)
