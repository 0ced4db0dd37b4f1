"""The doctor tells what is unsafe and how to mend it, and says nothing of what nobody may know."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from service.cli import main
from service.db import Database, wal_is_safe
from service.upkeep.diagnosis import backup_finding
from service.upkeep.findings import Finding, Level
from service.upkeep.last_backup import Backup, note
from service.upkeep.places import DISTANT, file_system_of, folder_findings
from service.upkeep.promises import sqlite_promises
from tests.postgres import Cluster, find_programs, start_server
from tests.quizzing import Taken


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("HORNBOOK_DATA_DIR", str(folder))
    return folder


def run(*arguments: object) -> tuple[int, str]:
    """The exit code of `hornbook` with these arguments, and what it prints."""
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert "Traceback" not in result.output and not isinstance(result.exception, TypeError)
    return result.exit_code, result.output


def examined(*arguments: object) -> dict[str, dict[str, Any]]:
    """What the doctor finds, by name; the exit code is 1 if something of it is unsafe."""
    code, output = run("doctor", "--format", "json", *arguments)
    told = json.loads(output)
    unsafe = [one for one in told["findings"] if one["level"] == "unsafe"]
    assert (code, told["safe"]) == ((1, False) if unsafe else (0, True))
    assert all(bool(one["mend"]) == (one["level"] != "ok") for one in told["findings"])
    return {one["name"]: one for one in told["findings"]}


def of_level(found: dict[str, dict[str, Any]], level: str) -> set[str]:
    """The names of what is so."""
    return {name for name, one in found.items() if one["level"] == level}


def test_a_sound_installation_has_nothing_unsafe(home: Path) -> None:
    run("db", "upgrade")
    run("backup", home)
    found = examined()
    assert of_level(found, "unsafe") == set()
    assert of_level(found, "warning") <= {"free space", "file system"}
    assert found["SQLite library"]["says"] == sqlite3.sqlite_version
    assert found["journal mode"]["says"].startswith("wal, " if wal_is_safe() else "truncate, a rollback journal")
    assert found["synchronous"]["says"] == "FULL" and found["foreign keys"]["says"] == "enforced"
    assert found["busy time-out"]["says"] == "10 s"
    assert found["rights"]["says"] == "0700"
    assert found["overdue attempts"]["says"] == "0 not closed yet"
    assert str(home) in found["last backup"]["says"]
    assert found["HORNBOOK_WORKERS"]["says"] == "2"
    code, output = run("doctor")
    assert code == 0 and "\n0 unsafe, " in output and "journal mode" in output


def test_what_stops_everything_is_a_finding_as_well(home: Path) -> None:
    assert "There is no database" in examined()["database"]["says"]
    (home / "hornbook.db").write_bytes(b"This is no database." * 100)
    found = examined()
    assert "file is not a database" in found["database"]["says"] and "hornbook restore" in found["database"]["mend"]
    assert "refused" in examined("--database", "postgresql://127.0.0.1:9/none")["database"]["says"]
    code, output = run("doctor")
    assert code == 1 and "UNSAFE   database" in output and "\n1 unsafe, " in output


def test_a_schema_of_another_version_is_unsafe_and_comes_with_the_way_on(empty_url: str) -> None:
    run("db", "upgrade", "--database", empty_url)
    database = Database(empty_url)
    for revision, mend in (("0001", "hornbook db upgrade"), ("9999", "Install that version")):
        with database.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        found = examined("--database", empty_url)
        assert "schema" in of_level(found, "unsafe") and mend in found["schema"]["mend"]
        assert found["schema"]["says"].startswith(f"{revision}, this code needs 0")
        assert "overdue attempts" not in found
    database.close()


def test_overdue_attempts_are_a_warning_until_they_are_swept(
    taken: Taken, database: Database, database_url: str
) -> None:
    with database.write() as session:
        session.execute(text("UPDATE attempts SET deadline_at = '2020-01-01 00:00:00'"))
    found = examined("--database", database_url)
    assert found["overdue attempts"]["level"] == "warning" and found["overdue attempts"]["says"].startswith("1 ")
    assert "hornbook sweep" in found["overdue attempts"]["mend"]
    run("sweep", "--database", database_url)
    assert examined("--database", database_url)["overdue attempts"]["level"] == "ok"


def test_a_postgres_that_forgets_is_unsafe(database_url: str, kind_of_database: str) -> None:
    found = examined("--database", database_url)
    if kind_of_database == "sqlite":
        assert "fsync" not in found
    else:
        # The tests' own server is told to forget, so that it is quick.
        assert of_level(found, "unsafe") == {"fsync", "full_page_writes", "synchronous_commit"}
        assert "ALTER SYSTEM SET fsync = on" in found["fsync"]["mend"]
        assert found["PostgreSQL"]["says"][:2].isdigit()


def test_a_postgres_that_keeps_what_it_commits_is_not(cluster: Cluster | None, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = find_programs()
    if programs is None:
        assert cluster is None or cluster.server.host
        return
    lasting = start_server(programs, durable=True)
    try:
        url = lasting.create("lasting")
        run("db", "upgrade", "--database", url)
        found = examined("--database", url)
        assert of_level(found, "unsafe") == set() and found["fsync"]["says"] == "on"
        monkeypatch.setenv("HORNBOOK_WORKERS", "64")
        crowded = examined("--database", url)["connections"]
        assert crowded["level"] == "warning" and crowded["says"].startswith("at most 768 of ")
    finally:
        lasting.stop()


@pytest.mark.parametrize(
    ("pragma", "name"),
    [
        ("synchronous=OFF", "synchronous"),
        ("synchronous=NORMAL", "synchronous"),
        ("foreign_keys=OFF", "foreign keys"),
        ("journal_mode=MEMORY", "journal mode"),
        ("journal_mode=OFF", "journal mode"),
        ("busy_timeout=0", "busy time-out"),
    ],
)
def test_a_connection_that_does_not_keep_its_promises_is_found_out(pragma: str, name: str, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'one.db'}")
    with database.engine.connect() as connection:
        assert all(one.level is Level.OK for one in sqlite_promises(connection))
        driver = connection.connection.cursor()
        driver.execute("COMMIT")
        driver.execute(f"PRAGMA {pragma}")
        assert [one.name for one in sqlite_promises(connection) if one.level is not Level.OK] == [name]
        connection.invalidate()
    database.close()


def test_a_write_ahead_log_under_a_library_that_may_lose_it_is_unsafe(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.db.BUSY_SECONDS", 0.2)
    run("db", "upgrade")
    with closing(sqlite3.connect(home / "hornbook.db")) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE t (a)")
        found = examined()
        if wal_is_safe():
            assert found["journal mode"]["says"].startswith("wal, a write-ahead log, which")
        else:
            assert "database is locked" in found["database"]["says"]


def test_a_password_is_never_told() -> None:
    for url in ("postgresql://u:s3cret@127.0.0.1:9/d", "postgresql://u@127.0.0.1:9/d?password=s3cret"):
        for form in ("json", "text"):
            _, output = run("doctor", "--format", form, "--database", url)
            assert "s3cret" not in output and "u@127.0.0.1" in output.replace(":***", "")


def by_name(folder: Path, file: Path | None) -> dict[str, Finding]:
    """What is found of a folder."""
    return {one.name: one for one in folder_findings(folder, file)}


def test_what_others_may_write_is_unsafe_and_what_they_may_read_a_warning(tmp_path: Path) -> None:
    folder, file = tmp_path / "open", tmp_path / "open" / "one.db"
    folder.mkdir()
    file.touch()
    for of_folder, of_file, level in (
        (0o700, 0o666, Level.OK),
        (0o755, 0o600, Level.OK),
        (0o755, 0o644, Level.WARNING),
        (0o755, 0o646, Level.UNSAFE),
        (0o777, 0o600, Level.UNSAFE),
    ):
        folder.chmod(of_folder)
        file.chmod(of_file)
        assert by_name(folder, file)["rights"].level is level
    assert by_name(tmp_path / "none", None)["data directory"].level is Level.WARNING


def test_the_innermost_mount_tells_what_a_folder_is_on() -> None:
    mounts = "/dev/a / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\ntmpfs /srv/with\\040space tmpfs rw 0 0\nbroken\n"
    kinds = {"/home/ana": "ext4", "/srv": "nfs4", "/srv/deep/er": "nfs4", "/srv/with space/x": "tmpfs", "/srvx": "ext4"}
    assert {place: file_system_of(Path(place), mounts) for place in kinds} == kinds
    assert "nfs4" in DISTANT and file_system_of(Path("/x"), "") == "unknown"


def test_an_old_backup_and_one_that_is_gone_are_warnings(tmp_path: Path) -> None:
    now, file = datetime(2026, 3, 9, 12, tzinfo=UTC), tmp_path / "copy.db"
    assert backup_finding(tmp_path, "d", now).level is Level.WARNING
    for days, there, level in ((6, True, Level.OK), (8, True, Level.WARNING), (1, False, Level.WARNING)):
        file.touch() if there else file.unlink()
        note(tmp_path, "d", Backup(str(file), (now - timedelta(days=days)).isoformat(), 5_000_000))
        found = backup_finding(tmp_path, "d", now)
        assert found.level is level and "5.0 MB" in found.says
    assert backup_finding(tmp_path, "another", now).says == "none that is known of"
    (tmp_path / "last-backups.json").write_text('{"d": {"file": 1, "at": "never", "bytes": "x"}}')
    assert backup_finding(tmp_path, "d", now).says == "none that is known of"
