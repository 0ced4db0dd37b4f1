"""`hornbook export`: a course as canonical YAML, the way back from the database to files."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.output import database_option, opened_current, read_settings


@click.command()
@click.argument("course")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite files that were formatted by hand.")
@click.option("--format", "form", type=click.Choice(["yaml", "gift"]), default="yaml", help="yaml unless set.")
@database_option
def export(course: str, folder: Path | None, force: bool, form: str, database_url: str | None) -> None:
    """Write COURSE (the key) as YAML into FOLDER, or into one of the course's name.

    Seeding it again changes nothing. Files that say the same already are left as they are, others are not overwritten
    if somebody formatted them by hand. With --format gift, the questions of each unit as a file for Moodle, and what
    GIFT cannot say.
    """
    from service.content.operations import find_course
    from service.errors import NotFound
    from service.interchange.exporting import write_banks
    from service.seeding.export import export_course, write_folder

    with opened_current(read_settings(database_url)) as database, database.read() as session:
        found = find_course(session, course)
        if found is None:
            raise NotFound(f"There is no course {course}.")
        exported = export_course(session, found)
    if form == "gift":
        for file, findings in write_banks(exported, folder or Path(course), force=force).items():
            click.echo(f"  written  {file}")
            for one in findings:
                click.echo(f"    {one.severity}: {one.message}")
        return
    done = write_folder(exported, folder or Path(course), force=force)
    for file, what in done:
        if what == "written":
            click.echo(f"  written  {file}")
    written = sum(what == "written" for _, what in done)
    click.echo(f"{written} written, {len(done) - written} unchanged (files); content {exported.digest[:16]}")
