"""The words documents share beyond `domain/fields.py`: closed vocabularies, bounded numbers, keys made of texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, get_args

from service.domain.expressions import meant
from service.domain.fields import Bounds, Key, Line, Text, Word
from service.domain.keys import derived
from service.domain.mistakes import Mistake
from service.domain.provenance import ImportSource

__all__ = [
    "LONGEST_KEY",
    "VERBS",
    "Bounds",
    "Form",
    "Guess",
    "Ignored",
    "ImportSource",
    "Importance",
    "Language",
    "Level",
    "Minutes",
    "Status",
    "Verb",
    "Word",
    "in_order",
    "slug",
]

LONGEST_KEY = 64


@dataclass(frozen=True)
class Form:
    """What a text that must match a pattern is, in words that finish the sentence "This must be …"."""

    words: str


Status: TypeAlias = Literal["draft", "published", "archived"]
Importance: TypeAlias = Literal["required", "recommended", "optional", "supplemental", "extension"]
Level: TypeAlias = Literal["remember", "understand", "apply", "analyse", "evaluate", "create"]
Verb: TypeAlias = Literal[
    "read", "watch", "listen", "skim", "browse", "review", "study", "explore", "try", "play", "do", "practise",
    "write", "discuss", "visit",
]  # fmt: skip

VERBS: tuple[Verb, ...] = get_args(Verb)

Language = Annotated[str, Text(35, pattern=r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"), Form("a language like `en` or `pt-BR`")]
Minutes = Annotated[int, Bounds(0, 10_000, "minutes")]


class Guess:
    """Ends a message about an unknown name with the known one that was probably meant.

    Comparing names is slow, so of very many mistakes among very many names only the first have a guess.
    """

    def __init__(self) -> None:
        self.comparisons_left = 5000

    def __call__(self, name: str, known: Mapping[str, object]) -> str:
        """`; did you mean …?`, or a full stop."""
        self.comparisons_left -= len(known)
        return meant(name, known) if self.comparisons_left > 0 else "."


@dataclass(frozen=True, kw_only=True)
class Ignored:
    """A rule of the linter that is not to speak of a document, or of what has the key `at` in it, for a reason."""

    ignore: Word
    at: Word | None = None
    because: Line


def slug(text: str) -> Key:
    """The key that a text makes: `Beam search!` makes `beam-search`, a text without Latin letters one of its hash."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    return words[:LONGEST_KEY].strip("-") or derived(text.encode(errors="replace").decode())


def in_order(first: object, last: object, *path: str) -> Mistake | None:
    """The mistake of an end before its beginning, where both are given."""
    if first is not None and last is not None and last < first:  # type: ignore[operator]
        return Mistake(path, f"This is before the beginning ({first}): mend one of the two.")
    return None
