"""What an admin can do with people: make them, find them, change what is known of them, shut them out and in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.models import Enrolment, User
from service.domain.mistakes import Mistake
from service.domain.people import mistakes_of_external_id, mistakes_of_person
from service.domain.roles import Principal
from service.errors import Conflict, Invalid, NotFound
from service.world import World

NOT_ONESELF = "You cannot shut yourself out or take away your own rights; another admin has to do that."


@dataclass(frozen=True)
class Wanted:
    """Which people: all, or the one with this login, or the one with this name in another system."""

    login: str | None = None
    issuer: str | None = None
    external_id: str | None = None


def list_people(session: Session, wanted: Wanted, *, after: str | None, limit: int) -> Sequence[User]:
    """People by login, from the one behind `after`; at most `limit`."""
    found = select(User).order_by(User.login).limit(limit)
    for column in ("login", "issuer", "external_id"):
        value = getattr(wanted, column)
        if value is not None:
            found = found.where(getattr(User, column) == value)
    if after is not None:
        found = found.where(User.login > after)
    return session.scalars(found).all()


def get_person(session: Session, user_id: UUID) -> User:
    """The person with this id. Raises `NotFound`."""
    person = session.get(User, user_id)
    if person is None:
        raise NotFound
    return person


def courses_of(session: Session, user_id: UUID) -> list[dict[str, str]]:
    """What a person is in which course: [{course, role}] by course."""
    # The table, not the model: what a course is lies above this feature.
    courses = Enrolment.metadata.tables["courses"]
    rows = session.execute(
        select(courses.c.slug, Enrolment.role)
        .join(Enrolment, Enrolment.course_id == courses.c.id)
        .where(Enrolment.user_id == user_id)
        .order_by(courses.c.slug)
    )
    return [{"course": row.slug, "role": row.role} for row in rows]


def make_person(session: Session, world: World, about: Mapping[str, Any]) -> User:
    """A new person: login, name, and as wanted issuer and external_id, is_admin.

    Raises `Invalid` for what cannot be, `Conflict` where the login or the external_id is somebody's.
    """
    person = User(id=world.fresh_id(), created_at=world.now(), **about)
    _require_possible(session, person)
    session.add(person)
    session.flush()
    return person


def change_person(session: Session, world: World, caller: Principal, person: User, about: Mapping[str, Any]) -> User:
    """Change what is given of login, name, issuer, external_id, is_admin and disabled."""
    changes = dict(about)
    disabled = changes.pop("disabled", None)
    if caller.user_id == person.id and (disabled or changes.get("is_admin") is False):
        raise Conflict(NOT_ONESELF)
    for name, value in changes.items():
        setattr(person, name, value)
    if disabled is not None:
        person.disabled_at = (person.disabled_at or world.now()) if disabled else None
    with session.no_autoflush:
        _require_possible(session, person)
    session.flush()
    return person


def disable_person(session: Session, world: World, caller: Principal, person: User) -> User:
    """Shut a person out, at once and on every worker. What they did is kept; again, nothing changes."""
    return change_person(session, world, caller, person, {"disabled": True})


def _require_possible(session: Session, person: User) -> None:
    mistakes: list[Mistake] = [
        *mistakes_of_person(person.login, person.name),
        *mistakes_of_external_id(person.issuer, person.external_id),
    ]
    if mistakes:
        raise Invalid(" ".join(mistake.message for mistake in mistakes), mistakes)
    others = select(User.id).where(User.id != person.id)
    if session.scalar(others.where(User.login == person.login)) is not None:
        raise Conflict(f"There is already a user with the login {person.login}.")
    same = others.where(User.issuer == person.issuer, User.external_id == person.external_id)
    if person.external_id is not None and session.scalar(same) is not None:
        raise Conflict(f"There is already a user with the external_id {person.external_id} of {person.issuer}.")
