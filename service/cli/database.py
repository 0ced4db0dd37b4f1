"""`hornbook db`: the schema of the database."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from service import schema
from service.cli.output import counted, database_option, opened, opened_current, progress, read_settings


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@database_option
def upgrade(database_url: str | None) -> None:
    """Bring the schema up to date; harmless when it is."""
    with opened(read_settings(database_url), make=True) as database:
        before = schema.state(database)
        schema.upgrade(database, afterwards=rebuild_projections)
        after = schema.state(database)
    if after is not schema.State.CURRENT:
        raise click.ClickException(after.value)
    click.echo("Nothing to do: the schema is up to date." if before is after else "The schema is up to date now.")


@db.command()
@database_option
def rebuild(database_url: str | None) -> None:
    """Work out once more, from what students sent, all that progress and statistics are read off.

    It changes nothing unless something was damaged: the same log always gives the same rows.
    """
    with opened_current(read_settings(database_url)) as database, database.write() as session:
        attempts = rebuild_projections(session)
    click.echo(f"{counted(attempts, 'finished attempt')} gone through.")


def rebuild_projections(session: Session) -> int:
    """Make every projection again; tells of how many finished attempts."""
    from service.content.rebuilding import rebuild_outlines
    from service.quizzes.operations.rebuilding import count_finished, rebuild_first_tries

    for _ in rebuild_outlines(session):
        pass
    attempts = count_finished(session)
    with progress(attempts, "Going through attempts") as advance:
        for _ in rebuild_first_tries(session):
            advance("")
    return attempts


@db.command()
@database_option
def status(database_url: str | None) -> None:
    """Say how the schema relates to this version of Hornbook; exit 1 unless it is up to date."""
    with opened(read_settings(database_url)) as database:
        state = schema.state(database)
    click.echo(state.value)
    if state is not schema.State.CURRENT:
        raise SystemExit(1)


@db.command()
@click.argument("message")
@database_option
def revision(message: str, database_url: str | None) -> None:
    """Write a migration from what the models have that the database has not (for developers)."""
    from alembic import command

    with opened(read_settings(database_url), make=True) as database, database.engine.begin() as connection:
        command.revision(schema.configuration(connection), message, autogenerate=True, rev_id=schema.next_revision())
