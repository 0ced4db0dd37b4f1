"""How commands speak: what they open, and one sentence instead of a traceback when something is not as it must be."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from service import schema
from service.db import Database, sqlite_path, without_password
from service.domain.merging import Difference
from service.domain.mistakes import Rejected
from service.errors import Problem
from service.settings import Settings, UnusableSettings
from service.upkeep.occupancy import using
from service.upkeep.refusing import Refused

F = TypeVar("F", bound=Callable[..., Any])

SHOWN = 40
"""How many of many things are listed one by one."""


class OneSentence(click.Group):
    """A group of commands whose expected failures end in a message and exit code 1, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and put what went wrong on purpose into words."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            raise click.ClickException(problem.detail or problem.title) from problem
        except Rejected as rejected:
            count = counted(len(rejected.mistakes), "mistake")
            raise click.ClickException(f"{count} to mend first:\n{rejected}") from rejected
        except (UnusableSettings, Refused) as unusable:
            raise click.ClickException(str(unusable)) from unusable
        except (ArgumentError, NoSuchModuleError) as wrong:
            raise click.ClickException(f"The database address cannot be used: {wrong}") from wrong
        except DBAPIError as failure:
            raise click.ClickException(_refused("The database", failure)) from failure


def database_option(command: F) -> F:
    """`--database URL`, the same on every command."""
    return click.option(
        "--database", "database_url", metavar="URL", help="sqlite:///file or postgresql://… instead of the default."
    )(command)


def read_settings(database_url: str | None = None, **others: object) -> Settings:
    """The settings from the environment, with what the command line says in their place, checked the same way."""
    environ = dict(os.environ)
    for name, value in {"database_url": database_url, **others}.items():
        if value is not None:
            environ[f"HORNBOOK_{name.upper()}"] = str(value)
            environ.pop(f"HORNBOOK_{name.upper()}_FILE", None)
    return Settings.from_env(environ)


def name_of(settings: Settings) -> str:
    """The database as it may be printed: without a password."""
    return without_password(settings.database_url)


def _refused(what: str, failure: DBAPIError) -> str:
    reason = str(failure.orig).strip().splitlines()[0]
    return f"{what} cannot be used: {reason}."


@contextmanager
def opened(settings: Settings, *, make: bool = False) -> Iterator[Database]:
    """The database of the settings, closed in the end. Only with `make` is an SQLite file, with its folder, made."""
    file = sqlite_path(settings.database_url)
    if file is not None:
        _require_usable(file, make=make)
    database = Database(settings.database_url, pool_size=settings.threads)
    try:
        with using(file):
            yield database
    except DBAPIError as failure:
        raise click.ClickException(_refused(f"The database {file or name_of(settings)}", failure)) from failure
    finally:
        database.close()


def _require_usable(file: Path, *, make: bool) -> None:
    """Refuse a file that is none, is not there or cannot be written, before SQLite does so in fewer words."""
    place = "Set HORNBOOK_DATA_DIR or --database to a place you may write to."
    if file.exists() and not file.is_file():
        raise click.ClickException(f"{file} is a folder, and the database is a file in one. {place}")
    if not file.exists() and not make:
        raise click.ClickException(f"There is no database {file} yet. Make it with: hornbook db upgrade")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as failure:
        reason = "there is a file of that name" if isinstance(failure, FileExistsError) else failure.strerror
        raise click.ClickException(f"The folder {file.parent} cannot be made ({reason}). {place}") from failure
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise click.ClickException(f"{file} cannot be written. {place}")


@contextmanager
def opened_current(settings: Settings) -> Iterator[Database]:
    """The same, refused unless its schema is this code's."""
    with opened(settings) as database:
        state = schema.state(database)
        if state is not schema.State.CURRENT:
            raise click.ClickException(state.value)
        yield database


@contextmanager
def progress(length: int, label: str) -> Iterator[Callable[[str], None]]:
    """A progress bar, in a terminal; it is told the name of what was done, one after the other."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        length=length, label=label, hidden=hidden, item_show_func=lambda done: done or "", file=sys.stderr
    ) as bar:
        yield lambda done: bar.update(1, done)


def counted(number: int, what: str) -> str:
    """`1 mistake`, `2 mistakes`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def told_differences(differences: Sequence[Difference]) -> Iterator[str]:
    """What is different in a unit, a line each."""
    for one in differences[:SHOWN]:
        yield f"    {one.what:8} {'/'.join(one.path)}"
    if len(differences) > SHOWN:
        yield f"    … and {len(differences) - SHOWN} more"
