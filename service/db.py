"""The database: one declarative base, the column types both databases agree on, and two kinds of transaction.

SQLite is the embedded default, PostgreSQL where a service outgrows one machine. Whatever is stored passes the
types below, so that both give the same verdict on the same value.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    SQLColumnExpression,
    String,
    Table,
    Text,
    TypeDecorator,
    collate,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import NullPool

from service.statements import TOLD, Lookup, insert_into, run, use

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

SAFE_WAL = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""The first safe release of each SQLite series: older ones can lose commits under WAL with several writers."""

BUSY_SECONDS = 10

IDLE_SECONDS = 1
"""How long a connection lies unused before it is tried out, which costs as much as a small statement."""


_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def canonical_json(value: object) -> str:
    """The one way a value is written as JSON: sorted keys, no spaces, no NaN; equal values give equal text."""
    return _WRITER.encode(value)


def digest_of(value: object) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: it would mean something else on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"a stored moment must be aware, not {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite hands back what it was given; say again that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value as canonical text: byte-equal on both databases, so digests of it are stable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """None is SQL NULL."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value as it was stored."""
        return None if value is None else json.loads(value)


Serial = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number the database counts up by itself."""

Hash = String(64)
"""SHA-256 in hex."""


def Ordered(length: int) -> String:  # noqa: N802  reads as a type
    """Text that both databases put in the same order: by code point, whatever the server's language is."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def by_code_point(session: Session, column: SQLColumnExpression[str]) -> ColumnElement[str]:
    """A text as both databases sort it alike, where its column is not `Ordered`: for what is read page by page."""
    return collate(column, "BINARY" if session.get_bind().dialect.name == "sqlite" else "C")


