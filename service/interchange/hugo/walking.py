"""Walks down a page, part by part, and tells what each part of it is for: this is what a page becomes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import zip_longest

from service.interchange.hugo.beginnings import beginning_of, is_placeholder
from service.interchange.hugo.blocks import Block, Item, Unfolds, pieces_of
from service.interchange.hugo.drafts import Meeting, Objective, Section
from service.interchange.hugo.gatherings import Gathering
from service.interchange.hugo.links import find_links, plain, without
from service.interchange.hugo.lists import Entries
from service.interchange.hugo.meetings import WEEKDAYS, meeting_of
from service.interchange.hugo.objectives import Objectives
from service.interchange.hugo.page import Lines, Page
from service.interchange.hugo.vocabulary import first_of, leading, words
from service.interchange.reports import Fate

LABEL = 7
"""The level of a line of its own that titles what follows: below all headings."""
LONGEST_LABEL = 8
"""Words of such a line."""
LONGEST_TITLE = 300
DEEPEST = 40
"""Parts inside one another; what unfolds further in belongs to the part around it."""
MOST_PARTS = 500
"""Sections, and meetings; what is beyond stays as notes."""
_EDGE = " \t*_:#.!-–—"


class Part(Enum):
    """What a part of a page is for."""

    INTRODUCTION = "what stands before everything else"
    OBJECTIVES = "what students should be able to do"
    SECTION = "what they are asked to do"
    MEETINGS = "when the class meets"
    MEETING = "one meeting"


@dataclass
class Scope:
    """A part of the page while it is walked through: a heading's, or that of a section which unfolds."""

    part: Part
    level: int
    title: str
    lines: Lines
    unfolds: bool = False
    section: Section | None = None
    meeting: Meeting | None = None


@dataclass
class Outcome:
    """What a whole page asks for; `is_recognised` where some part of it was one that the vocabulary knows."""

    summary: list[str] = field(default_factory=list)
    objectives_intro: str = ""
    objectives: list[Objective] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    is_recognised: bool = False


