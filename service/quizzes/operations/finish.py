"""Finishing an attempt: merging the last answers, closing it once, grading it once, and the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain import questions
from service.domain.attempts import (
    Line,
    Policy,
    Shown,
    SlotState,
    Standing,
    counting,
    how_much_to_show,
    is_late,
    may_see_score,
    total,
)
from service.domain.outcomes import Status, fraction_text, shown
from service.domain.roles import Principal
from service.errors import Conflict
from service.quizzes.models import Attempt
from service.quizzes.operations.assessing import newest_assessments
from service.quizzes.operations.closing import close, settle
from service.quizzes.operations.grades import Graded, change_view, newest_grades
from service.quizzes.operations.log import Sent, append, read_log, read_sent, states_of
from service.quizzes.operations.look import OfferedQuiz, get_attempted_quiz
from service.quizzes.operations.record import Asked, first_of_each, get_own_attempt, list_asked, lock_own_attempt
from service.quizzes.operations.view import explanation

VOID = "This attempt was made void by an instructor; its answers are kept, and count for nothing."


@dataclass(frozen=True)
class Result:
    """A finished attempt: what it is worth and, slot by slot, what may be seen of why."""

    attempt: Attempt
    quiz: OfferedQuiz
    score: Mapping[str, Any] | None
    slots: Sequence[Mapping[str, Any]]


def submit_attempt(
    session: Session, caller: Principal, attempt_id: UUID, responses: Sequence[Mapping[str, Any]], at: datetime
) -> Result:
    """Close the attempt and grade it, with the last answers [{slot, response, base_rev}] it may carry.

    An answer on top of another revision than the present one is kept and not counted, as are all that come
    after the end. Repeating the call gives the same result. Raises `NotFound` and `Invalid`.
    """
    attempt = lock_own_attempt(session, caller.user_id, attempt_id)
    if attempt.state == "void":
        raise Conflict(VOID)
    slots = list_asked(session, attempt.id)
    finals = read_sent(attempt_id, slots, responses, at, "submit")
    states = states_of(attempt, slots, read_log(session, attempt.id))
    states = _merge(session, attempt, states, finals)
    grades = close(session, attempt, slots, states, at) if attempt.state == "in_progress" else None
    return _result(session, attempt, slots, grades or newest_grades(session, attempt.id), at)


def get_result(session: Session, caller: Principal, attempt_id: UUID, now: datetime) -> Result:
    """The result of my finished attempt; `Conflict` while it is open."""
    attempt = get_finished_attempt(session, caller, attempt_id, now)
    return _result(session, attempt, list_asked(session, attempt.id), newest_grades(session, attempt.id), now)


def get_finished_attempt(session: Session, caller: Principal, attempt_id: UUID, now: datetime) -> Attempt:
    """My attempt, once it is finished. Raises `NotFound`, and `Conflict` before that and for a void one."""
    attempt = get_own_attempt(session, caller.user_id, attempt_id)
    settle(session, attempt, now)
    if attempt.state == "void":
        raise Conflict(VOID)
    if attempt.state != "finished":
        raise Conflict("This attempt is not finished yet; submit it first.")
    return attempt


def counted_slots(slots: Sequence[Asked], grades: Mapping[int, Graded]) -> frozenset[int]:
    """The numbers of the slots that the score of a finished attempt counts."""
    return counting(
        (asked.number, asked.question_id, grades[asked.number].status != Status.UNANSWERED) for asked in slots
    )


def _merge(
    session: Session, attempt: Attempt, states: Mapping[int, SlotState], finals: Sequence[Sent]
) -> dict[int, SlotState]:
    """Append the last answers to the log, counted or not, and say how each slot stands after them."""
    merged, lines = dict(states), []
    for final in finals:
        state = merged[final.asked.number]
        present = state.latest.digest if state.latest else final.asked.digest(None)
        if present == final.digest:
            continue
        disposition = _disposition(attempt, state, final)
        if disposition == "accepted":
            lines.append(final.accepted(state.rev + 1))
            line = Line(state.rev + 1, final.response, final.digest, final.at)
            merged[final.asked.number] = state.and_then(line)
        else:
            lines.append(final.kept(disposition))
    append(session, *lines)
    return merged


def _disposition(attempt: Attempt, state: SlotState, final: Sent) -> str:
    if attempt.state != "in_progress":
        return "after_finish"
    if is_late(final.at, attempt.deadline_at):
        return "late"
    return "stale" if state.closed or final.base_rev != state.rev else "accepted"


def _result(
    session: Session, attempt: Attempt, slots: Sequence[Asked], grades: Mapping[int, Graded], now: datetime
) -> Result:
    first, counted = first_of_each(slots), counted_slots(slots, grades)
    parts = [grades[number] for number in counted]
    is_open = any(asked.kind == "open" for asked in slots)
    assessed = newest_assessments(session, attempt.id) if is_open else {}
    policy = Policy.from_settings(attempt.settings)
    return Result(
        attempt=attempt,
        quiz=get_attempted_quiz(session, attempt),
        # A total would tell on a question that another open attempt of the student still asks.
        score=None if any(asked.withheld for asked in slots) else _score(attempt, parts, policy, now),
        slots=[
            {
                **_graded_slot(asked, grades[asked.number], policy, now),
                "variant_of": first.get(asked.number),
                "counts": asked.number in counted,
                "self_assessment": assessed.get(asked.number),
            }
            for asked in slots
        ],
    )


def _score(attempt: Attempt, grades: Sequence[Graded], policy: Policy, now: datetime) -> dict[str, Any] | None:
    """The total, recomputed from the slots; withheld as long as it would tell what the slots do not."""
    if not may_see_score(policy, now):
        return None
    earned, possible = total([(grade.credit, grade.points) for grade in grades])
    pass_mark = attempt.settings.get("pass_mark")
    fraction = earned / possible if possible else None
    return {
        "points": shown(earned),
        "possible": shown(possible),
        "pending": sum(grade.status == Status.NEEDS_REVIEW and not grade.changes for grade in grades),
        "passed": None if pass_mark is None or fraction is None else fraction >= Fraction(pass_mark),
    }


def _graded_slot(asked: Asked, grade: Graded, policy: Policy, now: datetime) -> dict[str, Any]:
    asked = asked if grade.key is None else replace(asked, key=grade.key)
    standing = Standing(closed=True, checked=False, finished=True, withheld=asked.withheld)
    view: dict[str, Any] = {
        "slot": asked.number,
        "question": questions.show(asked.revision, asked.drawn, asked.layout),
        "response": asked.show_response(grade.response),
        "status": None,
        "points": None,
        "possible": shown(asked.points),
        "credit": None,
        "outcome": None,
        "changes": [],
    }
    if how_much_to_show(policy, standing, now) is Shown.KEY:
        view["status"] = grade.status
        if grade.credit is not None:
            view["credit"] = fraction_text(grade.credit)
            view["points"] = shown(grade.credit * grade.points)
        view["outcome"] = explanation(asked, grade.response, grade.outcome)
        view["changes"] = [change_view(change, grade.points) for change in grade.changes]
    return view
