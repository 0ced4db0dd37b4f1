"""When two short answers are the same text: the normalisation `text/v1`, and when one is a slip of the pen.

`text/v1` is applied to the answer and to what it is compared with: NFC; typographic quotes, dashes and spaces made
plain and invisible characters dropped; white space collapsed and trimmed; case folded unless it matters; final
punctuation off. A change to any of it is a new version, because stored grades name it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

VERSION = "text/v1"

FINAL_PUNCTUATION = ".,;:!?"
ARTICLES = frozenset({"a", "an", "the"})

_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u00b4\u0060\u02bc\uff07"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d"
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_PLAIN = str.maketrans(
    {
        **dict.fromkeys(_SINGLE_QUOTES, "'"),
        **dict.fromkeys(_DOUBLE_QUOTES, '"'),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(INVISIBLE),
        "\u2026": "...",
    }
)


@dataclass(frozen=True)
class Reading:
    """How short answers are compared beyond `text/v1`: what an author may ask for."""

    case_sensitive: bool = False
    fold_accents: bool = False
    drop_articles: bool = False
    ignore_spaces: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Reading:
        """The options as a key stores them; other members are somebody else's."""
        return cls(stored["case_sensitive"], stored["fold_accents"], stored["drop_articles"], stored["ignore_spaces"])


@lru_cache(maxsize=4096)
def normalised(text: str, reading: Reading = Reading()) -> str:
    """The text as it is compared. Normalising twice changes nothing more."""
    plain = " ".join(unicodedata.normalize("NFC", text).translate(_PLAIN).split())
    if not reading.case_sensitive:
        plain = unicodedata.normalize("NFC", unicodedata.normalize("NFD", plain).casefold())
    if reading.fold_accents:
        apart = unicodedata.normalize("NFD", plain)
        plain = unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))
    plain = _without_ending(plain, reading.drop_articles)
    return plain.replace(" ", "") if reading.ignore_spaces else plain


def _without_ending(text: str, drop_articles: bool) -> str:
    """The text without final punctuation and (if asked) articles, unless nothing at all would be left."""
    while True:
        words = text.rstrip(FINAL_PUNCTUATION + " ").split()
        if drop_articles:
            words = [word for word in words if word.casefold() not in ARTICLES]
        shorter = " ".join(words)
        if not shorter or shorter == text:
            return text
        text = shorter


def is_near_miss(answer: str, wanted: str) -> bool:
    """Whether a normalised answer is a slip from a wanted one: 1 apart for 5 to 8 letters, 2 for 9 and more."""
    allowed = 0 if len(wanted) < 5 else 1 if len(wanted) < 9 else 2
    return answer != wanted and abs(len(answer) - len(wanted)) <= allowed and distance(answer, wanted) <= allowed


def distance(one: str, other: str) -> int:
    """The Damerau–Levenshtein distance: insertions, deletions, replacements and swaps of neighbours needed.

    The unrestricted one (Lowrance and Wagner 1975): a swapped pair may be edited further.
    """
    far = len(one) + len(other)
    rows = [[far] * (len(other) + 2)] + [[far] + [0] * (len(other) + 1) for _ in range(len(one) + 1)]
    rows[1][1:] = range(len(other) + 1)
    for i in range(len(one) + 1):
        rows[i + 1][1] = i
    last_row: dict[str, int] = {}
    for i, mine in enumerate(one, start=1):
        last_column = 0
        for j, theirs in enumerate(other, start=1):
            row, column = last_row.get(theirs, 0), last_column
            swapped = rows[row][column] + (i - row - 1) + 1 + (j - column - 1)
            if mine == theirs:
                last_column = j
            replaced = rows[i][j] + (mine != theirs)
            rows[i + 1][j + 1] = min(replaced, rows[i + 1][j] + 1, rows[i][j + 1] + 1, swapped)
        last_row[mine] = i
    return rows[-1][-1]
