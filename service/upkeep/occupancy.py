"""Who uses an SQLite database: a restore must not take the file away from under a server.

SQLite itself knows of users only while they read or write. So everything of Hornbook that opens a database holds a
shared lock on a file beside it, which the system gives back however its holders end, and a restore an exclusive one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from service.upkeep.refusing import Refused


def claim(file: Path) -> IO[bytes] | None:
    """Say that this process, and what it forks, uses the database, until what is returned is closed.

    None where nothing may be written beside it. Raises `Refused` while it is being restored.
    """
    return _lock(file, fcntl.LOCK_SH, f"{file} is being restored. Try again when that is done.")


@contextmanager
def using(file: Path | None) -> Iterator[None]:
    """The same for the length of the block; nothing for a database that is no file."""
    held = None if file is None else claim(file)
    try:
        yield
    finally:
        if held is not None:
            held.close()


@contextmanager
def alone_with(file: Path) -> Iterator[None]:
    """Keep everybody else away from the database; raises `Refused` while somebody uses it."""
    held = _lock(
        file,
        fcntl.LOCK_EX,
        f"{file} is in use. Stop the server, and whatever other command of Hornbook runs on it, and try again.",
    )
    try:
        yield
    finally:
        if held is not None:
            held.close()


def _lock(file: Path, kind: int, otherwise: str) -> IO[bytes] | None:
    try:
        held = os.fdopen(os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600), "rb")
    except OSError:
        return None
    try:
        fcntl.flock(held, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise Refused(otherwise) from None
    except OSError:
        # A file system that knows no locks cannot tell.
        held.close()
        return None
    return held
