"""Who there is: people, what they are in a course, the tokens that speak for them, and the trail of what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Hash, Json, Serial


class User(Base):
    """A person. `external_id` is the person's name in the LMS that `issuer` stands for."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("issuer", "external_id"),
        CheckConstraint("(issuer IS NULL) = (external_id IS NULL)", name="external_pair"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str | None] = mapped_column(String(200))
    external_id: Mapped[str | None] = mapped_column(String(200))
    is_admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Enrolment(Base):
    """What a person is in one course: a student or an instructor."""

    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint("role IN ('student', 'instructor')", name="role"),
        Index(None, "course_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        Serial, ForeignKey("courses.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]


class Token(Base):
    """A bearer token: looked up by its prefix, compared by the SHA-256 of its secret, never stored.

    The secret has 256 bits, so a fast hash is enough: there is nothing to guess. A personal token acts as its
    user; an integration has scopes and courses and no user.
    """

    __tablename__ = "tokens"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (scopes IS NULL)", name="one_kind"),
        Index(None, "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    secret_hash: Mapped[str] = mapped_column(Hash)
    label: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    scopes: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class TokenCourse(Base):
    """A course an integration token is good for."""

    __tablename__ = "token_courses"
    __table_args__ = (Index(None, "course_id"),)

    token_id: Mapped[UUID] = mapped_column(ForeignKey("tokens.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        Serial, ForeignKey("courses.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )


class AuditEntry(Base):
    """One act under /admin, or one that was refused: who, what, on what, and how it ended.

    `target` holds the variables of the address, `fields` the names of what was sent, `details` what the act itself
    chose to tell: keys, ids and roles; never a secret, an answer, a text or a person's name. The actor is no foreign
    key: what was done stays told of somebody who is no longer known.
    """

    __tablename__ = "audit"
    __table_args__ = (Index(None, "course_id", "id"), Index(None, "actor", "at"))

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    course_id: Mapped[int | None] = mapped_column(Serial, ForeignKey("courses.id", ondelete="RESTRICT"))
    action: Mapped[str] = mapped_column(String(80))
    target: Mapped[dict[str, str]] = mapped_column(Json)
    fields: Mapped[list[str]] = mapped_column(Json)
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    status: Mapped[int]
    request_id: Mapped[str] = mapped_column(String(64))


class FailedTries(Base):
    """How often a client's address failed to say who it is, since when."""

    __tablename__ = "failed_tries"
    __table_args__ = (Index(None, "since"),)

    client: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime]
    count: Mapped[int]
