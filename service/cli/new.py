"""`hornbook new`: files to begin with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from service.seeding.loader import COURSE
from service.seeding.starting import Refused, next_unit, start_course, start_unit


@click.group()
def new() -> None:
    """Write a commented file to begin a course or a unit with. Nothing is ever overwritten."""


@new.command("course")
@click.argument("folder", type=click.Path(path_type=Path))
def new_course(folder: Path) -> None:
    """Begin a course in FOLDER, with its first unit. Both are drafts."""
    for path in _started(lambda: start_course(folder)):
        click.echo(f"Wrote {path}")
    click.echo(f"See what it would be: hornbook seed {folder} --dry-run")


@new.command("unit")
@click.argument("path", required=False, type=click.Path(path_type=Path))
def new_unit(path: Path | None) -> None:
    """Begin a unit in the file PATH, named like 03-graphs.yaml; the next one of the course in this folder unless set.

    It is a draft, loads as it is, and has one of each thing to change.
    """
    if path is None and not Path(COURSE).exists():
        raise click.ClickException(f"There is no {COURSE} here: name the new file, or go to the course's folder.")
    file = path or next_unit(Path())
    (written,) = _started(lambda: [start_unit(file)])
    click.echo(f"Wrote {written}")
    if not (written.absolute().parent.parent / COURSE).exists():
        click.echo(f"It is read once it lies in the folder units beside a {COURSE} (hornbook new course FOLDER).")


def _started(start: Callable[[], list[Path]]) -> list[Path]:
    try:
        return start()
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    except OSError as failure:
        raise click.ClickException(f"{failure.filename} cannot be written ({failure.strerror}).") from failure
