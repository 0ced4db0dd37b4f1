"""`hornbook preview`: a question as its students will meet it, before anybody has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from service.content.previews import preview as previewed
from service.content.questions import prepare_questions
from service.domain.documents import UnitDocument
from service.domain.kinds.question import Question
from service.domain.parameters import variant_count
from service.domain.values import meant
from service.seeding.loader import load_folder


@click.command()
@click.argument("question")
@click.option("--variant", type=click.IntRange(1), default=1, help="Which variant; they are numbered from 1.")
@click.option(
    "--course",
    "path",
    type=click.Path(exists=True, path_type=Path),
    default=Path(),
    help="The course's folder, or one unit's file; this folder unless set.",
)
def preview(question: str, variant: int, path: Path) -> None:
    """Show one variant of QUESTION (its key, or unit/key) from the files.

    First what a student sees; then, for its author, the right answer and everything that is said about it.
    """
    units = {loaded.document.unit.key: loaded.document for course in load_folder(path) for loaded in course.units}
    unit, document = _found(units, question)
    (prepared,) = (one for one in prepare_questions(unit) if one.key == document.key)
    variants = variant_count(prepared.revision)
    if variant > variants:
        there_are = "no variants" if variants == 1 else f"{variants} variants"
        raise click.ClickException(f"{document.key} has {there_are}: choose --variant from 1 to {variants}.")
    click.echo(previewed(document, prepared, variant), nl=False)


def _found(units: Mapping[str, UnitDocument], name: str) -> tuple[UnitDocument, Question]:
    unit_key, _, key = name.rpartition("/")
    known = {f"{unit}/{question.key}": question for unit in units for question in units[unit].questions}
    found = {
        full: question for full, question in known.items() if full == name or (not unit_key and question.key == key)
    }
    if len(found) > 1:
        raise click.ClickException(f"Several units have a question {name}: say which, {' or '.join(found)}.")
    if not found:
        names = known if unit_key else {question.key: question for question in known.values()}
        raise click.ClickException(f"There is no question “{name}” in these files{meant(name, names)}")
    ((full, question),) = found.items()
    return units[full.rpartition("/")[0]], question
