"""Attempts that review a question of any quiz, and what a student found easy."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'in_progress'")


def upgrade() -> None:
    """Let an attempt have a question to review in the place of a quiz; SQLite's table is made anew for that."""
    if op.get_bind().dialect.name == "sqlite":
        _copy_attempts(reviews=True)
    else:
        op.add_column("attempts", sa.Column("review_question_id", sa.Uuid(), nullable=True))
        op.alter_column("attempts", "quiz_id", nullable=True)
        op.create_foreign_key(
            op.f("fk_attempts_review_question_id"),
            "attempts",
            "questions",
            ["review_question_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        op.create_check_constraint(
            op.f("ck_attempts_purpose"), "attempts", "(quiz_id IS NULL) <> (review_question_id IS NULL)"
        )
    op.create_index(
        "uq_attempts_open_review",
        "attempts",
        ["user_id", "review_question_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "easy_marks",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id", "slot"],
            ["slots.attempt_id", "slots.number"],
            name=op.f("fk_easy_marks_attempt_id_slot"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("attempt_id", "slot", name=op.f("pk_easy_marks")),
    )


def _copy_attempts(*, reviews: bool) -> None:
    columns = "id, user_id, course_id, quiz_id, state, settings, withholds, started_at, deadline_at, finished_at"
    of_reviews: list[sa.schema.SchemaItem] = [
        sa.Column("review_question_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(quiz_id IS NULL) <> (review_question_id IS NULL)", name=op.f("ck_attempts_purpose")),
        sa.ForeignKeyConstraint(
            ["review_question_id"],
            ["questions.id"],
            name=op.f("fk_attempts_review_question_id"),
            ondelete="RESTRICT",
        ),
    ]
    op.create_table(
        "attempts_anew",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=reviews),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("withholds", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name=op.f("ck_attempts_finished")),
        sa.CheckConstraint("state IN ('in_progress', 'finished', 'void')", name=op.f("ck_attempts_state")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_attempts_course_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_attempts_quiz_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_attempts_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        *(of_reviews if reviews else ()),
    )
    op.execute(f"INSERT INTO attempts_anew ({columns}) SELECT {columns} FROM attempts")  # noqa: S608  names of columns
    op.drop_table("attempts")
    op.rename_table("attempts_anew", "attempts")
    op.create_index(op.f("ix_attempts_quiz_id"), "attempts", ["quiz_id"])
    op.create_index(op.f("ix_attempts_user_id_course_id"), "attempts", ["user_id", "course_id"])
    op.create_index("uq_attempts_open", "attempts", ["user_id", "quiz_id"], unique=True, sqlite_where=OPEN)
    op.create_index("ix_attempts_overdue", "attempts", ["deadline_at"], sqlite_where=OPEN)


def downgrade() -> None:
    """Take reviews away again, as long as there are none."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM attempts WHERE quiz_id IS NULL")):
        raise RuntimeError("There are reviews, which the older schema cannot hold: restore a backup in its place.")
    op.drop_table("easy_marks")
    op.drop_index("uq_attempts_open_review", "attempts")
    if op.get_bind().dialect.name == "sqlite":
        _copy_attempts(reviews=False)
    else:
        op.drop_constraint(op.f("ck_attempts_purpose"), "attempts")
        op.drop_column("attempts", "review_question_id")
        op.alter_column("attempts", "quiz_id", nullable=False)
