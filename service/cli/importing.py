"""`hornbook import`: questions and pages of other systems as unit files, with a report on every line."""

from __future__ import annotations

import json
from pathlib import Path

import click

from service.cli.output import progress


@click.command("import")
@click.argument("format_name", metavar="FORMAT")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--into",
    "course",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The course's folder; this folder unless set.",
)
@click.option("--dry-run", is_flag=True, help="Print the plan and the report, and write nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that were formatted by hand.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Of the report.")
def import_(format_name: str, path: Path, course: Path, dry_run: bool, force: bool, form: str) -> None:
    """Make draft units of what is at PATH (a file, or a folder of them) in FORMAT: gift.

    Each file makes one of the course's unit files, with keys that stay the same when it is imported again. The report
    says what became of every line; exit 1 if something could not be taken.
    """
    from service.domain.expressions import meant
    from service.interchange import importing
    from service.interchange.formats import FORMATS

    if format_name not in FORMATS:
        there_are = ", ".join(f"{name} ({one.said})" for name, one in FORMATS.items())
        raise click.ClickException(
            f"“{format_name}” cannot be imported{meant(format_name, FORMATS)} There is {there_are}."
        )
    importing.require_course(course)
    sources = importing.find_sources(path, FORMATS[format_name])
    with progress(len(sources), f"Importing {path.name}") as advance:
        planned = list(importing.plan(sources, course, FORMATS[format_name], lambda source: advance(source.name)))
    if form == "json":
        told = [{**one.report.as_json(), "file": str(one.target), "what": one.what} for one in planned]
        click.echo(json.dumps({"files": told}, ensure_ascii=False, indent=1))
    else:
        for one in planned:
            click.echo(f"  {one.what:9} {one.target}\n{one.report.as_text()}")
    if not dry_run:
        importing.write(planned, force=force)
    elif form == "text":
        click.echo("Nothing was written (--dry-run).")
    if any(finding.severity == "error" for one in planned for finding in one.report.findings):
        raise SystemExit(1)
