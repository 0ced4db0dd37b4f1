"""The vocabulary in which documents are declared.

A document is a frozen dataclass: what an author may write, field by field. Its marshmallow schema, its JSON
Schema and its part of the OpenAPI file are derived from that one declaration (`content/documents.py`), so this
module names kinds of text and number and nothing else.

Conventions of a document dataclass:

- a field named `from_` is written `from`; fields without a default are required;
- `SHORT: ClassVar[str]` names the field that a bare scalar stands for (`- yes` for `- text: yes`);
- `expand(raw)`, a class method, rewrites other short forms to the long one before anything is checked, and
  `SHORTHAND: ClassVar[Shorthand]` says which these are, for schemas that describe files to other programs;
- `mistakes(self)` yields what the types cannot say, each `Mistake` with a path relative to the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
IDENTIFIER = r"[a-z][a-z0-9_]*"


@dataclass(frozen=True)
class Text:
    """How long a text may be (characters), what it must match, and how it is meant."""

    longest: int
    pattern: str | None = None
    markdown: bool = False
    address: bool = False
    expression: bool = False
    many_lines: bool = False


@dataclass(frozen=True)
class Bounds:
    """Between which whole numbers a field lies, both included; `counted` says what it counts, for messages."""

    least: int
    most: int
    counted: str = ""


@dataclass(frozen=True)
class Shorthand:
    """What a document's `expand` takes beside the long form, as types.

    `bare` may stand for the whole document, and so may the document `instead`. `also` names further fields, and
    further forms of fields there are. A field of `made` is made up where one of those it lists is written.
    """

    bare: Any = None
    instead: Any = None
    also: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Key = Annotated[str, Text(64, pattern=SLUG)]
"""A name written once and never reused: lower-case letters, digits and hyphens."""

Identifier = Annotated[str, Text(64, pattern=IDENTIFIER)]
"""The name of a parameter, a datum or a gap: usable inside an expression."""

Line = Annotated[str, Text(300)]
"""Plain text on one line."""

Word = Annotated[str, Text(60)]
"""A word or two."""

Markdown = Annotated[str, Text(20_000, markdown=True, many_lines=True)]
"""CommonMark with `$…$` maths; raw HTML is shown, not obeyed."""

Address = Annotated[str, Text(2_000, address=True)]
"""Where something can be fetched: an absolute http(s) address, or a path on the course's own site."""

Expression = Annotated[str, Text(500, expression=True)]
"""A formula over parameters and data; see `expressions.py`."""

Number = Decimal
"""A decimal number kept exactly as written: 1.50 stays 1.50."""
