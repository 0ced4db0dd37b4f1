"""From a bare Python to an environment: what is remembered, what is passed on, and what is said when it cannot be done.

Each test has a copy of the bootstrap in a folder of its own with a space in its name. The way through a real index is
walked by CI and by whoever starts the tests: they run in what it made.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from service import _bootstrap

HERE = Path(__file__).resolve().parent.parent
LOCK = "requirements.lock"
BARE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
NOBODY_LISTENS = "http://127.0.0.1:1/simple"


def load(folder: Path) -> ModuleType:
    """The bootstrap as it is in `folder`."""
    spec = importlib.util.spec_from_file_location("bootstrap_of_a_copy", folder / "service" / "_bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of which only what the bootstrap needs is there; as a module it prints where it runs and why."""
    folder = tmp_path / "a folder"
    (folder / "service").mkdir(parents=True)
    shutil.copy(HERE / "service" / "_bootstrap.py", folder / "service")
    for name in (LOCK, "pyproject.toml"):
        shutil.copy(HERE / name, folder)
    (folder / "service" / "__init__.py").touch()
    (folder / "service" / "__main__.py").write_text(
        "import sys\n"
        "from service._bootstrap import ensure\n"
        f"ensure({LOCK!r}, 'service')\n"
        "print(sys.prefix, sys.argv[1:], sep='|')\n"
    )
    return folder


def start(folder: Path, *arguments: str, before: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Start the project with a bare Python, after the statements in `before`."""
    code = f"{before}\nimport runpy, sys; sys.argv[1:] = {list(arguments)!r}\n"
    code += "runpy.run_module('service', run_name='__main__', alter_sys=True)"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON", "COV_"))}
    return subprocess.run(
        [BARE, "-c", code], cwd=folder, env=kept | variables, capture_output=True, text=True, check=False
    )


def make(folder: Path) -> ModuleType:
    """An environment as an earlier start left it, but for the packages; the copy's bootstrap."""
    bootstrap = load(folder)
    subprocess.run([BARE, "-m", "venv", "--without-pip", bootstrap.ENVIRONMENT], check=True)
    bootstrap.MARK.write_text(json.dumps({**bootstrap.birthplace(), LOCK: bootstrap.fingerprint(LOCK)}))
    return bootstrap


def test_the_second_start_goes_straight_into_the_environment_with_its_arguments(folder: Path) -> None:
    make(folder)
    started = start(folder, "seed", "--dry-run", "a b")
    assert started.stdout == f"{folder / '.venv'}|['seed', '--dry-run', 'a b']\n"
    assert started.stderr == ""


def test_an_installed_hornbook_has_no_lock_beside_it_and_is_left_alone(folder: Path) -> None:
    (folder / LOCK).unlink()
    started = start(folder)
    assert started.stdout.split("|")[0] == str(sys.base_prefix)
    assert not (folder / ".venv").exists()


def test_an_environment_of_the_users_own_counts_if_it_has_what_is_asked_for(folder: Path) -> None:
    bootstrap = load(folder)
    assert bootstrap.is_provided(LOCK)
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('"flask~=', '"no-such-flask~='))
    assert not bootstrap.is_provided(LOCK)


def test_an_environment_is_ready_only_for_the_lock_it_was_made_from(folder: Path) -> None:
    bootstrap = make(folder)
    assert bootstrap.is_ready(LOCK)
    with (folder / LOCK).open("a") as lock:
        lock.write("# changed\n")
    assert not bootstrap.is_ready(LOCK)


def test_an_environment_does_not_outlive_a_move_of_its_folder(folder: Path) -> None:
    make(folder)
    moved = folder.rename(folder.with_name("another folder"))
    assert load(moved).remembered() == {}


def test_an_environment_does_not_outlive_its_python(folder: Path) -> None:
    bootstrap = make(folder)
    bootstrap.PYTHON.unlink()
    bootstrap.PYTHON.symlink_to(folder / "python-that-was-removed")
    assert bootstrap.remembered() == {}


@pytest.mark.parametrize("mark", ["", '{"folder": "/', "[]"])
def test_an_environment_cut_short_is_not_used(folder: Path, mark: str) -> None:
    bootstrap = make(folder)
    bootstrap.MARK.write_text(mark)
    assert bootstrap.remembered() == {}


def test_an_environment_that_no_python_notices_is_made_anew_and_not_tried_for_ever(folder: Path) -> None:
    bootstrap = make(folder)
    bootstrap.CONFIGURATION.unlink()
    assert bootstrap.remembered() == {}


def test_somebody_elses_environment_is_not_removed(folder: Path) -> None:
    bootstrap = make(folder)
    bootstrap.MARK.unlink()
    started = start(folder)
    assert started.returncode == 1
    assert "was made by someone else: remove it, or" in started.stderr
    assert bootstrap.PYTHON.exists()


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("import sys; sys.modules['ensurepip'] = None", "apt-get install python3-venv"),
        ("import sys; sys.version_info = (3, 9, 2)", "this is Python 3.9 and 3.11 or newer is needed"),
        ("import shutil, subprocess, sys; sys.platform = 'win32'", "on Windows, start it inside WSL"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(folder: Path, before: str, sentence: str) -> None:
    started = start(folder, before=before)
    assert started.returncode == 1
    assert sentence in started.stderr
    assert started.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    (folder / ".venv").touch()
    started = start(folder)
    assert started.returncode == 1
    assert "/.venv/pyvenv.cfg cannot be written (Not a directory): mend that, or" in started.stderr
    assert "Traceback" not in started.stderr


def test_an_unreachable_index_is_said_in_one_sentence_once_what_was_cut_short_is_made_anew(folder: Path) -> None:
    make(folder).MARK.write_text("")
    started = start(folder, PIP_INDEX_URL=NOBODY_LISTENS, PIP_CONFIG_FILE=os.devnull)
    assert started.returncode == 1
    progress, said = started.stderr.splitlines()[:-1], started.stderr.splitlines()[-1]
    assert progress == ["hornbook: Making .venv …", f"hornbook: Installing {len(load(folder).pinned(LOCK))} packages …"]
    assert "the package index cannot be reached" in said
    assert "PIP_INDEX_URL" in said
    assert load(folder).remembered() == {}


def test_pips_settings_reach_uv() -> None:
    bootstrap = load(HERE)
    printed = (
        ":env:.default-timeout='180'\n"
        ":env:.index-url='https://mirror.example/simple'\n"
        "global.cert='/etc/ssl/ours.pem'\n"
        "global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'\n"
        "global.index-url='https://old.example/simple'\n"
        "install.find-links='/srv/a /srv/b'\n"
        "install.trusted-host='mirror.example'\n"
    )
    flags, settings = bootstrap.as_uv_says_it(bootstrap.pip_settings(printed))
    assert flags == []
    assert settings == {
        "SSL_CERT_FILE": "/etc/ssl/ours.pem",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_FIND_LINKS": "/srv/a,/srv/b",
        "UV_HTTP_TIMEOUT": "180",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INSECURE_HOST": "mirror.example",
    }
    assert bootstrap.as_uv_says_it({"no-index": "true"})[0] == ["--no-index"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_no_line_of_a_lock_is_lost_where_pythons_differ_in_a_version(lock: str) -> None:
    text = (_bootstrap.ROOT / lock).read_text()
    assert sorted("".join(_bootstrap.pinned(lock).values()).splitlines()) == sorted(text.splitlines())
