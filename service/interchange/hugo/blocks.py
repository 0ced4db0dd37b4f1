"""Takes a page apart: sections that unfold, and in between what Markdown has, each block with its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Literal, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

from service.interchange.hugo.page import Page, fenced
from service.interchange.hugo.shortcodes import CLOSE, OPEN, TITLE_END
from service.interchange.reports import Fate

DEEPEST = 60
"""Levels of lists and quotations that are told apart."""

_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table").disable("reference")
_MARKDOWN.core.ruler.enableOnly(["normalize", "block"])
_MARKER = re.compile(f"{OPEN}([^{TITLE_END}\n]*){TITLE_END}|{CLOSE}")

Kind: TypeAlias = Literal["heading", "paragraph", "list", "rule", "other"]


@dataclass(frozen=True)
class Unfolds:
    """Where a section unfolds (`title`), or where the last one that did ends (None)."""

    title: str | None
    line: int


@dataclass
class Block:
    """A heading, a paragraph, a list or anything else, from line `first` to `last` (from 1, both included).

    `text` is what a heading or a paragraph says, `level` a heading's; `items` are a list's.
    """

    kind: Kind
    first: int
    last: int
    text: str = ""
    level: int = 0
    items: list[Item] = field(default_factory=list)


@dataclass
class Item:
    """An entry of a list: what it says by itself, and the blocks below that."""

    first: int
    last: int
    blocks: list[Block] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What the entry says by itself."""
        return self.blocks[0].text if self.blocks and self.blocks[0].kind in {"paragraph", "heading"} else ""

    @property
    def below(self) -> list[Block]:
        """What stands below that."""
        return self.blocks[1:] if self.text else self.blocks

    @property
    def own_last(self) -> int:
        """The last line of what the entry says by itself."""
        return self.blocks[0].last if self.text else self.first


Piece: TypeAlias = Block | Unfolds


def pieces_of(page: Page) -> Iterator[Piece]:
    """What the page is made of, in order."""
    collected: list[tuple[int, str]] = []
    inline = 0
    code = fenced(page.lines)
    for number, line in enumerate(page.lines, start=1):
        is_nested = number - 1 in code or re.match(r" {4}|\t|\s*(?:[-*+]|\d+[.)])\s", line) is not None
        at = 0
        for marker in _MARKER.finditer(line):
            title = marker[1]
            if is_nested or (title is None and inline):
                inline += 1 if title is not None else -(inline > 0)
                continue
            collected.append((number, line[at : marker.start()]))
            yield from _blocks(collected)
            yield Unfolds(title, number)
            collected = []
            at = marker.end()
        collected.append((number, _MARKER.sub(_in_line, line[at:])))
        if line.strip() and not collected[-1][1].strip():
            page.account(Fate.USED, number)
    yield from _blocks(collected)


def _in_line(marker: re.Match[str]) -> str:
    """A section that unfolds within a list: its title, and then what is in it."""
    return f"**{marker[1]}** " if marker[1] is not None else ""


def _blocks(lines: Sequence[tuple[int, str]]) -> Iterator[Block]:
    if not any(line.strip() for _, line in lines):
        return
    numbers = [number for number, _ in lines]
    tokens = _MARKDOWN.parse("\n".join(line for _, line in lines))
    yield from _Tree(tokens, numbers).blocks(0, len(tokens))


class _Tree:
    """The parser's tokens as blocks within blocks."""

    def __init__(self, tokens: Sequence[Token], numbers: Sequence[int]) -> None:
        self.tokens = tokens
        self.numbers = numbers
        self.ends = self._partners()

    def _partners(self) -> dict[int, int]:
        """Where what a token opens is closed, by the indexes of both."""
        ends, opened = {}, []
        for index, token in enumerate(self.tokens):
            if token.nesting == 1:
                opened.append(index)
            elif token.nesting == -1:
                ends[opened.pop()] = index
        return ends

    def blocks(self, start: int, end: int) -> Iterator[Block]:
        index = start
        while index < end:
            token = self.tokens[index]
            last = self.ends.get(index, index)
            if token.map is not None:
                yield self._block(token, index, last)
            index = last + 1

    def _block(self, token: Token, index: int, last: int) -> Block:
        first_line, last_line = self._lines(token)
        if token.type in {"paragraph_open", "heading_open"}:
            kind: Kind = "heading" if token.type == "heading_open" else "paragraph"
            level = int(token.tag[1]) if kind == "heading" else 0
            return Block(kind, first_line, last_line, self.tokens[index + 1].content, level)
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            return Block("list", first_line, last_line, items=list(self._items(index + 1, last)))
        return Block("rule" if token.type == "hr" else "other", first_line, last_line)

    def _items(self, start: int, end: int) -> Iterator[Item]:
        index = start
        while index < end:
            last = self.ends[index]
            yield Item(*self._lines(self.tokens[index]), list(self.blocks(index + 1, last)))
            index = last + 1

    def _lines(self, token: Token) -> tuple[int, int]:
        first, end = token.map or (0, 1)
        return self.numbers[first], self.numbers[max(end, first + 1) - 1]


def source_of(page: Page, first: int, last: int) -> str:
    """The Markdown of some lines of the page, as far to the left as it goes, without the marks of sections."""
    lines = [_MARKER.sub(_in_line, line) for line in page.lines[first - 1 : last]]
    return dedent("\n".join(lines).replace("\t", "    ")).strip("\n").rstrip()
