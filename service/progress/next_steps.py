"""What a student is to do now, over all courses: what the rules of `domain/next_steps.py` make of their work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.models import Question
from service.domain.evidence import Try, label_of, newest_per_question
from service.domain.next_steps import Reason, Step, in_order, pressing
from service.domain.roles import Principal
from service.progress.review import Queue, queue_of
from service.progress.work import AskedUnit, Work, own_work


def list_next_steps(session: Session, caller: Principal, now: datetime, limit: int) -> list[Step]:
    """The most pressing things to do, each with its reason; five statements whatever the number of courses."""
    work = own_work(session, caller, now)
    steps = [step for place, unit in enumerate(work.units) for step in _steps(work, unit, place, now)]
    steps += _reviews(queue_of(session, caller, work, now))
    return _with_passages(session, in_order(steps, now)[:limit])


def _reviews(queue: Queue) -> Iterator[Step]:
    """One step for all the reviews of today, at the first of them."""
    if queue.entries:
        first, number = queue.entries[0], len(queue.entries)
        yield Step(
            reason=Reason.REVIEW,
            what="review",
            course=first["course"],
            unit=first["unit"],
            title="Review 1 question" if number == 1 else f"Review {number} questions",
            because=first["because"],
            refers_to={"card": first["card"]},
        )


def _steps(work: Work, unit: AskedUnit, place: int, now: datetime) -> Iterator[Step]:
    yield from _begun(work, unit, place)
    yield from _required(work, unit, place, now)
    evidence = work.evidence(unit)
    yield from _missed(work, unit, evidence)
    yield from _weak(unit, place, evidence)


def _begun(work: Work, unit: AskedUnit, place: int) -> Iterator[Step]:
    """Attempts that are open: what has a deadline runs out by itself."""
    titles = {quiz["quiz"]: quiz["title"] for quiz in unit.outline["quizzes"]}
    for one in work.attempts:
        if one.state != "in_progress" or one.is_over or one.quiz not in titles:
            continue
        ends = one.deadline_at is not None
        yield Step(
            reason=Reason.RUNNING_OUT if ends else Reason.BEGUN,
            what="finish_quiz",
            course=unit.course,
            unit=unit.unit,
            title=titles[one.quiz],
            because="It is open, and ends by itself." if ends else "You began it and did not submit it.",
            due_at=one.deadline_at,
            place=place,
            refers_to={"quiz": one.quiz, "attempt": one.attempt},
        )


def _required(work: Work, unit: AskedUnit, place: int, now: datetime) -> Iterator[Step]:
    """What completing the unit asks for and is not done."""
    due = {reading["reading"]: reading["due"] for reading in unit.outline["readings"]}
    quizzes = {quiz["quiz"]: quiz for quiz in unit.outline["quizzes"]}
    open_now = {one.quiz for one in work.attempts if one.state == "in_progress" and not one.is_over}
    for asked in work.standing(unit).requirements:
        if asked.done or asked.id in open_now:
            continue
        closes = quizzes[asked.id]["closes"] if asked.id in quizzes else None
        last_day = due.get(asked.id) or unit.outline["ends"]
        due_at = datetime.fromisoformat(closes) if closes else _end_of(last_day, unit.zone)
        reason = pressing(Reason.REQUIRED, due_at, now)
        yield Step(
            reason=reason,
            what={"reading": "read", "group": "choose", "quiz": "take_quiz"}[asked.kind],
            course=unit.course,
            unit=unit.unit,
            title=asked.title,
            because=_why_required(reason, due_at, now),
            due_at=due_at,
            place=place,
            refers_to={asked.kind: asked.id},
        )


def _why_required(reason: Reason, due_at: datetime | None, now: datetime) -> str:
    if reason is Reason.REQUIRED or due_at is None:
        return "The unit asks for it."
    return "The unit asks for it, and it is late." if due_at < now else "The unit asks for it, and it is due soon."


def _missed(work: Work, unit: AskedUnit, evidence: Mapping[str, Sequence[Try]]) -> Iterator[Step]:
    """Questions whose newest answer was not right: what to read again, and a question like it to try."""
    asked = unit.outline["questions"]
    newest = {one.question: one for one in newest_per_question(_in_time(evidence))}
    titles = {quiz["quiz"]: quiz["title"] for quiz in unit.outline["quizzes"]}
    for one in newest.values():
        if one.is_right:
            continue
        quiz = work.quiz_of[one.attempt]
        yield Step(
            reason=Reason.MISSED,
            what="read_again",
            course=unit.course,
            unit=unit.unit,
            title=titles.get(quiz, unit.title),
            because=f"Your answer to question {one.slot} was not right on {_day(one.answered_at, unit.zone)}.",
            # The newest miss first.
            place=-int(one.answered_at.timestamp()),
            refers_to={
                "question": one.question,
                "attempt": one.attempt,
                "slot": one.slot,
                "try_quiz": _sibling_quiz(work, unit, one, asked, newest),
            },
        )


def _sibling_quiz(
    work: Work, unit: AskedUnit, missed: Try, asked: Mapping[str, Sequence[str]], newest: Mapping[str, Try]
) -> str | None:
    """A quiz that may be taken now and asks another question on the same objectives, not got right yet at best."""
    alike = {
        question: question not in newest or not newest[question].is_right
        for question, objectives in asked.items()
        if question == missed.question or set(objectives) & set(asked[missed.question])
    }
    best: tuple[tuple[bool, bool], str] | None = None
    for quiz in unit.outline["quizzes"]:
        if quiz["attempts"] is not None and work.times_taken(quiz["quiz"]) >= quiz["attempts"]:
            continue
        others = [question for question in quiz["questions"] if question in alike and question != missed.question]
        if not others and missed.question not in quiz["questions"]:
            continue
        rank = (any(alike[question] for question in others), bool(others))
        if best is None or rank > best[0]:
            best = (rank, quiz["quiz"])
    return best[1] if best else None


def _weak(unit: AskedUnit, place: int, evidence: Mapping[str, Sequence[Try]]) -> Iterator[Step]:
    """Objectives of which little was right."""
    for objective in unit.outline["objectives"]:
        newest = newest_per_question(evidence[objective["objective"]])
        if label_of(newest) != "low":
            continue
        right = sum(one.is_right for one in newest)
        yield Step(
            reason=Reason.WEAK,
            what="practise",
            course=unit.course,
            unit=unit.unit,
            title=objective["text"],
            because=f"{right} of {len(newest)} questions on it were right.",
            place=place,
            refers_to={"objective": objective["objective"]},
        )


def _in_time(evidence: Mapping[str, Sequence[Try]]) -> list[Try]:
    """Every try once, oldest first."""
    every = {(one.attempt, one.slot): one for tries in evidence.values() for one in tries}
    return sorted(every.values(), key=lambda one: one.answered_at)


def _with_passages(session: Session, steps: Sequence[Step]) -> list[Step]:
    """The steps with the passages to read again, as the units say now."""
    missed = {UUID(step.refers_to["question"]) for step in steps if step.what == "read_again"}
    if not missed:
        return list(steps)
    found = session.execute(select(Question.id, Question.reread).where(Question.id.in_(missed)))
    passages = {str(row.id): row.reread for row in found}
    return [_with_passage(step, passages) for step in steps]


def _with_passage(step: Step, passages: Mapping[str, Any]) -> Step:
    if step.what != "read_again":
        return step
    refers_to = {name: value for name, value in step.refers_to.items() if name != "question"}
    return replace(step, refers_to={**refers_to, "passages": passages.get(step.refers_to["question"], [])})


def _end_of(day: str | None, zone: ZoneInfo) -> datetime | None:
    """The end of a day in the course's time zone."""
    if day is None:
        return None
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone).astimezone(UTC)


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%-d %B}"
