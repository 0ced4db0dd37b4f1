"""Who is in a course, as what: read, and changed by those whom the table of `domain.enrolling` lets change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.models import Enrolment, User
from service.domain.enrolling import ONLY_STUDENTS, may_change
from service.domain.roles import Role
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.world import World

NOBODY = "There is nobody like that. An admin makes people: POST /admin/users."


def get_course_id(session: Session, slug: str) -> int:
    """The id of the course with this slug. Raises `NotFound`."""
    # The table, not the model: what a course is lies above this feature.
    courses = Enrolment.metadata.tables["courses"]
    course_id = session.scalar(select(courses.c.id).where(courses.c.slug == slug))
    if course_id is None:
        raise NotFound
    return int(course_id)


def list_enrolments(
    session: Session, course_id: int, *, role: str | None, after: str | None, limit: int
) -> Sequence[tuple[Enrolment, User]]:
    """Who is in the course, by login, from the one behind `after`; at most `limit`."""
    found = (
        select(Enrolment, User)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.course_id == course_id)
        .order_by(User.login)
        .limit(limit)
    )
    if role is not None:
        found = found.where(Enrolment.role == role)
    if after is not None:
        found = found.where(User.login > after)
    return [(enrolment, user) for enrolment, user in session.execute(found)]


def find_person(session: Session, named: Mapping[str, Any]) -> User:
    """The person that `user` (an id), `login`, or `issuer` with `external_id` names: exactly one of the three.

    Raises `Invalid`, which suggests nobody: who enrols one person is not told of others.
    """
    ways = {
        "user": (User.id == named.get("user"),),
        "login": (User.login == named.get("login"),),
        "external_id": (User.issuer == named.get("issuer"), User.external_id == named.get("external_id")),
    }
    used = [way for way in ways if named.get(way) is not None]
    if len(used) != 1 or ("issuer" in named) != (used == ["external_id"]):
        raise Invalid("Say who it is in one way: user (an id), or login, or external_id with its issuer.")
    person = session.scalar(select(User).where(*ways[used[0]]))
    if person is None:
        raise Invalid(NOBODY)
    return person


def enrol_person(session: Session, world: World, who: Role | None, course_id: int, person: User, role: Role) -> bool:
    """Make somebody with no part in the course a student or an instructor; tells whether they were not yet.

    Raises `Forbidden` where the table does, `Conflict` for somebody who is the other of the two.
    """
    enrolment = session.get(Enrolment, (person.id, course_id))
    before = None if enrolment is None else Role(enrolment.role)
    if not may_change(who, before, role):
        raise Forbidden(ONLY_STUDENTS)
    if before is role:
        return False
    if before is not None:
        raise Conflict(f"{person.login} is {_a(before)} of the course already. PATCH the enrolment to change that.")
    session.add(Enrolment(user_id=person.id, course_id=course_id, role=role, created_at=world.now()))
    session.flush()
    return True


def change_role(
    session: Session, who: Role | None, course_id: int, user_id: UUID, role: Role
) -> tuple[Enrolment, Role]:
    """Make a student an instructor or the other way round; tells what they were. Raises `Forbidden`, `NotFound`."""
    enrolment = _enrolment(session, course_id, user_id)
    before = Role(enrolment.role)
    if not may_change(who, before, role):
        raise Forbidden(ONLY_STUDENTS)
    enrolment.role = role
    session.flush()
    return enrolment, before


def end_enrolment(session: Session, who: Role | None, course_id: int, user_id: UUID) -> Role:
    """Take somebody out of the course; tells what they were. Their work is kept, and there again if they come back.

    Raises `Forbidden` where the table does, `NotFound` for somebody who is not in it.
    """
    enrolment = _enrolment(session, course_id, user_id)
    before = Role(enrolment.role)
    if not may_change(who, before, None):
        raise Forbidden(ONLY_STUDENTS)
    session.delete(enrolment)
    session.flush()
    return before


def _enrolment(session: Session, course_id: int, user_id: UUID) -> Enrolment:
    enrolment = session.scalar(
        select(Enrolment).where(Enrolment.course_id == course_id, Enrolment.user_id == user_id).with_for_update()
    )
    if enrolment is None:
        raise NotFound
    return enrolment


def _a(role: Role) -> str:
    return "an instructor" if role is Role.INSTRUCTOR else "a student"
