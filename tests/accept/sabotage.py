"""Breaks the code on purpose, one breakage at a time in a copy of the tree: what notices none of it proves nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.accept.breakage import Breakage
from tests.accept.breakages import BREAKAGES

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("service", "tests", "migrations", "seed", "pyproject.toml", "README.md", "CHANGELOG.md", "wsgi.py")
RED = 1
"""What pytest and the rows exit with when something does not hold; anything else means that it was not tried."""
LONGEST = 600.0
"""Seconds after which a test under sabotage counts as red: it hangs."""


class Moved(Exception):
    """The code that was to be broken reads otherwise by now; the breakage has to be written anew."""


def board(only: str) -> bool:
    """Apply every breakage whose name has `only` in it and print whether it was caught; whether all were."""
    chosen = [breakage for breakage in BREAKAGES if only in breakage.name]
    with tempfile.TemporaryDirectory(prefix="hornbook-sabotage-") as folder:
        tree = copied(Path(folder))
        for breakage in chosen:
            require_in_place(tree, breakage)
        # A test that is red anyway would catch everything.
        for test in dict.fromkeys(tuple(breakage.test) for breakage in chosen):
            if run(tree, test) != 0:
                print(f"sabotage · {' '.join(test[1:])} does not hold as it is · FAIL", flush=True)
                return False
        caught = [is_caught(tree, breakage) for breakage in chosen]
    print(f"sabotage · caught {sum(caught)} of {len(caught)} · {'PASS' if all(caught) else 'FAIL'}", flush=True)
    return all(caught)


def is_caught(tree: Path, breakage: Breakage) -> bool:
    """Whether the breakage's test turns red."""
    started = time.monotonic()
    with broken(tree, breakage):
        code = run(tree, breakage.test)
    said = "caught" if code == RED else f"NOT CAUGHT (exit {code})"
    test = " ".join(word for word in breakage.test[1:] if not word.startswith("-") and ":" not in word)
    print(f"sabotage · {breakage.name} · {said} by {test} · {time.monotonic() - started:.0f} s", flush=True)
    return code == RED


def copied(folder: Path) -> Path:
    """A copy of the tree, to be broken."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def require_in_place(tree: Path, breakage: Breakage) -> None:
    """Raise `Moved` unless all that is to be broken stands where it is expected, once."""
    for edit in breakage.edits:
        times = (tree / edit.file).read_text(encoding="utf-8").count(edit.old)
        if times != 1:
            raise Moved(f"“{breakage.name}”: {edit.file} has this {times} times, not once:\n{edit.old}")


@contextmanager
def broken(tree: Path, breakage: Breakage) -> Iterator[None]:
    """The tree with the breakage in it, and as it was afterwards."""
    before = {edit.file: (tree / edit.file).read_text(encoding="utf-8") for edit in breakage.edits}
    try:
        for edit in breakage.edits:
            file = tree / edit.file
            file.write_text(file.read_text(encoding="utf-8").replace(edit.old, edit.new), encoding="utf-8")
        yield
    finally:
        for name, text in before.items():
            (tree / name).write_text(text, encoding="utf-8")


def run(tree: Path, test: Sequence[str]) -> int:
    """Run a test in the copy; what it exits with."""
    process = subprocess.Popen(
        [sys.executable, "-B", *test], cwd=tree, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return process.wait(LONGEST)
    except subprocess.TimeoutExpired:
        return RED
    finally:
        if process.poll() is None:
            # Asked rather than killed, so that it puts away its servers.
            process.terminate()
            process.wait()
