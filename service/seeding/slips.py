"""Says in plain language, and at the right place, why a file is no readable YAML.

The parser's own words name rules of the YAML grammar at the point where they were broken; an author needs to know
which character of theirs to change. The commonest slips come first, and whatever is left keeps the parser's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import yaml

OPENERS = "`@%*&!|>,]}?"
"""Characters with a meaning of their own in YAML, so that no unquoted text begins with one."""
REFUSED_OPENER = re.compile("cannot start any token|node content|mapping keys are not allowed")
BEGINNINGS = {
    "while scanning an alias": "*",
    "while scanning an anchor": "&",
    "while scanning a directive": "%",
    "while scanning a tag": "!",
    "while parsing a node": "!",
    "while scanning a block scalar": "|>",
}
"""What a text began with, by what the parser took it for."""
CLOSING = {"{": "}", "[": "]"}
LONGEST_SHOWN = 40


@dataclass(frozen=True, order=True)
class Slip:
    """One mistake in a file: its line and column from 1, and what is wrong and how to mend it."""

    line: int
    column: int
    message: str


def shown(text: str) -> str:
    """`text` in quotation marks, cut to a length that fits a message."""
    return f"“{text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + '…'}”"


@dataclass(frozen=True)
class _Trouble:
    """A syntax error: where it showed and where what it broke began (0-based), in the parser's words and the text."""

    lines: Sequence[str]
    problem: str
    line: int
    column: int
    context: str
    begin_line: int
    begin_column: int

    @property
    def text(self) -> str:
        return self.lines[self.line]

    @property
    def character(self) -> str:
        return self.text[self.column : self.column + 1]

    @property
    def before(self) -> str:
        """What stands before the trouble on its line."""
        return self.text[: self.column]

    @property
    def at_end(self) -> bool:
        return not any(line.strip() for line in (self.text[self.column :], *self.lines[self.line + 1 :]))

    def here(self, message: str) -> Slip:
        return Slip(self.line + 1, self.column + 1, message)

    def at_begin(self, message: str) -> Slip:
        return Slip(self.begin_line + 1, self.begin_column + 1, message)


def in_plain_words(error: yaml.YAMLError, lines: Sequence[str]) -> Slip:
    """The slip behind a syntax error in a file of these lines."""
    trouble = _trouble(error, lines) if isinstance(error, yaml.MarkedYAMLError) else None
    if trouble is None:
        return Slip(1, 1, f"This is no readable YAML: {error}")
    return next(slip for explain in EXPLANATIONS for slip in explain(trouble))


