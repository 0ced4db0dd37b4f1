"""What can be read of courses and units, by whom; publishing is in `publishing.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.content.models import Course, Quiz, Rendering, Stamp, Unit
from service.domain.roles import Principal, Role, Scope
from service.errors import Forbidden, NotFound, Unauthenticated


@dataclass(frozen=True)
class CourseSummary:
    """A course with what it holds, as a list of courses shows it."""

    course: Course
    units: int
    quizzes: int


def sees_course(caller: Principal, course_id: int, status: str, visibility: str) -> bool:
    """Whether the caller may read the course's published content. Staff see a course before it is published."""
    if caller.role_in(course_id) in {Role.INSTRUCTOR, Role.ADMIN}:
        return True
    if status != "published":
        return False
    if visibility == "public" or caller.role_in(course_id) is Role.STUDENT:
        return True
    return Scope.UNITS_READ in caller.scopes and course_id in caller.courses


def missing(caller: Principal) -> NotFound | Unauthenticated:
    """What is said of an object that is not there or not the caller's to see: the same in both cases.

    Somebody without a token is asked for one; that too says nothing about the object.
    """
    return Unauthenticated() if caller.is_anonymous else NotFound()


def get_course(session: Session, caller: Principal, slug: str) -> Course:
    """The course, if the caller may see it."""
    course = session.scalar(select(Course).where(Course.slug == slug))
    if course is None or not sees_course(caller, course.id, course.status, course.visibility):
        raise missing(caller)
    return course


def get_course_run_by(session: Session, caller: Principal, slug: str) -> Course:
    """The course, if the caller is its instructor or an admin; a student of it is told so, others see nothing."""
    course = get_course(session, caller, slug)
    if caller.role_in(course.id) not in {Role.INSTRUCTOR, Role.ADMIN}:
        raise Forbidden("Only an instructor of the course may do this.")
    return course


def find_course(session: Session, slug: str) -> Course | None:
    """The course with this slug, whoever asks: for commands, which run as the operator."""
    return session.scalar(select(Course).where(Course.slug == slug))


def get_course_summary(session: Session, caller: Principal, slug: str) -> CourseSummary:
    """One course with its counts."""
    course = get_course(session, caller, slug)
    course, units, quizzes = session.execute(_summaries().where(Course.id == course.id)).one()
    return CourseSummary(course, units, quizzes)


def list_courses(session: Session, caller: Principal, *, after: str | None, limit: int) -> Sequence[CourseSummary]:
    """The courses the caller may see, by slug, from the one behind `after`; at most `limit`, counts included."""
    found = _summaries().where(_visible_to(caller)).order_by(Course.slug).limit(limit)
    if after is not None:
        found = found.where(Course.slug > after)
    return [CourseSummary(course, units, quizzes) for course, units, quizzes in session.execute(found)]


def list_units(
    session: Session, course: Course, *, since: int, after: tuple[str, int] | None, limit: int
) -> Sequence[Unit]:
    """The course's published units that changed after version `since`, in order; at most `limit`.

    `after` is the sort and id of the last one seen.
    """
    found = select(Unit).where(Unit.course_id == course.id, Unit.status == "published", Unit.course_version > since)
    if after is not None:
        sort, unit_id = after
        found = found.where(or_(Unit.sort > sort, (Unit.sort == sort) & (Unit.id > unit_id)))
    return session.scalars(found.order_by(Unit.sort, Unit.id).limit(limit)).all()


@dataclass(frozen=True)
class Rendered:
    """What was rendered when a unit was published: the bytes of an answer, their tag, and the state of the course."""

    body: bytes
    etag: str
    stamp: Stamp


STAMP = (Course.id, Course.version, Course.status, Course.visibility, Course.updated_at)
"""The columns of a course's `stamp`, in its order."""


def get_rendered_unit(session: Session, caller: Principal, slug: str, key: str) -> Rendered:
    """The published unit. One statement."""
    return _published(session, caller, slug, key, Rendering.unit)


def get_rendered_reading_list(session: Session, caller: Principal, slug: str, key: str) -> Rendered:
    """The published unit's reading list. One statement."""
    return _published(session, caller, slug, key, Rendering.reading_list)


def _published(
    session: Session, caller: Principal, slug: str, key: str, body: InstrumentedAttribute[bytes]
) -> Rendered:
    row = session.execute(
        select(body, Rendering.etag, *STAMP)
        .select_from(Unit)
        .join(Course, Course.id == Unit.course_id)
        .join(Rendering, Rendering.version_id == Unit.published_version_id)
        .where(Course.slug == slug, Unit.key == key, Unit.status == "published")
    ).first()
    if row is None or not sees_course(caller, row.id, row.status, row.visibility):
        raise missing(caller)
    return Rendered(row[0], row.etag, Stamp(*row[2:]))


def _summaries() -> Select[Course, int, int]:
    units = (
        select(func.count())
        .select_from(Unit)
        .where(Unit.course_id == Course.id, Unit.status == "published")
        .scalar_subquery()
    )
    quizzes = (
        select(func.count())
        .select_from(Quiz)
        .join(Unit, Unit.id == Quiz.unit_id)
        .where(Unit.course_id == Course.id, Unit.status == "published", Quiz.status == "published")
        .where(Quiz.archived_at.is_(None))
        .scalar_subquery()
    )
    return select(Course, units.label("units"), quizzes.label("quizzes"))


def _visible_to(caller: Principal) -> ColumnElement[bool]:
    """`sees_course` as a condition, so that a page of a list is full."""
    if caller.is_admin:
        return true()
    taught = [course_id for course_id, role in caller.roles.items() if role is Role.INSTRUCTOR]
    attended = [course_id for course_id, role in caller.roles.items() if role is Role.STUDENT]
    bound = list(caller.courses) if Scope.UNITS_READ in caller.scopes else []
    published = Course.status == "published"
    return or_(
        Course.id.in_(taught),
        published & Course.id.in_(attended + bound),
        published & (Course.visibility == "public"),
    )


def list_every_course(session: Session) -> list[Course]:
    """All courses, whoever asks: for commands."""
    return list(session.scalars(select(Course).order_by(Course.slug)))


def has_courses(session: Session) -> bool:
    """Whether there is any course at all."""
    return session.scalar(select(Course.id).limit(1)) is not None
