"""What is stored of students' work: attempts with everything pinned, an append-only log of answers, grades.

Nothing here is ever changed to say something else: a slot pins what was asked and how it was shown, the log
keeps whatever a student typed, and a new grade is a new row. Only an attempt's state moves on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Hash, Json, Serial

NO_DIGEST = "0" * 64
"""The digest of what was erased: that of a short text would tell what it was."""


class Attempt(Base):
    """One student taking one quiz once, under the settings the quiz had at the start; or reviewing one question.

    `withholds`: it shows nothing about its answers before its end, so while it is open its questions are
    withheld wherever else the student might meet them.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        CheckConstraint("state IN ('in_progress', 'finished', 'void')", name="state"),
        CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="finished"),
        CheckConstraint("(quiz_id IS NULL) <> (review_question_id IS NULL)", name="purpose"),
        # One open attempt per student and quiz: two starts at once cannot make two.
        Index(
            "uq_attempts_open",
            "user_id",
            "quiz_id",
            unique=True,
            sqlite_where=text("state = 'in_progress'"),
            postgresql_where=text("state = 'in_progress'"),
        ),
        Index(
            "uq_attempts_open_review",
            "user_id",
            "review_question_id",
            unique=True,
            sqlite_where=text("state = 'in_progress'"),
            postgresql_where=text("state = 'in_progress'"),
        ),
        Index(None, "user_id", "course_id"),
        Index(None, "quiz_id"),
        Index(
            "ix_attempts_overdue",
            "deadline_at",
            sqlite_where=text("state = 'in_progress'"),
            postgresql_where=text("state = 'in_progress'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="RESTRICT"))
    quiz_id: Mapped[UUID | None] = mapped_column(ForeignKey("quizzes.id", ondelete="RESTRICT"))
    review_question_id: Mapped[UUID | None] = mapped_column(ForeignKey("questions.id", ondelete="RESTRICT"))
    state: Mapped[str] = mapped_column(String(16))
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    withholds: Mapped[bool]
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    # When a grade was last changed after the end: what is kept of a student's progress hangs on it.
    regraded_at: Mapped[datetime | None]


class Slot(Base):
    """One question of an attempt: the revision and key it is graded by, the drawn values, the order shown."""

    __tablename__ = "slots"
    __table_args__ = (Index(None, "question_id"),)

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.id", ondelete="RESTRICT"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id", ondelete="RESTRICT"))
    answer_key_id: Mapped[int] = mapped_column(ForeignKey("answer_keys.id", ondelete="RESTRICT"))
    drawn: Mapped[dict[str, Any]] = mapped_column(Json)
    layout: Mapped[dict[str, Any]] = mapped_column(Json)


class Entry(Base):
    """One line of the log: something a student sent for a slot, what became of it, and the receipt.

    `response` is canonical (author's keys, or null for a cleared answer), so that it can be graded again in any
    order and under any ids. `rev` numbers what was accepted; what was stale, late or unreadable is kept without.
    """

    __tablename__ = "responses"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["slots.attempt_id", "slots.number"], ondelete="RESTRICT"),
        CheckConstraint("kind IN ('save', 'check', 'submit')", name="kind"),
        CheckConstraint("disposition IN ('accepted', 'stale', 'late', 'after_finish')", name="disposition"),
        CheckConstraint("(disposition = 'accepted') = (rev IS NOT NULL)", name="accepted"),
        Index("uq_responses_rev", "attempt_id", "slot", "rev", unique=True),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    attempt_id: Mapped[UUID]
    slot: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    disposition: Mapped[str] = mapped_column(String(16))
    base_rev: Mapped[int | None]
    rev: Mapped[int | None]
    response: Mapped[dict[str, Any] | None] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(Hash)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(Json)
    received_at: Mapped[datetime]


class Grade(Base):
    """What a slot was worth and for which response, once more with every cause: the newest row counts.

    `cause` is a submission, a regrade (by the rule `regrade_id`) or an override (by `actor_id`, for a `reason`).
    `credit` is an exact fraction "n/d" of `points`; null when it counts for nobody: a broken variant, a dropped
    question. `first` is the outcome of the first try as it is understood since then, null where the log says it.
    """

    __tablename__ = "grades"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["slots.attempt_id", "slots.number"], ondelete="RESTRICT"),
        # An attempt is graded once; regrades have causes of their own.
        Index(
            "uq_grades_submission",
            "attempt_id",
            "slot",
            unique=True,
            sqlite_where=text("cause = 'submission'"),
            postgresql_where=text("cause = 'submission'"),
        ),
        CheckConstraint("(cause = 'regrade') = (regrade_id IS NOT NULL)", name="regrade"),
        CheckConstraint("(cause = 'override') = (reason IS NOT NULL)", name="override"),
        Index(None, "attempt_id", "slot", "id"),
        Index(
            "ix_grades_regraded",
            "regrade_id",
            sqlite_where=text("regrade_id IS NOT NULL"),
            postgresql_where=text("regrade_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    attempt_id: Mapped[UUID]
    slot: Mapped[int]
    cause: Mapped[str] = mapped_column(String(16))
    answer_key_id: Mapped[int] = mapped_column(ForeignKey("answer_keys.id", ondelete="RESTRICT"))
    rules: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16))
    credit: Mapped[str | None] = mapped_column(Text)
    points: Mapped[str] = mapped_column(String(32))
    response: Mapped[dict[str, Any] | None] = mapped_column(Json)
    outcome: Mapped[dict[str, Any]] = mapped_column(Json)
    first: Mapped[dict[str, Any] | None] = mapped_column(Json)
    regrade_id: Mapped[int | None] = mapped_column(ForeignKey("regrades.id", ondelete="RESTRICT"))
    reason: Mapped[str | None] = mapped_column(String(1000))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]