class Walk:
    """A walk down a page that is called `title`; dates without a year are of `year`."""

    def __init__(self, page: Page, title: str, year: int | None) -> None:
        self.page = page
        self.vocabulary = page.vocabulary
        self.year = year
        self.outcome = Outcome()
        self.objectives = Objectives(page)
        self.scopes = [Scope(Part.INTRODUCTION, 0, title, Lines(1, 1))]
        self.too_deep = 0

    def outcome_of_page(self) -> Outcome:
        """Walk the page from its beginning to its end."""
        pieces = list(pieces_of(self.page))
        for piece, following in zip_longest(pieces, pieces[1:]):
            if isinstance(piece, Unfolds):
                self._unfold(piece)
            else:
                self._block(piece, following if isinstance(following, Block) else None)
        self.outcome.objectives = self.objectives.found
        self.outcome.objectives_intro = self.objectives.intro
        return self.outcome

    # --------------------------------------------------------------------------------------------------- parts

    @property
    def scope(self) -> Scope:
        """The part of the page where we are."""
        return self.scopes[-1]

    def _unfold(self, piece: Unfolds) -> None:
        self.page.account(Fate.USED, piece.line)
        if piece.title is not None and len(self.scopes) < DEEPEST:
            self._enter(piece.title, LABEL, Lines(piece.line, piece.line)).unfolds = True
        elif piece.title is not None or self.too_deep:
            self.too_deep += 1 if piece.title is not None else -1
        elif any(scope.unfolds for scope in self.scopes):
            while not self.scopes.pop().unfolds:
                pass

    def _head(self, title: str, level: int, lines: Lines) -> None:
        """A heading ends the parts that are not above it."""
        self.page.account(Fate.USED, *lines)
        while len(self.scopes) > 1 and self.scope.level >= level and not self.scope.unfolds:
            self.scopes.pop()
        self._enter(title, level, lines)

    def _enter(self, title: str, level: int, lines: Lines) -> Scope:
        self.objectives.announced = None
        scope = Scope(Part.SECTION, level, plain(title).strip()[:LONGEST_TITLE] or "Untitled", lines)
        self._tell(scope, scope.title.strip(_EDGE))
        self.scopes.append(scope)
        if find_links(title):
            # A title is a text alone: what it leads to is said below it.
            self._said(Block("paragraph", *lines, text=title))
        return scope

    def _tell(self, scope: Scope, said: str) -> None:
        """Tell what a part is for by its title, and by the part around it."""
        meeting = self._meeting(said, scope.lines)
        if meeting is not None:
            scope.part, scope.meeting = Part.MEETING, meeting
            self.outcome.meetings.append(meeting)
        elif self.scope.meeting is not None and not self._is_asked(said):
            scope.part, scope.meeting = Part.MEETING, self.scope.meeting
            # What only titles the materials ("Links:") says no more than their place does.
            if first_of(self.vocabulary.sections, said, "titles") is None:
                self._gathering(scope.meeting).note(f"**{scope.title}**", scope.lines)
        elif len(self.outcome.sections) >= MOST_PARTS:
            scope.section = self.outcome.sections[-1]
            self._entries(scope).block(Block("other", *scope.lines))
        elif words(self.vocabulary.meetings.sections).fullmatch(said):
            scope.part = Part.MEETINGS
        elif self.objectives.is_title(said):
            scope.part = Part.OBJECTIVES
        else:
            scope.section = self._section(scope.title, said, scope.lines)
        self.outcome.is_recognised = self.outcome.is_recognised or scope.part is not Part.SECTION

    def _meeting(self, said: str, lines: Lines) -> Meeting | None:
        if len(self.outcome.meetings) >= MOST_PARTS:
            return None
        meeting = meeting_of(said, lines, self.vocabulary, self.year)
        in_meetings = any(one.part is Part.MEETINGS for one in self.scopes)
        # Elsewhere "Sat" may be anything.
        is_clear = in_meetings or (meeting and meeting.date) or said.lower().startswith(WEEKDAYS)
        return meeting if is_clear else None

    def _is_asked(self, said: str) -> bool:
        """Whether a part of a meeting is about what to do for it."""
        found = first_of(self.vocabulary.sections, said, "titles")
        return found is not None and found.importance != "optional"

    def _section(self, title: str, said: str, lines: Lines) -> Section:
        found = first_of(self.vocabulary.sections, said, "titles")
        outer = next((one.section for one in reversed(self.scopes) if one.section is not None), None)
        section = Section(lines, title, " / ".join(scope.title for scope in self.scopes[1:]))
        if found is not None:
            self.outcome.is_recognised = True
            verb = leading(self.vocabulary.verbs, said) or first_of(self.vocabulary.labels, said)
            section.importance, section.asks = found.importance, True
            section.verb = verb[0].means if isinstance(verb, tuple) else verb.means if verb else None
        elif outer is not None:
            section.importance, section.asks, section.verb = outer.importance, outer.asks, outer.verb
        if self.scope.meeting is not None:
            section.title = f"{self._scope_of_meeting().title}: {title}"[:LONGEST_TITLE]
        self.outcome.sections.append(section)
        return section

    # -------------------------------------------------------------------------------------------------- blocks

    def _block(self, block: Block, following: Block | None) -> None:
        match block.kind:
            case "heading":
                self._head(block.text, block.level, Lines(block.first, block.last))
            case "rule":
                self.page.account(Fate.USED, block.first, block.last)
            case "paragraph":
                self._paragraph(block, following if following is not None and following.kind == "list" else None)
            case "list":
                self._list(block)
            case _:
                self._said(block)

    def _paragraph(self, block: Block, followed: Block | None) -> None:
        lines = Lines(block.first, block.last)
        if is_placeholder(block.text, self.vocabulary):
            self.page.leave_out_placeholder(*lines)
        elif (title := self._label(block.text)) is not None:
            self._head(title, LABEL, lines)
        elif followed and self.objectives.announce(block.text, followed):
            self.outcome.is_recognised = True
            self.page.account(Fate.USED, *lines)
            if find_links(block.text):
                self._said(block)
        else:
            self._said(block, followed)

    def _list(self, block: Block) -> None:
        if self.objectives.announced or self.scope.part is Part.OBJECTIVES:
            for item in self.objectives.take(block.items):
                self._entries(self.scope).block(Block("other", item.first, item.last))
        elif self.scope.part is Part.MEETINGS and self._are_meetings(block.items):
            for item in block.items:
                self._listed_meeting(item)
        else:
            self._said(block)

    def _said(self, block: Block, followed: Block | None = None) -> None:
        """What is said in a part of the page, whatever the part is for."""
        if self.scope.meeting is not None:
            self._gathering(self.scope.meeting).block(block)
        else:
            self._entries(self.scope).block(block, followed)

    def _label(self, text: str) -> str | None:
        """What a line of its own titles, if the vocabulary knows such a title: bold, or with a colon at its end."""
        stripped = text.strip()
        is_label = stripped.endswith((":", ":**", ":*", ":__")) or re.fullmatch(r"(\*\*|__)[^*_\n]+\1", stripped)
        said = plain(stripped).strip(_EDGE)
        if not is_label or "\n" in stripped or find_links(stripped) or len(said.split()) > LONGEST_LABEL:
            return None
        if self.scope.part in {Part.MEETINGS, Part.MEETING} and self._meeting(said, Lines(1, 1)):
            return said
        is_known = (
            first_of(self.vocabulary.sections, said, "titles") is not None
            or words(self.vocabulary.meetings.sections).fullmatch(said)
            or self.objectives.is_title(said)
        )
        return said if is_known and beginning_of(said, self.vocabulary).verb is None else None

    def _entries(self, scope: Scope) -> Entries:
        """What takes what is asked in a part of the page."""
        if scope.section is None and scope.part is not Part.INTRODUCTION:
            scope.section = self._own_section(scope)
        return Entries(self.page, scope.section, self)

    def _own_section(self, scope: Scope) -> Section:
        section = Section(scope.lines, scope.title)
        self.outcome.sections.append(section)
        return section

    def begin_section(self) -> Section:
        """The section of what is asked before any heading."""
        self.scope.section = self._own_section(self.scope)
        return self.scope.section

    def add_to_summary(self, text: str, lines: Lines) -> None:
        """Prose before any heading."""
        self.page.account(Fate.NOTE, *lines)
        self.outcome.summary.append(text)

    # ------------------------------------------------------------------------------------------------ meetings

    def _gathering(self, meeting: Meeting) -> Gathering:
        return Gathering(self.page, meeting, self._section_of_meeting)

    def _scope_of_meeting(self) -> Scope:
        """The part whose title is the meeting's; there may be others in it."""
        return next(scope for scope in self.scopes if scope.meeting is self.scope.meeting)

    def _section_of_meeting(self, lines: Lines) -> Entries:
        scope = self._scope_of_meeting()
        if scope.section is None:
            scope.section = Section(lines, scope.title, importance="required", asks=True)
            self.outcome.sections.append(scope.section)
        return Entries(self.page, scope.section, self)

    def _are_meetings(self, items: Sequence[Item]) -> bool:
        found = [self._meeting(item.text[:LONGEST_TITLE], Lines(1, 1)) for item in items]
        return bool(found) and all(found) and len(self.outcome.meetings) + len(items) <= MOST_PARTS

    def _listed_meeting(self, item: Item) -> None:
        """A meeting that is an entry of a list: its day first, then what it is for, then links."""
        links = [link for link in find_links(item.text) if not link.is_image]
        said = (item.text[: links[0].start] if links else item.text).rstrip(" (:")[:LONGEST_TITLE]
        meeting = self._meeting(said, Lines(item.first, item.last))
        if meeting is None:
            self._entries(self.scope).block(Block("list", item.first, item.last, items=[item]))
            return
        self.page.account(Fate.USED, item.first, item.own_last)
        meeting.materials += [(link.title, link.address) for link in links]
        if len(said) == LONGEST_TITLE or re.search(r"\w", without(links, item.text)[len(said) :]):
            meeting.notes.append(item.text)
        self.outcome.meetings.append(meeting)
        self.scopes.append(Scope(Part.MEETING, LABEL, meeting.title or said, meeting.lines, meeting=meeting))
        for block in item.below:
            self._gathering(meeting).block(block)
        self.scopes.pop()
