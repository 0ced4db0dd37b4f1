"""With which version of its course a unit came to be seen: a reader who was there before has it to add."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEX = "ix_units_course_id_course_version_id"


def upgrade() -> None:
    """Add the column; of what is there already, the last change is the earliest that is known."""
    op.add_column("units", sa.Column("seen_since", sa.BigInteger(), nullable=True))
    op.execute("UPDATE units SET seen_since = course_version WHERE published_version_id IS NOT NULL")
    op.create_index(op.f(INDEX), "units", ["course_id", "course_version", "id"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(op.f(INDEX), table_name="units")
    op.drop_column("units", "seen_since")
