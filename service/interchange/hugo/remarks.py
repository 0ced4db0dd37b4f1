"""What stands around the link of a line: other forms of it, what goes further, remarks in brackets, parts of it."""

from __future__ import annotations

import re

from service.interchange.hugo.beginnings import beginning_of
from service.interchange.hugo.drafts import Reading, Thing
from service.interchange.hugo.links import Link, find_links, plain
from service.interchange.hugo.vocabulary import Vocabulary, words

_BRACKETS = re.compile(r"(?<!\])\(((?:[^()]|\([^()]{0,200}\)){1,500})\)")
_EMPTY = re.compile(r"[(\[]\s*[,;/|&+–—-]*\s*[)\]]")
_PAGES = re.compile(r"(?:pp?\.?|pages?)\s*(\d{1,5}(?:\s*[-–—]\s*\d{1,5})?)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,3}:\d\d(?::\d\d)?)\s*(?:-|–|—|to)\s*(\d{1,3}:\d\d(?::\d\d)?)")
_MINUTES = re.compile(r"(?:about|ca\.?|~|≈)?\s*(\d{1,3})\s*-?\s*min(?:ute)?s?\.?", re.IGNORECASE)
_OF = re.compile(r"(.{1,80}?)[\s,]+(?:of|from|in)\s+(?:the\s+|this\s+)?", re.IGNORECASE)
_EDGE = " \t\n,;:.–—-|/"
_STOPWORDS = frozenset(
    {"", "the", "this", "a", "an", "this article", "this video", "this paper", "the article", "from", "etc"}
)
_CHOICE = re.compile(r"\b(?:either|both|or)\b", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_SAYS_NOTHING = frozenset({"", "here", "this", "link", "this link", "click here", "this page", "more"})
LONGEST_PORTION = 80


def tidy(text: str) -> str:
    """A remark without what joined it to its surroundings, and without marks that lost their partner."""
    text = _EMPTY.sub("", text)
    text = " ".join(text.split()).strip(_EDGE) if "\n" not in text.strip() else text.strip(_EDGE)
    for mark in ("**", "__"):
        if text.count(mark) == 1:
            text = text.replace(mark, "").strip(_EDGE)
    if text.count("(") != text.count(")") and text.count("(") + text.count(")") == 1:
        text = text.replace("(", "").replace(")", "").strip(_EDGE)
    return "" if not re.search(r"\w", text) or plain(text).lower() in _STOPWORDS else text


def part_of(text: str, vocabulary: Vocabulary) -> str:
    """The text, if all it says is a part of something: "Lecture 4", "Chapters 2 and 3", "the first ten pages"."""
    said = plain(text).strip(_EDGE)
    if not 0 < len(said) <= LONGEST_PORTION or not words(vocabulary.parts).match(said) or _CHOICE.search(said):
        return ""
    return said if re.search(r"\d|\b[IVX]+\b|\b(?:first|last|one|two|three)\b", said) else ""


def part_before(text: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """A part of what follows at the end of a text ("Lecture 4 of"), and the rest of the text."""
    if find_links(text):
        return "", text
    found = _OF.fullmatch(text.strip() + " ") if len(text) < LONGEST_PORTION * 2 else None
    portion = part_of(found[1] if found else text, vocabulary)
    return (portion, "") if portion else ("", text)


def read_before(reading: Reading, text: str, vocabulary: Vocabulary) -> None:
    """Understand what stands between the verb and the link."""
    text = _without_brackets(reading, text, vocabulary)
    portion, rest = part_before(text, vocabulary)
    if portion:
        reading.portion = portion if not reading.portion else f"{reading.portion}: {portion}"
    if note := tidy(rest):
        reading.notes.append(note)


def read_after(reading: Reading, text: str, vocabulary: Vocabulary) -> None:
    """Understand what stands behind the link."""
    rest = _without_brackets(reading, text, vocabulary)
    stripped = rest.strip(_EDGE)
    if words(vocabulary.conditions).match(stripped) and len(stripped) < 200 and not find_links(stripped):
        reading.condition = reading.condition or plain(stripped)
        reading.importance = reading.importance or "optional"
    elif not _is_located(reading, stripped, vocabulary) and (note := tidy(rest)):
        reading.notes.append(note)


def _without_brackets(reading: Reading, text: str, vocabulary: Vocabulary) -> str:
    """The text without those brackets that were understood."""
    return _BRACKETS.sub(lambda found: "" if _is_understood(reading, found[1], vocabulary) else found[0], text)


def _is_understood(reading: Reading, text: str, vocabulary: Vocabulary) -> bool:
    """Take what is said in brackets: a part, a time, an importance, for whom, or what to do before."""
    if find_links(text):
        return False
    said = plain(text)
    if _is_located(reading, said, vocabulary):
        return True
    begin = beginning_of(said, vocabulary)
    condition = words(vocabulary.conditions).search(said, begin.end)
    if begin.verb is not None and condition is not None:
        # Another part of the same thing, for whoever needs it.
        earlier = Reading(reading.lines, reading.thing, begin.verb, "optional")
        earlier.portion = said[begin.end : condition.start()].strip(_EDGE)[:300]
        earlier.condition = said[condition.start() :].strip(_EDGE)[:300]
        reading.before.append(earlier)
        return True
    if words(vocabulary.conditions).match(said):
        reading.condition = said[:300]
        reading.importance = reading.importance or "optional"
        return True
    weakened = next((one for one in vocabulary.importance if words(one.words).fullmatch(said.strip(_EDGE))), None)
    if weakened is not None:
        reading.importance = weakened.means
    return weakened is not None


def _is_located(reading: Reading, said: str, vocabulary: Vocabulary) -> bool:
    """Take a place within the thing, or how long it takes."""
    said = plain(said).strip(_EDGE)
    if (found := _MINUTES.fullmatch(said)) is not None:
        reading.minutes = int(found[1])
    elif reading.verb in {"watch", "listen"} and (found := _CLOCK.fullmatch(said)) is not None:
        reading.minutes = int(found[1]) + (int(found[2]) >= 30)
    elif (found := _SPAN.fullmatch(said)) is not None:
        reading.span = (found[1], found[2])
    elif (found := _PAGES.fullmatch(said)) is not None:
        reading.pages = found[1]
    elif part := part_of(said, vocabulary):
        reading.portion = f"{reading.portion}: {part}" if reading.portion else part
    else:
        return False
    return True


def thing_of(link: Link, before: str, vocabulary: Vocabulary) -> Thing:
    """What a link leads to. Where its words say nothing of it, it is called by what stands before it."""
    title = link.title.strip()
    is_form = words(vocabulary.formats).fullmatch(title.strip(" .[]()")) is not None
    if is_form or title.lower().strip(" .!") in _SAYS_NOTHING:
        said = plain(before).strip(_EDGE)
        title = said if 0 < len(said) <= 120 else title if is_form else ""
    if not title:
        title = re.sub(r"^https?://(?:www\.)?|[?#].*$", "", link.address, flags=re.IGNORECASE).rstrip("/")
    return Thing(title[:300].strip() or link.address[:300], link.address)
