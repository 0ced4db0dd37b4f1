"""The schema of the database: which revision it has, which one this code needs, and the way between."""

from __future__ import annotations

from enum import Enum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

# Importing the models is what puts their tables into the metadata.
from service.accounts import models as accounts
from service.content import models as content
from service.db import Base, Database
from service.progress import models as progress
from service.quizzes import models as quizzes
from service.web import idempotency

METADATA = Base.metadata
TABLES = (accounts, content, idempotency, progress, quizzes)

PACKAGE = Path(__file__).parent
MIGRATION_LOCK = 0x686F726E
"""The advisory lock ("horn") that makes several starting servers migrate one after the other on PostgreSQL."""


class State(Enum):
    """How the database's schema relates to this code's, each with what to do about it."""

    EMPTY = "The database is empty. Make its tables with: hornbook db upgrade"
    BEHIND = "The database is from an older Hornbook. Bring it up to date with: hornbook db upgrade"
    CURRENT = "The schema is up to date."
    AHEAD = "The database was made by a newer Hornbook than this one. Install that version or a newer one."


def shipped(name: str) -> Path:
    """A folder that is shipped with the service: inside the installed package, or beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def state(database: Database) -> State:
    """Where the database stands. Costs one look at one row."""
    with database.engine.connect() as connection:
        return _state(connection)


def upgrade(database: Database) -> None:
    """Bring the schema to this code's revision, in one transaction, one server at a time."""
    with database.engine.execution_options(hornbook_writes=True).begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        if _state(connection) in {State.EMPTY, State.BEHIND}:
            command.upgrade(configuration(connection), "head")


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, made here so that it is the same in a checkout and in an installed package."""
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _state(connection: Connection) -> State:
    present = MigrationContext.configure(connection).get_current_revision()
    if present is None:
        return State.EMPTY
    if present == _revisions()[0]:
        return State.CURRENT
    return State.BEHIND if present in _revisions() else State.AHEAD


@cache
def _revisions() -> list[str]:
    """Every known revision, newest first."""
    scripts = ScriptDirectory(str(shipped("migrations")))
    return [script.revision for script in scripts.walk_revisions()]
