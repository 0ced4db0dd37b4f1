"""Takes out what an author keeps from students, before anything else is looked at: nothing of it may come further."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.interchange.hugo.page import Page
from service.interchange.hugo.shortcodes import TAG
from service.interchange.reports import Fate

Span = tuple[int, int]

HIDDEN_ELEMENT = re.compile(
    r"<(?P<name>script|style|template|noscript)\b[^<>]{0,2000}>"
    r"|<(?P<other>[a-z][a-z0-9]{0,15})\b(?=[^<>]{0,2000}(?:\shidden(?=[\s>=/])|display\s{0,9}:\s{0,9}none))[^<>]{0,2000}>",
    re.IGNORECASE,
)


def hide(page: Page) -> None:
    """Blank out comments, shortcodes and elements that are not shown; their lines are said to be hidden.

    What is never closed hides everything below it, as it does in a browser, with a warning.
    """
    spans = sorted([*_comments(page), *_shortcodes(page), *_elements(page)])
    parts, at = [], 0
    for start, end in spans:
        if end <= at:
            continue
        first = max(start, at)
        parts += [page.text[at:first], "\n" * page.text.count("\n", first, end) or " "]
        at = end
    before = page.lines
    page.text = "".join([*parts, page.text[at:]])
    page.account_emptied(before, Fate.HIDDEN)


def _comments(page: Page) -> Iterator[Span]:
    at = page.text.find("<!--")
    while at >= 0:
        end = page.text.find("-->", at + 4)
        if end < 0:
            yield _rest(page, at, "This comment has no end (-->)")
            return
        yield at, end + 3
        at = page.text.find("<!--", end + 3)


def _shortcodes(page: Page) -> Iterator[Span]:
    """What stands between the beginning and the end of a hidden shortcode, others of its name inside counted."""
    hidden = {name.lower() for name in page.vocabulary.hidden_shortcodes}
    tags = [tag for tag in TAG.finditer(page.text) if tag["name"].lower() in hidden]
    closed = {tag["name"].lower() for tag in tags if tag["close"]}
    inside, depth, start = "", 0, 0
    for tag in tags:
        name = tag["name"].lower()
        stands_alone = tag["self"] or (name not in closed and tag["args"].strip())
        if not depth and (tag["close"] or stands_alone):
            yield tag.span()
        elif not depth:
            inside, depth, start = name, 1, tag.start()
        elif name == inside and not stands_alone:
            depth += -1 if tag["close"] else 1
            if not depth:
                yield start, tag.end()
    if depth:
        yield _rest(page, start, f"The shortcode {inside} has no end")


def _elements(page: Page) -> Iterator[Span]:
    at = 0
    while (found := HIDDEN_ELEMENT.search(page.text, at)) is not None:
        name = (found["name"] or found["other"]).lower()
        if name in {"input", "br", "img", "hr", "meta", "link"}:
            at = found.end()
            yield found.span()
            continue
        end = _end_of(name, page.text, found.end())
        if end is None:
            yield _rest(page, found.start(), f"The hidden element <{name}> has no end")
            return
        yield found.start(), end
        at = end


def _end_of(name: str, text: str, at: int) -> int | None:
    """Where an element ends, others of its name inside counted."""
    depth = 1
    for found in re.compile(rf"<(/?){name}\b[^<>]{{0,2000}}>", re.IGNORECASE).finditer(text, at):
        depth += -1 if found[1] else 1
        if not depth:
            return found.end()
    return None


def _rest(page: Page, start: int, what: str) -> Span:
    page.report.warn(page.line_at(start), f"{what}, so everything below it is hidden, as it is on the page.")
    return start, len(page.text)
