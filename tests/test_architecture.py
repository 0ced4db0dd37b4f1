"""The house rules as tests: who may import whom, how large things may grow, and what lies at the top of the tree."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
TOP = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "migrations",
    "pyproject.toml",
    "requirements-dev.lock",
    "requirements.lock",
    "seed",
    "service",
    "tests",
    "wsgi.py",
}
MADE = {".git", ".venv", "build", "dist", "PKG-INFO"}
SAYS_NOTHING = re.compile(r"(?i)(utils?|helpers?|common|misc|shared|managers?|dao|base_?classes)")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
# Where somebody's checkout, home or mirror may lie, true on one machine only; Ana of the cast lives nowhere.
ONE_MACHINE = re.compile(r"(?<![\w.}/~-])/(?:home|root|Users|work|opt|mnt)/(?!ana\b)\w+")
LOCKS = ("requirements.lock", "requirements-dev.lock")


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project: what git knows or would take, or else what lies here and was not made by a tool."""
    asked = (
        subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if (ROOT / ".git").exists()
        else None
    )
    if asked is not None and asked.returncode == 0:
        return tuple(path for name in asked.stdout.split("\0") if name and (path := ROOT / name).is_file())
    return tuple(_walk(ROOT))


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in MADE or path.name == "__pycache__" or path.name.endswith((".egg-info", "_cache")):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def modules(*below: str) -> list[Path]:
    """The Python files below the folders named, or all of them."""
    return [path for path in files() if path.suffix == ".py" and (not below or local(path).split("/")[0] in below)]


def local(path: Path) -> str:
    """A path as seen from the top of the tree."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """A module, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def program(name: str) -> str:
    """A program of the environment that the tests run in."""
    return str(Path(sys.executable).with_name(name))


def imports(path: Path) -> set[str]:
    """The full names of what a module imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or ".")
    return found


def test_each_part_imports_only_what_lies_below_it() -> None:
    checked = subprocess.run(
        [program("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_domain_imports_the_standard_library_only() -> None:
    agreed = {("service/domain/patterns.py", "re2"), ("service/domain/reviews.py", "fsrs")}
    foreign = {
        (local(path), name)
        for path in modules("service")
        if local(path).startswith("service/domain/")
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("service.domain")
    }
    assert foreign <= agreed


def test_the_package_itself_imports_nothing() -> None:
    assert imports(ROOT / "service/__init__.py") == set()


def test_the_bootstrap_imports_the_standard_library_only() -> None:
    names = {name.split(".")[0] for name in imports(ROOT / "service/_bootstrap.py")}
    assert names <= sys.stdlib_module_names


@pytest.mark.parametrize("name", ["_bootstrap", "__main__"])
def test_an_old_python_can_read_what_tells_it_that_it_is_too_old(name: str) -> None:
    source = (ROOT / f"service/{name}.py").read_text(encoding="utf-8")
    parsed = ast.parse(source, feature_version=(3, 6))
    signatures = [node for node in ast.walk(parsed) if isinstance(node, ast.FunctionDef)]
    said = [hint for each in signatures for hint in (each.returns, *(a.annotation for a in each.args.args)) if hint]
    assert all(isinstance(hint, ast.Name | ast.Constant) for hint in said), "quote what an old Python cannot evaluate"
    assert "__future__" not in imports(ROOT / f"service/{name}.py")


def test_every_module_opens_with_why_it_exists() -> None:
    assert [local(path) for path in modules() if not ast.get_docstring(tree(path))] == []


def test_no_file_is_longer_than_can_be_read() -> None:
    lines = {local(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: length for name, length in lines.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_can_be_read() -> None:
    lengths = {
        f"{local(path)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in modules("service", "tests", "wsgi.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_function_takes_more_or_decides_more_than_can_be_held_in_the_head() -> None:
    checked = subprocess.run(
        [program("ruff"), "check", "--no-cache", "--select", "C901,PLR0913", "--output-format", "concise", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_names_of_files_and_classes_say_what_is_in_them() -> None:
    paths = [local(path) for path in modules() if SAYS_NOTHING.fullmatch(path.stem)]
    classes = [
        f"{local(path)} {node.name}"
        for path in modules("service")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Helper|Utils?|DAO)$", node.name)
    ]
    assert paths + classes == []


def test_the_top_of_the_tree_holds_what_was_agreed_and_nothing_else() -> None:
    assert {local(path).split("/")[0] for path in files()} - TOP == set()


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path != Path(__file__):
            found += [f"{local(path)}: {match.group()}" for match in ONE_MACHINE.finditer(text)]
    assert found == []


def lock(name: str) -> dict[str, str]:
    """A lock's entries: distribution -> its lines."""
    entries = re.split(r"^(?=\w)", (ROOT / name).read_text(encoding="utf-8"), flags=re.M)
    return {entry.split("==")[0]: entry for entry in entries if entry.strip()}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_hashes_everything(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    assert [entry for entry in lock(name).values() if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_what_the_tests_run_with_is_what_people_run_with() -> None:
    assert lock("requirements.lock").items() <= lock("requirements-dev.lock").items()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    asked = {
        "requirements.lock": project["project"]["dependencies"]
        + project["project"]["optional-dependencies"]["postgres"]
        + groups["bootstrap"],
        "requirements-dev.lock": groups["dev"],
    }
    for name, lines in asked.items():
        locked = {each: re.match(r"[^=]+==([^\s;]+)", entry) for each, entry in lock(name).items()}
        for requirement in map(Requirement, lines):
            version = locked.get(requirement.name)
            assert version, f"{requirement.name} is not in {name}: make the locks anew"
            assert requirement.specifier.contains(version[1]), f"{requirement} is not what {name} holds"


def test_the_changelog_knows_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    headings = re.findall(r"^## \[?([\w.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)
    assert headings[:1] in (["Unreleased"], [version])