class Base(DeclarativeBase):
    """Every table of every feature, with constraints that have names."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: Moment},
    )


class Database:
    """One database and its two kinds of transaction; nothing else opens a connection.

    `pool_size` is the number of threads that may use it at once in this process.
    """

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = _engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=BUSY_SECONDS,
        )
        told: dict[str, Any] = {TOLD: self._sends}
        self._reading = self.engine.execution_options(**_READ_OPTIONS[self.is_sqlite], **told)
        self._writing = self.engine.execution_options(hornbook_writes=True, **told)
        # Connections that are never in a transaction, one for each thread that looks something up: nothing is paid
        # for taking one and giving it back.
        self._lookups = _engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).execution_options(**told)
        self._own = threading.local()
        self._lines: WeakSet[_Line] = WeakSet()
        self.watchers: list[Callable[[str], None]] = []
        """Told each statement that is sent, BEGIN included."""
        event.listen(self.engine, "before_cursor_execute", lambda _c, _cursor, text, *_rest: self._sends(text))

    def _sends(self, statement: str) -> None:
        for watcher in self.watchers:
            watcher(statement)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state of the database throughout and changes nothing."""
        with Session(self._reading, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits when the block ends and rolls back when it raises.

        On SQLite the write lock is taken at once, so a transaction cannot fail half-way for want of it.
        """
        # The transaction is the connection's: a session that nobody needs for objects costs next to nothing.
        with (
            self._writing.connect() as connection,
            connection.begin(),
            Session(connection, expire_on_commit=False) as session,
        ):
            use(connection, session)
            yield session
            if session.in_transaction():
                session.commit()

    @contextmanager
    def at_once(self) -> Iterator[Session]:
        """No transaction: each statement of `service.statements` is one by itself, and done when it returns."""
        try:
            yield self._line().session
        except DBAPIError:
            self._drop_line()
            raise

    def look_up(self, lookup: Lookup, **values: Any) -> Sequence[Any]:
        """The rows of a lookup as of now, outside of any transaction, by nothing but the driver."""
        compiled = lookup.compiled_for(self._lookups.dialect)
        try:
            cursor = self._line().cursor
            self._sends(compiled.text)
            cursor.execute(compiled.text, compiled.arguments(values))
            return [compiled.read(row) for row in cursor.fetchall()]
        except (DBAPIError, self._lookups.dialect.loaded_dbapi.Error):
            self._drop_line()
        # Whatever it was, the ordinary way gets over it, or knows what it means.
        with self.read() as session:
            return session.execute(lookup.statement, values).all()

    def _line(self) -> _Line:
        """This thread's own connection for lookups; it ends with the thread."""
        line: _Line | None = getattr(self._own, "line", None)
        if line is None:
            line = self._own.line = _Line(self._lookups.connect())
            self._lines.add(line)
        return line

    def _drop_line(self) -> None:
        """Whatever became of this thread's connection, the next lookup has a new one."""
        line: _Line | None = self._own.__dict__.pop("line", None)
        if line is not None:
            line.drop()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        for line in list(self._lines):
            line.drop()
        self._own, self._lines = threading.local(), WeakSet()

    def forget_connections(self) -> None:
        """After a fork: those that were open before it are the parent's, and must be neither used nor closed."""
        self.engine.dispose(close=False)
        for line in list(self._lines):
            line.connection.detach()
        self._own, self._lines = threading.local(), WeakSet()


def is_writing(session: Session) -> bool:
    """Whether this is a transaction in which something may be written."""
    return bool(session.get_bind().get_execution_options().get("hornbook_writes"))


class _Line:
    """A connection outside of any transaction, with a cursor for lookups and a session that are used over and over."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.cursor = connection.connection.cursor()
        self.session = Session(connection)
        use(connection, self.session)

    def drop(self) -> None:
        """End the connection, whatever became of it."""
        self.connection.invalidate()
        self.connection.close()


_READ_OPTIONS: dict[bool, dict[str, Any]] = {
    True: {},
    False: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


def _engine(url: str, **options: Any) -> Engine:
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    own = (
        {"connect_args": {"check_same_thread": False, "timeout": BUSY_SECONDS}}
        if is_sqlite
        else {"connect_args": {"connect_timeout": 5, "application_name": "hornbook"}}
    )
    engine = create_engine(url, **own, **options)
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_require_alive, engine.dialect))
    return engine


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = monotonic()


def _require_alive(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _fairy: object) -> None:
    """Look whether the server is still there behind a connection that was idle, as one that was just used tells."""
    if monotonic() - record.info.get("used_at", monotonic()) < IDLE_SECONDS:
        return
    try:
        alive = dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        alive = False
    if not alive:
        # The pool throws away all that are as old, and makes a new one.
        raise InvalidatePoolError()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions by itself, and never an immediate one.
    connection.isolation_level = None
    journal = "WAL" if wal_is_safe() else "TRUNCATE"
    try:
        for pragma in ("foreign_keys=ON", "synchronous=FULL", f"journal_mode={journal}"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        # A connection that fails here is never given to the pool, which would close it.
        connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("hornbook_writes", False)
    run(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")


def wal_is_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite library keeps every commit under WAL (the fix and its back-ports: `SAFE_WAL`)."""
    same_series = [first for first in SAFE_WAL if first[:2] == version[:2]]
    return version >= (same_series[0] if same_series else SAFE_WAL[0])


def sqlite_path(url: str) -> Path | None:
    """The file behind an SQLite URL; None for another database or one in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def without_password(url: str) -> str:
    """The address as it may be printed."""
    parsed = make_url(url)
    secret = {name: "***" for name in ("password", "sslpassword") if name in parsed.query}
    return parsed.update_query_dict(secret).render_as_string(hide_password=True)


def insert_unless_present(session: Session, model: type[Base], values: dict[str, Any]) -> bool:
    """Insert one row unless a unique constraint already holds its like; tells whether it was inserted.

    The constraint decides, not a look beforehand, so two at once cannot both win.
    """
    table = cast(Table, model.__table__)
    added = insert_into(table, session.get_bind().dialect).values(values).on_conflict_do_nothing()
    return session.execute(added.returning(*table.primary_key)).first() is not None
