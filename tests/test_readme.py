"""README says what is: its tables are the code's, and its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import click

from service import errors
from service.app import FEATURES
from service.cli import main
from service.settings import Settings

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def endpoints_table() -> str:
    """A row for every endpoint, in the order of their declaration."""
    rows = []
    for routes in FEATURES:
        for endpoint in routes.endpoints:
            address = re.sub(r"<\w+:(\w+)>", r"{\1}", endpoint.rule.removeprefix("/api/v1"))
            rows.append(f"| `{endpoint.method} {address}` | {(endpoint.view.__doc__ or '').splitlines()[0]} |\n")
    return "".join(rows)


def problems_table() -> str:
    """A row for every problem, by status."""
    kinds: list[type[errors.Problem]] = [*errors.Problem.__subclasses__(), errors.Problem]
    problems = sorted(kinds, key=lambda problem: problem.status)
    return "".join(f"| `{problem.slug}` | {problem.status} | {problem.title} |\n" for problem in problems)


def test_the_settings_are_those_there_are() -> None:
    assert Settings.table() in README


def test_the_endpoints_are_those_there_are() -> None:
    assert endpoints_table() in README


def test_the_problems_are_those_there_are() -> None:
    assert problems_table() in README


def test_every_command_is_in_the_table() -> None:
    told = README.split("| command | does |")[1].split("\n\n")[0]
    with click.Context(main) as context:
        for name in main.list_commands(context):
            command = main.get_command(context, name)
            parts = [f"{name} {part}" for part in command.commands] if isinstance(command, click.Group) else [name]
            # Making migrations is for developers of Hornbook.
            missing = [part for part in parts if part not in told and part != "db revision"]
            assert not missing


def test_every_file_it_names_exists() -> None:
    root = Path(__file__).parent.parent
    named = re.findall(r"`((?:seeding|content|domain|quizzes|progress|operations)/[\w/]+(?:\.py)?)`", README)
    assert named
    for name in named:
        inside = root / "service" / name
        assert inside.exists() or (root / "service" / "quizzes" / name).exists(), name
