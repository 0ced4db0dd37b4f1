"""`hornbook user export`, `erase` and `retention`: what is stored of people, and its end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from service.cli.output import counted, database_option, opened_current, read_settings


@click.command("export")
@click.argument("login")
@click.option("--to", "file", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write it there.")
@database_option
def export_user(login: str, file: Path | None, database_url: str | None) -> None:
    """Everything that is stored of LOGIN, as JSON: what `GET /me/export` gives them."""
    from service.accounts.operations import get_user, principal_of
    from service.progress.privacy.export import export_person
    from service.progress.privacy.schemas import ExportOut
    from service.web.json import dumps
    from service.world import World

    with opened_current(read_settings(database_url)) as database, database.write() as session:
        person = principal_of(session, get_user(session, login))
        told = dumps(ExportOut().dump(export_person(session, person, World().now()))).decode()
    if file is None:
        click.echo(told)
    else:
        file.write_text(told + "\n")
        click.echo(f"Written to {file}.")


@click.command("erase")
@click.argument("login")
@click.option("--yes", is_flag=True, help="Do it. Without this, it only says what would be done.")
@database_option
def erase_user(login: str, yes: bool, database_url: str | None) -> None:
    """Take LOGIN out of what is stored, for good: name, notes, typed answers. Grades and counts stay, anonymous."""
    from service.accounts import auditing
    from service.accounts.operations import get_user
    from service.progress.privacy.erasure import erase_person
    from service.world import World

    world = World()
    with opened_current(read_settings(database_url)) as database, database.write() as session:
        person = get_user(session, login)
        erased = erase_person(session, person, world.now())
        auditing.note_command(session, world.now(), "user erase", user=person.id)
        what = (
            f"{counted(erased.tokens, 'valid token')}, {counted(erased.notes, 'note')} and "
            f"{counted(erased.answers, 'typed answer')}"
        )
        if not yes:
            session.rollback()
            click.echo(f"{login} has {what}. Nothing was changed; to erase them for good: --yes")
            return
    click.echo(f"{login} is erased, with {what}. Backups that were made before still hold them.")


@click.command("retention")
@click.option("--older-than", "days", type=click.IntRange(30), required=True, help="Days without anything new.")
@click.option("--yes", is_flag=True, help="Do it. Without this, it only says who that would be.")
@database_option
def retention(days: int, yes: bool, database_url: str | None) -> None:
    """Erase the students of whom nothing has come for so many days. Who teaches anything or is an admin stays."""
    from service.accounts import auditing
    from service.progress.privacy.erasure import erase_person, list_forgotten
    from service.world import World

    world = World()
    with opened_current(read_settings(database_url)) as database, database.write() as session:
        forgotten = list_forgotten(session, world.now() - timedelta(days=days))
        if not yes:
            for person in forgotten:
                click.echo(f"  {person.login}")
            click.echo(f"{counted(len(forgotten), 'student')} to erase. Nothing was changed; to erase them: --yes")
            return
        for person in forgotten:
            erase_person(session, person, world.now())
            auditing.note_command(session, world.now(), "user retention", user=person.id)
    click.echo(f"{counted(len(forgotten), 'student')} erased.")
