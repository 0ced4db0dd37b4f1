"""What a breakage is: an edit that somebody might make, and the command that must notice it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PYTEST = ("-m", "pytest", "-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider", "--show-capture=no", "--tb=no")
ACCEPT = ("-m", "tests.accept")


@dataclass(frozen=True)
class Edit:
    """A text that stands in a file exactly once, and what stands there after the breakage."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Breakage:
    """What is broken, and the command that must turn red."""

    name: str
    edits: Sequence[Edit]
    test: Sequence[str]


def breaks(name: str, file: str, old: str, new: str, *test: str) -> Breakage:
    """A breakage of one edit."""
    return Breakage(name, [Edit(file, old, new)], test)
