"""What is stored of a course: immutable unit versions, and rows for all that students and progress refer to.

A unit version is the whole document and its rendered bytes, never changed once written. The rows beside it
(readings, groups, objectives, questions, quizzes) give what students refer to an identity that survives every
edit: they are matched by the author's key, archived when gone, and never deleted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Hash, Json, Ordered, Serial

STATUSES = "status IN ('draft', 'published', 'archived')"


class Stamp(NamedTuple):
    """The state of a course: answers about its content are the same while this is."""

    course_id: int
    version: int
    status: str
    visibility: str
    updated_at: datetime


class Course(Base):
    """A course; `version` goes up by one with every published change of anything in it.

    Answers about its content are kept while its `stamp` is the same: nothing in it may change without a new version.
    """

    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint(STATUSES, name="status"),
        CheckConstraint("visibility IN ('private', 'public')", name="visibility"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    slug: Mapped[str] = mapped_column(Ordered(64), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(16))
    visibility: Mapped[str] = mapped_column(String(16))
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    document_digest: Mapped[str] = mapped_column(Hash)
    version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def stamp(self) -> Stamp:
        """What all that is read of the course depends on."""
        return Stamp(self.id, self.version, self.status, self.visibility, self.updated_at)


class Unit(Base):
    """A unit: its key, what a list of units needs of it, and the pointer that publishing flips."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("course_id", "key"),
        CheckConstraint(STATUSES, name="status"),
        CheckConstraint("status <> 'published' OR published_version_id IS NOT NULL", name="published"),
        Index(None, "course_id", "sort", "id"),
        Index(None, "course_id", "course_version", "id"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    number: Mapped[str | None] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(300))
    document_digest: Mapped[str] = mapped_column(Hash)
    # Of the file it was last seeded from (`seeding/loader.py`): the same file need not be read again.
    file_digest: Mapped[str | None] = mapped_column(Hash)
    # Position, then the number in the title, then the key, padded so that one column gives the order.
    sort: Mapped[str] = mapped_column(Ordered(160))
    published_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit_versions.id", ondelete="RESTRICT", use_alter=True)
    )
    # The course's version of the last change that readers see, and of the one with which they came to see the unit.
    course_version: Mapped[int] = mapped_column(BigInteger)
    seen_since: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class UnitVersion(Base):
    """One state of a unit, complete and immutable: what an author wrote, canonical, by whom and from where."""

    __tablename__ = "unit_versions"
    __table_args__ = (UniqueConstraint("unit_id", "number"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    document_digest: Mapped[str] = mapped_column(Hash)
    origin: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]


class Rendering(Base):
    """What is served of a published version, made once: response bodies, their tag, and what completion asks for.

    `outline` is what progress needs of the unit, in ids (`outlines.py`).
    """

    __tablename__ = "renderings"

    version_id: Mapped[int] = mapped_column(
        Serial, ForeignKey("unit_versions.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    unit: Mapped[bytes] = mapped_column(LargeBinary)
    reading_list: Mapped[bytes] = mapped_column(LargeBinary)
    outline: Mapped[dict[str, Any]] = mapped_column(Json)
    etag: Mapped[str] = mapped_column(Hash)


class Keyed(Base):
    """What the rows of a unit have in common: a random id outside, the author's key inside."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(String(64))
    archived_at: Mapped[datetime | None]


class Objective(Keyed):
    """Something a student should be able to do after the unit."""

    __tablename__ = "objectives"
    __table_args__ = (UniqueConstraint("unit_id", "key"),)


class Reading(Keyed):
    """A request to read, watch or do something; what a student marks as done."""

    __tablename__ = "readings"
    __table_args__ = (UniqueConstraint("unit_id", "key"),)


class ReadingGroup(Keyed):
    """A choice between bundles of readings."""

    __tablename__ = "reading_groups"
    __table_args__ = (UniqueConstraint("unit_id", "key"),)


class Question(Keyed):
    """A question through all its revisions: which one new attempts are given, and the passages that answer it.

    `reread` is what a student is sent to after a miss, [{reading, title, url, locator}], always as the unit
    says now: a repaired link helps those who answered before it was repaired.
    """

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("unit_id", "key"),)

    revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("question_revisions.id", ondelete="RESTRICT", use_alter=True)
    )
    answer_key_id: Mapped[int | None] = mapped_column(ForeignKey("answer_keys.id", ondelete="RESTRICT", use_alter=True))
    reread: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)


class QuestionRevision(Base):
    """What is asked, as it was asked: a template with its parameters and its stimulus. Immutable."""

    __tablename__ = "question_revisions"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.id", ondelete="RESTRICT"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    content_digest: Mapped[str] = mapped_column(Hash)
    created_at: Mapped[datetime]


class AnswerKey(Base):
    """What is right, and what is said about it: read by grading and by staff, never by a student's schema.

    A revision may have several, numbered; `cause` says why this one was made.
    """

    __tablename__ = "answer_keys"
    __table_args__ = (UniqueConstraint("revision_id", "number"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id", ondelete="RESTRICT"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    content_digest: Mapped[str] = mapped_column(Hash)
    cause: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class Quiz(Keyed):
    """A quiz: its settings and which questions it asks, as its unit's document says now."""

    __tablename__ = "quizzes"
    __table_args__ = (UniqueConstraint("unit_id", "key"), CheckConstraint(STATUSES, name="status"))

    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
