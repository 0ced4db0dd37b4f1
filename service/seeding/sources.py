"""What was read from a file, and where in it each thing stands, so that a later complaint can point at it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from service.seeding.slips import Slip

LINE_BREAK = re.compile(r"\r\n|\r|\n")

Raw = dict[str, Any] | list[Any] | str | None
"""What a file says before anything is typed: mappings, lists, texts, and None where nothing was written."""
Path = Sequence[str | int]

Spot = tuple[int, int, Mapping[Any, Any]]
"""Where an entry begins (with its name, in a mapping), where its value does, and the spots inside, by name or index.

Offsets in characters and plain tuples: there are thousands of spots, and an author is told of a few.
"""


class Place(NamedTuple):
    """A line and a column, both counted from 1, the column in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """What was read from a file, where each of its entries stands, and what was refused on the way.

    `whole` is False where reading had to stop; `raw` and `spot` are then not to be relied on.
    """

    text: str
    raw: Raw
    spot: Spot
    slips: tuple[Slip, ...]
    whole: bool

    def locate(self, path: Path) -> Place:
        """Where the entry at `path` begins, or else its nearest surroundings that were written."""
        return self._place(self._nearest(path)[0])

    def locate_value(self, path: Path) -> Place:
        """Where the value at `path` begins, or else that of its nearest surroundings."""
        return self._place(self._nearest(path)[1])

    def _nearest(self, path: Path) -> Spot:
        spot = self.spot
        for step in path:
            if step not in spot[2]:
                break
            spot = spot[2][step]
        return spot

    def _place(self, offset: int) -> Place:
        line = bisect_right(self._beginnings, offset)
        return Place(line, offset - self._beginnings[line - 1] + 1)

    @cached_property
    def _beginnings(self) -> list[int]:
        """Where each line begins."""
        return list(chain([0], (found.end() for found in LINE_BREAK.finditer(self.text))))
