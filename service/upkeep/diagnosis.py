"""What an installation is like and what is wrong with it: one finding after the other, each with how to mend it."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from service import schema
from service.db import Database, sqlite_path, without_password
from service.quizzes.operations.closing import count_overdue
from service.settings import Settings
from service.upkeep import last_backup
from service.upkeep.findings import Finding, Level, fine, in_bytes, judged
from service.upkeep.places import folder_findings
from service.upkeep.promises import postgres_promises, sqlite_promises

OLD = timedelta(days=7)
"""The age at which a backup is no comfort any more."""


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """The versions, and every setting as it is in force; of a secret nothing but that it is set."""
    yield fine("Hornbook", _own_version())
    yield fine("Python", platform.python_version())
    for about in fields(settings):
        value = getattr(settings, about.name)
        if about.name == "database_url":
            value = without_password(value)
        elif about.metadata["secret"]:
            value = "set" if value else None
        yield fine(f"HORNBOOK_{about.name.upper()}", "none" if value is None else value)


def _own_version() -> str:
    try:
        return version("hornbook")
    except PackageNotFoundError:
        return "a checkout that is not installed"


def place_findings(settings: Settings) -> Iterator[Finding]:
    """Where the files are."""
    file = sqlite_path(settings.database_url)
    yield from folder_findings(settings.data_dir if file is None else file.absolute().parent, file)


def database_findings(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    """What the database is like, and what is left undone in it."""
    with database.engine.connect() as connection:
        yield from sqlite_promises(connection) if database.is_sqlite else postgres_promises(connection, settings)
    revision = schema.revision(database)
    state = schema.standing(revision)
    yield judged(
        "schema",
        f"{revision or 'none'}, this code needs {schema.newest_revision()}",
        state is schema.State.CURRENT,
        state.value,
    )
    if state is schema.State.CURRENT:
        with database.read() as session:
            overdue = count_overdue(session, now)
        yield judged(
            "overdue attempts",
            f"{overdue} not closed yet",
            not overdue,
            "Run hornbook sweep every few minutes; lists and statistics do not count them before.",
            Level.WARNING,
        )
    yield backup_finding(settings.data_dir, without_password(settings.database_url), now)


def backup_finding(data_dir: Path, database: str, now: datetime) -> Finding:
    """The newest backup that this installation knows of."""
    found = last_backup.find(data_dir, database)
    if found is None:
        return Finding("last backup", Level.WARNING, "none that is known of", "hornbook backup FOLDER, once a day.")
    age = now - found.made_at
    gone = "" if Path(found.file).exists() else ", which is not there any more"
    says = f"{found.at[:16].replace('T', ' ')} UTC, {in_bytes(found.bytes)}, {found.file}{gone}"
    return judged("last backup", says, age < OLD and not gone, "hornbook backup FOLDER, once a day.", Level.WARNING)
