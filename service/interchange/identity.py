"""Gives what is imported keys that survive importing it again: from what it says, never from where it stands."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from service.content.refusals import UNWELCOME
from service.domain.documents.words import LONGEST_KEY, slug

WORDS = 4
LONGEST_SLUG = 40
DIGITS = 4
"""How much of its content's hash is in a key."""


def digest(text: str) -> str:
    """A hash of a content in 16 hexadecimal digits; how its lines are indented and ended makes no difference."""
    plain = "\n".join(line.strip() for line in text.strip().split("\n"))
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True)
class Identity:
    """What something is known by: its id, else its name, else its first words with its content's hash.

    `stands_for` is what it is called where it has no words at all.
    """

    id: str | None
    name: str | None
    words: str
    content_hash: str
    stands_for: str = "question"

    @property
    def wanted(self) -> str:
        """The key it has unless another wants the same."""
        if explicit := self.id or self.name:
            return slug(explicit)
        words = " ".join(re.findall(r"\w+", self.words)[:WORDS]) or self.stands_for
        return f"{slug(words)[:LONGEST_SLUG].strip('-')}-{self.content_hash[:DIGITS]}"


def keys_for(identities: Sequence[Identity]) -> list[str]:
    """A key for each. Those that want the same get their content's hash behind it, whichever comes first."""
    wanted = [identity.wanted for identity in identities]
    counts = Counter(wanted)
    taken = {key for key, count in counts.items() if count == 1}
    again: Counter[tuple[str, str]] = Counter()
    keys = []
    for key, identity in zip(wanted, identities, strict=True):
        own, content_hash = key, identity.content_hash
        if counts[key] > 1:
            # The very same content once more: which of the two has which key makes no difference.
            if number := again[key, content_hash]:
                content_hash = digest(f"{content_hash} {number}")
            again[key, identity.content_hash] += 1
            own = _free(key, content_hash, taken)
        taken.add(own)
        keys.append(own)
    return keys


def _free(key: str, content_hash: str, taken: set[str]) -> str:
    for digits in (DIGITS, 2 * DIGITS):
        one = f"{key[: LONGEST_KEY - digits - 1].rstrip('-')}-{content_hash[:digits]}"
        if one not in taken:
            return one
    return f"{key[: LONGEST_KEY - 17].rstrip('-')}-{content_hash}"


def as_line(text: str, longest: int = 300) -> str:
    """A text as a title or a tag can be: on one line, without invisible characters, not too long."""
    return " ".join(UNWELCOME.sub(" ", text).split())[:longest].strip()
