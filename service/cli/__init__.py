"""The `hornbook` command: every command says what it will do, and on failure what to do about it."""

from __future__ import annotations

import click

from service.cli.api import openapi
from service.cli.backing_up import backup, restore
from service.cli.database import db
from service.cli.doctor import doctor
from service.cli.exporting import export
from service.cli.importing import import_
from service.cli.linting import coverage, lint
from service.cli.new import new
from service.cli.output import OneSentence
from service.cli.people import enrol, token, user
from service.cli.preview import preview
from service.cli.proving import recompute
from service.cli.rosters import roster
from service.cli.schema import schema
from service.cli.seeding import seed
from service.cli.serving import serve
from service.cli.simulating import demo
from service.cli.sweeping import sweep


@click.group(cls=OneSentence, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hornbook", prog_name="hornbook")
def main() -> None:
    """Hornbook: a reading guide and self-check quizzes, from plain text to graded answers.

    Settings come from HORNBOOK_* environment variables; --database on a command overrides HORNBOOK_DATABASE_URL.
    """


for command in (
    *(serve, doctor, db, backup, restore, seed, lint, coverage, export, import_, new, preview, schema),
    *(user, enrol, roster, token, sweep, demo, recompute, openapi),
):
    main.add_command(command)
