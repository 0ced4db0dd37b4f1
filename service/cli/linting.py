"""`hornbook lint` and `hornbook coverage`: what an author may want to mend, and what serves nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from service.cli.output import counted, progress

if TYPE_CHECKING:
    from service.domain.coverage import Coverage
    from service.domain.linting import Rule


WIDTH = 100
"""Characters of a line that keys are broken into."""


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text unless set")
@click.option("--explain", metavar="CODE", help="Say what a rule is for, and end; `all` for every rule.")
def lint(path: Path | None, form: str, explain: str | None) -> None:
    """Say what in the courses at PATH (this folder unless given) their author may want to mend.

    Each finding comes as file:line:column: CODE severity: message; exit 1 if one of them is an error. A unit's file,
    or course.yaml for itself and resources.yaml, silences a rule with a reason: lint: [{ignore: CODE, at: KEY,
    because: …}]; `at` is the key of something in it. Of a single file, what only the other units tell is not said.
    """
    from service.seeding.linting import count_files, lint_folder

    if explain is not None:
        click.echo("\n\n".join(map(_explained, _asked_for(explain))))
        return
    root = path or Path()
    label = f"Linting {root.resolve().name}"
    # Every file is first read, then linted.
    with progress(2 * count_files(root), label) as advance:
        findings = list(lint_folder(root, lambda file: advance(file.stem)))
    errors = sum(one.severity == "error" for one in findings)
    if form == "json":
        told = {"findings": [asdict(one) for one in findings], "errors": errors, "warnings": len(findings) - errors}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for one in findings:
            click.echo(str(one))
        click.echo(f"{counted(errors, 'error')}, {counted(len(findings) - errors, 'warning')}.")
    if errors:
        raise SystemExit(1)


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
    click.echo(f"{counted(holes, 'hole')}.")


def _table(covered: Coverage) -> str:
    said = [f"{covered.unit}: {covered.title}"]
    for one in covered.objectives:
        served = {"readings": one.readings, "questions": one.questions, "quizzes": one.quizzes}
        said.append(f"  {one.key}")
        said += [_row(f"    {what:9}", keys) for what, keys in served.items() if keys]
        said += [f"    no {', no '.join(one.missing)}"] if one.missing else []
    others = {
        "readings that serve nothing": covered.unused_readings,
        "questions without an objective": covered.loose_questions,
        "questions without a reading": covered.unanswered_questions,
    }
    said += [_row(f"  {what}:", keys) for what, keys in others.items() if keys]
    return "\n".join([*said, ""])


def _row(what: str, keys: Sequence[str]) -> str:
    """The keys after what they are, in lines that begin below one another."""
    indent = " " * (len(what) + 1)
    lines = wrap(", ".join(keys), WIDTH, initial_indent=f"{what} ", subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(lines)
