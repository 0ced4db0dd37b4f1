"""Copies of the database: whole, made while students answer, put back in one step, whatever dies meanwhile."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from service import schema
from service.cli import main
from service.db import Database, sqlite_path, without_password
from service.quizzes.models import Entry
from service.upkeep import postgres_dumps, sqlite_files
from tests.accept.line import Line
from tests.accept.stage import Stage, set_up
from tests.accept.student import Ack, Class
from tests.bench.processes import free_port
from tests.bench.stage import Place
from tests.cast import Client
from tests.postgres import Cluster, find_programs

WRITERS = 4
KILLS = 8
READY = b"ready\n"

# Copies or restores over and over, so that whenever it is killed it is in the middle of it.
OVER_AND_OVER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from service.upkeep.sqlite_files import copy, restore
what, one, other, target = sys.argv[1], *map(Path, sys.argv[2:])
print("ready", flush=True)
while True:
    for source in (one, other):
        if what == "copy":
            copy(source, target)
        else:
            kept = restore(source, target, datetime.now(UTC))
            kept and kept.unlink()
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of the test's own, and PostgreSQL's programs where commands look for them."""
    monkeypatch.setenv("HORNBOOK_DATA_DIR", str(tmp_path / "data"))
    programs = find_programs()
    if programs is not None:
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "data"


def run(*arguments: object, says: str | None = None) -> Result:
    """Run `hornbook` with these arguments, and this input."""
    return CliRunner().invoke(main, [str(one) for one in arguments], input=says)


def ok(*arguments: object) -> str:
    """What a command that must succeed prints."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: object) -> str:
    """What a command that must fail prints: no traceback."""
    result = run(*arguments)
    assert result.exit_code == 1 and result.output.count("Error: ") == 1, (result.output, result.exception)
    return result.output.partition("Error: ")[2]


def acknowledged(students: Class) -> list[Ack]:
    """The answers of which students were told that they are kept, so far."""
    return [ack for student in students.students for ack in list(student.notes.acks)]


def missing(database: Database, acks: list[Ack]) -> list[Ack]:
    """Those of the answers that are not in the database."""
    with database.read() as session:
        there = {(str(one.attempt_id), one.slot, one.rev, one.digest) for one in session.scalars(select(Entry))}
    return [ack for ack in acks if (ack.attempt, ack.slot, ack.rev, ack.digest) not in there]


def wait_until(students: Class, answers: int) -> None:
    """Return when so many were acknowledged."""
    while students.answers < answers and students.is_at_work:
        time.sleep(0.002)


@pytest.fixture
def stage_of_writers(kind_of_database: str, tmp_path: Path, cluster: Cluster | None) -> Iterator[Stage]:
    """A quiz that four students may take as often as they like."""
    place = Place(kind_of_database, tmp_path, cluster if kind_of_database == "postgres" else None)
    name = f"writers_{os.getpid()}"
    yield set_up(place, name, students=WRITERS + 1)
    if place.cluster is not None:
        for left in (name, f"{name}_restored"):
            place.cluster.drop(left)


def brought_back(stage: Stage, backup: Path) -> str:
    """The address of a database made from the backup, in the way that `hornbook restore` does or says."""
    if sqlite_path(stage.url) is not None:
        url = f"sqlite:///{backup.with_name('brought-back.db')}"
        ok("restore", backup, "--yes", "--database", url)
        return url
    told = refused("restore", backup, "--database", stage.url)
    commands = [line.strip() for line in told.splitlines() if line.startswith("  ")]
    for command in commands[:2]:
        subprocess.run(command, shell=True, check=True, capture_output=True)  # noqa: S602  what people paste
    found = re.search(r"HORNBOOK_DATABASE_URL=('?)(.+)\1 hornbook doctor", commands[2])
    assert found is not None
    return found[2].replace("postgresql:", "postgresql+psycopg:")


def test_a_backup_made_under_load_has_every_answer_acknowledged_before_and_can_be_served(
    stage_of_writers: Stage, tmp_path: Path
) -> None:
    stage, port, backup = stage_of_writers, free_port(), tmp_path / "backup"
    with stage.serving(port):
        students = Class.of(list(stage.tokens)[:WRITERS], port, stage.quiz, Random(1))
        with students:
            wait_until(students, 60)
            before = acknowledged(students)
            at_work = students.answers
            ok("backup", backup, "--database", stage.url)
            wait_until(students, students.answers + 20)
    assert len(before) > 30 and students.answers > at_work
    assert list(students.surprises()) == []
    assert [status for one in students.students for status in one.line.statuses if status >= 500] == []
    url = brought_back(stage, backup)
    copied = Database(url)
    assert schema.state(copied) is schema.State.CURRENT
    assert missing(copied, before) == []
    copied.close()
    served = Stage(url, stage.quiz, stage.tokens, tmp_path / "again")
    served.folder.mkdir()
    with served.serving(port):
        kept = [see_receipts(port, token, before[0].attempt) for token in stage.tokens]
        assert sorted(kept) == [200, *(404 for _ in range(WRITERS))]
        more = Class.of(list(stage.tokens)[WRITERS:], port, stage.quiz, Random(2))
        with more:
            wait_until(more, 5)
        assert list(more.surprises()) == []


def see_receipts(port: int, token: str, attempt: str) -> int:
    """What the server answers to somebody who asks what it has of an attempt."""
    with closing(Line(port, token)) as line:
        return line.ask("GET", f"/attempts/{attempt}/receipts").status


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two sound databases of different content."""
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    ok("db", "upgrade", "--database", f"sqlite:///{first}")
    shutil.copyfile(first, second)
    for number in range(3):
        ok("user", "add", f"uma-{number}", "--name", "Uma", "--database", f"sqlite:///{second}")
    return first, second


