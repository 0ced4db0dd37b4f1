"""Settings come from the environment; what cannot be used is refused at once and in words."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from service.settings import Settings, UnusableSettings, default_data_dir


def test_without_any_variable_everything_has_a_default() -> None:
    settings = Settings.from_env({"HOME": "/home/ana"})
    assert settings.data_dir == Path("/home/ana/.local/share/hornbook")
    assert settings.database_url == "sqlite:////home/ana/.local/share/hornbook/hornbook.db"
    assert (settings.host, settings.port, settings.workers, settings.threads) == ("127.0.0.1", 8000, 2, 4)
    assert (settings.max_body_bytes, settings.proxy_hops, settings.public_url) == (1_048_576, 0, None)


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"HOME": "/home/ana"}, "linux", "/home/ana/.local/share/hornbook"),
        ({"HOME": "/home/ana", "XDG_DATA_HOME": "/data"}, "linux", "/data/hornbook"),
        ({"HOME": "/home/ana", "XDG_DATA_HOME": "relative"}, "linux", "/home/ana/.local/share/hornbook"),
        ({"HOME": "/Users/ana"}, "darwin", "/Users/ana/Library/Application Support/hornbook"),
        ({"HOME": "/Users/ana", "XDG_DATA_HOME": "/data"}, "darwin", "/data/hornbook"),
    ],
)
def test_the_data_directory_is_where_the_platform_keeps_such_things(
    environ: dict[str, str], platform: str, expected: str
) -> None:
    assert default_data_dir(environ, platform) == Path(expected)


def test_every_variable_is_read() -> None:
    settings = Settings.from_env(
        {
            "HORNBOOK_DATA_DIR": "/srv/hornbook",
            "HORNBOOK_DATABASE_URL": "postgres://u:p@db/hornbook?sslmode=require",
            "HORNBOOK_HOST": "0.0.0.0",  # noqa: S104
            "HORNBOOK_PORT": "8080",
            "HORNBOOK_WORKERS": "3",
            "HORNBOOK_THREADS": "5",
            "HORNBOOK_MAX_BODY_BYTES": "2048",
            "HORNBOOK_PROXY_HOPS": "1",
            "HORNBOOK_LOG_LEVEL": "error",
            "HORNBOOK_PUBLIC_URL": "https://read.example.org/",
            "HORNBOOK_TEST_DATABASE_URL": "ignored",
            "PATH": "/bin",
        }
    )
    assert settings == Settings(
        data_dir=Path("/srv/hornbook"),
        database_url="postgresql+psycopg://u:p@db/hornbook?sslmode=require",
        host="0.0.0.0",  # noqa: S104
        port=8080,
        workers=3,
        threads=5,
        max_body_bytes=2048,
        proxy_hops=1,
        log_level="error",
        public_url="https://read.example.org",
    )


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("sqlite:////srv/h.db", "sqlite:////srv/h.db"),
        ("sqlite:///h.db", "sqlite:///h.db"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
    ],
)
def test_a_database_of_either_kind_is_taken(url: str, taken: str) -> None:
    assert Settings.from_env({"HORNBOOK_DATABASE_URL": url}).database_url == taken


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u@h/d"),
        ("DATABASE_URL", "postgresql+psycopg2://u@h/d"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "/srv/h.db"),
        ("DATA_DIR", "relative"),
        ("HOST", "a b"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "8000.0"),
        ("PORT", "９"),
        ("WORKERS", "0"),
        ("THREADS", "many"),
        ("MAX_BODY_BYTES", "1"),
        ("PROXY_HOPS", "9"),
        ("LOG_LEVEL", "debug"),
        ("PUBLIC_URL", "read.example.org"),
        ("PUBLIC_URL", "https://read.example.org/?a=b"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_what_would_be_right(name: str, value: str) -> None:
    with pytest.raises(UnusableSettings, match=rf"HORNBOOK_{name}: .* needed") as refusal:
        Settings.from_env({f"HORNBOOK_{name}": value})
    assert len(refusal.value.mistakes) == 1


def test_everything_wrong_is_told_at_once_and_the_nearest_name_is_suggested() -> None:
    with pytest.raises(UnusableSettings) as refusal:
        Settings.from_env({"HORNBOOK_PROT": "1", "HORNBOOK_WORKERS": "x", "HORNBOOK_": "", "HORNBOOK_PORT_FILE": "/x"})
    told = str(refusal.value)
    assert "HORNBOOK_PROT: there is no such setting; did you mean HORNBOOK_PORT?" in told
    assert "HORNBOOK_WORKERS: a whole number from 1 to 64 is needed." in told
    assert "HORNBOOK_PORT_FILE: there is no such setting" in told
    assert len(told.splitlines()) == 5


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://u:p@h/d\n")
    settings = Settings.from_env({"HORNBOOK_DATABASE_URL_FILE": str(secret)})
    assert settings.database_url == "postgresql+psycopg://u:p@h/d"


def test_a_secret_from_nowhere_or_from_two_places_is_refused(tmp_path: Path) -> None:
    both = {"HORNBOOK_DATABASE_URL": "sqlite:///h.db", "HORNBOOK_DATABASE_URL_FILE": "/x"}
    for environ in ({"HORNBOOK_DATABASE_URL_FILE": str(tmp_path / "missing")}, both):
        with pytest.raises(UnusableSettings, match="HORNBOOK_DATABASE_URL"):
            Settings.from_env(environ)


def test_a_secret_is_neither_printed_nor_told_in_a_refusal() -> None:
    assert "p4ss" not in repr(Settings(database_url="postgresql+psycopg://u:p4ss@h/d"))
    with pytest.raises(UnusableSettings) as refusal:
        Settings.from_env({"HORNBOOK_DATABASE_URL": "mysql://u:p4ss@h/d"})
    assert "p4ss" not in str(refusal.value)


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert Settings.from_env({"HORNBOOK_PORT": "", "HORNBOOK_PUBLIC_URL": ""}).port == 8000


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_the_table_has_a_row_for_every_variable() -> None:
    table = Settings.table()
    assert table.count("\n") == len(Settings.__dataclass_fields__) + 2
    assert "| `HORNBOOK_PORT` | number | `8000` | the port to listen on |" in table
    assert "| `HORNBOOK_DATABASE_URL` (or `…_FILE`) | address | SQLite in the data directory |" in table
    assert "| `HORNBOOK_PUBLIC_URL` | address | none |" in table
