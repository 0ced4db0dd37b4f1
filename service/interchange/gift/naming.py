"""Gives what is imported keys that survive importing it again: from what it says, never from where it stands."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from service.content.refusals import UNWELCOME
from service.domain.documents.words import LONGEST_KEY, slug
from service.interchange.gift.scanning import Comment

WORDS = 4
LONGEST_SLUG = 40

_ID = re.compile(r"\[id:((?:\\\]|[^\]])+)\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]])+)\]")


def digest(text: str) -> str:
    """A hash of a content in 16 hexadecimal digits; how its lines are indented and ended makes no difference."""
    plain = "\n".join(line.strip() for line in text.strip().split("\n"))
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()[:16]


def id_in(comments: Sequence[Comment]) -> str | None:
    """The first `[id:…]`."""
    return next((_meant(found) for one in comments for found in _ID.findall(one.text) if _meant(found)), None)


def tags_in(comments: Sequence[Comment]) -> list[str]:
    """Every `[tag:…]` once, in order."""
    found = [_meant(tag) for one in comments for tag in _TAG.findall(one.text)]
    return list(dict.fromkeys(tag for tag in found if tag))


def _meant(written: str) -> str:
    return written.replace("\\]", "]").strip()


@dataclass(frozen=True)
class Identity:
    """What a question is known by: its id, else its name, else its first words with its content's hash."""

    id: str | None
    name: str | None
    words: str
    content_hash: str

    @property
    def wanted(self) -> str:
        """The key it has unless another wants the same."""
        if explicit := self.id or self.name:
            return slug(explicit)
        first = slug(" ".join(re.findall(r"\w+", self.words)[:WORDS]) or "question")[:LONGEST_SLUG].strip("-")
        return f"{first}-{self.content_hash[:4]}"


def keys_for(identities: Sequence[Identity]) -> list[str]:
    """A key for each. Those that want the same get their content's hash behind it, whichever comes first."""
    wanted = [identity.wanted for identity in identities]
    counts = Counter(wanted)
    taken = {key for key, count in counts.items() if count == 1}
    keys = []
    for key, identity in zip(wanted, identities, strict=True):
        own = key if counts[key] == 1 else _free(key, identity.content_hash, taken)
        taken.add(own)
        keys.append(own)
    return keys


def _free(key: str, content_hash: str, taken: set[str]) -> str:
    for digits in (4, 8, 16):
        one = f"{key[: LONGEST_KEY - digits - 1].rstrip('-')}-{content_hash[:digits]}"
        if one not in taken:
            return one
    # The very same question once more: which of the two has which key makes no difference.
    return _free(key, digest(content_hash), taken)


def as_line(text: str, longest: int = 300) -> str:
    """A text as a title or a tag can be: on one line, without invisible characters, not too long."""
    return " ".join(UNWELCOME.sub(" ", text).split())[:longest].strip()
