"""Keeps the keys of what is inside a question: a choice that was repaired is the choice that it was."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from service.domain.keys import keyed
from service.interchange.matching import Thing, by_key, by_letter, by_text, free_key, matched
from service.interchange.raw_units import Raw

TEXTS = {"choices": "text", "pairs": "left", "steps": "text", "rubric": "text", "hints": "text"}
"""The lists whose entries have a key whether one is written or not (it is then made of this text)."""
LISTS = (*TEXTS, "accept", "reject", "mistakes")
BY_HAND = ("feedback", "anchor")
"""What banks hardly say of an entry; it is kept while a right one stays right, and a wrong one wrong."""


def keep_keys(old: Raw, new: Raw) -> None:
    """Give the entries of a question the keys that they had, and what was said of them by hand.

    A key that was made of a text is written down once the text is another.
    """
    if old.get("kind") != new.get("kind"):
        return
    for name in LISTS:
        if old.get(name) and new.get(name):
            _keep(old[name], new[name], TEXTS.get(name))


def _keep(old: Sequence[Raw], new: Sequence[Raw], text: str | None) -> None:
    earlier = [_thing(key, raw, text) for key, raw in zip(_keys(old, text), old, strict=True)]
    things = [_thing(raw.get("key", f"{at}."), raw, text) for at, raw in enumerate(new)]
    pairs = matched(things, earlier, (by_key, by_letter, by_text))
    if len(old) == len(new):
        pairs |= _repaired(things, earlier, pairs)
    taken = {one.key for one in earlier}
    for thing in things:
        was = pairs.get(thing.key)
        if was is not None:
            _keep_one(was, thing, text)
        elif "key" in thing.raw:
            thing.raw["key"] = free_key(thing.key, taken)


def _keep_one(was: Thing, now: Thing, text: str | None) -> None:
    is_reworded = text is not None and was.raw.get(text) != now.raw.get(text)
    if "key" in was.raw or is_reworded:
        now.raw["key"] = was.key
    else:
        now.raw.pop("key", None)
    if _is_right(was.raw) is _is_right(now.raw):
        for name in BY_HAND:
            if name in was.raw:
                now.raw.setdefault(name, was.raw[name])


def _repaired(new: Sequence[Thing], old: Sequence[Thing], pairs: dict[str, Thing]) -> dict[str, Thing]:
    """The last one of each side, where only one is left: it says something else now, unless right became wrong."""
    found = {one.key for one in pairs.values()}
    left, gone = [one for one in new if one.key not in pairs], [one for one in old if one.key not in found]
    if len(left) != 1 or len(gone) != 1 or _is_right(left[0].raw) is not _is_right(gone[0].raw):
        return {}
    return {left[0].key: gone[0]}


def _keys(raws: Sequence[Raw], text: str | None) -> list[str]:
    """The keys that entries have; names of our own, which no key can be, where they need none."""
    if text is not None:
        return keyed((raw.get("key"), raw[text]) for raw in raws)
    return [raw.get("key", f"{at}.") for at, raw in enumerate(raws)]


def _thing(key: str, raw: Raw, text: str | None) -> Thing:
    whole = " ".join(str(value) for name, value in sorted(raw.items()) if name not in {"key", "correct", *BY_HAND})
    return Thing(key, raw, raw[text] if text is not None else whole, whole=whole)


def _is_right(raw: Raw) -> bool:
    return bool(raw.get("correct")) or Decimal(raw.get("credit", 0)) > 0
