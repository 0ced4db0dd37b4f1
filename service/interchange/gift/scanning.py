"""Cuts a GIFT file into what Moodle would: pieces between blank lines, and in them comments, categories, questions.

Every cut keeps its place in the file, so that whatever is said of it later can name a line and a column. Escapes are
masked by as many characters as they have, so that nothing after this module takes an escaped sign for a sign.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate

WHITE = " \t\n\r\x0b\x00"
"""What Moodle trims."""

_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_MASKED = re.compile("\x0e([\x01-\x08])")
_PLAIN = "\\:#={}~\n"
_CODES = {sign: chr(number) for number, sign in enumerate("\\:#={}~n", start=1)}


def masked(text: str) -> str:
    """The text with every escape made a pair of control characters, which no text of an author's may hold."""
    return _ESCAPE.sub(lambda found: "\x0e" + _CODES[found[1]], text)


def unmasked(text: str) -> str:
    """The text that was meant: escapes resolved, `\\n` a new line."""
    return _MASKED.sub(lambda found: _PLAIN[ord(found[1]) - 1], text)


class Unusable(ValueError):
    """A question that cannot be taken, with the place of what is wrong."""

    def __init__(self, place: Passage, message: str) -> None:
        super().__init__(message)
        self.place, self.message = place, message


@dataclass(frozen=True)
class Comment:
    """A line that begins with `//`, and the number it has in the file."""

    line: int
    text: str


@dataclass(frozen=True)
class Piece:
    """The lines from one blank line to the next: `text` is masked, and blank where there are comments."""

    first: int
    text: str
    comments: tuple[Comment, ...]
    starts: tuple[int, ...]
    categories: tuple[int, ...]

    @classmethod
    def of(cls, first: int, lines: list[str]) -> Piece:
        """A piece whose first line has this number."""
        comments, shown = [], []
        for number, line in enumerate(lines, start=first):
            is_comment = line.lstrip(WHITE).startswith("//")
            if is_comment:
                comments.append(Comment(number, line.strip(WHITE)))
            shown.append(" " * len(line) if is_comment else masked(line))
        starts = tuple(accumulate((len(line) + 1 for line in shown[:-1]), initial=0))
        text = "\n".join(shown)
        categories = tuple(found.start() for found in _CATEGORY_LINE.finditer(text))
        return cls(first, text, tuple(comments), starts, categories)

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self.first + len(self.starts) - 1

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, both from 1."""
        row = bisect_right(self.starts, offset) - 1
        return self.first + row, offset - self.starts[row] + 1


@dataclass(frozen=True)
class Passage:
    """A part of a piece that knows where it stands."""

    piece: Piece = field(repr=False)
    text: str
    at: int

    def __bool__(self) -> bool:
        return bool(self.text)

    def __getitem__(self, part: slice) -> Passage:
        start, stop, _ = part.indices(len(self.text))
        return Passage(self.piece, self.text[start:stop], self.at + start)

    @property
    def place(self) -> tuple[int, int]:
        """Line and column of its beginning."""
        return self.piece.place(self.at)

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.place[0]

    def strip(self) -> Passage:
        """Without white space around it."""
        start, end = 0, len(self.text)
        while start < end and self.text[start] in WHITE:
            start += 1
        while end > start and self.text[end - 1] in WHITE:
            end -= 1
        return self[start:end]

    def partition(self, sign: str) -> tuple[Passage, Passage | None]:
        """What is before the first such sign, and what is after it if there is one."""
        at = self.text.find(sign)
        return (self, None) if at < 0 else (self[:at], self[at + len(sign) :])

    def split(self, sign: str) -> list[Passage]:
        """What stands before, between and after all such signs."""
        parts, start = [], 0
        while (at := self.text.find(sign, start)) >= 0:
            parts.append(self[start:at])
            start = at + len(sign)
        return [*parts, self[start:]]


@dataclass(frozen=True)
class Category:
    """A `$CATEGORY:` line; `swallows` is set where Moodle would take the lines after it for part of its name."""

    name: Passage
    exact: bool
    swallows: bool


@dataclass(frozen=True)
class Written:
    """A question as it is written; `blocks` are its answers in braces, none for a description.

    `stem` is the text before, between and after the blocks; of several blocks each holds an embedded answer.
    `glued` is set where no blank line parts the question from the one before.
    """

    name: Passage | None
    stem: tuple[Passage, ...]
    blocks: tuple[Passage, ...]
    whole: Passage
    comments: tuple[Comment, ...]
    glued: bool

    @property
    def lines(self) -> tuple[int, int]:
        """The first and the last line, comments aside."""
        return self.whole.line, self.whole.piece.place(self.whole.at + max(len(self.whole.text) - 1, 0))[0]


Statement = Category | Written | Unusable


def pieces(text: str) -> Iterator[Piece]:
    """What stands between blank lines."""
    lines: list[str] = []
    number = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield Piece.of(number - len(lines), lines)
            lines = []
    if lines:
        yield Piece.of(number - len(lines) + 1, lines)


_CATEGORY = re.compile(r"\$[ \t]*category[ \t]*:[^\n]*", re.IGNORECASE)
_EXACT = "$CATEGORY:"
_CATEGORY_LINE = re.compile(r"^[ \t]*\$CATEGORY:", re.MULTILINE)
EMBEDDED = re.compile(r"\s*(?P<weight>\d*)\s*:\s*(?P<type>[A-Z][A-Z_]+)\s*:")
"""How an embedded answer begins, as Moodle's Cloze format has them."""


