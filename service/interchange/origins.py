"""Tells whether two things were imported from the same file, whichever folder that was named from."""

from __future__ import annotations

from pathlib import PurePosixPath

from service.domain.documents import ImportSource

TELLING = 2
"""How many steps of a path tell files apart: many are called `_index.md`, in folders of their own."""


def is_same_file(one: ImportSource, other: ImportSource) -> bool:
    """Whether one may be the other named from further away: `units/a.md` is `site/units/a.md`, not `labs/a.md`."""
    return _agree(one, other, min(len(_steps(one)), len(_steps(other))))


def is_same_near(one: ImportSource, other: ImportSource) -> bool:
    """The same within one unit, which has few files: sites are moved and renamed as a whole."""
    return _agree(one, other, TELLING)


def is_told_apart(one: ImportSource, other: ImportSource) -> bool:
    """Whether they cannot be the same: of a file that is named by itself nobody knows the folder."""
    count = min(len(_steps(one)), len(_steps(other)), TELLING)
    return one.format != other.format or _steps(one)[-count:] != _steps(other)[-count:]


def _agree(one: ImportSource, other: ImportSource, count: int) -> bool:
    steps, others = _steps(one), _steps(other)
    is_same = steps == others or (count >= TELLING and steps[-count:] == others[-count:])
    return one.format == other.format and bool(steps) and is_same


def _steps(source: ImportSource) -> list[str]:
    path = (source.path or "").replace("\\", "/")
    return [step for step in PurePosixPath(path).parts if step not in {"/", ".."}]
