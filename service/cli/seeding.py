"""`hornbook seed`: courses from files, with the plan shown before anything is done."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

import click

from service.cli.output import SHOWN, database_option, opened_current, progress, read_settings, told_differences
from service.content.publishing import PreparedCourse
from service.db import Database
from service.domain.entries import ABSENT
from service.domain.merging import Conflict
from service.schema import shipped
from service.seeding import operations
from service.seeding.loader import load_folder
from service.seeding.planning import NONE_MADE, Change, Choices
from service.world import World

LONGEST = 70
"""Characters of a value in conflict."""
MEND = (
    "Files and database changed the same things differently, so nothing was written. Mend the files, or say whose side "
    "to take: --take files or --take database."
)


class Undecided(click.ClickException):
    """Somebody has to decide first."""

    exit_code = 3


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print the plan and change nothing.")
@click.option("--take", type=click.Choice(["files", "database"]), help="Whose side to take in conflicts.")
@click.option("--archive", is_flag=True, help="Archive units that came from files and have none any more.")
@database_option
def seed(
    path: Path | None,
    dry_run: bool,
    take: Literal["files", "database"] | None,
    archive: bool,
    database_url: str | None,
) -> None:
    """Bring the courses at PATH (or those that come with Hornbook) into the database.

    Unchanged content writes nothing. What was edited in the database since the last time is kept; where files and
    database changed the same thing differently, nothing is written (exit code 3) before --take decides. What a
    unit's file no longer holds is archived, never deleted, and students' attempts and marks stay as they are.
    """
    with opened_current(read_settings(database_url)) as database:
        seed_folder(database, path or shipped("seed"), dry_run=dry_run, choices=Choices(take, archive))


def seed_folder(database: Database, path: Path, *, dry_run: bool = False, choices: Choices = NONE_MADE) -> None:
    """Load, decide, print the plan and, unless it is a dry run, carry it out."""
    with _collecting_rarely():
        _seed_folder(database, path, dry_run, choices)


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """What was read stays until the end: a collector that looks through it again and again finds nothing."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _seed_folder(database: Database, path: Path, dry_run: bool, choices: Choices) -> None:
    prepared = _prepared(database, path)
    with database.read() as session:
        changes = operations.plan(session, prepared, choices)
    _print(changes)
    if choices.take is None and any(change.conflicts for change in changes):
        raise Undecided(MEND)
    if dry_run:
        click.echo("Nothing was changed (--dry-run).")
        return
    if all(change.is_idle for change in changes):
        operations.note_files(database, prepared)
        click.echo("Nothing to do.")
        return
    todo = sum(not change.is_idle for change in changes if change.unit is not None)
    with progress(todo, "Publishing") as advance:
        try:
            operations.seed(database, World(), prepared, choices, advance)
        except operations.Undecided:
            # Edited since the plan was made.
            raise Undecided(MEND) from None
    click.echo("Done.")


def _prepared(database: Database, path: Path) -> list[PreparedCourse]:
    files = sum(1 for _ in path.rglob("*.yaml")) if path.is_dir() else 1
    with progress(files, f"Reading {path.name}") as advance:
        courses = load_folder(path, lambda file: advance(file.name), partial(operations.seeded_files, database))
    with progress(sum(len(course.units) for course in courses), "Comparing") as advance:
        return operations.prepare(courses, advance)


def _print(changes: Sequence[Change]) -> None:
    counts = Counter(change.what for change in changes if change.unit is not None)
    usual = [f"{counts[what]} {what}" for what in ("added", "changed", "unchanged")]
    click.echo(", ".join([*usual, *(f"{counts[w]} {w}" for w in ("archived", "missing") if counts[w])]) + " (units)")
    news = [change for change in changes if change.what != "unchanged"]
    for line in (line for change in news[:SHOWN] for line in _lines(change)):
        click.echo(line)
    if len(news) > SHOWN:
        click.echo(f"  … and {len(news) - SHOWN} more")
    if counts["missing"]:
        click.echo("Units that are missing here stay as they are; --archive archives them.")


def _lines(change: Change) -> Iterator[str]:
    yield f"  {change.what:8} {'/'.join(filter(None, (change.course, change.unit)))}  {change.title}"
    yield from told_differences(change.differences)
    for conflict in change.conflicts:
        yield from _conflict(conflict)


def _conflict(conflict: Conflict) -> Iterator[str]:
    yield f"    conflict {'/'.join(conflict.path)}"
    yield f"      database: {_short(conflict.database)}"
    yield f"      files:    {_short(conflict.files)}"


def _short(value: Any) -> str:
    if value is ABSENT:
        return "(nothing)"
    text = " ".join((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
