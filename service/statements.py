"""Statements that come with nearly every request: put together once, and run by nothing but the driver.

SQLAlchemy writes them, so that both databases are given what they understand; what it does at each execution costs
many times what a small statement does, and is left out. Everything else takes the ordinary way.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import (
    JSON,
    ColumnClause,
    Connection,
    Dialect,
    FromClause,
    Insert,
    Select,
    Table,
    bindparam,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningUpdate

_Statement: TypeAlias = "Select[*tuple[Any, ...]] | ReturningUpdate[*tuple[Any, ...]]"

TOLD = "hornbook_told"
"""The execution option with whom to tell of each statement that is sent."""

_CONNECTION = "connection"
_ROWS = "rows"
_as_json = JSONEncoder(ensure_ascii=False, default=str).encode
"""Rows for a database that takes them as one value; moments and ids are told as texts, which it reads."""

REMEMBERED = 1024
"""Rows of a lookup that are remembered as they were read: nearly every time they are those of the last time."""


class Lookup:
    """A SELECT, or a change that says what it changed.

    Its rows are named tuples, which nobody may change: they are given again where they are the same.
    """

    def __init__(self, statement: _Statement) -> None:
        self.statement = statement
        self._compiled: dict[str, CompiledLookup] = {}

    def compiled_for(self, dialect: Dialect) -> CompiledLookup:
        """What the driver of this dialect is given."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = CompiledLookup(self.statement, dialect)
        return compiled

    def rows(self, session: Session, **values: Any) -> list[Any]:
        """The rows, in the session's transaction."""
        connection = _connection(session)
        compiled = self.compiled_for(connection.dialect)
        with _driver(connection, compiled.text) as cursor:
            cursor.execute(compiled.text, compiled.arguments(values))
            return [compiled.read(row) for row in cursor.fetchall()]


