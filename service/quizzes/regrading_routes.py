"""Where grades are mended after the end: a question for everybody, one slot by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from uuid import UUID

from service.domain.mistakes import Mistake
from service.domain.outcomes import fraction_text, shown
from service.domain.regrading import Given, Remedy, Rule
from service.domain.roles import Allow, Role
from service.errors import Conflict, Invalid, NotFound
from service.quizzes.models import Attempt
from service.quizzes.operations import overriding, regrading
from service.quizzes.operations.grades import change_view
from service.quizzes.operations.mending import Mended
from service.quizzes.operations.regrading import Difference, Target, Wanted
from service.quizzes.regrading_schemas import (
    MOST_LISTED,
    DifferenceOut,
    OverriddenOut,
    OverrideIn,
    RegradeIn,
    RegradesOut,
    RegradesQuery,
)
from service.web.calls import Call
from service.web.routes import Routes

routes = Routes("regrading", "Mending grades: a question that was graded wrongly, or one answer by hand.")
STAFF = Allow.to(Role.INSTRUCTOR, Role.ADMIN)
REGRADES = "/admin/questions/<uuid:question>/regrades"


def target_of(call: Call, question: UUID) -> Target:
    """The question, if the caller runs its course. Raises `NotFound`."""
    target = regrading.get_target(call.session, question)
    call.admit(target.course_id)
    return target


def _wanted(call: Call) -> Wanted:
    body = call.body
    rule = Rule(Remedy(body["policy"]), body["never_lower"], body["respects_overrides"])
    return Wanted(rule, body["revision"], body["reason"])


def work_out_difference(call: Call, question: UUID) -> Difference | None:
    """What it would do, for a dry run: nobody waits for it."""
    target = target_of(call, question)
    return regrading.find_difference(call.session, target, _wanted(call)) if call.query["dry_run"] else None


@routes.post(
    REGRADES,
    allow=STAFF,
    query=RegradesQuery,
    takes=RegradeIn,
    gives=DifferenceOut,
    prepares=work_out_difference,
    problems=(Conflict,),
)
def regrade_question(call: Call, question: UUID) -> dict[str, Any]:
    """Grade finished attempts at a question once more: with dry_run=true say what would change, then do just that.

    Grades that were given stay in the record. Attempts that are open are graded by the key they pinned, and then by
    this rule.
    """
    target, wanted = target_of(call, question), _wanted(call)
    if call.prepared is not None:
        return difference_view(call.prepared)
    digest = call.body["digest"]
    if digest is None:
        message = "Ask with dry_run=true first, look at what would change, and send the digest of that answer."
        raise Invalid(errors=[Mistake(("digest",), message)])
    done = regrading.regrade(call.session, call.caller, target, wanted, digest, call.arrived_at)
    call.tell(question=question, revision=done.revision, policy=wanted.rule.remedy.value, **done.counts)
    return difference_view(done)


@routes.get(REGRADES, allow=STAFF, gives=RegradesOut)
def list_regrades(call: Call, question: UUID) -> dict[str, Any]:
    """What was done about a question's grades so far."""
    found = regrading.list_regrades(call.session, target_of(call, question).question)
    return {
        "items": [
            {
                "revision": revision,
                "policy": one.policy,
                "never_lower": one.never_lower,
                "respects_overrides": one.respects_overrides,
                "reason": one.reason,
                "digest": one.digest,
                "actor": one.actor_id,
                "created_at": one.created_at,
            }
            for one, revision in found
        ]
    }


@routes.put(
    "/admin/attempts/<uuid:attempt>/answers/<int:slot>/grade",
    allow=STAFF,
    takes=OverrideIn,
    gives=OverriddenOut,
    problems=(Conflict,),
)
def override_grade(call: Call, attempt: UUID, slot: int) -> dict[str, Any]:
    """Set what one answer of a finished attempt is worth. What was graded before stays in the record."""
    found = call.session.get(Attempt, attempt)
    if found is None:
        raise NotFound
    call.admit(found.course_id)
    credit = Fraction(call.body["credit"])
    if credit > 1:
        raise Invalid(errors=[Mistake(("credit",), "A credit is a share of the points: give 0 to 1.")])
    override = overriding.Override(slot, credit, call.body["reason"])
    graded = overriding.override_grade(call.session, call.caller, found, override, call.arrived_at)[slot]
    call.tell(attempt=attempt, slot=slot)
    return {
        "attempt": attempt,
        "slot": slot,
        "status": graded.status,
        "credit": None if graded.credit is None else fraction_text(graded.credit),
        "points": None if graded.credit is None else shown(graded.credit * graded.points),
        "possible": shown(graded.points),
        "changes": [change_view(change, graded.points) for change in graded.changes],
    }


def difference_view(difference: Difference) -> dict[str, Any]:
    """A difference as it is told, its longest list cut."""
    rule = difference.wanted.rule
    return {
        "question": difference.question.id,
        "revision": difference.revision,
        "policy": rule.remedy.value,
        "never_lower": rule.never_lower,
        "respects_overrides": rule.respects_overrides,
        "reason": difference.wanted.reason,
        "applied": difference.applied is not None,
        "digest": difference.digest,
        "counts": difference.counts,
        "items": [_slot(line) for line in difference.changes[:MOST_LISTED]],
        "other_revisions": difference.others,
    }


def _slot(line: Mended) -> dict[str, Any]:
    points = line.before.points
    return {
        "attempt": line.attempt_id,
        "student": line.student.id,
        "login": line.student.login,
        "name": line.student.name,
        "slot": line.slot,
        "possible": shown(points),
        "old": _standing(line.present, points),
        "new": _standing(line.after, points),
    }


def _standing(given: Given, points: Fraction) -> dict[str, Any]:
    credit = given.credit
    return {
        "status": given.outcome.status.value,
        "credit": None if credit is None else fraction_text(credit),
        "points": None if credit is None else shown(credit * points),
    }
