"""The schema of a database as the database itself tells it, to be compared with another's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, inspect

IGNORED = {"alembic_version"}


def plain(found: Sequence[Any]) -> list[str]:
    """Things found, in an order and in words that can be compared; a condition by its text."""
    return sorted(json.dumps(one, sort_keys=True, default=str) for one in found)


def described(connection: Connection) -> dict[str, object]:
    """Every table with its columns, keys, checks and indexes, as the database itself tells it."""
    found = inspect(connection)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(table)
            },
            "primary": found.get_pk_constraint(table),
            "unique": plain(found.get_unique_constraints(table)),
            "foreign": plain(found.get_foreign_keys(table)),
            "checks": plain(found.get_check_constraints(table)),
            "indexes": plain(found.get_indexes(table)),
        }
        for table in found.get_table_names()
        if table not in IGNORED
    }
