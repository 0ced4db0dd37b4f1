"""`hornbook import`: questions and pages of other systems as units, with a report on every line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.cli.output import counted, database_option, opened_current, progress, read_settings, told_differences

if TYPE_CHECKING:
    from service.interchange.formats import Format
    from service.interchange.importing import Planned, Target


@click.command("import")
@click.argument("format_name", metavar="FORMAT")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--into", "folder", type=click.Path(file_okay=False, path_type=Path), help="The course's folder; or this."
)
@click.option("--course", metavar="KEY", help="A course in the database, instead of a folder.")
@database_option
@click.option("--unit", metavar="KEY", help="Put what a file holds into this unit, instead of making one of it.")
@click.option("--vocabulary", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Words of your own.")
@click.option("--dry-run", is_flag=True, help="Print the plan and the report, and write nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that were formatted by hand.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Of the report.")
def import_(  # noqa: PLR0913  its options
    format_name: str,
    path: Path,
    folder: Path | None,
    course: str | None,
    database_url: str | None,
    unit: str | None,
    vocabulary: Path | None,
    dry_run: bool,
    force: bool,
    form: str,
) -> None:
    """Make draft units of what is at PATH (a file, or a folder of them) in FORMAT: gift or hugo.

    Each file makes one unit of the course whose folder is named with --into, or which has the key --course in the
    database. What is imported again keeps its keys, and what was written by hand stays. The report says what became of
    every line; exit 1 if something could not be taken. Without --into or --course the course is the present folder.
    """
    if course is not None and folder is not None:
        raise click.UsageError("Say either --into a folder or --course of the database, not both.")
    format_ = _format(format_name, vocabulary)
    if course is None:
        planned = _into_folder(_Order(format_, path, unit, dry_run, form), folder or Path(), force=force)
    else:
        planned = _into_database(_Order(format_, path, unit, dry_run, form), course, database_url)
    if any(finding.severity == "error" for one in planned for finding in one.report.findings):
        raise SystemExit(1)


def _format(name: str, vocabulary: Path | None) -> Format:
    from service.domain.expressions import meant
    from service.interchange.formats import FORMATS, in_words_of

    if name not in FORMATS:
        there_are = ", ".join(f"{one} ({of.said})" for one, of in FORMATS.items())
        raise click.ClickException(f"“{name}” cannot be imported{meant(name, FORMATS)} There is {there_are}.")
    return in_words_of(FORMATS[name], vocabulary)


@dataclass(frozen=True)
class _Order:
    """What is to be imported: a path in a format, as units or into one; and how that is told."""

    format: Format
    path: Path
    unit: str | None
    dry_run: bool
    form: str

    def plan(self, target: Target) -> list[Planned]:
        """Read everything, and tell what will be written and what becomes of every line."""
        from service.interchange import importing

        sources = importing.find_sources(self.path, self.format)
        with progress(len(sources), f"Importing {self.path.name}") as advance:
            found, others = importing.read_sources(self.path, self.format, lambda source: advance(source.name))
        into = self.unit
        planned = importing.plan(found, target) if into is None else importing.plan_into(found, target, into)
        _tell(planned, others, self.form, dry_run=self.dry_run)
        return planned

    def say(self, text: str) -> None:
        """Tell a person something."""
        if self.form == "text":
            click.echo(text)


def _into_folder(order: _Order, folder: Path, *, force: bool) -> Sequence[Planned]:
    from service.interchange.filing import CourseFolder

    target = CourseFolder(folder)
    planned = order.plan(target)
    if not order.dry_run:
        target.write(planned, force=force)
        order.say(f"Next: hornbook lint {folder}, and hornbook seed {folder}")
    return planned


def _into_database(order: _Order, key: str, database_url: str | None) -> Sequence[Planned]:
    from service.content.operations import find_course
    from service.errors import NotFound
    from service.interchange import storing
    from service.world import World

    with opened_current(read_settings(database_url)) as database:
        with database.read() as session:
            course = find_course(session, key)
            if course is None:
                raise NotFound(f"There is no course {key}.")
            target = storing.StoredCourse(session, course)
            planned = order.plan(target)
            ready = storing.prepare(target, planned)
        if not order.dry_run:
            with database.write() as session:
                storing.store(session, World(), course, ready)
            order.say("Students see what is new once its unit is published.")
    return planned


def _said_of(planned: Planned) -> dict[str, Any]:
    differences = [{"path": list(one.path), "what": one.what} for one in planned.differences]
    return {"unit": planned.unit.unit.key, "to": planned.where, "what": planned.what, "differences": differences}


def _tell(planned: Sequence[Planned], others: Sequence[Path], form: str, *, dry_run: bool) -> None:
    """What will be written, and what becomes of every line."""
    if form == "json":
        told = [{**one.report.as_json(), **_said_of(one)} for one in planned]
        said = {"files": told, "left_alone": [str(file) for file in others]}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    for one in planned:
        click.echo("\n".join([f"  {one.what:9} {one.where}", *told_differences(one.differences), one.report.as_text()]))
    if others:
        click.echo(f"Left alone, as none of them is a unit's: {counted(len(others), 'file')}")
        for file in others:
            click.echo(f"  {file}")
    whats = Counter(one.what for one in planned)
    click.echo(", ".join(f"{whats[what]} {what}" for what in ("added", "changed", "unchanged")) + " (units)")
    if dry_run:
        click.echo("Nothing was written (--dry-run).")
