"""Who there is: people, what they are in a course, and the tokens that speak for them."""

from __future__ import annotations

from datetime import datetime
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


class TokenCourse(Base):
    """A course an integration token is good for."""

    __tablename__ = "token_courses"
    __table_args__ = (Index(None, "course_id"),)

    token_id: Mapped[UUID] = mapped_column(ForeignKey("tokens.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        Serial, ForeignKey("courses.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
