"""What a student says of a reading; everything else about progress is read off other tables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class ReadingMark(Base):
    """How far a student is with a reading; no mark means unread."""

    __tablename__ = "reading_marks"
    __table_args__ = (
        CheckConstraint("state IN ('unread', 'opened', 'done')", name="state"),
        Index(None, "user_id", "course_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True)
    reading_id: Mapped[UUID] = mapped_column(ForeignKey("readings.id", ondelete="RESTRICT"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="RESTRICT"))
    state: Mapped[str] = mapped_column(String(8))
    minutes: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
