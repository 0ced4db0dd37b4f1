"""`hornbook lint` and `hornbook coverage`: what an author may want to mend, and what serves nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.output import shown_name

if TYPE_CHECKING:
    from service.domain.coverage import Coverage
    from service.domain.linting import Rule


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text unless set")
@click.option("--explain", metavar="CODE", help="Say what a rule is for, and end; `all` for every rule.")
def lint(path: Path | None, form: str, explain: str | None) -> None:
    """Say what in the courses at PATH (this folder unless given) their author may want to mend.

    Each finding comes as file:line:column: CODE severity: message; exit 1 if one of them is an error. A unit's file
    silences a rule with a reason: lint: [{ignore: CODE, at: KEY, because: …}]; `at` is the key of something in it.
    """
    from service.seeding.linting import lint_folder
    from service.seeding.loader import UNITS

    if explain is not None:
        click.echo("\n\n".join(map(_explained, _asked_for(explain))))
        return
    root = path or Path()
    count = sum(1 for _ in root.rglob(f"{UNITS}/*.yaml")) if root.is_dir() else 1
    label = f"Linting {root.resolve().name}"
    with click.progressbar(length=count, label=label, item_show_func=shown_name, file=sys.stderr) as bar:
        findings = list(lint_folder(root, lambda file: bar.update(1, file.stem)))
    errors = sum(one.severity == "error" for one in findings)
    if form == "json":
        told = {"findings": [asdict(one) for one in findings], "errors": errors, "warnings": len(findings) - errors}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for one in findings:
            click.echo(str(one))
        click.echo(f"{_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}.")
    if errors:
        raise SystemExit(1)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _asked_for(code: str) -> Iterable[Rule]:
    from service.domain.expressions import meant
    from service.domain.linting import RULES

    if code == "all":
        return RULES.values()
    if code not in RULES:
        raise click.ClickException(f"There is no rule “{code}”{meant(code, RULES)} `--explain all` lists them.")
    return [RULES[code]]


def _explained(rule: Rule) -> str:
    return f"{rule.code} ({rule.severity})\n  {rule.title}\n  {rule.why}\n  not:  {rule.bad}\n  but:  {rule.good}"


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
def coverage(path: Path | None) -> None:
    """Print which readings and questions of the courses at PATH serve which objective, and what serves none."""
    from service.seeding.linting import coverage_of_files
    from service.seeding.loader import load_folder

    holes = 0
    for course in load_folder(path or Path()):
        for covered in coverage_of_files(course):
            click.echo(_table(covered))
            holes += covered.holes
    click.echo(f"{_counted(holes, 'hole')}.")


def _table(covered: Coverage) -> str:
    width = max((len(one.key) for one in covered.objectives), default=0)
    said = [f"{covered.unit}: {covered.title}", f"  {'objective':{width}}  readings  questions  quizzes"]
    for one in covered.objectives:
        counts = f"{len(one.readings):8}  {len(one.questions):9}  {len(one.quizzes):7}"
        lacks = f"  no {', no '.join(one.missing)}" if one.missing else ""
        said.append(f"  {one.key:{width}}  {counts}{lacks}")
    others = {
        "readings that serve nothing": covered.unused_readings,
        "questions without an objective": covered.loose_questions,
        "questions without a reading": covered.unanswered_questions,
    }
    said += [f"  {what}: {', '.join(keys)}" for what, keys in others.items() if keys]
    return "\n".join([*said, ""])
