"""`hornbook seed`: courses from files, with the plan shown before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from service.cli.output import database_option, opened_current, read_settings
from service.content.publishing import PreparedCourse
from service.db import Database
from service.schema import shipped
from service.seeding import operations
from service.seeding.loader import load_folder
from service.seeding.operations import Change
from service.world import World

SHOWN = 40
"""How many changes are listed one by one."""


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print the plan and change nothing.")
@database_option
def seed(path: Path | None, dry_run: bool, database_url: str | None) -> None:
    """Bring the courses at PATH (or those that come with Hornbook) into the database.

    Unchanged content writes nothing. What a unit's file no longer holds is archived, never deleted, and students'
    attempts and marks stay as they are.
    """
    with opened_current(read_settings(database_url)) as database:
        seed_folder(database, path or shipped("seed"), dry_run=dry_run)


def seed_folder(database: Database, path: Path, *, dry_run: bool = False) -> None:
    """Load, prepare, print the plan and, unless it is a dry run, carry it out."""
    prepared = _prepared(path)
    with database.read() as session:
        changes = operations.plan(session, prepared)
    _print(changes)
    if dry_run:
        click.echo("Nothing was changed (--dry-run).")
    else:
        done = operations.seed(database, World(), prepared)
        click.echo("Nothing to do." if all(one.what == "unchanged" for one in done) else "Done.")


def _prepared(path: Path) -> list[PreparedCourse]:
    courses = load_folder(path)
    units = sum(len(course.units) for course in courses)
    with click.progressbar(length=units, label=f"Reading {path.name}", item_show_func=lambda key: key or "") as bar:
        return operations.prepare(courses, lambda key: bar.update(1, key))


def _print(changes: Sequence[Change]) -> None:
    counts = Counter(change.what for change in changes if change.unit is not None)
    click.echo(", ".join(f"{counts[what]} {what}" for what in ("added", "changed", "unchanged")) + " (units)")
    news = [change for change in changes if change.what != "unchanged"]
    for change in news[:SHOWN]:
        click.echo(f"  {change.what:8} {'/'.join(filter(None, (change.course, change.unit)))}  {change.title}")
    if len(news) > SHOWN:
        click.echo(f"  … and {len(news) - SHOWN} more")
