"""`hornbook sweep`: closes attempts whose time is over and that nobody has looked at since."""

from __future__ import annotations

import click

from service.cli.output import counted, database_option, opened_current, progress, read_settings

AT_ONCE = 100
"""Attempts that are closed in one transaction."""


@click.command()
@click.option("--dry-run", is_flag=True, help="Say how many there are, and close none.")
@database_option
def sweep(dry_run: bool, database_url: str | None) -> None:
    """Close and grade the attempts whose time is over, as of their deadlines.

    Whoever looks at an attempt closes it as well, so this is for lists and statistics: run it every few minutes.
    """
    from service.quizzes.operations.closing import count_overdue, list_overdue, settle
    from service.world import World

    world = World()
    with opened_current(read_settings(database_url)) as database:
        with database.read() as session:
            there_are = count_overdue(session, world.now())
        if dry_run:
            click.echo(f"{counted(there_are, 'attempt')} to close. Nothing was changed (--dry-run).")
            return
        closed = 0
        with progress(there_are, "Closing") as advance:
            while True:
                with database.write() as session:
                    found = list_overdue(session, world.now(), AT_ONCE)
                    for attempt in found:
                        settle(session, attempt, world.now())
                        advance("")
                closed += len(found)
                if len(found) < AT_ONCE:
                    break
    click.echo(f"{counted(closed, 'attempt')} closed.")
