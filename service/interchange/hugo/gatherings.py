"""Takes what is said of a meeting: what is to be read for it, its materials, and the rest as a note."""

from __future__ import annotations

import re
from collections.abc import Callable

from service.interchange.hugo.beginnings import beginning_of
from service.interchange.hugo.blocks import Block, source_of
from service.interchange.hugo.drafts import Meeting
from service.interchange.hugo.links import find_links, without
from service.interchange.hugo.lists import Entries
from service.interchange.hugo.meetings import look_at_first_words
from service.interchange.hugo.page import Lines, Page
from service.interchange.reports import Fate

MOST_MATERIALS = 500
_BULLETS = ("- ", "* ", "+ ")


class Gathering:
    """A meeting while its part of the page is read; `section` makes the one for what is to be read for it."""

    def __init__(self, page: Page, meeting: Meeting, section: Callable[[Lines], Entries]) -> None:
        self.page = page
        self.meeting = meeting
        self.section = section

    def block(self, block: Block) -> None:
        """Take a block."""
        lines = Lines(block.first, block.last)
        if not self.meeting.notes:
            said = block.items[0].text if block.items else block.text
            look_at_first_words(self.meeting, said, self.page.vocabulary)
        if block.kind != "list":
            self._one(block.text, lines, block, is_alone=True)
            return
        for item in block.items:
            own = Lines(item.first, item.last)
            self._one(item.text, own, Block("list", *own, items=[item]), is_alone=not item.below)

    def note(self, text: str, lines: Lines) -> None:
        """Add to what is said of the meeting. Entries of one list stay together."""
        self.page.account(Fate.NOTE, *lines)
        self._reach(lines)
        notes = self.meeting.notes
        if notes and text.startswith(_BULLETS) and notes[-1].startswith(_BULLETS):
            notes[-1] += f"\n{text}"
        else:
            notes.append(text)

    def _one(self, text: str, lines: Lines, block: Block, *, is_alone: bool) -> None:
        if self._is_to_be_read(text):
            self.section(lines).block(block)
        elif is_alone and (links := self._only_links(text)):
            self.meeting.materials += links
            self.page.account(Fate.USED, *lines)
            self._reach(lines)
        else:
            self.note(source_of(self.page, *lines), lines)

    def _reach(self, lines: Lines) -> None:
        first, last = self.meeting.lines
        self.meeting.lines = Lines(first, max(last, lines.last))

    def _is_to_be_read(self, text: str) -> bool:
        verb = beginning_of(text, self.page.vocabulary).verb
        return verb in self.page.vocabulary.meetings.reading and bool(find_links(text))

    def _only_links(self, text: str) -> list[tuple[str, str]]:
        """The links of a text that says nothing else."""
        links = [link for link in find_links(text) if not link.is_image]
        if re.search(r"\w", without(links, text)) or len(self.meeting.materials) + len(links) > MOST_MATERIALS:
            return []
        return [(link.title, link.address) for link in links]