def statements(piece: Piece) -> Iterator[Statement]:
    """What a piece says: as a rule one question, more where a blank line was forgotten."""
    rest = Passage(piece, piece.text, 0).strip()
    told = glued = 0
    while rest:
        if (found := _CATEGORY.match(rest.text)) is not None:
            line, rest = rest[: found.end()], rest[found.end() :].strip()
            name = line.partition(":")[1] or line
            yield Category(name.strip(), line.text.startswith(_EXACT), bool(rest))
            told, glued = line.line, 0
            continue
        try:
            question, rest = _question(rest)
        except Unusable as unusable:
            yield unusable
            return
        last = question.lines[1] if rest else piece.last
        comments = tuple(one for one in piece.comments if told < one.line <= last)
        yield replace(question, comments=comments, glued=bool(glued))
        told = glued = last


def _question(text: Passage) -> tuple[Written, Passage]:
    """The first question of a text, and what is left. Raises `Unusable`."""
    name, rest = _name(text)
    limit = _limit(rest)
    opened, closed = rest.text.find("{", 0, limit), rest.text.find("}", 0, limit)
    if opened < 0 and closed < 0:
        return _written(text, name, [rest[:limit]], []), rest[limit:].strip()
    if opened < 0 or 0 <= closed < opened:
        raise Unusable(rest[closed:], CLOSES_NOTHING)
    if closed < 0:
        raise Unusable(rest[opened:], NEVER_CLOSED)
    if EMBEDDED.match(rest.text, opened + 1):
        return _embedded(text, name, rest)
    before, block = rest[:opened], rest[opened + 1 : closed]
    tail, rest = _tail(rest[closed + 1 :])
    return _written(text, name, [before, tail], [block]), rest


CLOSES_NOTHING = "This } closes nothing: write \\} if it belongs to the text."
NEVER_CLOSED = (
    "This { is never closed before the next blank line: close it, take the blank line out, "
    "or write \\{ if it belongs to the text."
)
SECOND = "A second { in one question: braces that belong to the text are written \\{ and \\}."
EARLY = "The answers were closed before this }: braces that belong to the text are written \\{ and \\}."


def _limit(text: Passage) -> int:
    """Where the next line with a category begins, or the text ends."""
    categories = text.piece.categories
    index = bisect_left(categories, text.at + 1)
    return categories[index] - text.at if index < len(categories) else len(text.text)


def _name(text: Passage) -> tuple[Passage | None, Passage]:
    if not text.text.startswith("::"):
        return None, text
    name, rest = text[2:].partition("::")
    return (None, name) if rest is None else (name.strip(), rest.strip())


def _tail(text: Passage) -> tuple[Passage, Passage]:
    """What follows an answer block in the same question, and what is another question. Raises `Unusable`."""
    end = _limit(text)
    opened = text.text.find("{", 0, end)
    if opened >= 0:
        line = text[: text.text.find("\n", 0, end)] if "\n" in text.text[:opened] else text
        if line.strip():
            raise Unusable(text[opened:], SECOND)
        end = len(line.text)
    if (closed := text.text.find("}", 0, end)) >= 0:
        raise Unusable(text[closed:], EARLY)
    return text[:end], text[end:].strip()


def _embedded(text: Passage, name: Passage | None, rest: Passage) -> tuple[Written, Passage]:
    """A question all of whose blocks are embedded answers. Raises `Unusable`."""
    stems, blocks = [], []
    limit = _limit(rest)
    start = 0
    while (opened := rest.text.find("{", start, limit)) >= 0:
        closed = rest.text.find("}", opened)
        if closed < 0 or not EMBEDDED.match(rest.text, opened + 1):
            raise Unusable(
                rest[opened:], "Embedded answers are written {1:SHORTANSWER:=right}; write \\{ if this is text."
            )
        stems.append(rest[start:opened])
        blocks.append(rest[opened + 1 : closed])
        start = closed + 1
    if (stray := rest.text.find("}", start, limit)) >= 0:
        raise Unusable(rest[stray:], CLOSES_NOTHING)
    return _written(text, name, [*stems, rest[start:limit]], blocks), rest[limit:].strip()


def _written(text: Passage, name: Passage | None, stem: list[Passage], blocks: list[Passage]) -> Written:
    last = stem[-1]
    whole = text[: max(last.at + len(last.text) - text.at, 0)].strip()
    return Written(name, tuple(stem), tuple(blocks), whole, (), False)
