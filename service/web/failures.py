"""What a failure of the database means to a caller: try again, somebody was faster, too large, or a mistake of ours."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from service.errors import Conflict, Invalid, Problem, Unavailable

_SQLITE_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)
_SQLITE_RACES = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
    }
)
# Classes of SQLSTATE: connection lost, rolled back by another, out of resources, lock not available, shut down.
_POSTGRES_PASSING = ("08", "40", "53", "55", "57")
_POSTGRES_RACES = ("23503", "23505")


def meaning_of(error: SQLAlchemyError) -> Problem | None:
    """The refusal to answer with; None when the failure is nobody's but ours."""
    if isinstance(error, PoolExhausted):
        return Unavailable()
    if not isinstance(error, DBAPIError):
        return None
    if error.connection_invalidated or _is_passing(error):
        return Unavailable()
    if isinstance(error, DataError):
        return Invalid("A value in the request is larger than can be stored.")
    return Conflict("Somebody else changed this at the same moment.") if _is_race(error) else None


def _is_passing(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        # The low byte is the kind of failure, the rest says more about it.
        return code & 0xFF in _SQLITE_PASSING
    state = getattr(error.orig, "sqlstate", None)
    # A connection that never came to be has no SQLSTATE.
    return isinstance(error, OperationalError) and (state is None or state.startswith(_POSTGRES_PASSING))


def _is_race(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, IntegrityError) and (code in _SQLITE_RACES or state in _POSTGRES_RACES)