def people(file: Path) -> int:
    """How many people a database has, if it is sound; 0 of one that is not there."""
    if not file.exists():
        return 0
    assert not Path(f"{file}-wal").exists()
    with closing(sqlite3.connect(file)) as connection:
        assert sqlite_files.damage(connection) is None
        return int(connection.execute("SELECT count(*) FROM users").fetchone()[0])


@contextmanager
def at_it(what: str, files: tuple[Path, Path], target: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that copies or restores the two files by turns, until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", OVER_AND_OVER, what, *map(str, (*files, target))],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == READY
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("what", ["copy", "restore"])
def test_whatever_is_killed_in_the_middle_leaves_the_old_or_the_new_one_whole(
    what: str, files: tuple[Path, Path], tmp_path: Path
) -> None:
    chance, target, seen = Random(1), tmp_path / "target.db", set[int]()
    shutil.copyfile(files[0], target)
    for _ in range(KILLS):
        with target.open("rb") as held:
            before = held.read()
            with at_it(what, files, target) as process:
                time.sleep(chance.random() * 0.1)
                process.send_signal(signal.SIGKILL)
                process.wait()
            held.seek(0)
            # Nothing was ever written over what somebody has open.
            assert held.read() == before
        assert [people(file) for file in files] == [0, 3]
        seen.add(people(target))
        with closing(sqlite3.connect(target)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = version_num")
            connection.commit()
    assert seen <= {0, 3}
    assert what == "restore" or not list(tmp_path.glob("target.db.*"))


def test_a_backup_says_what_it_did_and_overwrites_nothing_unless_told_to(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    url, backup = f"sqlite:///{files[1]}", tmp_path / "kept" / "backup.db"
    assert "There is no folder" in refused("backup", backup, "--database", url)
    backup.parent.mkdir()
    told = ok("backup", backup, "--database", url)
    assert re.match(rf"{re.escape(str(backup))}: [\d.]+ [kM]B in \d+\.\d s\. 0 courses, 3 people, 0 attempts", told)
    assert backup.stat().st_mode & 0o777 == 0o600
    backup.write_bytes(b"precious")
    assert "say --force" in refused("backup", backup, "--database", url)
    assert backup.read_bytes() == b"precious"
    ok("backup", backup, "--force", "--database", url)
    assert people(backup) == 3
    assert "the database itself" in refused("backup", files[1], "--force", "--database", url)
    ok("backup", backup.parent, "--database", url)
    made = [file.name for file in backup.parent.iterdir() if file != backup]
    assert len(made) == 1 and re.fullmatch(r"hornbook-\d{8}T\d{6}Z\.db", made[0])


def test_a_backup_of_a_database_in_wal_mode_is_one_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(files[1])) as writer:
        assert writer.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
        writer.execute("UPDATE users SET name = 'in the log'")
        writer.commit()
        assert Path(f"{files[1]}-wal").stat().st_size > 0
        content = sqlite_files.copy(files[1], backup)
    assert content.rows["users"] == 3
    with closing(sqlite3.connect(f"file:{backup}?immutable=1", uri=True)) as copied:
        assert {name for (name,) in copied.execute("SELECT name FROM users")} == {"in the log"}
    assert people(backup) == 3


def test_what_is_damaged_is_neither_kept_as_a_backup_nor_restored(files: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = files
    with closing(sqlite3.connect(second)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(
            "INSERT INTO audit (at, actor, course_id, action, target, fields, details, status, request_id)"
            " VALUES ('2026-01-01', 'a', 99, 'x', '', '[]', '{}', 200, 'r')"
        )
        connection.commit()
    backup = tmp_path / "backup.db"
    assert "refers to one of courses that is not there" in refused(
        "backup", backup, "--database", f"sqlite:///{second}"
    )
    assert not backup.exists() and not list(tmp_path.glob(".*"))
    whole = first.read_bytes()
    for content in (whole[: len(whole) // 2], b"no database" * 100, b""):
        backup.write_bytes(content)
        assert str(backup) in refused("restore", backup, "--yes", "--database", f"sqlite:///{first}")
    assert people(first) == 0


def test_a_restore_says_what_it_will_replace_asks_and_keeps_it(files: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = files
    ok("backup", tmp_path / "backup.db", "--database", f"sqlite:///{first}")
    asked = run("restore", tmp_path / "backup.db", "--database", f"sqlite:///{second}", says="n\n")
    assert asked.exit_code == 1 and people(second) == 3
    assert f"To be replaced: {second}" in asked.output and "3 people" in asked.output
    assert f"To be restored: {tmp_path / 'backup.db'}" in asked.output and "Go on? [y/N]" in asked.output
    told = ok("restore", tmp_path / "backup.db", "--yes", "--database", f"sqlite:///{second}")
    assert people(second) == 0
    kept = list(tmp_path.glob("second.db.replaced-*"))
    assert len(kept) == 1 and str(kept[0]) in told and people(kept[0]) == 3


def test_a_database_that_cannot_be_read_is_replaced_and_kept_all_the_same(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = files
    second.write_bytes(b"This was a database." * 100)
    Path(f"{second}-wal").write_bytes(b"of the old one")
    told = ok("restore", first, "--yes", "--database", f"sqlite:///{second}")
    assert "no database that can be read" in told
    assert people(second) == 0
    assert b"This was a database." * 100 in [file.read_bytes() for file in tmp_path.glob("second.db.replaced-*")]
    assert not Path(f"{second}-wal").exists()


def test_nothing_is_restored_while_somebody_uses_the_database(files: tuple[Path, Path]) -> None:
    first, second = files
    url = f"sqlite:///{second}"
    served = Stage(url, "", [], second.parent)
    ok("seed", Path(__file__).parent / "courses" / "tides", "--database", url)
    with served.serving(free_port()):
        assert "Stop the server" in refused("restore", first, "--yes", "--database", url)
    # Whoever is not of Hornbook is seen while they write.
    with closing(sqlite3.connect(second)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "in use" in refused("restore", first, "--yes", "--database", url)
    assert people(second) == 3
    assert "in use, or was until a crash" in refused_with_journal(first, second)
    ok("restore", first, "--yes", "--database", url)


def refused_with_journal(first: Path, second: Path) -> str:
    """What is said to one who would restore a database that is in the middle of something."""
    journal = Path(f"{first}-journal")
    before = journal.read_bytes() if journal.exists() else None
    journal.write_bytes(b"half of it")
    told = refused("restore", first, "--yes", "--database", f"sqlite:///{second}")
    journal.unlink() if before is None else journal.write_bytes(before)
    return told


def test_a_backup_of_another_version_is_restored_or_refused_by_what_can_be_done_with_it(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = files
    for revision, said, people_then in (
        ("9999", "newer Hornbook", 3),
        (None, "no backup of", 3),
        ("0007", "hornbook db upgrade", 0),
    ):
        backup = tmp_path / f"{revision}.db"
        sqlite_files.copy(first, backup)
        with closing(sqlite3.connect(backup)) as connection:
            connection.execute("DELETE FROM alembic_version")
            connection.executemany("INSERT INTO alembic_version VALUES (?)", [[revision]] if revision else [])
            connection.commit()
        result = run("restore", backup, "--yes", "--database", f"sqlite:///{second}")
        assert said in result.output
        assert result.exit_code == (1 if people_then else 0)
        assert people(second) == people_then


def test_a_password_is_in_no_command_and_in_nothing_that_is_printed(tmp_path: Path) -> None:
    for url in ("postgresql+psycopg://u:s3cret@h:5/d", "postgresql+psycopg://u@h/d?password=s3cret&sslmode=require"):
        said = [*postgres_dumps.dump_command(url, tmp_path), postgres_dumps.how_to_restore(url, tmp_path)]
        assert "s3cret" not in " ".join([*said, without_password(url)])
        assert "u@h" in postgres_dumps.address(url)


def test_a_backup_of_postgres_without_its_programs_says_which_command_to_run(
    database_url: str, kind_of_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("backup", tmp_path / "backup", "--database", database_url)
    if kind_of_database == "sqlite":
        assert result.exit_code == 0
    else:
        assert result.exit_code == 1 and "pg_dump --format=custom" in result.output
        assert not (tmp_path / "backup").exists()


def test_a_dump_that_fails_leaves_no_file(
    database_url: str, kind_of_database: str, tmp_path: Path, ana: Client
) -> None:
    if kind_of_database == "sqlite":
        url = f"sqlite:///{tmp_path / 'none.db'}"
        assert "There is no database" in refused("backup", tmp_path / "backup", "--database", url)
    else:
        database = Database(database_url)
        with database.write() as session:
            session.execute(text("DROP TABLE alembic_version"))
        assert "nothing to keep" in refused("backup", tmp_path / "backup", "--database", database_url)
        database.close()
    assert list(tmp_path.glob("*backup*")) == []
