"""`hornbook serve`: make the database ready, say what to try, and serve."""

from __future__ import annotations

import errno
import socket

import click

from service import schema
from service.app import create_app
from service.cli.database import rebuild_projections
from service.cli.demo import Demo, prepare_demo
from service.cli.output import database_option, name_of, opened, read_settings
from service.cli.seeding import seed_folder
from service.content.operations import has_courses
from service.db import Database, sqlite_path
from service.server import Server
from service.settings import Settings


@click.command()
@database_option
@click.option("--host", help="Address to listen on; 127.0.0.1 unless set.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; 8000 unless set.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; 2 unless set.")
@click.option("--demo/--no-demo", default=None, help="Make demo tokens; the default with the embedded database.")
def serve(database_url: str | None, host: str | None, port: int | None, workers: int | None, demo: bool | None) -> None:
    """Serve the API. An empty database is given its tables and the courses that come with Hornbook."""
    settings = read_settings(database_url, host=host, port=port, workers=workers)
    _refuse_taken_port(settings)
    with opened(settings, make=True) as database:
        make_ready(database, settings)
        wanted = is_embedded(settings) if demo is None else demo
        _announce(settings, prepare_demo(database, settings) if wanted else None)
        Server(create_app(settings, database=database), database, settings).run()


def make_ready(database: Database, settings: Settings) -> None:
    """Give an empty database its tables and its first courses; refuse one this code does not fit."""
    state = schema.state(database)
    if state is schema.State.EMPTY or (state is schema.State.BEHIND and is_embedded(settings)):
        click.echo(f"Preparing {name_of(settings)} …")
        schema.upgrade(database, afterwards=rebuild_projections)
        state = schema.state(database)
    if state is not schema.State.CURRENT:
        raise click.ClickException(state.value)
    with database.read() as session:
        empty = not has_courses(session)
    if empty:
        seed_folder(database, schema.shipped("seed"))


def is_embedded(settings: Settings) -> bool:
    """Whether the database is the installation's own file, looked after without asking."""
    return sqlite_path(settings.database_url) == settings.data_dir / "hornbook.db"


def _refuse_taken_port(settings: Settings) -> None:
    """Find out now, in words, rather than from every worker in turn."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as failure:
            if failure.errno == errno.EADDRINUSE:
                raise click.ClickException(
                    f"Port {settings.port} on {settings.host} is in use. "
                    f"Stop what uses it, or choose another: --port {settings.port + 1}"
                ) from failure
            raise click.ClickException(
                f"Cannot listen on {settings.host}:{settings.port} ({failure.strerror}). "
                "Choose another --host or --port."
            ) from failure


def _announce(settings: Settings, demo: Demo | None) -> None:
    base = f"http://{settings.host}:{settings.port}"
    click.echo(f"\nHornbook is at {base} (database: {name_of(settings)})")
    click.echo(f"The API, to read and to try: {base}/api/docs")
    if demo is not None:
        click.echo("\nTokens for trying things out (only on this machine; made for this installation):")
        for who, text, path in demo.lines():
            click.echo(f"\n  {who}:\n  curl -s -H 'Authorization: Bearer {text}' {base}{path}")
    click.echo("\nStop with Ctrl-C.")
