"""What those who run a course can do with its own document: what it is called, who may read it, whether it is open.

Resources that units share are part of what units show; they are edited in files and seeded.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.accounts.models import AuditEntry, Enrolment, TokenCourse
from service.content import flipping
from service.content.documents import dump_document, load_course
from service.content.editing import Match
from service.content.models import Course, Unit
from service.content.publishing import PreparedCourse, Shared, course_of, prepare_course
from service.domain.mistakes import Mistake
from service.errors import Conflict, Invalid
from service.world import World

IN_IT = (Unit, Enrolment, TokenCourse)
"""What keeps a course from being deleted."""


def document_of_course(course: Course) -> dict[str, Any]:
    """The course's document, its fields in the order in which they are declared."""
    return dump_document(course_of(course.document)[0])


def read_course(raw: object) -> PreparedCourse:
    """A course that somebody wrote, through the gate that files pass. Raises `Rejected`."""
    return prepare_course(load_course(raw), (), Shared())


def read_edited_course(course: Course, raw: object) -> PreparedCourse:
    """The same course as it is to be. Raises `Rejected`, and `Invalid` for what is not changed this way."""
    present, shared = course_of(course.document)
    prepared = prepare_course(load_course(raw), (), shared)
    document = prepared.document
    if document.key != course.slug:
        raise Invalid(errors=[Mistake(("key",), f"The key of a course is written once: here it is {course.slug}.")])
    if document.time_zone != present.time_zone:
        message = (
            f"Deadlines of the units are meant in {present.time_zone}: change the time zone in the files, and seed, so "
            "that they are worked out anew."
        )
        raise Invalid(errors=[Mistake(("time_zone",), message)])
    return prepared


def create_course(session: Session, world: World, prepared: PreparedCourse) -> Course:
    """A new course without units. `Conflict` when there is one with this key."""
    if session.scalar(select(Course.id).where(Course.slug == prepared.slug)) is not None:
        raise Conflict(f"There is a course {prepared.slug} already.")
    now = world.now()
    flipping.find_or_make_course(session, prepared, now)
    flipping.update_course(session, prepared, (), now)
    return _read_again(session, prepared.slug)


def save_course(session: Session, world: World, course: Course, prepared: PreparedCourse, match: Match) -> Course:
    """The course as it is to be, at once, with its next version."""
    session.refresh(course, with_for_update=True)
    match(course.document_digest)
    flipping.update_course(session, prepared, (), world.now())
    return _read_again(session, course.slug)


def delete_course(session: Session, course: Course, match: Match) -> None:
    """Take a course away that nobody is in and nothing is in. `Conflict` for any other: it can be archived.

    What the audit trail says of it stays.
    """
    session.refresh(course, with_for_update=True)
    match(course.document_digest)
    if any(session.execute(select(model).where(model.course_id == course.id).limit(1)).first() for model in IN_IT):
        raise Conflict(
            "There are units, people or tokens in this course: it is not deleted. Archive it instead (PATCH its status "
            "to archived): students do not see it then, and all that was done stays."
        )
    session.execute(update(AuditEntry).where(AuditEntry.course_id == course.id).values(course_id=None))
    session.execute(delete(Course).where(Course.id == course.id))


def _read_again(session: Session, slug: str) -> Course:
    session.expire_all()
    return session.scalars(select(Course).where(Course.slug == slug)).one()
