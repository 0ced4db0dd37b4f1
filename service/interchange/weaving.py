"""Puts an earlier list and a new one together: what only one of them has stands behind what it stood behind there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from service.interchange.raw_units import Raw, inside

Name = Hashable


def joined(
    old: Sequence[Raw], new: Sequence[Raw], merge: Callable[[Raw, Raw], Raw], stays: Callable[[Raw], bool]
) -> list[Raw]:
    """The new list, each thing merged with its earlier self, and those of the old list that stay all the same.

    They are in the order of the page, unless that is the same as before: then in the order somebody gave them.
    """
    before, now = named(old), named(new)
    kept = {name: raw for name, raw in before.items() if name in now or stays(inside(raw))}
    order = woven(kept, now) if _is_order_same(kept, now) else woven(now, kept)
    return [
        merge(kept[name], now[name]) if name in kept and name in now else now.get(name, kept.get(name, {}))
        for name in order
    ]


N = TypeVar("N", bound=Hashable)


def woven(first: Iterable[N], second: Iterable[N]) -> list[N]:
    """The first list, and of the second what is not in it, each behind its neighbour."""
    order = list(first)
    present = set(order)
    behind: dict[N | None, list[N]] = defaultdict(list)
    neighbour: N | None = None
    for name in second:
        if name in present:
            neighbour = name
        else:
            behind[neighbour].append(name)
    return [*behind[None], *(one for name in order for one in (name, *behind[name]))]


def named(raws: Iterable[Raw]) -> dict[Name, Raw]:
    """Things of a list by their keys; notes, which may have none, by the lines they were made of, or what they say."""
    names: Counter[Name] = Counter()
    found: dict[Name, Raw] = {}
    for raw in raws:
        name = name_of(inside(raw))
        names[name] += 1
        found[name, names[name]] = raw
    return found


def name_of(raw: Raw) -> Name:
    """What something is known by among others."""
    return raw.get("key") or raw.get("source", {}).get("content_hash") or raw.get("text")


def _is_order_same(before: Mapping[Name, Raw], now: Mapping[Name, Raw]) -> bool:
    """Whether the page has in the same order what it had before, in whatever order the two lists have it."""
    lines = [(_line(before[name]), _line(now[name])) for name in now if name in before]
    known = sorted((was, then) for was, then in lines if was is not None and then is not None)
    return len(known) == len(lines) and all(one[1] <= other[1] for one, other in pairwise(known))


def _line(raw: Raw) -> int | None:
    line: int | None = inside(raw).get("source", {}).get("first_line")
    if line is None and raw.get("items"):
        return _line(raw["items"][0])
    return line
