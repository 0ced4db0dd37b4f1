"""What is different between two documents, down to the last field: for people who look at what somebody changed.

Entries of lists are compared by their keys and not by their places (see `entries.py`), so that one that was moved is
moved, and not every one behind it changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from service.domain.entries import ABSENT, Json, are, in_order, named_entries, same_kind

What = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Change:
    """A value that became another: `path` in names and keys, `before` and `after` `ABSENT` where there is none.

    Where entries are in another order, they are what they are known by, in order.
    """

    path: tuple[str, ...]
    what: What
    before: Json
    after: Json


def changes(before: Json, after: Json, path: tuple[str, ...] = ()) -> Iterator[Change]:
    """Every change, in the order of the documents. Equal documents have none."""
    if before == after:
        return
    if are(dict, before, after) and same_kind(before, after):
        for name in dict.fromkeys([*before, *after]):
            yield from changes(before.get(name, ABSENT), after.get(name, ABSENT), (*path, name))
        return
    lists = [[] if side is ABSENT else side for side in (before, after)]
    named = named_entries(path[-1] if path else "", lists[0], lists[1], lists[1]) if are(list, *lists) else None
    if named is None:
        what: What = "added" if before is ABSENT else "removed" if after is ABSENT else "changed"
        yield Change(path, what, before, after)
        return
    old, new = named[0], named[1]
    for entry in dict.fromkeys([*old, *new]):
        yield from changes(old.get(entry, ABSENT), new.get(entry, ABSENT), (*path, str(entry)))
    if not in_order(old, new):
        yield Change(path, "moved", [str(one) for one in old if one in new], [str(one) for one in new if one in old])
