"""How commands speak: what they open, and one sentence instead of a traceback when something is not as it must be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from service import schema
from service.db import Database, sqlite_path
from service.domain.mistakes import Rejected
from service.errors import Problem
from service.settings import Settings, UnusableSettings

F = TypeVar("F", bound=Callable[..., Any])


class OneSentence(click.Group):
    """A group of commands whose expected failures end in a message and exit code 1, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and put what went wrong on purpose into words."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            raise click.ClickException(problem.detail or problem.title) from problem
        except (Rejected, UnusableSettings) as refused:
            raise click.ClickException(str(refused)) from refused
        except (ArgumentError, NoSuchModuleError) as wrong:
            raise click.ClickException(f"The database address cannot be used: {wrong}") from wrong
        except DBAPIError as failure:
            reason = str(failure.orig).strip().splitlines()[0]
            raise click.ClickException(f"The database refused: {reason}") from failure


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


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of the settings, closed in the end; its folder is made, and must be writable."""
    file = sqlite_path(settings.database_url)
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as failure:
            raise click.ClickException(
                f"The folder {file.parent} cannot be made ({failure.strerror}). "
                "Set HORNBOOK_DATA_DIR or --database to a place you may write to."
            ) from failure
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise click.ClickException(
                f"{file} cannot be written. Set HORNBOOK_DATA_DIR or --database to a place you may write to."
            )
    database = Database(settings.database_url, pool_size=settings.threads)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def opened_current(settings: Settings) -> Iterator[Database]:
    """The same, refused unless its schema is this code's."""
    with opened(settings) as database:
        state = schema.state(database)
        if state is not schema.State.CURRENT:
            raise click.ClickException(state.value)
        yield database
