"""Of which file a unit was seeded: one that is the same need not be read again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of what is there already nobody knows, so its files are read as before."""
    op.add_column("units", sa.Column("file_digest", sa.String(64), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("units", "file_digest")
