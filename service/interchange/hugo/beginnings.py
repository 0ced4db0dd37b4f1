"""How a line begins: of what importance it is, for whom, how far it goes, and what it asks to be done."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.domain.documents import Importance, Verb
from service.interchange.hugo.links import plain
from service.interchange.hugo.vocabulary import Vocabulary, first_of, leading, words

_MARKS = re.compile(r"[\s*_(\[~>\"“]*")
_AFTER = re.compile(r"[\s*_)\]~:,;.–—\"”-]*")
_AFTER_VERB = re.compile(r"[*_~]*:?[*_~]*\s*")
_CLAUSE = re.compile(r"[^,:.\n\[\]()]{3,150}?[,:]\s*")
_NO_VERB = re.compile(r"\s+(?:of|on|for|in)\b", re.IGNORECASE)
_COLON = re.compile(r"[*_\s]{0,5}:")


@dataclass(frozen=True)
class Beginning:
    """What the first words of a line say, and where the rest of it starts."""

    importance: Importance | None = None
    condition: str = ""
    portion: str = ""
    verb: Verb | None = None
    end: int = 0


def beginning_of(text: str, vocabulary: Vocabulary) -> Beginning:
    """The beginning of a line's Markdown."""
    importance, condition, at = _weakened(text, vocabulary)
    start = at
    portion, at = "", _skip(_MARKS, text, at)
    found = leading(vocabulary.portions, text, at)
    if found is not None:
        portion, at = found[0].means, _skip(_MARKS, text, found[1])
    verb, end = _verb(text, at, vocabulary, is_started=bool(portion))
    if verb is None:
        # "Finish" alone is a verb, and "Start" without one is no more than a word.
        verb, end = _verb(text, _skip(_MARKS, text, start), vocabulary, is_started=False)
        portion = ""
    return Beginning(importance, condition, portion, verb, end if verb else start)


def _weakened(text: str, vocabulary: Vocabulary) -> tuple[Importance | None, str, int]:
    """Words of importance, and a clause that says for whom, in whichever order; and where they end."""
    importance: Importance | None = None
    condition, at = "", 0
    for _ in range(3):
        start = _skip(_MARKS, text, at)
        clause = _CLAUSE.match(text, start)
        found = leading(vocabulary.importance, text, start)
        if not condition and clause and words(vocabulary.conditions).match(text, start):
            condition, importance = plain(clause[0]).rstrip(",: "), importance or "optional"
            at = clause.end()
        elif found is not None and not _NO_VERB.match(text, found[1]) and not _opens_link(text, start):
            importance, at = found[0].means, _skip(_AFTER, text, found[1])
        else:
            break
    return importance, condition, at


def _opens_link(text: str, at: int) -> bool:
    return text[at - 1 : at] == "["


def _verb(text: str, at: int, vocabulary: Vocabulary, *, is_started: bool) -> tuple[Verb | None, int]:
    if _opens_link(text, at):
        return None, at
    found = leading(vocabulary.verbs, text, at)
    if found is not None and not _NO_VERB.match(text, found[1]):
        return found[0].means, _skip(_AFTER_VERB, text, found[1])
    found = leading(vocabulary.labels, text, at)
    if found is not None and (is_started or _COLON.match(text, found[1])):
        return found[0].means, _skip(_AFTER_VERB, text, found[1])
    return None, at


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def verb_within(text: str, vocabulary: Vocabulary) -> Verb | None:
    """The first verb in a text, wherever it stands."""
    found = [(match.start(), one.means) for one in vocabulary.verbs if (match := words(one.words).search(text))]
    verb: Verb | None = min(found)[1] if found else None
    return verb


def is_placeholder(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a text stands for something that is still to come."""
    said = plain(text).strip(" .:!…-()[]").lower()
    found = words(vocabulary.placeholders).match(said)
    return found is not None and (found.end() == len(said) or said[found.end()] == ":")


def importance_in(text: str, vocabulary: Vocabulary) -> Importance | None:
    """The importance a remark speaks of."""
    found = first_of(vocabulary.importance, text)
    importance: Importance | None = found.means if found else None
    return importance
