"""The schema of the database: which revision it has, which one this code needs, and the way between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

# Importing the models is what puts their tables into the metadata.
from service.accounts import models as accounts
from service.content import models as content
from service.db import Base, Database
from service.progress import models as progress
from service.quizzes import models as quizzes
from service.web import idempotency

if TYPE_CHECKING:
    from alembic.config import Config

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


def upgrade(database: Database, afterwards: Callable[[Session], object] | None = None) -> None:
    """Bring the schema to this code's revision, in one transaction, one server at a time.

    `afterwards` is done in the same transaction, by whoever upgrades a database that had a schema: it happens with
    the upgrade or not at all, whatever dies in between.
    """
    with database.engine.execution_options(hornbook_writes=True).connect() as connection, _unwatched(connection):
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        before = _state(connection)
        if before in {State.EMPTY, State.BEHIND}:
            from alembic import command  # noqa: PLC0415  takes a second, and only those who migrate need it

            command.upgrade(configuration(connection), "head")
        if before is State.BEHIND and afterwards is not None:
            with Session(connection) as session:
                afterwards(session)
                session.flush()


@contextmanager
def _unwatched(connection: Connection) -> Iterator[None]:
    """A transaction in which SQLite lets a table that others refer to be made anew, and looks at the end.

    To change a column there, the table has to be copied; see SQLite's documentation of ALTER TABLE.
    """
    if connection.dialect.name != "sqlite":
        with connection.begin():
            yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            yield
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("the upgrade would have left rows that refer to nothing; nothing was changed")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, made here so that it is the same in a checkout and in an installed package."""
    from alembic.config import Config  # noqa: PLC0415  as above

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def revision(database: Database) -> str | None:
    """The revision that the database has; None of an empty one."""
    with database.engine.connect() as connection:
        return _revision(connection)


def newest_revision() -> str:
    """The revision that this code needs."""
    return _revisions()[0]


def standing(present: str | None) -> State:
    """How a database of this revision relates to this code."""
    if present is None:
        return State.EMPTY
    if present == newest_revision():
        return State.CURRENT
    return State.BEHIND if present in _revisions() else State.AHEAD


def _state(connection: Connection) -> State:
    return standing(_revision(connection))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def next_revision() -> str:
    """The revision that a migration written now has."""
    return f"{int(newest_revision()) + 1:04}"


@cache
def _revisions() -> list[str]:
    """Every known revision, newest first: a migration's file begins with its revision, and they are counted up."""
    files = (shipped("migrations") / "versions").glob("[0-9]*_*.py")
    return sorted((file.name.partition("_")[0] for file in files), reverse=True)
