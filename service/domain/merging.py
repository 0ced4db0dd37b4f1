"""Merges what two sides made of one document: entity by entity where there are keys, field by field inside them.

Works on canonical JSON and knows nothing of units: whatever it gives must pass the gate again. What only one side
changed is taken; what both changed to the same is fine; the rest is a conflict, decided by the caller or by nobody.
Source of the rules: `content.md`, "Seeding".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Json = Any
Side = Literal["files", "database"]

MEMBERS = frozenset({"aliases", "authors", "from", "kind", "level", "objectives", "questions", "see_also", "tags"})
"""Lists of texts of which each entry stands for itself; any other list of scalars is one value."""
NAMES = ("text", "left", "url", "resource", "reading", "reading_group", "take", "re", "wildcard", "number")
"""What an entry without a key is known by: the first of these that it has."""


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""Stands where a side has nothing: the field has its default, the entity is not there."""


@dataclass(frozen=True)
class Conflict:
    """One value that both sides changed, each to something else; `ABSENT` where a side took it away."""

    path: tuple[str, ...]
    database: Json
    files: Json


@dataclass(frozen=True)
class Merged:
    """What the merge gives, and where nobody could say what is meant."""

    document: Json
    conflicts: tuple[Conflict, ...]


def merge(base: Json, database: Json, files: Json, take: Side = "files") -> Merged:
    """The document with the changes of both sides; a conflict is settled for the side to `take`, and reported."""
    merging = _Merging(take)
    return Merged(merging.value((), base, database, files), tuple(merging.conflicts))


@dataclass
class _Merging:
    take: Side
    conflicts: list[Conflict] = field(default_factory=list)

    def value(self, path: tuple[str, ...], base: Json, theirs: Json, ours: Json) -> Json:
        """What becomes of one value: the database's is called `theirs`, the files' `ours`."""
        if theirs in (ours, base):
            return ours
        if ours == base:
            return theirs
        if _are(dict, theirs, ours) and _same_kind(theirs, ours):
            return self.fields(path, base if isinstance(base, dict) else {}, theirs, ours)
        if _are(list, theirs, ours):
            named = _named(path[-1] if path else "", base if isinstance(base, list) else [], theirs, ours)
            if named is not None:
                return self.entries(path, *named)
        self.conflicts.append(Conflict(path, theirs, ours))
        return ours if self.take == "files" else theirs

    def fields(self, path: tuple[str, ...], base: Json, theirs: Json, ours: Json) -> Json:
        """Field by field, in the order of the files."""
        merged = {}
        for name in dict.fromkeys([*ours, *theirs]):
            given = (one.get(name, ABSENT) for one in (base, theirs, ours))
            value = self.value((*path, name), *given)
            if value is not ABSENT:
                merged[name] = value
        return merged

    def entries(self, path: tuple[str, ...], base: _Entries, theirs: _Entries, ours: _Entries) -> Json:
        """Entry by entry, in the order of the files unless only the database changed it."""
        merged = {}
        for name in dict.fromkeys([*ours, *theirs]):
            given = (one.get(name, ABSENT) for one in (base, theirs, ours))
            merged[name] = self.value((*path, str(name)), *given)
        return [merged[name] for name in _order(base, theirs, ours) if merged[name] is not ABSENT]


_Entries = dict[Hashable, Json]
"""The entries of a list by what each is known by on all three sides, in order."""


def _are(kind: type, *values: Json) -> bool:
    return all(isinstance(value, kind) for value in values)


def _same_kind(one: Mapping[str, Json], other: Mapping[str, Json]) -> bool:
    """Fields of two kinds of question mixed would be neither."""
    return one.get("kind") == other.get("kind") or not _are(str, one.get("kind"), other.get("kind"))


def _named(name: str, base: list[Json], theirs: list[Json], ours: list[Json]) -> tuple[_Entries, ...] | None:
    """The entries of the three lists, known by the same names; None where they can only be taken as a whole."""
    everything = [*base, *theirs, *ours]
    if name in MEMBERS and _are(str, *everything):
        sides = [{entry: entry for entry in side} for side in (base, theirs, ours)]
    elif _are(dict, *everything):
        first = _entries(base, {})
        sides = [first, _entries(theirs, first), _entries(ours, first)]
    else:
        return None
    if any(len(named) < len(side) for named, side in zip(sides, (base, theirs, ours), strict=True)):
        return None  # something is there twice
    return tuple(sides)


def _entries(side: Sequence[Json], base: Mapping[Hashable, Json]) -> _Entries:
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


def _order(base: _Entries, theirs: _Entries, ours: _Entries) -> list[Hashable]:
    """Every name of the two sides: in the order of `ours`, or of `theirs` where only that was changed."""
    first, second = (theirs, ours) if _in_order(base, ours) and not _in_order(base, theirs) else (ours, theirs)
    order = list(first)
    at = 0
    for name in second:
        if name in first:
            at = order.index(name) + 1
        else:
            order.insert(at, name)
            at += 1
    return order


def _in_order(base: _Entries, side: _Entries) -> bool:
    """Whether what a side kept of the base is in the base's order."""
    return [name for name in side if name in base] == [name for name in base if name in side]


What = Literal["added", "changed", "gone"]


@dataclass(frozen=True)
class Difference:
    """What became of one entity (or of a field of the whole), by its path of names and keys."""

    path: tuple[str, ...]
    what: What


def differences(before: Json, after: Json) -> Iterator[Difference]:
    """What is different between two documents, told by entity of their lists and by field of their head."""
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, ABSENT), after.get(name, ABSENT)
        if old == new:
            continue
        if _are(dict, old, new):
            yield from (Difference((name, *one.path), one.what) for one in _by_name(old, new))
            continue
        entries = _listed(name, old, new)
        if entries is None:
            yield Difference((name,), _what(old, new))
        else:
            yield from (Difference((name, *one.path), one.what) for one in _by_name(*entries))
            if not _in_order(*entries):
                yield Difference((name, "order"), "changed")


def _listed(name: str, old: Json, new: Json) -> tuple[_Entries, _Entries] | None:
    before, after = ([] if side is ABSENT else side for side in (old, new))
    if before == after:
        return None
    named = _named(name, before, after, after) if _are(list, before, after) else None
    return None if named is None else (named[0], named[1])


def _by_name(old: Mapping[Any, Json], new: Mapping[Any, Json]) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name, ABSENT), new.get(name, ABSENT)
        if before != after:
            yield Difference((str(name),), _what(before, after))


def _what(before: Json, after: Json) -> What:
    if before is ABSENT:
        return "added"
    return "gone" if after is ABSENT else "changed"
