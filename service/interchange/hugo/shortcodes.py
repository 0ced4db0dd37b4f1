"""Puts what they stand for in the place of Hugo's shortcodes, and marks where sections unfold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from service.interchange.hugo.page import Page, fenced
from service.interchange.hugo.vocabulary import Shortcode
from service.interchange.reports import Fate

# Nothing in here takes two opening braces, so that of many beginnings each is looked at once.
_QUOTED = r"\"(?:\\.|[^\"\\{]|\{(?!\{))*\"|`(?:[^`{]|\{(?!\{))*`"
TAG = re.compile(
    r"\{\{(?P<mark>[<%])(?!/\*)\s*(?P<close>/?)\s*(?P<name>[A-Za-z_][\w./-]*)"
    rf"(?P<args>(?:{_QUOTED}|[^\"`{{}}>%/]|\{{(?!\{{)|\}}(?!\}})|[>%](?!\}}\}})|/(?!\s*[>%]\}}\}}))*)(?P<self>/?)\s*[>%]\}}\}}"
)
"""A shortcode's beginning or end; one that is commented out (`{{</* … */>}}`) is only shown."""
_SHOWN = re.compile(r"\{\{([<%])/\*(.{0,2000}?)\*/([>%])\}\}", re.DOTALL)
_ARGUMENT = re.compile(rf"(?:([\w-]+)\s*=\s*)?({_QUOTED}|[^\s\"`]+)")
_SLOT = re.compile(r"\{([\w|-]+)\}")

OPEN, TITLE_END, CLOSE = "\x0e", "\x0f", "\x10"
"""Where a section unfolds, with its title, and where it ends; the page itself holds no such characters."""
_DETAILS = re.compile(
    r"<details\b[^<>]{0,500}>(?:\s{0,50}<summary\b[^<>]{0,500}>(?P<title>.{0,500}?)</summary>)?|(?P<close></details\s{0,9}>)",
    re.IGNORECASE | re.DOTALL,
)


def resolve_shortcodes(page: Page) -> None:
    """Put texts for the shortcodes the vocabulary knows; of others only what is between them, with a warning."""
    before = page.lines
    closed = {tag["name"] for tag in TAG.finditer(page.text) if tag["close"]}
    page.replace(TAG, lambda tag, line: _resolved(page, tag, line, closed))
    page.replace(_SHOWN, lambda found, _: f"{{{{{found[1]}{found[2]}{found[3]}}}}}")
    code = fenced(page.lines)
    page.replace(_DETAILS, lambda found, line: found[0] if line - 1 in code else _unfolded(found))
    page.account_emptied(before, Fate.USED)


def _unfolded(found: re.Match[str]) -> str:
    return CLOSE if found["close"] else opening(re.sub(r"<[^<>]{0,500}>", "", found["title"] or ""))


def opening(title: str) -> str:
    """The mark of a section that unfolds."""
    return f"{OPEN}{' '.join(title.split())[:300] or 'Details'}{TITLE_END}"


def _resolved(page: Page, tag: re.Match[str], line: int, closed: set[str]) -> str:
    vocabulary, name = page.vocabulary, tag["name"]
    known = vocabulary.shortcode_texts.get(name)
    if name in vocabulary.section_shortcodes:
        return CLOSE if tag["close"] else opening(_title(arguments(tag["args"])))
    if known is not None:
        return known.end if tag["close"] else _filled(known, arguments(tag["args"]))
    if name in vocabulary.plain_shortcodes:
        return _title(arguments(tag["args"])) if name == "button" else ""
    if tag["close"]:
        return ""
    if name in closed and not tag["args"].strip():
        page.report.warn(line, f"The shortcode {name} is not known here: what is inside it was taken, and it was not.")
        return ""
    page.report.warn(line, f"The shortcode {name} is not known here and stays as a text: say in words what it shows.")
    return "`" + " ".join(tag[0].replace("`", '"').split()) + "`"


def arguments(written: str) -> Mapping[str, str]:
    """What a shortcode is given: by name, and by position as "0", "1" …"""
    given: dict[str, str] = {}
    position = 0
    for found in _ARGUMENT.finditer(written):
        value = found[2]
        if value[0] == value[-1:] and value[0] in '"`' and len(value) > 1:
            value = " ".join(value[1:-1].replace('\\"', '"').split())
        if found[1]:
            given[found[1]] = value
        else:
            given[str(position)] = value
            position += 1
    return given


def _title(given: Mapping[str, str]) -> str:
    named = next((given[name] for name in ("summary", "title", "label", "name", "header") if name in given), None)
    return named if named is not None else given.get("0", "")


def _filled(shortcode: Shortcode, given: Mapping[str, str]) -> str:
    def value(slot: re.Match[str]) -> str:
        return next((given[name] for name in slot[1].split("|") if given.get(name)), "")

    return _SLOT.sub(value, shortcode.text)
