"""The command line: says what it will do, does it, and fails in one sentence."""

from __future__ import annotations

import json
import socket
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openapi_spec_validator import validate

from service.cli import main
from service.cli.demo import prepare_demo
from service.cli.serving import make_ready
from service.db import Database
from service.settings import Settings
from tests.cast import Client
from tests.conftest import COURSES


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of the test's own."""
    folder = tmp_path / "with a space"
    monkeypatch.setenv("HORNBOOK_DATA_DIR", str(folder))
    return folder


def run(*arguments: str) -> Result:
    """Run `hornbook` with these arguments."""
    return CliRunner().invoke(main, arguments)


def ok(*arguments: str) -> str:
    """What a command that must succeed prints."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    """What a command that must fail prints: a sentence, no traceback."""
    result = run(*arguments)
    assert result.exit_code == 1, result.output
    assert result.output.startswith("Error: ") and "Traceback" not in result.output
    return result.output


def test_from_nothing_to_a_token_by_hand(home: Path) -> None:
    assert "up to date now" in ok("db", "upgrade")
    assert "Nothing to do" in ok("db", "upgrade")
    assert "up to date" in ok("db", "status")
    assert "2 added" in ok("seed", str(COURSES / "tides"))
    assert "Nothing to do" in ok("seed", str(COURSES / "tides"))
    ok("user", "add", "uma", "--name", "Uma")
    assert "uma" in ok("user", "list")
    ok("enrol", "uma", "tides")
    assert "instructor" in ok("enrol", "uma", "tides", "--role", "instructor")
    text = ok("token", "issue", "--user", "uma", "--days", "3").splitlines()[0]
    assert text.startswith("hb_")
    assert text[:11] in ok("token", "list") and text not in ok("token", "list")
    assert "revoked" in ok("token", "revoke", text)
    assert ok("token", "issue", "--scope", "units:read", "--course", "tides").startswith("hb_")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("db", "status"), "hornbook db upgrade"),
        (("seed",), "hornbook db upgrade"),
        (("user", "add", "uma", "--name", "Uma"), "hornbook db upgrade"),
        (("seed", "--database", "mysql://x/y"), "sqlite"),
        (("db", "upgrade", "--database", "sqlite:////proc/none/x.db"), "/proc/none"),
        (("db", "upgrade", "--database", "postgresql://127.0.0.1:9/none"), "refused"),
    ],
)
def test_what_is_not_as_it_must_be_is_one_sentence_that_says_what_to_do(
    arguments: tuple[str, ...], says: str, home: Path
) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert says in result.output
    assert "Traceback" not in result.output


def test_unknown_people_and_courses_are_named(home: Path) -> None:
    ok("db", "upgrade")
    assert "no user with the login “uma”." in refused("enrol", "uma", "tides")
    ok("user", "add", "uma", "--name", "Uma")
    assert "did you mean “uma”?" in refused("enrol", "umma", "tides")
    assert "no course “tides”. Seed one" in refused("enrol", "uma", "tides")
    ok("seed", str(COURSES / "tides"))
    assert "no course “tide”; did you mean “tides”?" in refused("enrol", "uma", "tide")
    assert "already a user" in refused("user", "add", "uma", "--name", "Uma")
    assert "no token" in refused("token", "revoke", "hb_aaaaaaaa")


@pytest.mark.parametrize(
    ("login", "name", "says"),
    [
        ("", "Uma", "begins with a letter or digit"),
        ("u ma", "Uma", "at most 64 letters"),
        ("u" * 65, "Uma", "at most 64 letters"),
        ("uma\n", "Uma", "at most 64 letters"),
        ("uma", " ", "The name is empty"),
        ("uma", "U\nma", "one line"),
    ],
)
def test_what_nobody_can_be_called_is_refused(login: str, name: str, says: str, home: Path) -> None:
    ok("db", "upgrade")
    assert says in refused("user", "add", login, "--name", name)
    assert ok("user", "list") == ""


def test_a_command_that_only_looks_makes_no_database(home: Path) -> None:
    for command in (("db", "status"), ("user", "list"), ("seed", "--dry-run"), ("export", "tides")):
        assert f"There is no database {home / 'hornbook.db'} yet" in refused(*command)
    assert not home.exists()


def test_a_database_that_cannot_be_used_is_named(home: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"This is no database." * 100)
    assert f"The database {damaged} cannot be used: file is not a database." in refused(
        "db", "status", "--database", f"sqlite:///{damaged}"
    )
    assert f"{tmp_path} is a folder" in refused("db", "upgrade", "--database", f"sqlite:///{tmp_path}")
    home.write_text("in the way")
    assert f"The folder {home} cannot be made (there is a file of that name)" in refused("db", "upgrade")


def test_a_broken_file_is_reported_by_line(home: Path, tmp_path: Path) -> None:
    ok("db", "upgrade")
    (tmp_path / "units").mkdir()
    (tmp_path / "course.yaml").write_text("format: hornbook/course@1\nkey: c\ntitle: C\n")
    (tmp_path / "units" / "1-u.yaml").write_text("format: hornbook/unit@1\nunit:\n  key: u\n  titel: U\n")
    output = refused("seed", str(tmp_path))
    assert output.startswith(f"Error: 1 mistake to mend first:\n{tmp_path}")
    assert "1-u.yaml:4:3: " in output and "`title`" in output


def test_a_setting_that_is_not_known_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HORNBOOK_WORKER", "3")
    assert "HORNBOOK_WORKERS" in refused("db", "status")


def test_a_port_in_use_is_said_before_anything_is_done(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port}" in refused("serve", "--port", str(port))
    assert not (home / "hornbook.db").exists()


def test_the_demo_is_random_private_and_stays(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.from_env()
    home.mkdir()
    database = Database(settings.database_url)
    make_ready(database, settings)
    first = prepare_demo(database, settings)
    kept = home / "demo-tokens.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert first is not None and prepare_demo(database, settings) == first
    assert json.loads(kept.read_text())["student"] == first.student
    kept.unlink()
    again = prepare_demo(database, settings)
    assert again is not None and again.student != first.student
    database.close()
    assert first.student not in capsys.readouterr().out


def test_the_front_door_leads_to_what_there_is(ana: Client) -> None:
    assert ana.app.test_client().get("/").headers["Location"] == "/api/docs"


def test_the_openapi_file_is_fresh(ana: Client) -> None:
    assert "up to date" in ok("openapi", "--check")
    served = ana.get("/openapi.json").get_json()
    assert served["openapi"].startswith("3.1")
    validate(served)
