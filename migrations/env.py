"""How Alembic reaches the database: always through a connection that `service.schema` opened and locked."""

from typing import Any, Literal

from alembic import context

from service.db import Json, Moment
from service.schema import METADATA


def plain_type(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what they are in the database: a migration must not change when the code does."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Json):
        return "sa.Text()"
    return False


connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run migrations with: hornbook db upgrade (or make one with: hornbook db revision)")

# Batch mode lets SQLite, which cannot alter a constraint in place, follow the same migrations.
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
