"""Finishing an attempt: merging the last answers, closing it once, grading it once, and the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from service.domain import questions
from service.domain.attempts import Line, Policy, Shown, SlotState, Standing, Worth, how_much_to_show, total, worth
from service.domain.mistakes import Mistake, Rejected
from service.domain.outcomes import RULES, InvalidResponse, Outcome, Status, fraction_text, shown
from service.domain.roles import Principal
from service.errors import Conflict, Invalid
from service.quizzes.models import Attempt, Grade
from service.quizzes.operations.look import OfferedQuiz, get_attempted_quiz
from service.quizzes.operations.record import (
    Asked,
    Sent,
    append,
    get_own_attempt,
    list_asked,
    lock_own_attempt,
    read_log,
    states_of,
)
from service.quizzes.operations.view import explanation


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
        raise Conflict("This attempt was made void by an instructor; its answers are kept and not graded.")
    slots = list_asked(session, attempt.id)
    finals = _read_finals(attempt_id, slots, responses, at)
    states = states_of(attempt, slots, read_log(session, attempt.id))
    states = _merge(session, attempt, states, finals)
    if attempt.state == "in_progress":
        _close(session, attempt, at)
        _grade(session, attempt, slots, states)
    return _result(session, attempt, slots, at)


def get_result(session: Session, caller: Principal, attempt_id: UUID, now: datetime) -> Result:
    """The result of my finished attempt; `Conflict` while it is open."""
    attempt = get_own_attempt(session, caller.user_id, attempt_id)
    if attempt.state != "finished":
        raise Conflict("This attempt is not finished yet; submit it first.")
    return _result(session, attempt, list_asked(session, attempt.id), now)


def _read_finals(
    attempt_id: UUID, slots: Sequence[Asked], responses: Sequence[Mapping[str, Any]], at: datetime
) -> list[Sent]:
    by_number = {asked.number: asked for asked in slots}
    finals: dict[int, Sent] = {}
    mistakes = []
    for index, sent in enumerate(responses):
        asked = by_number.get(sent["slot"])
        if asked is None:
            mistakes.append(Mistake((index, "slot"), f"This attempt has no slot {sent['slot']}."))
        elif asked.number in finals:
            mistakes.append(Mistake((index, "slot"), f"Slot {asked.number} was given before; send it once."))
        else:
            try:
                response = asked.read(sent["response"])
            except InvalidResponse as unreadable:
                mistakes += [mistake.under(index, "response") for mistake in unreadable.mistakes]
            else:
                finals[asked.number] = Sent(attempt_id, asked, "submit", response, at, sent["base_rev"])
    if mistakes:
        raise Invalid.because(Rejected(mistakes), "responses")
    return list(finals.values())


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
    if attempt.deadline_at is not None and final.at > attempt.deadline_at:
        return "late"
    return "stale" if state.closed or final.base_rev != state.rev else "accepted"


def _close(session: Session, attempt: Attempt, at: datetime) -> None:
    finished_at = at if attempt.deadline_at is None else min(at, attempt.deadline_at)
    closed = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state == "in_progress")
        .values(state="finished", finished_at=finished_at)
        .returning(Attempt.id)
    ).first()
    if closed is None:
        raise Conflict("This attempt was closed at the same moment; ask for its result.")


def _grade(session: Session, attempt: Attempt, slots: Sequence[Asked], states: Mapping[int, SlotState]) -> None:
    policy = Policy.from_settings(attempt.settings)
    rows = []
    for asked in slots:
        response, value = worth_of(asked, states[asked.number], policy)
        rows.append(
            {
                "attempt_id": attempt.id,
                "slot": asked.number,
                "cause": "submission",
                "answer_key_id": asked.answer_key_id,
                "rules": RULES,
                "status": value.outcome.status.value,
                "credit": None if value.credit is None else fraction_text(value.credit),
                "points": str(asked.points),
                "response": response,
                "outcome": value.outcome.as_json(),
                "created_at": attempt.finished_at,
            }
        )
    session.execute(insert(Grade), rows)


def worth_of(asked: Asked, state: SlotState, policy: Policy) -> tuple[Any, Worth]:
    """The response that counts and what it is worth: the best of the checks and of a last unchecked answer."""
    tries: list[tuple[Any, Outcome]] = [
        (line.response, line.outcome) for line in state.checks if line.outcome is not None
    ]
    unchecked = state.latest is not None and state.latest.outcome is None and not state.closed
    if unchecked or not tries:
        response = state.latest.response if state.latest else None
        outcome = asked.grade(response)
        if outcome.status is Status.INVALID:
            # What cannot be read is not wrong; it is as if nothing had been answered.
            outcome = asked.grade(None)
        tries.append((response, outcome))
    value = worth([outcome for _, outcome in tries], policy.penalty)
    return tries[value.of_try][0], value


def _result(session: Session, attempt: Attempt, slots: Sequence[Asked], now: datetime) -> Result:
    grades = {
        grade.slot: grade
        for grade in session.scalars(select(Grade).where(Grade.attempt_id == attempt.id).order_by(Grade.id))
    }
    policy = Policy.from_settings(attempt.settings)
    return Result(
        attempt=attempt,
        quiz=get_attempted_quiz(session, attempt),
        # A total would tell on a question that another open attempt of the student still asks.
        score=None if any(asked.withheld for asked in slots) else _score(attempt, list(grades.values()), policy, now),
        slots=[_graded_slot(asked, grades[asked.number], policy, now) for asked in slots],
    )


def _score(attempt: Attempt, grades: Sequence[Grade], policy: Policy, now: datetime) -> dict[str, Any] | None:
    """The total, recomputed from the slots; withheld until the quiz closes when its keys are."""
    if policy.reveal == "after_close" and (policy.closes is None or now < policy.closes):
        return None
    earned, possible = total([(_credit(grade), Fraction(grade.points)) for grade in grades])
    pass_mark = attempt.settings.get("pass_mark")
    fraction = earned / possible if possible else None
    return {
        "points": shown(earned),
        "possible": shown(possible),
        "pending": sum(grade.status == Status.NEEDS_REVIEW for grade in grades),
        "passed": None if pass_mark is None or fraction is None else fraction >= Fraction(pass_mark),
    }


def _graded_slot(asked: Asked, grade: Grade, policy: Policy, now: datetime) -> dict[str, Any]:
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
    }
    if how_much_to_show(policy, standing, now) is Shown.KEY:
        credit = _credit(grade)
        view["status"] = grade.status
        view["credit"] = grade.credit
        view["points"] = None if credit is None else shown(credit * Fraction(grade.points))
        view["outcome"] = explanation(asked, grade.response, Outcome.from_json(grade.outcome))
    return view


def _credit(grade: Grade) -> Fraction | None:
    return None if grade.credit is None else Fraction(grade.credit)
