"""A line of a page, in a list or by itself, as what it asks for: readings, a choice between some, or a task."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from service.domain.documents import Verb
from service.interchange.hugo.beginnings import Beginning, beginning_of
from service.interchange.hugo.drafts import Choice, Draft, Option, Reading, Task, Thing
from service.interchange.hugo.links import Link, find_links, is_followable, plain
from service.interchange.hugo.page import Lines
from service.interchange.hugo.remarks import part_before, part_of, read_after, read_before, thing_of, tidy
from service.interchange.hugo.vocabulary import Vocabulary, first_of, leading, words

_JOINT = re.compile(r"[\s,;&+/|()*_–—-]*(?:\band\b)?[\s,;&+/|()*_–—-]*(?:(?<=[,&+] )(?:[A-Z]\w+ ){1,2})?")
"""Between two entries of an enumeration, of which the second may have a name before it ("Microsoft [COCO](…)")."""
_NUMBERED = re.compile(r"\s*(?:#?\s?\d|:)")
_SENTENCE_END = re.compile(r"[.!?]\s+\S")
_CITATION = re.compile(r"\w,\s+[*_\"“]?[A-Z]|[*_\"“][A-Z][^*_\"”]{5,}[*_\"”]|\(\d{4}\)")
"""A comma before a capital letter, a title in italics or quotation marks, a year in brackets."""
LONGEST_CITATION = 300
MOST_WORDS_BEFORE = 12
"""A link that follows more words without a verb is a mention in a sentence."""
LONGEST_TITLE = 200
MOST_LINKS = 50
"""Of a line; where there are more, all but the first are mentions."""
READING: tuple[Verb, ...] = ("read", "watch", "listen", "skim", "study", "review", "browse")


class Role(Enum):
    """What a later link of a line is to the first one."""

    FORM = "another form of it"
    EXTENSION = "something that goes further"
    SEE_ALSO = "something related"
    SIBLING = "one more of the same"
    OTHERWISE = "an alternative"
    MENTION = "a mention"


def drafts_of(
    text: str, lines: Lines, vocabulary: Vocabulary, *, asks: bool, cited: Verb | None = None
) -> list[Draft] | None:
    """What a line asks for; None where it asks for nothing, so that it is a note.

    With `asks`, a line that begins with a link asks for that to be read, even where no verb says so; and with `cited`,
    one that looks like what is printed in a list of references, for this to be done with it.
    """
    begin = beginning_of(text, vocabulary)
    rest = text[begin.end :]
    links = [link for link in find_links(rest) if not link.is_image and is_followable(link.address)]
    if (task := _task(text, begin, links, lines, vocabulary)) is not None:
        return [task]
    if not links:
        if begin.verb is None and cited is not None and _CITATION.search(text) and len(text) <= LONGEST_CITATION:
            return [_cited(rest, replace(begin, verb=cited), lines, vocabulary)]
        return _unlinked(rest, begin, lines, vocabulary)
    before = rest[: links[0].start]
    if begin.verb is None and not (asks and _leads_to_link(before, vocabulary)):
        return None
    return _linked(rest, links, replace(begin, verb=begin.verb or cited), lines, vocabulary)


def _leads_to_link(before: str, vocabulary: Vocabulary) -> bool:
    said = plain(before)
    if part_before(before, vocabulary)[0]:
        return True
    return len(said.split()) <= MOST_WORDS_BEFORE and not _SENTENCE_END.search(said)


def _task(text: str, begin: Beginning, links: Sequence[Link], lines: Lines, vocabulary: Vocabulary) -> Task | None:
    said = plain(text[: 2 * LONGEST_TITLE])
    named = first_of(vocabulary.tasks, said)
    start = said if begin.verb is not None else plain(text[begin.end : begin.end + LONGEST_TITLE])
    handed_in = words(vocabulary.handing_in).match(start) is not None
    noun = leading(vocabulary.tasks, start)
    is_named = noun is not None and _NUMBERED.match(start, noun[1]) is not None
    if not is_named and not (handed_in and (named is not None or not links)):
        return None
    title = plain(text)
    task = Task(lines, title[:LONGEST_TITLE], named.means if named else "homework", importance=begin.importance)
    task.address = links[0].address if links else None
    if len(title) > LONGEST_TITLE or len(find_links(text)) > len(links[:1]):
        task.notes.append(text)
    return task


def _unlinked(text: str, begin: Beginning, lines: Lines, vocabulary: Vocabulary) -> list[Draft] | None:
    """A reading that has no address: a chapter of a printed book, say."""
    is_asked = begin.verb in READING or (begin.verb is None and part_of(text, vocabulary) and len(plain(text)) > 3)
    if not is_asked or not re.search(r"\w", text):
        return None
    reading = Reading(lines, Thing(""), begin.verb, begin.importance, begin.portion, condition=begin.condition)
    title, after = _title_and_rest(text)
    read_after(reading, after, vocabulary)
    found = re.fullmatch(r"(.{1,80}?)[\s,]+(?:of|from|in)\s+(.+)", title, re.DOTALL)
    if found and (portion := part_of(found[1], vocabulary)):
        reading.portion, title = portion, found[2]
    reading.thing.title = plain(title).strip(" ,;:–—-")[:300]
    if find_links(text):
        # A picture, or an address that cannot be followed.
        reading.notes = [text]
    return [reading] if re.search(r"\w", reading.thing.title) else None


def _cited(text: str, begin: Beginning, lines: Lines, vocabulary: Vocabulary) -> Reading:
    """What is printed, as it is cited; pages in brackets at its end say where in it."""
    reading = Reading(lines, Thing(plain(text)), begin.verb, begin.importance, condition=begin.condition)
    found = re.fullmatch(r"(.+?)\s*(\([^()]{1,80}\))\W*", text, re.DOTALL)
    if found is not None:
        read_after(reading, found[2], vocabulary)
        if not reading.notes:
            reading.thing.title = plain(found[1])
        reading.notes = []
    return reading


def _title_and_rest(text: str) -> tuple[str, str]:
    """What is to be read, up to the first remark or the end of the sentence."""
    found = re.search(r"\s\(|[.;](?:\s|$)|\s[–—-]+\s", text)
    if found is None or found.start() < 2:
        return text.strip(), ""
    return text[: found.start()].strip(), text[found.start() :].lstrip(".;")


def _linked(text: str, links: Sequence[Link], begin: Beginning, lines: Lines, vocabulary: Vocabulary) -> list[Draft]:
    first = links[0]
    before = text[: first.start]
    thing = thing_of(first, before, vocabulary)
    main = Reading(lines, thing, begin.verb, begin.importance, begin.portion, condition=begin.condition)
    made: list[Reading] = [main]
    others: list[Reading] = []
    kept, at, is_sentence = [], first.end, False
    for link in links[1:]:
        gap = text[at : link.start]
        role, left = _role(gap, link, vocabulary)
        is_sentence = is_sentence or role is Role.MENTION
        if role is Role.MENTION or (is_sentence and role is Role.SIBLING) or links[MOST_LINKS:]:
            kept.append(gap + text[link.start : link.end])
        else:
            kept.append(left)
            _take(role, link, vocabulary, made, others)
        at = link.end
    if main.thing.title == plain(before).strip(" ,;:–—-"):
        before = ""
    read_before(main, before, vocabulary)
    read_after(main, "".join([*kept, text[at:]]), vocabulary)
    if others:
        options = [Option("", [main]), *(Option("", [one]) for one in others)]
        prompt = tidy(text) or main.thing.title
        return [Choice(lines, prompt, 1, begin.verb, begin.importance, options), *made[1:]]
    return list(made)


def _role(gap: str, link: Link, vocabulary: Vocabulary) -> tuple[Role, str]:
    """What a link is to the first one of its line, by what stands between, and what of that is still to be said."""
    said = plain(gap).lower().rstrip(" :(")
    for role, phrases in ((Role.EXTENSION, vocabulary.extensions), (Role.SEE_ALSO, vocabulary.see_also)):
        found = [one for one in words(phrases).finditer(gap) if not re.search(r"\w", gap[one.end() :])]
        if found:
            return role, gap[: found[-1].start()]
    if words(vocabulary.formats).fullmatch(link.title.strip(" .[]()").lower()) and len(said.split()) <= 4:
        return Role.FORM, gap
    if words(vocabulary.alternatives).fullmatch(said.strip(" ,;/*_")):
        return Role.OTHERWISE, ""
    if _JOINT.fullmatch(gap):
        return Role.SIBLING, ""
    return Role.MENTION, gap


def _take(role: Role, link: Link, vocabulary: Vocabulary, made: list[Reading], others: list[Reading]) -> None:
    main = made[0]
    latest = others[-1] if others else [one for one in made if one.extension_of is None][-1]
    if role is Role.FORM:
        latest.thing.forms.append((link.title, link.address))
        return
    thing = thing_of(link, "", vocabulary)
    if role is Role.SEE_ALSO:
        main.thing.see_also.append(thing)
        return
    reading = Reading(main.lines, thing, main.verb, main.importance, condition=main.condition)
    if role is Role.EXTENSION:
        reading.importance, reading.extension_of = "extension", latest
    (others if role is Role.OTHERWISE else made).append(reading)