def _trouble(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> _Trouble | None:
    at = error.problem_mark or error.context_mark
    begin = error.context_mark or at
    if at is None or begin is None:
        return None
    # The end of the stream is reported one line below the last.
    line = min(at.line, len(lines) - 1)
    column = at.column if line == at.line else len(lines[line])
    begin_line = min(begin.line, len(lines) - 1)
    return _Trouble(lines, error.problem or "", line, column, error.context or "", begin_line, begin.column)


def _tab(trouble: _Trouble) -> Iterator[Slip]:
    indent = trouble.text[: len(trouble.text) - len(trouble.text.lstrip())]
    if trouble.character == "\t" or "\t" in indent:
        column = trouble.column if trouble.character == "\t" else indent.index("\t")
        yield Slip(trouble.line + 1, column + 1, "A tab stands here; YAML is indented by spaces only.")


def _colon(trouble: _Trouble) -> Iterator[Slip]:
    if trouble.character == ":" and "node content" in trouble.problem:
        yield trouble.here("A name is missing before this colon.")
    in_braces = "flow" in trouble.context
    if "mapping values are not allowed" not in trouble.problem and not (in_braces and trouble.character == ":"):
        return
    if in_braces and trouble.line != trouble.begin_line:
        return
    if ": " in trouble.before:
        yield trouble.here("A colon followed by a space stands inside a text; put the whole text in quotes.")
    elif not in_braces:
        yield trouble.here(
            "This line is indented as if it went on with the text above, where a colon followed by a space cannot "
            "stand; put that text in quotes, or mend the indentation."
        )


def _opener(trouble: _Trouble) -> Iterator[Slip]:
    """A value that begins with a character that means something else in YAML."""
    begins = trouble.lines[trouble.begin_line][trouble.begin_column : trouble.begin_column + 1]
    if begins and begins in BEGINNINGS.get(trouble.context, ""):
        yield trouble.at_begin(_in_quotes(begins))
    elif trouble.character and trouble.character in OPENERS and REFUSED_OPENER.search(trouble.problem):
        yield trouble.here(_in_quotes(trouble.character))


def _in_quotes(character: str) -> str:
    return f"A text cannot begin with {character} in YAML; put the whole text in quotes."


def _quotes(trouble: _Trouble) -> Iterator[Slip]:
    if "quoted scalar" not in trouble.context:
        return
    if re.search("escape|hexa?decimal|Unicode character", trouble.problem):
        yield trouble.here(
            r"In double quotes a backslash begins an escape such as \n; write a text that holds backslashes "
            "in single quotes, or below a |."
        )
    else:
        yield trouble.at_begin("This quotation mark is never closed.")


def _brackets(trouble: _Trouble) -> Iterator[Slip]:
    opened = trouble.lines[trouble.begin_line][trouble.begin_column : trouble.begin_column + 1]
    if "flow" not in trouble.context or opened not in CLOSING:
        return
    if trouble.at_end or trouble.line != trouble.begin_line:
        yield trouble.at_begin(f"The {opened} opened here is not closed; a {CLOSING[opened]} or a comma is missing.")
    elif trouble.character == "?":
        yield trouble.here("A ? stands inside braces or brackets; put the whole text in quotes.")
    else:
        yield trouble.here(
            f"A comma or {CLOSING[opened]} is missing here; inside braces and brackets put a text that holds "
            "any of , ? : [ ] { } in quotes."
        )


def _after_closing(trouble: _Trouble) -> Iterator[Slip]:
    closed = trouble.before.rstrip()[-1:]
    if "block" in trouble.context and closed and closed in "]}\"'" and trouble.before.strip():
        yield trouble.here(
            f"The text goes on after {closed}; put the whole of a text that begins with a bracket, "
            "a brace or a quotation mark in (other) quotes."
        )


def _indentation(trouble: _Trouble) -> Iterator[Slip]:
    if trouble.context in ("while parsing a block mapping", "while parsing a block collection"):
        yield trouble.here(
            f"This fits nothing above it; the entries around it begin in column {trouble.begin_column + 1} "
            f"(as on line {trouble.begin_line + 1}), so mend the indentation or the kind of entry."
        )


def _lone_line(trouble: _Trouble) -> Iterator[Slip]:
    if "could not find expected ':'" in trouble.problem:
        yield trouble.at_begin(
            "This is neither “name: value” nor “- entry”; indent a line that goes on with the text above, "
            "and leave a space after the colon of a name."
        )


def _list_on_line(trouble: _Trouble) -> Iterator[Slip]:
    if "sequence entries are not allowed" in trouble.problem:
        yield trouble.here("A list begins on a line of its own; put a text that begins with - in quotes.")


def _after_the_end(trouble: _Trouble) -> Iterator[Slip]:
    if "document start" in trouble.problem:
        yield trouble.here("The document ended above, at a line of three dots or dashes; delete that line.")


def _parsers_words(trouble: _Trouble) -> Iterator[Slip]:
    yield trouble.here(f"YAML cannot be read here: {trouble.problem or trouble.context}")


EXPLANATIONS: tuple[Callable[[_Trouble], Iterator[Slip]], ...] = (
    _tab,
    _colon,
    _opener,
    _quotes,
    _brackets,
    _after_closing,
    _indentation,
    _lone_line,
    _list_on_line,
    _after_the_end,
    _parsers_words,
)
