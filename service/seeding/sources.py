"""What was read from a file, and where in it each thing stands, so that a later complaint can point at it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
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

    def locate_text(self, path: Path, text: str) -> Place:
        """Where a text stands in the value at `path`; where it is written otherwise, where the entry begins."""
        spot = self._nearest(path)
        # What the value holds begins after it; whatever begins next is no longer part of it.
        last = max(_beginnings(spot))
        after = bisect_right(self._all_beginnings, last)
        end = self._all_beginnings[after] if after < len(self._all_beginnings) else len(self.text)
        at = self.text.find(text, spot[1], end) if text else -1
        return self._place(spot[0] if at < 0 else at)

    def _nearest(self, path: Path) -> Spot:
        spot = self.spot
        for step in path:
            if step not in spot[2]:
                break
            spot = spot[2][step]
        return spot

    def _place(self, offset: int) -> Place:
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1)

    @cached_property
    def _all_beginnings(self) -> list[int]:
        """Where each entry and each value begins, in order."""
        return sorted(_beginnings(self.spot))

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins."""
        return list(chain([0], (found.end() for found in LINE_BREAK.finditer(self.text))))


def _beginnings(spot: Spot) -> Iterator[int]:
    """Where an entry, its value and everything inside begin."""
    yield spot[0]
    yield spot[1]
    for inner in spot[2].values():
        yield from _beginnings(inner)
