"""`hornbook doctor`: whether this installation keeps what it is given, and what to do where it does not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from service.cli.output import counted, database_option, opened, read_settings
from service.settings import Settings

if TYPE_CHECKING:
    from service.upkeep.findings import Finding


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text unless set")
@database_option
def doctor(form: str, database_url: str | None) -> None:
    """Say how the database keeps its promises, and how this installation is set up.

    Everything that is not as it should be comes with how to mend it. Exit 1 if an answer could be lost, or nobody can
    be served; a warning is no reason.
    """
    from service.upkeep.findings import Level

    found = list(_findings(read_settings(database_url)))
    unsafe = [one for one in found if one.level is Level.UNSAFE]
    warnings = [one for one in found if one.level is Level.WARNING]
    if form == "json":
        click.echo(json.dumps({"safe": not unsafe, "findings": [*map(_as_json, found)]}, indent=1, ensure_ascii=False))
    else:
        for line in _lines(found):
            click.echo(line)
        click.echo(f"\n{len(unsafe)} unsafe, {counted(len(warnings), 'warning')}.")
    if unsafe:
        raise SystemExit(1)


def _findings(settings: Settings) -> Iterable[Finding]:
    """Everything that can be found out; what stops it is a finding, too."""
    from service.upkeep.diagnosis import database_findings, place_findings, settings_findings
    from service.upkeep.findings import Finding, Level
    from service.upkeep.refusing import Refused
    from service.world import World

    found = [*settings_findings(settings), *place_findings(settings)]
    try:
        with opened(settings) as database:
            for one in database_findings(database, settings, World().now()):
                found.append(one)  # noqa: PERF402  what was found before it breaks off is told
    except (click.ClickException, Refused) as refusal:
        says = refusal.message if isinstance(refusal, click.ClickException) else str(refusal)
        mend = "Where it is damaged: hornbook restore BACKUP."
        found.append(Finding("database", Level.UNSAFE, says, mend))
    return found


def _as_json(finding: Finding) -> dict[str, str]:
    return asdict(finding) | {"level": finding.level.value}


def _lines(found: Iterable[Finding]) -> Iterable[str]:
    """A line for each finding, and one for how to mend it."""
    from service.upkeep.findings import Level

    width = max(len(one.name) for one in found)
    marks = {Level.OK: "ok", Level.WARNING: "warning", Level.UNSAFE: "UNSAFE"}
    for one in found:
        yield f"{marks[one.level]:7}  {one.name:{width}}  {one.says}"
        if one.mend:
            yield f"{'':7}  {'':{width}}  → {one.mend}"
