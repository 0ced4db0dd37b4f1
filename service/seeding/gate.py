"""Tells one version's understanding of files from another's, so that after an upgrade each file is read again, once."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

UNDERSTANDING = ("domain", "content", "seeding")
"""The packages that decide what a file says, and whether it is accepted."""
LENGTH = 12
"""Characters: no secret, only another name for every other text."""


@cache
def gate() -> str:
    """A name for how files are understood here."""
    return name_of(Path(__file__).parent.parent)


def name_of(service: Path) -> str:
    """The name of the code below this folder: of what it says, as nobody forgets to count that up."""
    digest = hashlib.sha256()
    for package in UNDERSTANDING:
        # Some installations have compiled modules in place of their sources; others have them in the cache beside.
        for file in sorted(one for one in (service / package).rglob("*.py*") if one.parent.name != "__pycache__"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:LENGTH]
