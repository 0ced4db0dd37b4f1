"""What of a Markdown text is prose rather than code or maths, and which addresses lead to the same page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
INDENTED = re.compile(r"(?: {4}| {0,3}\t)\s*\S")
BULLET = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\S")
TICKS = re.compile(r"`+")
MATHS = re.compile(r"(?<!\\)\$\$[^$]+\$\$|(?<![\\$])\$(?![\s$])[^$\n]+\$")
VISIBLE = re.compile(r"\S")


def prose(text: str) -> str:
    """The text with code and maths blanked out, so that everything else stays at its place.

    Takes time in proportion to the text, whatever it holds: texts come from whoever may edit a course.
    """
    plain = "\n".join(_without_blocks(text.split("\n")))
    if "`" in plain:
        plain = _without_spans(plain)
    return MATHS.sub(_blank, plain) if "$" in plain else plain


def _blank(found: re.Match[str]) -> str:
    return VISIBLE.sub(" ", found[0])


def _without_blocks(lines: list[str]) -> Iterator[str]:
    """Without fenced and indented code. What is indented in a list belongs to its entry, and is no code."""
    fence, in_list, after_blank = "", False, True
    for line in lines:
        opening = FENCE.match(line)
        if fence:
            ends = opening is not None and opening[1].startswith(fence) and line.strip() == opening[1]
            fence = "" if ends else fence
            yield " " * len(line)
            continue
        in_list = bool(BULLET.match(line)) or (in_list and (not line.strip() or line.startswith((" ", "\t"))))
        is_code = opening is not None or (after_blank and not in_list and INDENTED.match(line) is not None)
        fence = opening[1] if opening else ""
        after_blank = is_code or not line.strip()
        yield " " * len(line) if is_code else line


def _without_spans(text: str) -> str:
    """Without code between equally many backticks."""
    runs = [(found.start(), found.end()) for found in TICKS.finditer(text)]
    closing: dict[int, list[int]] = {}
    for at in range(len(runs) - 1, -1, -1):
        closing.setdefault(runs[at][1] - runs[at][0], []).append(at)
    pieces, done, at = [], 0, 0
    while at < len(runs):
        start, end = runs[at]
        later = closing[end - start]
        while later and later[-1] <= at:
            later.pop()
        if later:
            at = later.pop()
            pieces += [text[done:start], VISIBLE.sub(" ", text[start : runs[at][1]])]
            done = runs[at][1]
        at += 1
    return "".join([*pieces, text[done:]])


def same_page(address: str) -> str:
    """The address so that those of one place are equal, however they are written."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    host = parts.netloc.lower().removeprefix("www.")
    return urlunsplit(("", host, parts.path.rstrip("/"), parts.query, parts.fragment))
