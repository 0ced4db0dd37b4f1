"""Bringing a whole roster into a course: first what would happen, line by line; then all of it, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.accounts.models import Enrolment, User
from service.domain.enrolling import ONLY_STUDENTS, may_change
from service.domain.roles import Role
from service.domain.rosters import Roster, RosterLine, RosterMistake
from service.world import World

T = TypeVar("T")

AT_ONCE = 400
"""So many people are looked up with one statement."""


class Action(StrEnum):
    """What becomes of a line."""

    MAKE = "make"
    """There was nobody like that: the person is made and enrolled."""
    ENROL = "enrol"
    CHANGE = "change"
    """The person gets another role."""
    NOTHING = "nothing"


@dataclass(frozen=True)
class Step:
    """What becomes of one line: whom it is about, if there is such a person, and what they were in the course."""

    line: RosterLine
    action: Action
    person: User | None
    before: Role | None


@dataclass(frozen=True)
class Plan:
    """What would become of a roster; with mistakes, nothing may."""

    steps: tuple[Step, ...]
    mistakes: tuple[RosterMistake, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines come to which action."""
        found = Counter(step.action for step in self.steps)
        return {action.value: found[action] for action in Action}


def plan_roster(session: Session, course_id: int, roster: Roster, who: Role | None) -> Plan:
    """What would become of each line, for somebody with this role in the course; nothing is changed.

    Only an admin's roster makes people. A line never changes what is known of a person, and nobody is taken out.
    """
    people = _People(session, roster.lines)
    enrolments = _enrolments(session, course_id, {person.id for person in people.everybody})
    steps, mistakes = [], list(roster.mistakes)
    for line in roster.lines:
        person = people.named_by(line)
        enrolment = enrolments.get(person.id) if person else None
        before = Role(enrolment.role) if enrolment else None
        wrong = list(_mistakes(line, person, before, who))
        mistakes += [RosterMistake(line.number, column, message) for column, message in wrong]
        if not wrong:
            steps.append(Step(line, _action(line, person, before), person, before))
    return Plan(tuple(steps), tuple(sorted(mistakes)))


def apply_roster(session: Session, world: World, course_id: int, plan: Plan) -> None:
    """Do what a plan without mistakes says, in the session's transaction."""
    people = {step: step.person or _made(session, world, step.line) for step in plan.steps}
    # Those who are made have to be there before they are in a course.
    session.flush()
    for step, person in people.items():
        if step.action is Action.CHANGE:
            session.get_one(Enrolment, (person.id, course_id)).role = step.line.role
        elif step.action is not Action.NOTHING:
            session.add(Enrolment(user_id=person.id, course_id=course_id, role=step.line.role, created_at=world.now()))
    session.flush()


def _action(line: RosterLine, person: User | None, before: Role | None) -> Action:
    if person is None:
        return Action.MAKE
    if before is None:
        return Action.ENROL
    return Action.NOTHING if before is line.role else Action.CHANGE


def _mistakes(
    line: RosterLine, person: User | None, before: Role | None, who: Role | None
) -> Iterator[tuple[str, str]]:
    """(column, what is wrong)."""
    if not may_change(who, before, line.role):
        yield "role", ONLY_STUDENTS
    if person is None:
        yield from _mistakes_of_stranger(line, who)
        return
    if line.login and person.login != line.login:
        yield "login", f"The external_id is that of {person.login}. Correct one of the two."
    if line.external_id and (person.issuer, person.external_id) != (line.issuer, line.external_id):
        known = f"has the external_id {person.external_id} of {person.issuer}" if person.external_id else "has none"
        yield "external_id", f"{person.login} {known}. Correct the line, or PATCH the user first."


def _mistakes_of_stranger(line: RosterLine, who: Role | None) -> Iterator[tuple[str, str]]:
    if who is not Role.ADMIN:
        yield "login" if line.login else "external_id", "There is nobody like that; an admin can make them."
        return
    if not line.login:
        yield "login", "There is nobody like that yet; to be made, a person needs a login."
    if not line.name:
        yield "name", "There is nobody like that yet; to be made, a person needs a name."


def _made(session: Session, world: World, line: RosterLine) -> User:
    """A new person. That there is none like that was seen a moment ago; a constraint sees to the moment since."""
    person = User(
        id=world.fresh_id(),
        login=line.login,
        name=line.name,
        issuer=line.issuer or None,
        external_id=line.external_id or None,
        created_at=world.now(),
    )
    session.add(person)
    return person


class _People:
    """Those whom lines name, looked up some hundreds at a time."""

    def __init__(self, session: Session, lines: Sequence[RosterLine]) -> None:
        logins = {line.login for line in lines if line.login}
        issuers: dict[str, set[str]] = {}
        for line in lines:
            if line.external_id:
                issuers.setdefault(line.issuer, set()).add(line.external_id)
        found = _found(session, User.login, logins)
        for issuer, known in issuers.items():
            found += _found(session, User.external_id, known, User.issuer == issuer)
        self._by_login = {person.login: person for person in found}
        self._by_external_id = {
            (person.issuer or "", person.external_id): person for person in found if person.external_id is not None
        }

    @property
    def everybody(self) -> Collection[User]:
        """All of them."""
        return self._by_login.values()

    def named_by(self, line: RosterLine) -> User | None:
        """The person of a line: by external_id, if anybody has it, else by login."""
        known = self._by_external_id.get((line.issuer, line.external_id)) if line.external_id else None
        return known or self._by_login.get(line.login)


def _found(
    session: Session, column: InstrumentedAttribute[Any], names: Collection[str], *also: ColumnElement[bool]
) -> list[User]:
    """The people in whose column one of these names stands."""
    found: list[User] = []
    for some in _chunks(names):
        found += session.scalars(select(User).where(column.in_(some), *also))
    return found


def _enrolments(session: Session, course_id: int, people: Collection[UUID]) -> dict[UUID, Enrolment]:
    """What these people are in the course."""
    found: dict[UUID, Enrolment] = {}
    for some in _chunks(people):
        rows = session.scalars(select(Enrolment).where(Enrolment.course_id == course_id, Enrolment.user_id.in_(some)))
        found |= {enrolment.user_id: enrolment for enrolment in rows}
    return found


def _chunks(names: Collection[T]) -> Iterator[list[T]]:
    waiting = list(names)
    for start in range(0, len(waiting), AT_ONCE):
        yield waiting[start : start + AT_ONCE]