class Addition:
    """An INSERT of rows into a table, of which nothing is asked in return: {column: value} for each of `columns`."""

    def __init__(self, table: FromClause) -> None:
        if not isinstance(table, Table):
            raise TypeError("rows are added to a table")
        # What the database counts up by itself is not given.
        self._given = [column for column in table.columns if column is not table.autoincrement_column]
        self._table = table
        self._compiled: dict[str, tuple[_Compiled, str]] = {}

    def add(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add the rows, in the session's transaction and in their order."""
        connection = _connection(session)
        name = connection.dialect.name
        if name not in self._compiled:
            self._compiled[name] = self._compile(connection.dialect)
        compiled, of_many = self._compiled[name]
        given = compiled.arguments_of_many(rows)
        text = of_many if len(given) > 1 else compiled.text
        with _driver(connection, text) as cursor:
            if len(given) == 1:
                cursor.execute(text, given[0])
            elif text is compiled.text:
                cursor.executemany(text, given)
            else:
                # The driver would put each row together, send it and wait for it by itself.
                cursor.execute(text, {_ROWS: _as_json(given)})

    def _compile(self, dialect: Dialect) -> tuple[_Compiled, str]:
        """The statement for one row, and the text of the one for many."""
        single = insert(self._table).values({column.name: bindparam(column.name) for column in self._given})
        compiled = _Compiled(single.inline(), dialect)
        if dialect.name == "sqlite":
            return compiled, compiled.text
        rows = func.json_to_recordset(bindparam(_ROWS, type_=JSON))
        table = rows.table_valued(*self._given_again()).render_derived(with_types=True)
        many = insert(self._table).from_select([column.name for column in self._given], select(*table.c))
        return compiled, str(many.compile(dialect=dialect))

    def _given_again(self) -> Iterator[ColumnClause[Any]]:
        for given in self._given:
            yield column(given.name, given.type)


class GuardedAddition:
    """An INSERT of one row that is made only where a guard finds a row to go by, and no constraint is in its way."""

    def __init__(self, table: FromClause, guard: Select[Any]) -> None:
        if not isinstance(table, Table):
            raise TypeError("rows are added to a table")
        self._given = [column for column in table.columns if column is not table.autoincrement_column]
        self._table = table
        self._guard = guard
        self._compiled: dict[str, _Compiled] = {}

    def add(self, session: Session, **values: Any) -> bool:
        """Add the row {column: value}, given what the guard asks for beside; tells whether it was added."""
        connection = _connection(session)
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = self._compiled[connection.dialect.name] = self._compile(connection.dialect)
        with _driver(connection, compiled.text) as cursor:
            cursor.execute(compiled.text, compiled.arguments(values))
            return bool(cursor.rowcount)

    def _compile(self, dialect: Dialect) -> _Compiled:
        row = [bindparam(column.name, type_=column.type).label(column.name) for column in self._given]
        guarded = self._guard.with_only_columns(*row)
        names = [column.name for column in self._given]
        added = insert_into(self._table, dialect).from_select(names, guarded).on_conflict_do_nothing()
        return _Compiled(added, dialect)


def insert_into(table: Table, dialect: Dialect) -> Any:
    """An INSERT in the words of the dialect: both know ON CONFLICT, each with a class of its own.

    The one that is not used need not be loaded.
    """
    return import_module(f"sqlalchemy.dialects.{dialect.name}").insert(table)


class _Compiled:
    """The text of a statement for one driver, and how its values go in."""

    def __init__(self, statement: _Statement | Insert, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        writers = {
            name: parameter.type.dialect_impl(dialect).bind_processor(dialect)
            for parameter, name in compiled.bind_names.items()
        }
        # Values that stand in the statement itself.
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._takes = [(name, writers[name]) for name in compiled.positiontup or writers]
        self._is_ordered = compiled.positiontup is not None

    def arguments(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them: in order, or by name."""
        given = {**self._fixed, **values} if self._fixed else values
        if self._is_ordered:
            return [given[name] if write is None else write(given[name]) for name, write in self._takes]
        return {name: given[name] if write is None else write(given[name]) for name, write in self._takes}

    def arguments_of_many(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The same for many rows of the same columns."""
        names = [name for name, _ in self._takes]
        columns = [_written([row[name] for row in rows], write) for name, write in self._takes]
        ordered = zip(*columns, strict=True)
        return list(ordered) if self._is_ordered else [dict(zip(names, row, strict=True)) for row in ordered]


def _written(values: list[Any], write: Callable[[Any], Any] | None) -> list[Any]:
    """The values as the driver takes them; one that is the very same in row after row is written once."""
    if write is None:
        return values
    written, last, taken = [], values[0], write(values[0])
    for value in values:
        if value is not last:
            last, taken = value, write(value)
        written.append(taken)
    return written


class CompiledLookup(_Compiled):
    """The same for a SELECT, and how its rows come out."""

    def __init__(self, statement: _Statement, dialect: Dialect) -> None:
        super().__init__(statement, dialect)
        columns = list(statement.exported_columns)
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        row = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]

        @lru_cache(maxsize=REMEMBERED)
        def read(raw: tuple[Any, ...]) -> Any:
            return row(
                *(value if reader is None else reader(value) for value, reader in zip(raw, readers, strict=True))
            )

        self.read = read


def use(connection: Connection, session: Session) -> None:
    """Have the session's statements of this module sent on this connection, whose transaction it is in."""
    session.info[_CONNECTION] = connection


def run(connection: Connection, text: str) -> None:
    """Have a connection's driver do what takes no values."""
    with _driver(connection, text) as cursor:
        cursor.execute(text)


def _connection(session: Session) -> Connection:
    """The connection of the session's transaction, which has been sent all that is to be written."""
    session.flush()
    connection: Connection | None = session.info.get(_CONNECTION)
    if connection is None or connection.closed:
        # To ask the session for it costs as much as a small statement.
        connection = session.info[_CONNECTION] = session.connection()
    return connection


@contextmanager
def _driver(connection: Connection, text: str) -> Iterator[Any]:
    """A cursor of the driver; what goes wrong is told as SQLAlchemy would tell it."""
    tell = connection.get_execution_options().get(TOLD)
    if tell is not None:
        tell(text)
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_told(connection, text, error) from error
    finally:
        cursor.close()


def _as_told(connection: Connection, text: str, error: Exception) -> BaseException:
    dialect = connection.dialect
    is_lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if is_lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=dialect,
    )
