"""More time, what was done with attempts, hints, self-assessments; overdue attempts are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make tables that only ever grow, and the index."""
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "extensions",
        sa.Column("id", serial, nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("factor", sa.String(length=16), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_extensions_actor_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_extensions_quiz_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_extensions_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_extensions_quiz_id_user_id_id"), ["quiz_id", "user_id", "id"], unique=False
        )
    op.create_table(
        "attempt_events",
        sa.Column("id", serial, nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_was_seen", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('void', 'reopening')", name=op.f("ck_attempt_events_kind")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_attempt_events_actor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_events_attempt_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_events")),
    )
    with op.batch_alter_table("attempt_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_events_attempt_id_id"), ["attempt_id", "id"], unique=False)
    op.create_table(
        "hints_taken",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id", "slot"],
            ["slots.attempt_id", "slots.number"],
            name=op.f("fk_hints_taken_attempt_id_slot"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("attempt_id", "slot", "number", name=op.f("pk_hints_taken")),
    )
    op.create_table(
        "self_assessments",
        sa.Column("id", serial, nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("ticked", sa.Text(), nullable=False),
        sa.Column("points", sa.String(length=32), nullable=False),
        sa.Column("possible", sa.String(length=32), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id", "slot"],
            ["slots.attempt_id", "slots.number"],
            name=op.f("fk_self_assessments_attempt_id_slot"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessments")),
    )
    with op.batch_alter_table("self_assessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_self_assessments_attempt_id_slot_id"), ["attempt_id", "slot", "id"])
    op.create_index(
        "ix_attempts_overdue",
        "attempts",
        ["deadline_at"],
        unique=False,
        sqlite_where=sa.text("state = 'in_progress'"),
        postgresql_where=sa.text("state = 'in_progress'"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_attempts_overdue", "attempts")
    op.drop_table("self_assessments")
    op.drop_table("hints_taken")
    op.drop_table("attempt_events")
    op.drop_table("extensions")
