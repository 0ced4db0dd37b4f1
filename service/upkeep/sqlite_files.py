"""Copies of an SQLite database: made while others write, looked at before they count, put back in one step."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import time
from urllib.parse import quote

from service.db import BUSY_SECONDS
from service.upkeep.occupancy import alone_with
from service.upkeep.refusing import Refused

COUNTED = {"courses": "course", "users": "person", "attempts": "attempt", "responses": "answer"}
"""What is told of a database: these tables, and what a row of each is."""
OTHERS = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a database while it is used, or was until a crash."""
ABANDONED = 24 * 60 * 60
"""Seconds after which an unfinished copy is nobody's any more."""


@dataclass(frozen=True)
class Content:
    """What is in a database, as far as it tells one from another."""

    bytes: int
    revision: str | None
    rows: dict[str, int]


def look_into(file: Path) -> Content:
    """What is in the file. Raises `Refused` where it is no sound database."""
    try:
        with closing(_connect(file)) as connection:
            return _content(connection, file)
    except sqlite3.Error as failure:
        raise Refused(f"{file} is no database that can be read: {failure}.") from failure


def copy(source: Path, target: Path) -> Content:
    """Copy a database as it is at one moment, whoever writes to it meanwhile; `target` appears whole or not at all.

    Its integrity and its foreign keys are looked at first. Raises `Refused`, and leaves `target` as it was.
    """
    with _unfinished(target) as part:
        content = _copy(source, part)
        part.replace(target)
    _settle(target.parent)
    return content


def restore(backup: Path, target: Path, now: datetime) -> Path | None:
    """Put a copy of `backup` in the place of `target`; where the replaced one is now, if there was one.

    Whatever happens meanwhile, `target` is the old one or the new one. Raises `Refused` while somebody uses it.
    """
    with alone_with(target), _unfinished(target) as part:
        _copy(backup, part)
        _give_to_owner(part, target if target.exists() else target.parent)
        kept = target.with_name(f"{target.name}.replaced-{now:%Y%m%dT%H%M%S%fZ}")
        with _stopped(target, kept) as was_there:
            if was_there:
                _keep(target, kept)
            part.replace(target)
    _settle(target.parent)
    return kept if was_there else None


def refuse_live(file: Path) -> None:
    """Refuse a file that is a database at work rather than a copy: part of it is in another file."""
    for other in OTHERS[:2]:
        beside = Path(f"{file}{other}")
        if beside.exists() and beside.stat().st_size:
            raise Refused(f"{file} is in use, or was until a crash ({beside.name} is beside it): it is no backup.")


def damage(connection: sqlite3.Connection) -> str | None:
    """The first thing that is wrong with a database, in words."""
    found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if found != "ok":
        return found
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    return f"a row of {broken[0]} refers to one of {broken[2]} that is not there" if broken else None


def _copy(source: Path, part: Path) -> Content:
    try:
        with closing(_connect(source)) as origin, closing(sqlite3.connect(part)) as copied:
            # Nobody waits for the disk while it is copied: it is synced once, when the original is free again.
            copied.execute("PRAGMA synchronous=OFF")
            # In one step, which sees one state. In several it would begin anew whenever somebody writes.
            origin.backup(copied)
            # So that the copy is one file, whatever the original is in the middle of.
            copied.execute("PRAGMA journal_mode=DELETE")
            content = _content(copied, source)
    except sqlite3.Error as failure:
        raise Refused(f"{source} cannot be copied: {failure}.") from failure
    with part.open("rb") as written:
        os.fsync(written.fileno())
    return content


def _content(connection: sqlite3.Connection, file: Path) -> Content:
    wrong = damage(connection)
    if wrong is not None:
        raise Refused(f"{file} is damaged: {wrong}.")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    known = "alembic_version" in tables
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    rows = {
        table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  one of `COUNTED`
        for table in COUNTED
        if table in tables
    }
    return Content(file.stat().st_size, revision[0] if revision else None, rows)


def _connect(file: Path) -> sqlite3.Connection:
    """A connection to a database that there is: it is not made."""
    return sqlite3.connect(f"file:{quote(str(file))}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None)


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A name beside `target`, for what is to be it; whatever is left there in the end goes."""
    for old in target.parent.glob(f".{target.name}.*.part*"):
        if time() - old.stat().st_mtime > ABANDONED:
            old.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)
        Path(f"{part}-journal").unlink(missing_ok=True)


@contextmanager
def _stopped(target: Path, kept: Path) -> Iterator[bool]:
    """Whether there is a database to be replaced; all of it is in one file, and nobody writes within the block."""
    if not target.exists():
        yield False
        return
    connection = _connect(target)
    try:
        _hold(connection, target)
    except sqlite3.DatabaseError:
        # It cannot be read, which may be why another is wanted. What lies beside it would be taken for the new one's.
        for other in OTHERS:
            with suppress(FileNotFoundError):
                Path(f"{target}{other}").rename(f"{kept}{other}")
    try:
        yield True
    finally:
        connection.close()


def _hold(connection: sqlite3.Connection, target: Path) -> None:
    """Bring the database into one file and lock it; `Refused` where others are at it."""
    try:
        journal = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as failure:
        raise Refused(f"{target} is in use ({failure}). Stop whatever uses it, and try again.") from failure
    if journal != "delete":
        raise Refused(f"{target} is in use. Stop whatever uses it, and try again.")


def _keep(target: Path, kept: Path) -> None:
    """Give the replaced one a second name, so that there is none but whole ones at any moment."""
    try:
        os.link(target, kept)
    except OSError:
        # A file system without links.
        shutil.copy2(target, kept)


def _give_to_owner(part: Path, example: Path) -> None:
    """Whoever serves must be able to use it, also when somebody else restores."""
    owner = example.stat()
    if example.is_file():
        part.chmod(owner.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(part, owner.st_uid, owner.st_gid)


def _settle(folder: Path) -> None:
    """Have the new name on the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
