"""Finds, for what was imported, what it was the last time: by name, address or text, and never by its place."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from service.domain.documents.words import LONGEST_KEY
from service.interchange.identity import DIGITS
from service.interchange.raw_units import Raw

ALIKE = 0.6
"""What share of all the words of two texts both must have, so that one may be a new wording of the other."""
MOST_COMMON = 200
"""A word that more texts than this have tells none of them apart, and is not looked up."""
MOST_COMPARED = 20
"""With how many others a text is compared: those that have most of its words in common with it."""


@dataclass(frozen=True)
class Thing:
    """Something with a key: as it is written, and what it can be known by.

    `whole` is its text with what belongs to it (a question with its answers); without it, the text is all there is.
    """

    key: str
    raw: Raw
    text: str = ""
    address: str = ""
    content_hash: str = ""
    whole: str = ""

    @property
    def words(self) -> list[str]:
        """Everything it says."""
        return _words(self.whole or self.text)


Criterion = Callable[[Thing], Hashable]
"""What two things have in common that are the same; None where it says nothing."""


def by_key(thing: Thing) -> Hashable:
    """Its key; one that was made of a content says nothing of another content, whose hash begins the same by chance."""
    is_derived = thing.content_hash and thing.key.endswith(f"-{thing.content_hash[:DIGITS]}")
    return (thing.key, thing.content_hash if is_derived else "")


def by_letter(thing: Thing) -> Hashable:
    """What it says, to the letter."""
    return thing.text.strip() or None


def by_text(thing: Thing) -> Hashable:
    """What it says, whatever its marks."""
    return " ".join(_words(thing.text)) or None


def by_whole(thing: Thing) -> Hashable:
    """What it says with all that belongs to it."""
    return " ".join(thing.words) or None


def by_address(thing: Thing) -> Hashable:
    """Where it is."""
    return thing.address or None


def by_content(thing: Thing) -> Hashable:
    """The lines it was made of, and what of them it is."""
    return (thing.content_hash, by_text(thing)) if thing.content_hash else None


USUAL: Sequence[Criterion] = (by_key, by_content, by_address, by_whole, by_text)


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
    said_of_old = [set(one.words) for one in old]
    index: dict[str, list[int]] = defaultdict(list)
    for at, said in enumerate(said_of_old):
        for word in said:
            index[word].append(at)
    nearest_new: dict[int, list[tuple[float, int]]] = defaultdict(list)
    nearest_old: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for at, one in enumerate(new):
        said = set(one.words)
        for other in _likeliest(said, index):
            share = len(said & said_of_old[other]) / len(said | said_of_old[other])
            if share >= ALIKE:
                nearest_new[at].append((share, other))
                nearest_old[other].append((share, at))
    found = []
    for at, candidates in nearest_new.items():
        nearest = _best(candidates)
        if nearest is not None and _best(nearest_old[nearest]) == at:
            found.append((new[at].key, old[nearest]))
    return found


def _likeliest(said: Iterable[str], index: Mapping[str, Sequence[int]]) -> list[int]:
    """Which texts have most of these words, of those words that tell texts apart."""
    telling = (index[word] for word in said if word in index and len(index[word]) <= MOST_COMMON)
    counts = Counter(at for places in telling for at in places)
    return nsmallest(MOST_COMPARED, counts, key=lambda at: (-counts[at], at))


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
