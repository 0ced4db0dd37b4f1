"""`hornbook export`: a course as canonical YAML, the way back from the database to files."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.output import database_option, opened_current, read_settings


@click.command()
@click.argument("course")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite files that were formatted by hand.")
@database_option
def export(course: str, folder: Path | None, force: bool, database_url: str | None) -> None:
    """Write COURSE (the key) as YAML into FOLDER, or into one of the course's name.

    Seeding it again changes nothing. Files that say the same already are left as they are, others are not overwritten
    if somebody formatted them by hand.
    """
    from service.content.operations import find_course
    from service.errors import NotFound
    from service.seeding.export import export_course, write_folder

    with opened_current(read_settings(database_url)) as database, database.read() as session:
        found = find_course(session, course)
        if found is None:
            raise NotFound(f"There is no course {course}.")
        exported = export_course(session, found)
    done = write_folder(exported, folder or Path(course), force=force)
    for file, what in done:
        if what == "written":
            click.echo(f"  written  {file}")
    written = sum(what == "written" for _, what in done)
    click.echo(f"{written} written, {len(done) - written} unchanged (files); content {exported.digest[:16]}")
