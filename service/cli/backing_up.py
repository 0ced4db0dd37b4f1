"""`hornbook backup` and `hornbook restore`: copies of the database, made under load and put back in one step."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from service import schema
from service.cli.output import counted, database_option, name_of, opened, read_settings
from service.db import sqlite_path
from service.settings import Settings
from service.upkeep.findings import in_bytes

if TYPE_CHECKING:
    from service.upkeep.sqlite_files import Content


@click.command()
@click.argument("target", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@database_option
def backup(target: Path, force: bool, database_url: str | None) -> None:
    """Copy the database to FILE, or into FOLDER under a name with the time, while the server goes on.

    Every answer that was acknowledged before is in the copy, which is checked before it is given its name.
    PostgreSQL is copied by pg_dump, where that is installed.
    """
    from service.upkeep.last_backup import Backup, note

    settings = read_settings(database_url)
    now = datetime.now(UTC)
    file = _named(target, settings, now, force=force)
    began = monotonic()
    told = _copied(settings, file)
    size = file.stat().st_size
    click.echo(f"{file}: {in_bytes(size)} in {monotonic() - began:.1f} s. {told}")
    try:
        note(settings.data_dir, name_of(settings), Backup(str(file.resolve()), now.isoformat(), size))
    except OSError as failure:
        click.echo(f"hornbook doctor will not know of it: {failure}.", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@database_option
def restore(file: Path, yes: bool, database_url: str | None) -> None:
    """Put the backup FILE in the place of the database, which is kept beside it. Stop the server first.

    Says what is there and what will be, and asks. For PostgreSQL it says which commands to use.
    """
    from service.upkeep.sqlite_files import look_into, refuse_live
    from service.upkeep.sqlite_files import restore as put_back

    settings = read_settings(database_url)
    target = sqlite_path(settings.database_url)
    if target is None:
        raise click.ClickException(_how_postgres_does_it(settings, file))
    if target.exists() and target.samefile(file):
        raise click.ClickException(f"{file} is the database itself, not a backup of it.")
    refuse_live(file)
    content = look_into(file)
    state = schema.standing(content.revision)
    if state in {schema.State.EMPTY, schema.State.AHEAD}:
        raise click.ClickException(
            f"{file} is no backup of Hornbook's." if state is schema.State.EMPTY else state.value
        )
    _announce(target, file, content)
    if not yes:
        click.confirm("Go on?", abort=True)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = put_back(file, target, datetime.now(UTC))
    click.echo(f"{target} is the backup now." + (f" What it was before is {kept}." if kept else ""))
    if state is schema.State.BEHIND:
        click.echo(state.value)


def _named(target: Path, settings: Settings, now: datetime, *, force: bool) -> Path:
    """The file to write; refused where it would destroy something."""
    ending = "dump" if sqlite_path(settings.database_url) is None else "db"
    file = target / f"hornbook-{now:%Y%m%dT%H%M%SZ}.{ending}" if target.is_dir() else target
    if not file.parent.is_dir():
        raise click.ClickException(f"There is no folder {file.parent}. Make it, or choose another.")
    source = sqlite_path(settings.database_url)
    if source is not None and source.exists() and file.exists() and source.samefile(file):
        raise click.ClickException(f"{file} is the database itself. Choose another name.")
    if file.exists() and not force:
        raise click.ClickException(f"{file} is there already. Choose another name, or say --force.")
    return file


def _copied(settings: Settings, file: Path) -> str:
    """Make the copy, and say what is in it."""
    from service.upkeep.postgres_dumps import dump
    from service.upkeep.sqlite_files import copy

    source = sqlite_path(settings.database_url)
    # Looks whether there is a database, and says so as every command does.
    with opened(settings) as database:
        if schema.state(database) is schema.State.EMPTY:
            raise click.ClickException(f"{name_of(settings)} is empty: there is nothing to keep.")
        if source is not None:
            return f"{_told(copy(source, file))}; integrity and foreign keys are as they should be."
        dump(settings.database_url, file)
    return "pg_restore can read it."


def _how_postgres_does_it(settings: Settings, file: Path) -> str:
    from service.upkeep.postgres_dumps import how_to_restore

    return (
        "PostgreSQL's own programs bring a backup back. Into a database of its own, so that the present one stays:\n"
        + how_to_restore(settings.database_url, file)
        + "\nThen stop the server, and start it with that address."
    )


def _announce(target: Path, file: Path, content: Content) -> None:
    from service.upkeep.refusing import Refused
    from service.upkeep.sqlite_files import look_into

    if target.exists():
        try:
            present = _told(look_into(target))
        except Refused as refused:
            present = str(refused)
        click.echo(f"To be replaced: {target}, {in_bytes(target.stat().st_size)}: {present}")
    click.echo(f"To be restored: {file}, {in_bytes(content.bytes)}: {_told(content)}, schema {content.revision}")


def _told(content: Content) -> str:
    from service.upkeep.sqlite_files import COUNTED

    many = {"person": "people"}
    words = [
        f"{number} {many[what]}" if what in many and number != 1 else counted(number, what)
        for what, number in ((COUNTED[table], number) for table, number in content.rows.items())
    ]
    return ", ".join(words) or "none of Hornbook's tables"
