"""Makes Markdown of HTML people paste into questions: known elements by what they mean, and nothing that acts.

A scanner of our own, because it must take whatever it is given, in time proportional to its length.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator

from service.interchange.markup import Markup

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})((?:[\s/][^<>]*)?)>|<!--")
_TICKS = re.compile(r"`+")
_ATTRIBUTE = re.compile(r"([A-Za-z-]{1,20})\s{0,9}=\s{0,9}(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
LONGEST_TAG = 4_000

MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
CODE = frozenset({"code", "tt", "kbd", "samp", "var"})
HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
BLOCKS = frozenset(
    {
        *("p", "div", "section", "article", "header", "footer", "center", "figure", "figcaption", "dl", "dt", "dd"),
        *("fieldset", "form", "blockquote", "caption", "main", "aside", "details", "summary"),
    }
)
LISTS = frozenset({"ul", "ol"})
TABLE = frozenset({"table", "tr", "td", "th"})
OTHERS = frozenset({"br", "hr", "pre", "li", "a", "img", "sub", "sup"})
TRANSPARENT = frozenset(
    {
        *("span", "u", "font", "small", "big", "mark", "del", "s", "strike", "ins", "abbr", "cite", "q", "label"),
        *("tbody", "thead", "tfoot", "colgroup", "col", "nobr", "wbr", "acronym", "dfn", "html", "body", "o"),
        *("input", "button", "select", "option", "textarea", "audio", "video", "source", "math", "svg"),
    }
)
HIDDEN = frozenset({"script", "style", "iframe", "object", "embed", "applet", "template", "noscript", "head", "title"})
KNOWN = frozenset({*MARKS, *CODE, *HEADINGS, *BLOCKS, *LISTS, *TABLE, *OTHERS, *TRANSPARENT, *HIDDEN})


def from_html(text: str, remarks: set[str], *, mixed: bool) -> str:
    """The Markdown of a text in HTML; with `mixed`, of a text that has some HTML in it and is Markdown otherwise.

    Scripts, styles and frames go with what is in them; elements nobody knows stay as text (`List<String>`).
    `remarks` gathers what was left out.
    """
    markup = Markup(remarks, mixed=mixed)
    at = 0
    for start, end, closing, name, attributes in _tags(text, mixed=mixed):
        if start < at:
            continue
        markup.text(text[at:start])
        at = end
        if name in HIDDEN:
            if not closing:
                remarks.add(f"<{name}> was left out, with what is in it.")
                at = _end_of(name, text, end, markup.ended)
        elif name != "!--":
            _apply(markup, closing, name, attributes)
    markup.text(text[at:])
    return markup.result()


def _tags(text: str, *, mixed: bool) -> Iterator[tuple[int, int, bool, str, str]]:
    """(start, end, whether it closes, name, attributes) of known elements, and of comments as `!--`."""
    code = deque(_code(text) if mixed else ())
    commented = 0
    for found in _TAG.finditer(text):
        while code and code[0][1] <= found.start():
            code.popleft()
        if found.start() < commented or (code and code[0][0] <= found.start()):
            continue
        if found[2] is None:
            end = text.find("-->", found.end())
            # A comment that never ends is text, and there is no use in looking for its end again.
            commented = end + 3 if end >= 0 else found.end()
            if end < 0:
                continue
            yield found.start(), commented, False, "!--", ""
            continue
        name, attributes = found[2].lower(), found[3].strip().removesuffix("/").strip()
        if name in KNOWN and (not mixed or not attributes or "=" in attributes):
            yield found.start(), found.end(), bool(found[1]), name, attributes


def _code(text: str) -> list[tuple[int, int]]:
    """From where to where Markdown's code goes: from a run of backticks to the next one as long."""
    runs = [(found.start(), found.end()) for found in _TICKS.finditer(text)]
    following: dict[int, int] = {}
    next_alike: list[int | None] = [None] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        length = runs[index][1] - runs[index][0]
        next_alike[index] = following.get(length)
        following[length] = index
    spans, index = [], 0
    while index < len(runs):
        partner = next_alike[index]
        if partner is not None:
            spans.append((runs[index][0], runs[partner][1]))
        index = index + 1 if partner is None else partner + 1
    return spans


def _end_of(name: str, text: str, start: int, ended: dict[str, int]) -> int:
    """Where an element that is left out ends; where it is never closed, at once."""
    if ended.get(name, -1) == len(text):
        return start
    found = re.compile(rf"</{name}\s{{0,9}}>", re.IGNORECASE).search(text, start)
    if found is None:
        ended[name] = len(text)
        return start
    return found.end()


def _apply(markup: Markup, closing: bool, name: str, attributes: str) -> None:
    if name in MARKS:
        markup.mark(MARKS[name], closing=closing)
    elif name in CODE:
        markup.code(name, closing=closing)
    elif name in HEADINGS:
        markup.block("" if closing else f"{HEADINGS[name]} ")
    elif name in BLOCKS:
        markup.block()
    elif name in LISTS:
        markup.list(name, closing=closing)
    elif name in TABLE:
        markup.table(name, closing=closing)
    else:
        _apply_other(markup, closing, name, attributes)


def _apply_other(markup: Markup, closing: bool, name: str, attributes: str) -> None:
    match name:
        case "br":
            markup.line_break()
        case "hr":
            markup.block("---")
            markup.block()
        case "pre":
            markup.pre(closing=closing)
        case "li":
            markup.entry(closing=closing)
        case "sub" | "sup":
            markup.raised(name, closing=closing)
        case "a":
            markup.link(_attributes(attributes).get("href", ""), closing=closing)
        case "img":
            said = _attributes(attributes)
            markup.image(said.get("src", ""), said.get("alt", ""))


def _attributes(written: str) -> dict[str, str]:
    if len(written) > LONGEST_TAG:
        return {}
    return {
        found[1].lower(): " ".join(html.unescape(found[2].strip("\"'")).split())
        for found in _ATTRIBUTE.finditer(written)
    }
