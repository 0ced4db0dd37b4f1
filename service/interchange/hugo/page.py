"""A page on its way from Markdown to a unit: its text, always with as many lines as the file, and the report."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from service.content.refusals import UNWELCOME, named
from service.interchange.hugo.vocabulary import Vocabulary
from service.interchange.reports import Fate, Report

FENCE = re.compile(r"[ \t>]*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(`{3,}|~{3,})([^`\n]*)$")


class Lines(NamedTuple):
    """From which line of the file to which, both included."""

    first: int
    last: int


@dataclass
class Page:
    """What is left to be understood of a file (`text`), with the words to understand it by."""

    report: Report
    vocabulary: Vocabulary
    text: str
    left_to_ask: int = 1_500
    """How many readings and tasks may still be made of it; what is beyond stays as notes."""
    _split: tuple[str, list[str]] = field(default=("", [""]), repr=False)

    @classmethod
    def of(cls, report: Report, vocabulary: Vocabulary) -> Page:
        """The page as it is in the file, without characters that nobody sees."""
        page = cls(report, vocabulary, report.text)
        found = UNWELCOME.search(page.text)
        if found is not None:
            line = page.text.count("\n", 0, found.start()) + 1
            report.warn(line, f"An invisible character, {named(found[0])}, stands here and was taken out.")
            before = page.lines
            page.text = UNWELCOME.sub(" ", page.text)
            page.account_emptied(before, Fate.HIDDEN)
        return page

    def line_at(self, offset: int) -> int:
        """The line, from 1, in which a character of the text stands."""
        return self.text.count("\n", 0, offset) + 1

    def replace(self, pattern: re.Pattern[str], make: Callable[[re.Match[str], int], str]) -> None:
        """Put something else for each match, made of it and its line, on as many lines."""
        parts, at, line = [], 0, 1
        for found in pattern.finditer(self.text):
            line += self.text.count("\n", at, found.start())
            said = make(found, line)
            lost = found[0].count("\n") - said.count("\n")
            parts += [self.text[at : found.start()], said, "\n" * lost]
            line += found[0].count("\n")
            at = found.end()
        self.text = "".join([*parts, self.text[at:]])

    def account_emptied(self, before: list[str], fate: Fate) -> None:
        """Say what became of the lines of which nothing is left, though there was something before."""
        for number, (was, left) in enumerate(zip(before, self.lines, strict=True), start=1):
            if was.strip() and not left.strip():
                self.report.account(fate, number)

    def account(self, fate: Fate, first: int, last: int | None = None) -> None:
        """Say what became of those of the lines of which anything is left."""
        lines = self.lines
        for line in range(first, (last or first) + 1):
            if line <= len(lines) and lines[line - 1].strip():
                self.report.account(fate, line)

    def leave_out_placeholder(self, first: int, last: int) -> None:
        """Keep from students what stands for something that is still to come, and say so."""
        self.report.warn(first, "This is a placeholder for something that is still to come; it was left out.")
        self.account(Fate.HIDDEN, first, last)

    @property
    def lines(self) -> list[str]:
        """The lines of what is left."""
        if self._split[0] is not self.text:
            self._split = (self.text, self.text.split("\n"))
        return self._split[1]


def fenced(lines: list[str]) -> set[int]:
    """The indexes of the lines of fenced code, fences included."""
    inside: set[int] = set()
    fence = ""
    for index, line in enumerate(lines):
        found = FENCE.match(line)
        if fence:
            inside.add(index)
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif found:
            inside.add(index)
            fence = found[1]
    return inside
