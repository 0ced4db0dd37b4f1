"""Merges what two sides made of one document: entity by entity where there are keys, field by field inside them.

Works on canonical JSON and knows nothing of units: whatever it gives must pass the gate again. What only one side
changed is taken; what both changed to the same is fine; the rest is a conflict, decided by the caller or by nobody.
Source of the rules: `content.md`, "Seeding".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from service.domain.entries import ABSENT, Entries, Json, are, in_order, named_entries, same_kind

Side = Literal["files", "database"]


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
        if are(dict, theirs, ours) and same_kind(theirs, ours):
            return self.fields(path, base if isinstance(base, dict) else {}, theirs, ours)
        if are(list, theirs, ours):
            named = named_entries(path[-1] if path else "", base if isinstance(base, list) else [], theirs, ours)
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

    def entries(self, path: tuple[str, ...], base: Entries, theirs: Entries, ours: Entries) -> Json:
        """Entry by entry, in the order of the files unless only the database changed it."""
        merged = {}
        for name in dict.fromkeys([*ours, *theirs]):
            given = (one.get(name, ABSENT) for one in (base, theirs, ours))
            merged[name] = self.value((*path, str(name)), *given)
        return [merged[name] for name in _order(base, theirs, ours) if merged[name] is not ABSENT]


def _order(base: Entries, theirs: Entries, ours: Entries) -> list[Hashable]:
    """Every name of the two sides: in the order of `ours`, or of `theirs` where only that was changed."""
    first, second = (theirs, ours) if in_order(base, ours) and not in_order(base, theirs) else (ours, theirs)
    order = list(first)
    at = 0
    for name in second:
        if name in first:
            at = order.index(name) + 1
        else:
            order.insert(at, name)
            at += 1
    return order


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
        if are(dict, old, new):
            yield from (Difference((name, *one.path), one.what) for one in _by_name(old, new))
            continue
        entries = _listed(name, old, new)
        if entries is None:
            yield Difference((name,), _what(old, new))
        else:
            yield from (Difference((name, *one.path), one.what) for one in _by_name(*entries))
            if not in_order(*entries):
                yield Difference((name, "order"), "changed")


def _listed(name: str, old: Json, new: Json) -> tuple[Entries, Entries] | None:
    before, after = ([] if side is ABSENT else side for side in (old, new))
    if before == after:
        return None
    named = named_entries(name, before, after, after) if are(list, before, after) else None
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
