"""`hornbook openapi`: the committed description of the API, written and checked."""

from __future__ import annotations

from pathlib import Path

import click

from service.app import create_app
from service.settings import Settings
from service.web.openapi import openapi_text

COMMITTED = Path(__file__).parent.parent / "openapi.json"


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when the committed file is out of date.")
def openapi(check: bool) -> None:
    """Write the OpenAPI file from the endpoints' declarations (or check that it is as they are)."""
    # Describing the API opens no database, so the default one need not exist; the environment must not show in it.
    text = openapi_text(create_app(Settings()))
    if not check:
        COMMITTED.write_text(text, encoding="utf-8")
        click.echo(f"Wrote {COMMITTED}.")
    elif not COMMITTED.exists() or COMMITTED.read_text(encoding="utf-8") != text:
        raise click.ClickException("The committed OpenAPI file is out of date. Write it anew: hornbook openapi")
    else:
        click.echo("The committed OpenAPI file is up to date.")