class Regrade(Base):
    """A rule by which a revision is graded once more, after the key that was pinned: also what ends later.

    It is for slots whose key is `answer_key_id` or older: what an author writes after that is not meant by it.
    `digest` is that of the difference it was applied with: the same one is applied once.
    """

    __tablename__ = "regrades"
    __table_args__ = (
        CheckConstraint("policy IN ('new_key', 'either_key', 'full_credit', 'drop_question')", name="policy"),
        UniqueConstraint("revision_id", "digest"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id", ondelete="RESTRICT"))
    answer_key_id: Mapped[int] = mapped_column(ForeignKey("answer_keys.id", ondelete="RESTRICT"))
    policy: Mapped[str] = mapped_column(String(16))
    never_lower: Mapped[bool]
    respects_overrides: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(1000))
    digest: Mapped[str] = mapped_column(String(96))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]


class FirstTry(Base):
    """What a slot of a finished attempt says of what its student knew: a projection of the log, made again at will.

    `credit` and `rest` (of the attempt's other slots, by first tries too) are in millionths, null where nothing counts.
    `variant` names the drawn values; `hinted`: a hint was taken before; `solved`: it was right in the end.
    `key_seen_at`: when the key could be seen. Whose it is and of which question is copied from attempt and slot, which
    refer to them: looked up again for each row, it would cost as much as another table.
    """

    __tablename__ = "first_tries"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["slots.attempt_id", "slots.number"], ondelete="RESTRICT"),
        Index(None, "course_id", "user_id"),
        Index(None, "question_id"),
    )

    attempt_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[UUID]
    course_id: Mapped[int] = mapped_column(Serial)
    question_id: Mapped[UUID]
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id", ondelete="RESTRICT"))
    variant: Mapped[str] = mapped_column(Hash)
    status: Mapped[str] = mapped_column(String(16))
    credit: Mapped[int | None]
    rest: Mapped[int | None]
    hinted: Mapped[bool]
    solved: Mapped[bool]
    tries: Mapped[int]
    response: Mapped[dict[str, Any] | None] = mapped_column(Json)
    mistake: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime]
    key_seen_at: Mapped[datetime | None]


class EasyMark(Base):
    """A student says that a question, right at the first try, was easy: it comes back later."""

    __tablename__ = "easy_marks"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["slots.attempt_id", "slots.number"], ondelete="RESTRICT"),
    )

    attempt_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    marked_at: Mapped[datetime]


class HintTaken(Base):
    """A hint that a student asked for, by its number from 1. It costs nothing, but what was hinted shows no mastery."""

    __tablename__ = "hints_taken"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["slots.attempt_id", "slots.number"], ondelete="RESTRICT"),
    )

    attempt_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken_at: Mapped[datetime]


class SelfAssessment(Base):
    """What a student ticked of the rubric of an open answer; points apart from graded ones. The newest row counts."""

    __tablename__ = "self_assessments"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["slots.attempt_id", "slots.number"], ondelete="RESTRICT"),
        Index(None, "attempt_id", "slot", "id"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    attempt_id: Mapped[UUID]
    slot: Mapped[int]
    ticked: Mapped[list[str]] = mapped_column(Json)
    points: Mapped[str] = mapped_column(String(32))
    possible: Mapped[str] = mapped_column(String(32))
    assessed_at: Mapped[datetime]


class Extension(Base):
    """More time at a quiz for one student: `factor` times its limit ("3/2"), another end. The newest row counts."""

    __tablename__ = "extensions"
    __table_args__ = (Index(None, "quiz_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id", ondelete="RESTRICT"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    factor: Mapped[str] = mapped_column(String(16))
    closes_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(1000))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]


class AttemptEvent(Base):
    """What somebody who runs the course did with an attempt, and why. `key_was_seen`: by its student, before that."""

    __tablename__ = "attempt_events"
    __table_args__ = (
        CheckConstraint("kind IN ('void', 'reopening')", name="kind"),
        Index(None, "attempt_id", "id"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(1000))
    until: Mapped[datetime | None]
    key_was_seen: Mapped[bool]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]
