"""`hornbook roster`: everybody of a table into a course, after saying what becomes of each line."""

from __future__ import annotations

from pathlib import Path

import click

from service.accounts import auditing, rosters
from service.cli.output import counted, database_option, opened_current, read_settings
from service.cli.people import course_called
from service.domain.roles import Role
from service.domain.rosters import Roster, read_roster
from service.world import World

DONE = {
    rosters.Action.MAKE: "is made, and enrolled as {role}",
    rosters.Action.ENROL: "is enrolled as {role}",
    rosters.Action.CHANGE: "was {before}, is {role} now",
    rosters.Action.NOTHING: "is {role} already",
}


@click.command()
@click.argument("course")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would become of each line, and do nothing.")
@database_option
def roster(course: str, file: Path, dry_run: bool, database_url: str | None) -> None:
    """Enrol everybody of the table FILE (CSV) in COURSE; people who are not known yet are made.

    The first line names the columns: login or external_id (with issuer), and as wanted name and role. With a mistake
    at any line nothing is done. Nobody is taken out of the course.
    """
    world, read = World(), _read(file)
    with opened_current(read_settings(database_url)) as database, database.write() as session:
        course_id = course_called(session, course).id
        plan = rosters.plan_roster(session, course_id, read, Role.ADMIN)
        for step in plan.steps:
            told = DONE[step.action].format(role=step.line.role.value, before=step.before and step.before.value)
            click.echo(f"{file.name}:{step.line.number}: {step.line.shown} {told}")
        if plan.mistakes:
            for wrong in plan.mistakes:
                column = f"{wrong.column}: " if wrong.column else ""
                click.echo(f"{file.name}:{wrong.line}: {column}{wrong.message}", err=True)
            raise click.ClickException(f"{counted(len(plan.mistakes), 'mistake')}; nothing was done.")
        if not dry_run:
            rosters.apply_roster(session, world, course_id, plan)
            auditing.note_command(session, world.now(), "roster", course_id=course_id, **plan.counts)
    counts = [f"{number} to {action}" for action, number in plan.counts.items() if number and action != "nothing"]
    ending = "Nothing was done: this was a dry run." if dry_run else "Done."
    click.echo(f"{', '.join(counts) or 'Nothing to do'}. {ending}")


def _read(file: Path) -> Roster:
    try:
        return read_roster(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not UTF-8. Save the table as “CSV UTF-8”.") from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read ({error.strerror}).") from None
