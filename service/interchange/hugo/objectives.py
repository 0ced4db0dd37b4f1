"""Takes what students should be able to do: the lists that a sentence or a heading announces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.interchange.hugo.beginnings import importance_in, is_placeholder
from service.interchange.hugo.blocks import Block, Item, source_of
from service.interchange.hugo.drafts import Objective
from service.interchange.hugo.links import find_links, plain
from service.interchange.hugo.page import Lines, Page
from service.interchange.hugo.vocabulary import words
from service.interchange.reports import Fate

MOST = 1_000
LONGEST_LINE = 300
_ENDING = 90
"""Characters of a sentence's end in which it says that objectives follow."""
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")


class Objectives:
    """The objectives of a page, gathered list by list."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.vocabulary = page.vocabulary
        self.found: list[Objective] = []
        self.intro = ""
        self.announced: Objective | None = None

    def is_title(self, said: str) -> bool:
        """Whether a title is one of a part with objectives: it begins or ends with the words for it."""
        return any(
            found.start() == 0 or found.end() == len(said)
            for found in words(self.vocabulary.objectives.titles).finditer(said)
        )

    def announce(self, text: str, following: Block) -> bool:
        """Whether the list that follows a sentence is one of objectives, by how the sentence ends."""
        said = plain(text).rstrip(" :.…*_-")
        linked = sum(bool(find_links(item.text)) for item in following.items)
        ending = said[-_ENDING:]
        asks = [one.end() for one in words(self.vocabulary.objectives.question).finditer(ending)]
        states = [one.end() for one in words(self.vocabulary.objectives.statement).finditer(ending)]
        is_question = bool(asks) and asks[-1] == len(ending)
        is_statement = bool(states) and states[-1] > len(ending) - _ENDING // 3
        if linked * 2 > len(following.items) or not (is_question or is_statement):
            return False
        supplemental = importance_in(said, self.vocabulary) == "supplemental"
        self.announced = Objective(Lines(1, 1), "", is_question=is_question, supplemental=supplemental)
        whole = plain(text)
        if not self.intro and len(whole) <= LONGEST_LINE:
            self.intro = whole
        else:
            self.announced.group = whole.rstrip(" :")[:LONGEST_LINE]
        return True

    def take(self, items: Sequence[Item]) -> Sequence[Item]:
        """Take the entries of a list, groups of them included; what is beyond `MOST` comes back."""
        model, self.announced = self.announced or Objective(Lines(1, 1), ""), None
        for at, item in enumerate(items):
            if len(self.found) >= MOST:
                return items[at:]
            lists = [block for block in item.below if block.kind == "list"]
            is_group = bool(lists) and len(lists) == len(item.below) and not find_links(item.text)
            if is_group and not plain(item.text).endswith((".", "?")):
                self.page.account(Fate.USED, item.first, item.own_last)
                group = plain(item.text).rstrip(" :")[:LONGEST_LINE]
                for inner in (one for block in lists for one in block.items):
                    self._take(inner, model, group)
            else:
                self._take(item, model, model.group)
        return ()

    def _take(self, item: Item, model: Objective, group: str) -> None:
        text = source_of(self.page, item.first, item.last)
        bullet = _BULLET.match(text)
        indent = " " * (bullet.end() if bullet else 0)
        text = "\n".join(line.removeprefix(indent) for line in text[len(indent) :].split("\n")).strip()
        if not text or is_placeholder(text, self.vocabulary):
            self.page.leave_out_placeholder(item.first, item.last)
            return
        self.page.account(Fate.USED, item.first, item.last)
        is_question = model.is_question or plain(item.text).endswith("?")
        lines = Lines(item.first, item.last)
        self.found.append(Objective(lines, text, group, is_question, model.supplemental))
