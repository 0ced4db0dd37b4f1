"""Whether a database keeps what it commits, asked of the very connections that the service uses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial

from sqlalchemy import Connection

from service.db import BUSY_SECONDS, SAFE_WAL, wal_is_safe
from service.settings import Settings
from service.upkeep.findings import Finding, Level, fine, judged

SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
LASTING_JOURNALS = {"delete", "truncate", "persist"}
LINES = 3
"""Connections that a thread has at most."""


def sqlite_promises(connection: Connection) -> Iterator[Finding]:
    """The library, and how its connections are set."""
    safe = ", ".join(".".join(map(str, one)) for one in SAFE_WAL)
    pragma = partial(_pragma, connection)
    yield fine("SQLite library", sqlite3.sqlite_version)
    journal = pragma("journal_mode")
    why = (
        "a write-ahead log, which this library keeps safely"
        if journal == "wal" and wal_is_safe()
        else f"a rollback journal: under WAL this library can lose commits (safe are {safe} and newer)"
        if journal in LASTING_JOURNALS and not wal_is_safe()
        else "not the journal that this service asks for"
    )
    yield judged(
        "journal mode",
        f"{journal}, {why}",
        journal in LASTING_JOURNALS or (journal == "wal" and wal_is_safe()),
        "Stop every program that has the database open, then run this again: the first to open it sets the mode.",
    )
    synchronous = SYNCHRONOUS[int(pragma("synchronous"))]
    yield judged(
        "synchronous",
        synchronous,
        synchronous in {"FULL", "EXTRA"},
        "Commits would be lost when the power fails. Use a library that takes PRAGMA synchronous=FULL.",
    )
    enforced = pragma("foreign_keys") == "1"
    yield judged(
        "foreign keys",
        "enforced" if enforced else "ignored",
        enforced,
        "This SQLite was built without them (SQLITE_OMIT_FOREIGN_KEY). Use a Python with another.",
    )
    waits = int(pragma("busy_timeout")) / 1000
    yield judged(
        "busy time-out",
        f"{waits:g} s",
        waits >= BUSY_SECONDS,
        "Writers that meet would be refused. Use a library that takes PRAGMA busy_timeout.",
        Level.WARNING,
    )


def _pragma(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())


def postgres_promises(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """The server, and the settings on which it depends that a commit outlasts a crash."""

    def shown(name: str) -> str:
        return str(connection.exec_driver_sql(f"SHOW {name}").scalar())

    yield fine("PostgreSQL", shown("server_version"))
    for name, lost in (
        ("fsync", "A crash of the machine would destroy the database."),
        ("full_page_writes", "A crash of the machine could leave torn pages."),
        ("synchronous_commit", "A crash would lose answers that were acknowledged."),
    ):
        value = shown(name)
        yield judged(name, value, value != "off", f"{lost} ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();")
    most = settings.workers * settings.threads * LINES
    there_are = int(shown("max_connections")) - int(shown("superuser_reserved_connections"))
    yield judged(
        "connections",
        f"at most {most} of {there_are}",
        most <= there_are,
        "Lower HORNBOOK_WORKERS or HORNBOOK_THREADS, or raise max_connections.",
        Level.WARNING,
    )
