"""First tries refer to their slot and revision only: whose they are, and of what, the slot's own references hold."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SPARED = {"user_id": "users", "course_id": "courses", "question_id": "questions"}


def upgrade() -> None:
    """Every submission would look these up once more for each of its slots."""
    with op.batch_alter_table("first_tries") as first_tries:
        for column in SPARED:
            first_tries.drop_constraint(op.f(f"fk_first_tries_{column}"), type_="foreignkey")


def downgrade() -> None:
    """Have them looked up again."""
    with op.batch_alter_table("first_tries") as first_tries:
        for column, table in SPARED.items():
            first_tries.create_foreign_key(
                op.f(f"fk_first_tries_{column}"), table, [column], ["id"], ondelete="RESTRICT"
            )
