"""Grading finished attempts once more by a rule: what each slot would be worth then, and writing it down.

Whatever the number of attempts, they are read and written in the same few statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, exists, select, update
from sqlalchemy.orm import Session

from service.accounts.models import User
from service.content.models import AnswerKey, QuestionRevision
from service.db import Base
from service.domain import questions
from service.domain.attempts import Policy, SlotState, is_right
from service.domain.first_tries import MILLION, millionths, rests_of
from service.domain.outcomes import RULES
from service.domain.regrading import Given, Remedy, Rule, given_by, mended
from service.quizzes.models import NO_DIGEST, Attempt, FirstTry, Grade, Regrade, Slot
from service.quizzes.operations.grades import Graded, graded_after, select_grades
from service.quizzes.operations.grading import add_grades, grade_row
from service.quizzes.operations.log import LogLine, select_log, state_after
from service.statements import Lookup

_ID: Uuid[UUID] = Uuid()
_ATTEMPTS, _FIRST_TRIES = Base.metadata.tables["attempts"], Base.metadata.tables["first_tries"]

NEW_KEY_ID = 0
"""Stands for the id of a key that is not stored yet."""

Place = tuple[UUID, int]
"""An attempt and the number of a slot."""


@dataclass(frozen=True)
class Fix:
    """What is done about a revision of a question: a rule, and the key it goes by.

    Slots are meant that pinned a key up to `key_id`; all of them while that is None, as the key is not stored yet.
    """

    question_id: UUID
    revision_id: int
    revision: Mapping[str, Any]
    key_id: int | None
    key: Mapping[str, Any]
    rule: Rule


@dataclass(frozen=True)
class Student:
    """Whose attempt it is."""

    id: UUID
    login: str
    name: str


@dataclass(frozen=True)
class Mended:
    """A slot before a rule and after it; `obstacle`: what keeps it as it is, "overridden" or "erased"."""

    attempt_id: UUID
    slot: int
    student: Student
    before: Graded
    present: Given
    after: Given
    obstacle: str | None

    @property
    def is_different(self) -> bool:
        """Whether there is anything to write down."""
        return self.after != self.present

    def with_key(self, key_id: int) -> Mended:
        """The same, once the key is stored."""
        is_new = self.after.key_id == NEW_KEY_ID
        return replace(self, after=replace(self.after, key_id=key_id)) if is_new else self


def work_out(session: Session, fix: Fix, attempt_id: UUID | None = None) -> list[Mended]:
    """Every slot of finished attempts (or of one) that the fix is meant for, in a fixed order."""
    meant = [Slot.question_id == fix.question_id, Slot.revision_id == fix.revision_id]
    if fix.key_id is not None:
        meant.append(Slot.answer_key_id <= fix.key_id)
    if attempt_id is not None:
        meant.append(Slot.attempt_id == attempt_id)
    grades = _grades(session, meant)
    logs = _logs(session, meant)
    found = (
        select(Slot.attempt_id, Slot.number, Slot.drawn, Slot.answer_key_id, AnswerKey.content.label("key"))
        .add_columns(Attempt.settings, User.id.label("user_id"), User.login, User.name)
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .join(User, User.id == Attempt.user_id)
        .join(AnswerKey, AnswerKey.id == Slot.answer_key_id)
        .where(*meant, Attempt.state == "finished")
        .order_by(Slot.attempt_id, Slot.number)
    )
    return [
        _mended(fix, row, grades[row.attempt_id, row.number], logs[row.attempt_id, row.number])
        for row in session.execute(found)
    ]


def _grades(session: Session, meant: Sequence[ColumnElement[bool]]) -> dict[Place, Graded]:
    own = and_(Slot.attempt_id == Grade.attempt_id, Slot.number == Grade.slot)
    graded: dict[Place, Graded] = {}
    for row in session.execute(select_grades().add_columns(Grade.attempt_id).join(Slot, own).where(*meant)):
        place = row.attempt_id, row.slot
        graded[place] = graded_after(graded.get(place), row)
    return graded


def _logs(session: Session, meant: Sequence[ColumnElement[bool]]) -> Mapping[Place, list[LogLine]]:
    logs: dict[Place, list[LogLine]] = defaultdict(list)
    for attempt_id, *line in session.execute(select_log(*meant)):
        logs[attempt_id, line[0]].append(LogLine(*line))
    return logs


def _mended(fix: Fix, row: Any, before: Graded, log: Sequence[LogLine]) -> Mended:
    policy = Policy.from_settings(row.settings)
    state = state_after(log, policy.tries_for(fix.revision["kind"]))
    present = given_at_present(before, state)
    obstacle = _obstacle(fix.rule, before, log)
    student = Student(row.user_id, row.login, row.name)
    if obstacle is not None:
        return Mended(row.attempt_id, row.number, student, before, present, present, obstacle)

    def by(key: Mapping[str, Any], key_id: int) -> Given:
        return given_by(partial(questions.grade, fix.revision, key, row.drawn), key_id, state, policy)

    after = mended(
        fix.rule,
        present,
        pinned=lambda: by(row.key, row.answer_key_id),
        fixed=lambda: by(fix.key, fix.key_id or NEW_KEY_ID),
    )
    return Mended(row.attempt_id, row.number, student, before, present, after, None)


def given_at_present(before: Graded, state: SlotState) -> Given:
    """The newest grade of a slot with what its first try says."""
    first = before.first or (state.checks[0].outcome if state.checks else None) or before.outcome
    return Given(before.response, before.outcome, before.credit, first, before.answer_key_id)


def _obstacle(rule: Rule, before: Graded, log: Sequence[LogLine]) -> str | None:
    if rule.respects_overrides and before.cause == "override":
        return "overridden"
    # What was typed is not there any more: there is nothing to grade by another key.
    if rule.remedy.needs_key and any(line.digest == NO_DIGEST for line in log):
        return "erased"
    return None


def write_mended(session: Session, regrade_id: int, lines: Sequence[Mended], at: datetime) -> None:
    """Append the grades that are different, and let first tries say what is known now."""
    different = [line for line in lines if line.is_different]
    if not different:
        return
    graded = [(line.attempt_id, graded_as(line.before, line.after, "regrade")) for line in different]
    add_grades(session, [grade_row(attempt_id, one, at, regrade_id=regrade_id) for attempt_id, one in graded])
    note_later_grades(session, {(line.attempt_id, line.slot): line.after for line in different}, at)


def graded_as(before: Graded, after: Given, cause: str) -> Graded:
    """The slot with another grade."""
    return Graded(
        slot=before.slot,
        cause=cause,
        rules=RULES,
        credit=after.credit,
        points=before.points,
        response=after.response,
        outcome=after.outcome,
        answer_key_id=after.key_id,
        first=after.first,
    )


def note_later_grades(session: Session, given: Mapping[Place, Given], at: datetime) -> None:
    """Bring first tries up to date with grades that were changed, and note when in their attempts."""
    attempts = sorted({attempt_id for attempt_id, _ in given})
    session.execute(
        update(_ATTEMPTS).where(_ATTEMPTS.c.id == bindparam("attempt")).values(regraded_at=at),
        [{"attempt": attempt_id} for attempt_id in attempts],
    )
    one = update(_FIRST_TRIES).where(
        _FIRST_TRIES.c.attempt_id == bindparam("attempt"), _FIRST_TRIES.c.slot == bindparam("number")
    )
    told: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("status", "credit", "solved", "mistake")}
    session.execute(one.values(told), [_told(place, after) for place, after in given.items()])
    for some in _in_parts(attempts):
        rests = _rests(session, some)
        if rests:
            session.execute(one.values(rest=bindparam("new_rest")), rests)


def _told(place: Place, given: Given) -> dict[str, Any]:
    first = given.first
    return {
        "attempt": place[0],
        "number": place[1],
        "new_status": first.status.value,
        "new_credit": None if first.credit is None else millionths(first.credit),
        "new_solved": is_right(given.outcome),
        "new_mistake": first.mistake,
    }


def _in_parts(attempts: Sequence[UUID], size: int = 500) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(attempts), size):
        yield attempts[start : start + size]


def _rests(session: Session, attempts: Sequence[UUID]) -> list[dict[str, Any]]:
    """What the other slots of each slot of the attempts earned at first tries, where that is not what is stored."""
    points = QuestionRevision.content.label("revision")
    found = (
        select(FirstTry.attempt_id, FirstTry.slot, FirstTry.credit, FirstTry.rest, points)
        .join(QuestionRevision, QuestionRevision.id == FirstTry.revision_id)
        .where(FirstTry.attempt_id.in_(attempts))
        .order_by(FirstTry.attempt_id, FirstTry.slot)
    )
    by_attempt: dict[UUID, list[Any]] = defaultdict(list)
    for row in session.execute(found):
        by_attempt[row.attempt_id].append(row)
    return [
        {"attempt": row.attempt_id, "number": row.slot, "new_rest": rest}
        for rows in by_attempt.values()
        for row, rest in zip(rows, rests_of([_share(row) for row in rows]), strict=True)
        if rest != row.rest
    ]


def _share(row: Any) -> tuple[Fraction | None, Fraction]:
    credit = None if row.credit is None else Fraction(row.credit, MILLION)
    return credit, Fraction(row.revision["points"])


def keep_rules(session: Session, attempt: Attempt) -> bool:
    """Grade an attempt that was just closed by the rules made for its questions meanwhile; whether there were any.

    It comes after its first tries were written: they refer to the revisions, which a rule in the making has locked,
    so that this either sees the rule or is seen by it.
    """
    ids = [row.id for row in _rules().rows(session, attempt=attempt.id)]
    for regrade in session.scalars(select(Regrade).where(Regrade.id.in_(ids)).order_by(Regrade.id)) if ids else ():
        revision = session.get_one(QuestionRevision, regrade.revision_id)
        key = session.get_one(AnswerKey, regrade.answer_key_id)
        fix = Fix(revision.question_id, revision.id, revision.content, key.id, key.content, rule_of(regrade))
        write_mended(session, regrade.id, work_out(session, fix, attempt.id), attempt.finished_at or regrade.created_at)
    return bool(ids)


def rule_of(regrade: Regrade) -> Rule:
    """The rule as it is stored."""
    return Rule(Remedy(regrade.policy), regrade.never_lower, regrade.respects_overrides)


@cache
def _rules() -> Lookup:
    meant = and_(Slot.revision_id == Regrade.revision_id, Slot.answer_key_id <= Regrade.answer_key_id)
    slots = exists().where(Slot.attempt_id == bindparam("attempt", type_=_ID), meant).correlate(Regrade)
    return Lookup(select(Regrade.id).where(slots).order_by(Regrade.id))
