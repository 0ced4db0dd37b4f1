"""The entries of a list in a document by what each is known by: a key, or what it says where there is none.

Works on canonical JSON and knows nothing of units.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Any

MEMBERS = frozenset({"aliases", "authors", "from", "kind", "level", "objectives", "questions", "see_also", "tags"})
"""Lists of texts of which each entry stands for itself; any other list of scalars is one value."""
NAMES = ("text", "left", "url", "resource", "reading", "reading_group", "take", "re", "wildcard", "number")
"""What an entry without a key is known by: the first of these that it has."""


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""Stands where a side has nothing: the field has its default, the entity is not there."""

Entries = dict[Hashable, Json]
"""The entries of a list by what each is known by on all three sides, in order."""


def are(kind: type, *values: Json) -> bool:
    """Whether all of them are of this kind."""
    return all(isinstance(value, kind) for value in values)


def same_kind(one: Mapping[str, Json], other: Mapping[str, Json]) -> bool:
    """Fields of two kinds of question mixed would be neither."""
    return one.get("kind") == other.get("kind") or not are(str, one.get("kind"), other.get("kind"))


def named_entries(name: str, base: list[Json], theirs: list[Json], ours: list[Json]) -> tuple[Entries, ...] | None:
    """The entries of the three lists, known by the same names; None where they can only be taken as a whole."""
    everything = [*base, *theirs, *ours]
    if name in MEMBERS and are(str, *everything):
        sides = [{entry: entry for entry in side} for side in (base, theirs, ours)]
    elif are(dict, *everything):
        first = _entries(base, {})
        sides = [first, _entries(theirs, first), _entries(ours, first)]
    else:
        return None
    if any(len(named) < len(side) for named, side in zip(sides, (base, theirs, ours), strict=True)):
        return None  # something is there twice
    return tuple(sides)


def _entries(side: Sequence[Json], base: Mapping[Hashable, Json]) -> Entries:
    """The entries by their keys; one without a key by that of the entry of `base` that it most likely was."""
    names = [_key(entry) for entry in side]
    left = [name for name in base if isinstance(name, _Unkeyed)]
    for alike in (_whole, _name):
        for index, entry in enumerate(side):
            same = [name for name in left if alike(base[name]) == alike(entry)] if names[index] is None else []
            if same:
                names[index] = same[0]
                left.remove(same[0])
    open_ = [index for index, name in enumerate(names) if name is None]
    if len(open_) == len(left):
        # As many as were there: edited where they stood.
        for index, known in zip(open_, left, strict=True):
            names[index] = known
    seen: Counter[str] = Counter()
    for index in open_:
        if names[index] is None:
            text = _name(side[index])
            seen[text] += 1
            names[index] = _Unkeyed(text, seen[text])
    return dict(zip(names, side, strict=True))


@dataclass(frozen=True)
class _Unkeyed:
    """The name of an entry without a key."""

    text: str
    number: int

    def __str__(self) -> str:
        return self.text if self.number == 1 else f"{self.text} ({self.number})"


def _key(entry: Mapping[str, Json]) -> Hashable:
    """The entry's key; that of what is written under a name (`choose: {…}`) belongs to what is inside."""
    wrapper, inside = next(iter(entry.items())) if len(entry) == 1 else ("", None)
    if isinstance(inside, dict) and "key" in inside:
        return f"{wrapper} {inside['key']}"
    return entry.get("key")


def _name(entry: Mapping[str, Json]) -> str:
    inside = next(iter(entry.values())) if len(entry) == 1 else entry
    known = inside if isinstance(inside, dict) else entry
    text = next((known[name] for name in NAMES if name in known), None)
    return text if isinstance(text, str) else _whole(entry)


def _whole(entry: Json) -> str:
    return json.dumps(entry, sort_keys=True, ensure_ascii=False)


def in_order(base: Entries, side: Entries) -> bool:
    """Whether what a side kept of the base is in the base's order."""
    return [name for name in side if name in base] == [name for name in base if name in side]
