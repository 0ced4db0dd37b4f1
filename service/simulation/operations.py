"""Filling a course with a simulated class, student by student, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.accounts import operations as accounts
from service.accounts.models import Enrolment, User
from service.domain.roles import Principal, Role
from service.simulation.course import Syllabus
from service.simulation.people import Person, make_person
from service.simulation.term import WEEK, Life, Term
from service.simulation.world import SimulatedWorld

ISSUER = "hornbook demo"
"""What simulated students are known by: no LMS is called so."""


@dataclass(frozen=True)
class KnownClass:
    """What there is of a class already: the numbers of its students, and when their term began."""

    numbers: Collection[int]
    begins: datetime | None


def count_real_students(session: Session, others: Collection[str] = ()) -> int:
    """How many people are students of any course; the logins of `others` are nobody's."""
    found = select(func.count(User.id.distinct())).join(Enrolment, Enrolment.user_id == User.id)
    is_real = or_(User.issuer.is_(None), User.issuer != ISSUER)
    return session.scalar(found.where(Enrolment.role == Role.STUDENT, is_real, User.login.not_in(others))) or 0


def find_class(session: Session, course_id: int, seed: int) -> KnownClass:
    """The class of this seed, as far as it has been made."""
    found = (
        select(User.external_id, Enrolment.created_at)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(User.issuer == ISSUER, User.external_id.startswith(f"{seed}-"), Enrolment.course_id == course_id)
    )
    rows = session.execute(found).all()
    numbers = {int(row.external_id.partition("-")[2]) for row in rows if row.external_id is not None}
    return KnownClass(numbers, min((row.created_at for row in rows), default=None))


def term_of(syllabus: Syllabus, known: KnownClass, now: datetime) -> Term:
    """A week for each unit, the last ending now; a class that has begun goes on in its own term."""
    length = len(syllabus.weeks) * WEEK
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begins = known.begins.replace(hour=0, minute=0, second=0, microsecond=0) if known.begins else midnight - length
    return Term(begins, begins + length)


def simulate_student(session: Session, syllabus: Syllabus, seed: int, number: int, term: Term) -> None:
    """Make student `number` of the class, or take who is known from another course, and let the term pass."""
    name = f"{seed}/{syllabus.slug}/{number}"
    person = make_person(seed, number)
    world = SimulatedWorld(name, term.begins)
    user = _find_or_make(session, world, seed, person)
    accounts.enrol(session, world, user, syllabus.course_id, Role.STUDENT)
    Life(
        session=session,
        world=world,
        caller=Principal(user_id=user.id, roles=MappingProxyType({syllabus.course_id: Role.STUDENT})),
        person=person,
        syllabus=syllabus,
        chance=Random(f"{name}/life"),
        leaves_at=term.begins + (term.ends - term.begins) * person.stays - timedelta(minutes=1),
    ).live(term)


def _find_or_make(session: Session, world: SimulatedWorld, seed: int, person: Person) -> User:
    external_id = f"{seed}-{person.number}"
    user = session.scalar(select(User).where(User.issuer == ISSUER, User.external_id == external_id))
    if user is None:
        user = accounts.create_user(session, world, login=f"sim{seed}-{person.number:03d}", name=person.name)
        user.issuer, user.external_id = ISSUER, external_id
    return user
