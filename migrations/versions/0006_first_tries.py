"""First tries, read off the log: what progress and statistics are about. `hornbook db upgrade` fills them in."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a rebuild fills it from the log."""
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "first_tries",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", serial, nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", serial, nullable=False),
        sa.Column("variant", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("credit", sa.Integer(), nullable=True),
        sa.Column("rest", sa.Integer(), nullable=True),
        sa.Column("hinted", sa.Boolean(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("mistake", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id", "slot"],
            ["slots.attempt_id", "slots.number"],
            name=op.f("fk_first_tries_attempt_id_slot"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_first_tries_course_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_first_tries_question_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["question_revisions.id"], name=op.f("fk_first_tries_revision_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_first_tries_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("attempt_id", "slot", name=op.f("pk_first_tries")),
    )
    with op.batch_alter_table("first_tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_first_tries_course_id_user_id"), ["course_id", "user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_first_tries_question_id"), ["question_id"], unique=False)


def downgrade() -> None:
    """Take the table away; the log still holds everything."""
    op.drop_table("first_tries")
