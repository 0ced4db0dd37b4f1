"""What was read from a file, and where in it each thing stands, so that a later complaint can point at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.seeding.slips import Slip

Raw = dict[str, Any] | list[Any] | str | None
"""What a file says before anything is typed: mappings, lists, texts, and None where nothing was written."""
Path = Sequence[str | int]


class Place(NamedTuple):
    """A line and a column, both counted from 1, the column in characters."""

    line: int
    column: int


@dataclass(slots=True)
class Spot:
    """Where one entry stands: where it begins (with its name, in a mapping), where its value does, and what is inside.

    The parser's own marks are kept: of thousands of places an author is told a few.
    """

    entry: Any
    value: Any
    inner: dict[str | int, Spot] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """What was read from a file, where each of its entries stands, and what was refused on the way.

    `whole` is False where reading had to stop; `raw` is then not to be relied on.
    """

    raw: Raw
    spot: Spot
    slips: tuple[Slip, ...]
    whole: bool

    def locate(self, path: Path) -> Place:
        """Where the entry at `path` begins, or else its nearest surroundings that were written."""
        return place_of(self._nearest(path).entry)

    def locate_value(self, path: Path) -> Place:
        """Where the value at `path` begins, or else that of its nearest surroundings."""
        return place_of(self._nearest(path).value)

    def _nearest(self, path: Path) -> Spot:
        spot = self.spot
        for step in path:
            if step not in spot.inner:
                break
            spot = spot.inner[step]
        return spot


def place_of(mark: Any) -> Place:
    """The place a parser's mark (0-based, or None for the beginning) stands for."""
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
