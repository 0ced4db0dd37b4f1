"""Copies of a PostgreSQL database, made by its own programs."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, make_url

from service.upkeep.refusing import Refused


def dump_command(url: str, file: Path) -> list[str]:
    """What writes the database to a file, without the password, which everybody on the machine could read."""
    return ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}", address(url)]


def address(url: str) -> str:
    """The database in PostgreSQL's own words, without the password."""
    parsed = make_url(url)
    plain = URL.create(
        "postgresql",
        username=parsed.username,
        host=parsed.host,
        port=parsed.port,
        database=parsed.database,
        query=parsed.query,
    )
    return plain.difference_update_query(["password"]).render_as_string()


def dump(url: str, target: Path) -> None:
    """Write the database, as it is at one moment, to a file that appears whole or not at all; raises `Refused`."""
    if shutil.which("pg_dump") is None:
        raise Refused(
            f"The program pg_dump is not here. Install PostgreSQL's client, or run where it is:\n"
            f"  {shlex.join(dump_command(url, target))}"
        )
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _run(dump_command(url, part), url)
        # Reads its table of contents: what was cut off is found out now, not when it is needed.
        _run(["pg_restore", "--list", str(part)], url)
        part.chmod(0o600)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def how_to_restore(url: str, file: Path) -> str:
    """The way back, as commands: into a database of its own, so that the present one stays as it is."""
    parsed = make_url(url)
    anew = f"{parsed.database}_restored"
    there = address(parsed.set(database=anew).render_as_string(hide_password=False))
    return "\n".join(
        f"  {line}"
        for line in (
            shlex.join(["createdb", f"--maintenance-db={address(url)}", anew]),
            shlex.join(["pg_restore", "--exit-on-error", "--no-owner", f"--dbname={there}", str(file)]),
            f"HORNBOOK_DATABASE_URL={shlex.quote(there)} hornbook doctor    # with its password, if it has one",
        )
    )


def _run(command: list[str], url: str) -> None:
    done = subprocess.run(command, env=_environment(url), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{command[0]} failed: {done.stderr.strip() or f'exit code {done.returncode}'}")


def _environment(url: str) -> Mapping[str, str]:
    parsed = make_url(url)
    password = parsed.password or parsed.query.get("password")
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
