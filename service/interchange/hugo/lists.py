"""Takes what a section says, block by block: readings, choices and tasks; whatever else there is stays as a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from service.domain.documents import Verb
from service.interchange.hugo.beginnings import beginning_of, importance_in, is_placeholder, verb_within
from service.interchange.hugo.blocks import Block, Item, source_of
from service.interchange.hugo.drafts import Choice, Draft, Note, Option, Reading, Section, Task, Thing, readings_in
from service.interchange.hugo.entries import drafts_of
from service.interchange.hugo.links import find_links, is_followable, plain
from service.interchange.hugo.page import Lines, Page
from service.interchange.hugo.vocabulary import leading, words
from service.interchange.reports import Fate

LONGEST_NOTE = 18_000
"""Characters of a note before another one is begun."""
MOST_OPTIONS = 200
LONGEST_TITLE = 300


class Introduction(Protocol):
    """What comes before any section."""

    def add_to_summary(self, text: str, lines: Lines) -> None:
        """Prose."""

    def begin_section(self) -> Section:
        """The section of what is asked."""


class Entries:
    """The entries of a section; where there is none yet, `introduction` takes prose and makes one for the rest."""

    def __init__(self, page: Page, section: Section | None, introduction: Introduction) -> None:
        self.page = page
        self.vocabulary = page.vocabulary
        self.section = section
        self.introduction = introduction

    def block(self, block: Block, following: Block | None = None) -> None:
        """Take a block; `following` is the list right behind it, which a paragraph may announce."""
        if block.kind == "list":
            self._list(block)
        elif block.kind == "paragraph":
            self._paragraph(block, following)
        else:
            self._note(block.first, block.last)

    # ---------------------------------------------------------------------------------------------- paragraphs

    def _paragraph(self, block: Block, following: Block | None) -> None:
        lines = Lines(block.first, block.last)
        if following is not None and (choice := self._choice(block.text, lines, following.items)) is not None:
            self._take([choice], lines)
            following.items = []
        elif self._asks(block.text) and (drafts := self._drafts(block.text, lines)) is not None:
            self._take(drafts, lines)
        else:
            self._note(block.first, block.last)

    def _asks(self, text: str) -> bool:
        """Whether a paragraph is a request like an entry of a list: it begins with a verb, and leads somewhere."""
        begin = beginning_of(text, self.vocabulary)
        task = leading(self.vocabulary.tasks, plain(text[:LONGEST_TITLE]))
        if task is not None and plain(text[:LONGEST_TITLE])[task[1] :].startswith(":"):
            return True
        if begin.verb is None or (self.section is None and begin.verb not in ("read", "watch", "skim")):
            return False
        return bool(find_links(text)) and not text.rstrip().endswith(":")

    # --------------------------------------------------------------------------------------------------- lists

    def _list(self, block: Block) -> None:
        left: list[Item] = []
        for item in block.items:
            drafts = self._entry(item)
            if drafts is None:
                left.append(item)
                continue
            self._notes(left)
            left = []
            self._take(drafts, None)
        self._notes(left)

    def _entry(self, item: Item) -> list[Draft] | None:
        """What an entry asks for with all that is below it; None where it is a note."""
        lines = Lines(item.first, item.own_last)
        if is_placeholder(item.text, self.vocabulary):
            self.page.leave_out_placeholder(item.first, item.last)
            return []
        lists = [block for block in item.below if block.kind == "list"]
        if len(lists) == 1 and (choice := self._choice(item.text, lines, lists[0].items)) is not None:
            self.page.account(Fate.USED, *lines)
            return [choice]
        drafts = self._drafts(item.text, lines) if item.text else None
        if drafts is None:
            return self._labelled(item, lists)
        self.page.account(Fate.USED, *lines)
        return drafts + self._below(item, drafts[0])

    def _labelled(self, item: Item, lists: Sequence[Block]) -> list[Draft] | None:
        """An entry that only titles the readings below it: a note with its title, and then those."""
        inner = [one for block in lists for one in block.items]
        if not item.text or not any(self._stands_alone(one.text) for one in inner):
            return None
        self.page.account(Fate.NOTE, item.first, item.own_last)
        drafts: list[Draft] = [Note(Lines(item.first, item.own_last), item.text)]
        for block in item.below:
            for one in block.items if block.kind == "list" else ():
                drafts += self._entry(one) or [self._note_of(one.first, one.last)]
            if block.kind != "list":
                drafts.append(self._note_of(block.first, block.last))
        return drafts

    def _below(self, item: Item, draft: Draft) -> list[Draft]:
        """What is below a request: requests of their own, and remarks on it."""
        further: list[Draft] = []
        remarks: list[str] = []
        for block in item.below:
            for at, one in enumerate(_parts(block)):
                drafts = self._entry(one) if self._stands_alone(one.text) else None
                if drafts is not None:
                    further += drafts
                    continue
                self.page.account(Fate.NOTE, one.first, one.last)
                said = source_of(self.page, one.first, one.last)
                if remarks and at:
                    remarks[-1] += f"\n{said}"
                else:
                    remarks.append(said)
        if remarks and isinstance(draft, Reading | Task):
            draft.notes += remarks
        elif remarks:
            further.insert(0, Note(Lines(item.first, item.last), "\n\n".join(remarks)))
        return further

    def _stands_alone(self, text: str) -> bool:
        """Whether an entry below another one is a request of its own: a link, or a verb with one."""
        links = [link for link in find_links(text) if not link.is_image]
        if not links:
            return False
        begin = beginning_of(text, self.vocabulary)
        return begin.verb is not None or not re.search(r"\w", plain(text[begin.end : links[0].start]))

    # ------------------------------------------------------------------------------------------------- choices

    def _choice(self, prompt: str, lines: Lines, items: Sequence[Item]) -> Choice | None:
        """The choice that a sentence announces, of which the options are listed; None where it announces none."""
        found = [
            (match.end() - match.start(), one.means, match.end())
            for one in self.vocabulary.choices
            if (match := words(one.words).search(prompt))
        ]
        if not found or not 0 < len(items) <= MOST_OPTIONS:
            return None
        _, least, end = max(found)
        verb = verb_within(prompt[end:], self.vocabulary) or beginning_of(prompt, self.vocabulary).verb
        linked = [item for item in items if self._has_link(item)]
        if not linked or (verb is None and len(linked) < len(items)):
            return None
        options = [option for item in items if (option := self._option(item)) is not None]
        if not options:
            return None
        number = min(int(least) if least.isdigit() else 1, len(options))
        whole = Lines(lines.first, items[-1].last)
        return Choice(whole, prompt, number, verb, importance_in(prompt, self.vocabulary), options)

    def _has_link(self, item: Item) -> bool:
        return bool(find_links(source_of(self.page, item.first, item.last)))

    def _option(self, item: Item) -> Option | None:
        lines = Lines(item.first, item.last)
        own = drafts_of(item.text, Lines(item.first, item.own_last), self.vocabulary, asks=True)
        readings = [one for draft in own or [] for one in _as_readings(draft)]
        label = "" if readings else plain(item.text).rstrip(" :")[:LONGEST_TITLE]
        remarks = []
        for one in (one for block in item.below for one in _parts(block)):
            drafts = drafts_of(
                one.text, Lines(one.first, one.own_last), self.vocabulary, asks=not readings or not label
            )
            inner = [reading for draft in drafts or [] for reading in _as_readings(draft)]
            if inner and (label or self._stands_alone(one.text)):
                readings += inner
                self.page.account(Fate.USED, one.first, one.own_last)
                inner[0].notes += [source_of(self.page, below.first, below.last) for below in one.below]
                for below in one.below:
                    self.page.account(Fate.NOTE, below.first, below.last)
            else:
                remarks.append(source_of(self.page, one.first, one.last))
                self.page.account(Fate.NOTE, one.first, one.last)
        self.page.account(Fate.USED, item.first, item.own_last)
        if not readings:
            if not label:
                return None
            links = find_links(item.text)
            readings = [Reading(lines, Thing(label), notes=[item.text] if links else [])]
            readings[0].thing.address = next((one.address for one in links if is_followable(one.address)), None)
            label = ""
        readings[0].notes += remarks
        if all(one.importance not in {None, "required"} for one in readings):
            # What is chosen counts, however gladly it is left out.
            readings[0].importance = None
        return Option(label, readings)

    # --------------------------------------------------------------------------------------------------- taking

    def _drafts(self, text: str, lines: Lines) -> list[Draft] | None:
        asks = self.section.asks if self.section is not None else False
        verb: Verb | None = self.section.verb if self.section is not None else None
        drafts = drafts_of(text, lines, self.vocabulary, asks=asks, cited=verb)
        for draft in drafts or []:
            if isinstance(draft, Reading) and draft.verb is None:
                draft.verb = verb
        return drafts

    def _take(self, drafts: Sequence[Draft], lines: Lines | None) -> None:
        if lines is not None:
            self.page.account(Fate.USED, *lines)
        if not drafts:
            return
        for draft in drafts:
            self.page.left_to_ask -= 0 if isinstance(draft, Note) else max(1, len(list(readings_in(draft))))
            self._append(draft if self.page.left_to_ask >= 0 else self._note_of(*draft.lines))

    def _notes(self, items: Sequence[Item]) -> None:
        if items:
            self._note(items[0].first, items[-1].last)

    def _note(self, first: int, last: int) -> None:
        if self.section is None:
            self.introduction.add_to_summary(source_of(self.page, first, last), Lines(first, last))
            return
        note = self._note_of(first, last)
        if note.text.strip():
            self._append(note)

    def _note_of(self, first: int, last: int) -> Note:
        self.page.account(Fate.NOTE, first, last)
        return Note(Lines(first, last), source_of(self.page, first, last))

    def _append(self, draft: Draft) -> None:
        """Put a draft behind the others; texts that follow one another are one note."""
        if self.section is None:
            self.section = self.introduction.begin_section()
        latest = self.section.items[-1] if self.section.items else None
        if isinstance(draft, Note) and isinstance(latest, Note) and len(latest.text) + len(draft.text) < LONGEST_NOTE:
            latest.text += f"\n\n{draft.text}"
            latest.lines = Lines(latest.lines.first, draft.lines.last)
        else:
            self.section.items.append(draft)


def _as_readings(draft: Draft) -> Sequence[Reading]:
    """What can be chosen of a draft."""
    if isinstance(draft, Task):
        return [Reading(draft.lines, Thing(draft.title, draft.address), "do", notes=draft.notes)]
    return list(readings_in(draft))


def _parts(block: Block) -> Sequence[Item]:
    """The entries of a list; of any other block, the block as one."""
    return block.items or [Item(block.first, block.last)]
