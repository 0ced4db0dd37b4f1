"""Keys for what an author did not name: derived from the text, so that the same text always has the same key."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

WORDS = 4
LONGEST_SLUG = 40


def keyed(named: Iterable[tuple[str | None, str]]) -> list[str]:
    """One key for each (key or None, text): the author's, else one from the text; different texts, different keys."""
    pairs = list(named)
    taken = {key for key, _ in pairs if key is not None}
    keys: list[str] = []
    for key, text in pairs:
        keys.append(key if key is not None else _free_key(text, taken))
        taken.add(keys[-1])
    return keys


def _free_key(text: str, taken: set[str]) -> str:
    """The shortest derived key nobody has; a second entry with the very same text counts on."""
    for digits in (4, 8, 16):
        if (key := derived(text, digits)) not in taken:
            return key
    return _free_key(text + " again", taken)


def derived(text: str, digits: int = 4) -> str:
    """The first words of a text as a slug, and so many hexadecimal digits of the hash of all of it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain)[:WORDS])[:LONGEST_SLUG].rstrip("-")
    digest = hashlib.sha256(unicodedata.normalize("NFC", text.strip()).encode()).hexdigest()[:digits]
    return f"{slug}-{digest}" if slug else f"x-{digest}"
