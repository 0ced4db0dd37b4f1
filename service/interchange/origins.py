"""Tells whether two things were imported from the same file, whichever folder that was named from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from service.domain.documents import ImportSource

NEAR = 2
"""How much of a path tells the files of one unit apart: a name, and its folder's (sites are moved and renamed)."""


def is_same_file(one: ImportSource, other: ImportSource) -> bool:
    """Whether one may be the other named from further away: `units/a.md` is `site/units/a.md`, not `labs/a.md`."""
    return _agree(one, other, None)


def is_same_near(one: ImportSource, other: ImportSource) -> bool:
    """The same within one unit, where the name and the folder tell."""
    return _agree(one, other, NEAR)


def _agree(one: ImportSource, other: ImportSource, most: int | None) -> bool:
    steps, others = _steps(one), _steps(other)
    count = min(len(steps), len(others), most or len(steps))
    return one.format == other.format and count > 0 and steps[-count:] == others[-count:]


def _steps(source: ImportSource) -> Sequence[str]:
    path = (source.path or "").replace("\\", "/")
    return [step for step in PurePosixPath(path).parts if step not in {"/", ".."}]
