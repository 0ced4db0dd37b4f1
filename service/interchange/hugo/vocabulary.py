"""The words by which a page is understood: a table in `vocabulary.yaml`, or in a file of somebody's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from service.content.documents import load_document
from service.domain.documents import Importance, Verb
from service.domain.documents.resources import ResourceKind
from service.domain.fields import Line
from service.domain.mistakes import Rejected
from service.seeding.events import read
from service.seeding.loader import Located, SeedRefused

OWN = Path(__file__).with_name("vocabulary.yaml")

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MeetingKind = Literal["no_class", "guest", "exam", "lab", "discussion", "lecture"]
TaskKind = Literal["homework", "lab", "discussion", "exam", "quiz"]
Phrases = tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class SectionWords:
    """Titles of sections whose readings have this importance."""

    importance: Importance
    titles: Phrases


@dataclass(frozen=True, kw_only=True)
class DayWords:
    """What a day of the week is called."""

    means: Day
    words: Phrases


@dataclass(frozen=True, kw_only=True)
class MeetingWords:
    """Words in the title of a meeting of this kind."""

    means: MeetingKind
    words: Phrases


@dataclass(frozen=True, kw_only=True)
class Meetings:
    """How meetings are told: the titles of their sections, words that say nothing more, days and kinds."""

    sections: Phrases
    plain: Phrases
    days: tuple[DayWords, ...]
    kinds: tuple[MeetingWords, ...]
    reading: Phrases


@dataclass(frozen=True, kw_only=True)
class Objectives:
    """How objectives are told: titles, and the ends of sentences before a list of statements or questions."""

    titles: Phrases
    statement: Phrases
    question: Phrases


@dataclass(frozen=True, kw_only=True)
class VerbWords:
    """Words at the beginning of a line that ask for this."""

    means: Verb
    words: Phrases


@dataclass(frozen=True, kw_only=True)
class ImportanceWords:
    """Words that make a line of this importance."""

    means: Importance
    words: Phrases


@dataclass(frozen=True, kw_only=True)
class TaskWords:
    """Words in a line about something to be done elsewhere."""

    means: TaskKind
    words: Phrases


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """Words that mean a text or a number."""

    means: Line
    words: Phrases


@dataclass(frozen=True, kw_only=True)
class KindWords:
    """Hosts, endings of addresses, and titles of what is of this kind."""

    kind: ResourceKind
    hosts: Phrases = ()
    endings: Phrases = ()
    titles: Phrases = ()


@dataclass(frozen=True, kw_only=True)
class Shortcode:
    """What a shortcode stands for, and its end where it has one."""

    name: Line
    text: Line
    end: Line = ""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The words of `vocabulary.yaml`, field by field."""

    format: Literal["hornbook/vocabulary@1"]
    sections: tuple[SectionWords, ...]
    meetings: Meetings
    objectives: Objectives
    verbs: tuple[VerbWords, ...]
    labels: tuple[VerbWords, ...]
    portions: tuple[Meaning, ...]
    parts: Phrases
    importance: tuple[ImportanceWords, ...]
    conditions: Phrases
    handing_in: Phrases
    tasks: tuple[TaskWords, ...]
    choices: tuple[Meaning, ...]
    extensions: Phrases
    see_also: Phrases
    alternatives: Phrases
    formats: Phrases
    placeholders: Phrases
    kinds: tuple[KindWords, ...]
    hidden_shortcodes: Phrases
    section_shortcodes: Phrases
    plain_shortcodes: Phrases
    shortcodes: tuple[Shortcode, ...]
    numbered: Phrases

    @cached_property
    def shortcode_texts(self) -> Mapping[str, Shortcode]:
        """The shortcodes that stand for a text, by their names."""
        return {one.name: one for one in self.shortcodes}


def load_vocabulary(file: Path | None = None) -> Vocabulary:
    """The words that come with Hornbook, with the lists of `file` in the place of theirs.

    Raises `SeedRefused` with everything that is wrong with the file, at its lines.
    """
    own = read(OWN.read_bytes()).raw
    if file is None:
        return load_document(Vocabulary, own)
    source = read(file.read_bytes())
    refused = [Located(str(file), slip.line, slip.column, slip.message) for slip in source.slips]
    if source.whole and isinstance(own, dict):
        given = source.raw if isinstance(source.raw, dict) else {}
        try:
            vocabulary = load_document(Vocabulary, own | given)
        except Rejected as rejected:
            refused += [Located(str(file), *source.locate(one.path), one.message) for one in rejected.mistakes]
        else:
            if not refused:
                return vocabulary
    raise SeedRefused(refused)


@cache
def own_vocabulary() -> Vocabulary:
    """The words that come with Hornbook."""
    return load_vocabulary()


@cache
def words(phrases: Phrases) -> re.Pattern[str]:
    """A pattern for any of these phrases as whole words, the longest first; `*` is any ending."""
    if not phrases:
        return re.compile(r"(?!)")
    longest = sorted(phrases, key=len, reverse=True)
    either = "|".join(_pattern(one) for one in longest)
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE)


def _pattern(phrase: str) -> str:
    said = r"\s+".join(re.escape(word).replace(r"\*", r"[\w-]*") for word in phrase.split())
    # An apostrophe may be a typographic one.
    return said.replace("'", "['’]")


def first_of(entries: Iterable[Any], text: str, name: str = "words") -> Any:
    """The first entry with a phrase in the text, or None."""
    return next((one for one in entries if words(getattr(one, name)).search(text)), None)


def leading(entries: Sequence[Any], text: str, at: int = 0) -> tuple[Any, int] | None:
    """The entry whose phrase begins the text at `at`, the longest phrase first, and where the phrase ends."""
    found = [(one, match.end()) for one in entries if (match := words(one.words).match(text, at))]
    return max(found, key=lambda pair: pair[1], default=None)


def kind_at(vocabulary: Vocabulary, address: str | None, title: str) -> ResourceKind | None:
    """What is behind an address, or has such a title."""
    host, path = _place(address)
    for one in vocabulary.kinds:
        is_there = any(host == name or host.endswith(f".{name}") for name in one.hosts)
        if is_there or path.endswith(one.endings or "\n"):
            return one.kind
    named = first_of([one for one in vocabulary.kinds if one.titles], title, "titles")
    return named.kind if named else None


def _place(address: str | None) -> tuple[str, str]:
    try:
        parts = urlsplit((address or "").lower())
        return parts.hostname or "", parts.path
    except ValueError:
        return "", ""
