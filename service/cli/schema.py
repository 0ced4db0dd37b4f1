"""`hornbook schema`: the format of the files, for editors and other people's checkers."""

from __future__ import annotations

import json

import click

from service.content.json_schema import FILES, json_schema


@click.command()
@click.argument("file", required=False, type=click.Choice(list(FILES)))
def schema(file: str | None) -> None:
    """Print the JSON Schema (2020-12) of one kind of FILE, or one of all kinds that goes by their first line.

    An editor with a YAML plugin completes and checks a file whose first line says where the schema is kept:
    # yaml-language-server: $schema=../hornbook.schema.json
    """
    click.echo(json.dumps(json_schema(file), indent=2, ensure_ascii=False))
