"""Finds, for what was imported, what it was the last time: by name, address or text, and never by its place."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from service.domain.documents.words import LONGEST_KEY
from service.interchange.raw_units import Raw

ALIKE = 0.6
"""What share of all the words of two texts both must have, so that one may be a new wording of the other."""
MOST_COMMON = 200
"""A word that more texts than this have tells none of them apart, and is not looked up."""


@dataclass(frozen=True)
class Thing:
    """Something with a key: as it is written, and what it can be known by."""

    key: str
    raw: Raw
    text: str = ""
    address: str = ""
    content_hash: str = ""


Criterion = Callable[[Thing], Hashable]
"""What two things have in common that are the same; None where it says nothing."""


def by_key(thing: Thing) -> Hashable:
    """Its key."""
    return thing.key


def by_text(thing: Thing) -> Hashable:
    """What it says, whatever its marks."""
    return " ".join(_words(thing.text)) or None


def by_address(thing: Thing) -> Hashable:
    """Where it is."""
    return thing.address or None


def by_content(thing: Thing) -> Hashable:
    """The lines it was made of, and what of them it is."""
    return (thing.content_hash, by_text(thing)) if thing.content_hash else None


USUAL: Sequence[Criterion] = (by_key, by_content, by_address, by_text)


def matched(new: Sequence[Thing], old: Sequence[Thing], criteria: Sequence[Criterion] = USUAL) -> dict[str, Thing]:
    """The earlier thing for each new one that has one, by the new one's key. No earlier thing is given to two.

    One criterion after the other pairs what no other thing could be meant by; last, texts that are much alike.
    """
    pairs: dict[str, Thing] = {}
    taken: set[str] = set()
    for criterion in criteria:
        left = [one for one in new if one.key not in pairs]
        candidates = _unique([one for one in old if one.key not in taken], criterion)
        for value, one in _unique(left, criterion).items():
            if (earlier := candidates.get(value)) is not None:
                pairs[one.key] = earlier
                taken.add(earlier.key)
    left = [one for one in new if one.key not in pairs]
    return pairs | dict(_alike(left, [one for one in old if one.key not in taken]))


def _unique(things: Sequence[Thing], criterion: Criterion) -> dict[Hashable, Thing]:
    valued = [(value, thing) for thing in things if (value := criterion(thing)) is not None]
    counts = Counter(value for value, _ in valued)
    return {value: thing for value, thing in valued if counts[value] == 1}


def _alike(new: Sequence[Thing], old: Sequence[Thing]) -> list[tuple[str, Thing]]:
    """Pairs of which each is more like the other than anything else is."""
    index: dict[str, list[int]] = defaultdict(list)
    words_of_old = [set(_words(one.text)) for one in old]
    for at, words in enumerate(words_of_old):
        for word in words:
            index[word].append(at)
    nearest_new: dict[int, list[tuple[float, int]]] = defaultdict(list)
    nearest_old: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for at, one in enumerate(new):
        words = set(_words(one.text))
        shared = Counter(other for word in words if len(index[word]) <= MOST_COMMON for other in index[word])
        for other, count in shared.items():
            share = count / len(words | words_of_old[other])
            if share >= ALIKE:
                nearest_new[at].append((share, other))
                nearest_old[other].append((share, at))
    found = []
    for at, candidates in nearest_new.items():
        nearest = _best(candidates)
        if nearest is not None and _best(nearest_old[nearest]) == at:
            found.append((new[at].key, old[nearest]))
    return found


def _best(candidates: Sequence[tuple[float, int]]) -> int | None:
    """The nearest one; None where two are equally near."""
    (share, at), *others = sorted(candidates, reverse=True)
    return None if others and others[0][0] == share else at


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def free_key(key: str, taken: set[str]) -> str:
    """The key, or the next one that nobody ever had."""
    number, own = 2, key
    while own in taken:
        own = f"{key[: LONGEST_KEY - 4].rstrip('-')}-{number}"
        number += 1
    return own
