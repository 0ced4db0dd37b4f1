"""Reads a page of a course's Hugo site into a draft unit, and accounts for every line of it."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from service.domain.documents.words import slug
from service.interchange.hugo.assembling import assembled
from service.interchange.hugo.front_matter import FrontMatter, take_front_matter
from service.interchange.hugo.hiding import hide
from service.interchange.hugo.links import normalise_links, plain
from service.interchange.hugo.page import Page
from service.interchange.hugo.shortcodes import resolve_shortcodes
from service.interchange.hugo.vocabulary import Vocabulary, own_vocabulary
from service.interchange.hugo.walking import Outcome, Walk
from service.interchange.identity import as_line, digest
from service.interchange.reports import Fate, Imported, Report

LONGEST_FILE = 1024 * 1024
_FILE_PREFIX = re.compile(
    r"(?:(?:unit|week|module|chapter|lecture|lesson|session|class|day|part|topic)[-_ ]?)?\d{1,3}[-_. ]*", re.IGNORECASE
)
_HEADING = re.compile(r" {0,3}# +(.{1,1000}?)[ #]*")
_NUMBER = r"(?P<number>\d{1,4}(?:\.\d{1,3})?[A-Za-z]?|[IVX]{1,6}|W\d{1,2}D\d{1,2})"
_REST = r"(?:\s*[:.)|–—-]+\s*|\s+|$)(?P<title>.*)"
_BARE_NUMBER = re.compile(rf"{_NUMBER}\s*[:.)|–—-]+\s*(?P<title>\S.*)")
_FILE_NUMBER = re.compile(r"(?:[A-Za-z]+[-_ ]?)?0*(\d{1,3})(?=[-_. ]|[A-Za-z]{3}|$)")


def read_page(text: str, path: str, vocabulary: Vocabulary | None = None) -> Imported:
    """The draft unit that a page makes, and what became of its lines; never raises.

    `path` names the file in messages and sources; the unit's key is made of its name or its folder's.
    """
    report = Report(path, _plain_lines(text))
    if len(report.text.encode(errors="replace")) > LONGEST_FILE:
        report.refuse(1, "The file has more than 1 MiB: divide it.")
        report.text = ""
    page = Page.of(report, vocabulary or own_vocabulary())
    said, outcome = _understood(page)
    unit = assembled(page, outcome, _head(page, said, outcome))
    report.findings.sort()
    return Imported(unit, report)


def is_unit_page(text: str, path: str, vocabulary: Vocabulary | None = None) -> bool:
    """Whether a page is one of a unit: it is numbered like one, or has a part that the vocabulary knows."""
    if len(text) > LONGEST_FILE:
        return True
    page = Page.of(Report(path, _plain_lines(text)), vocabulary or own_vocabulary())
    said, outcome = _understood(page)
    number, _ = numbered(said.title or _heading(outcome), page.vocabulary)
    return bool(number and (outcome.sections or outcome.objectives or outcome.meetings)) or outcome.is_recognised


def _plain_lines(text: str) -> str:
    return text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")


def _understood(page: Page) -> tuple[FrontMatter, Outcome]:
    """What a page says of itself and what it asks for. First of all goes what is hidden."""
    said = take_front_matter(page)
    hide(page)
    resolve_shortcodes(page)
    normalise_links(page)
    if not said.title:
        said = FrontMatter({**said.said, "title": _take_title(page)})
    walk = Walk(page, said.title or "Readings", said.starts.year if said.starts else None)
    return said, walk.outcome_of_page()


def _take_title(page: Page) -> str:
    """The heading that a page without a title begins with, taken out of its text."""
    lines = page.lines
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    found = _HEADING.fullmatch(lines[first])
    if found is None:
        return ""
    page.report.account(Fate.USED, first + 1)
    page.text = "\n".join([*lines[:first], "", *lines[first + 1 :]])
    return as_line(plain(found[1]))


def _heading(outcome: Outcome) -> str:
    return outcome.sections[0].title if outcome.sections else ""


def _head(page: Page, said: FrontMatter, outcome: Outcome) -> dict[str, Any]:
    path = as_line(page.report.path, 500)
    name = _name(path)
    number, title = numbered(said.title, page.vocabulary)
    counted = _FILE_NUMBER.match(name)
    number = number or (counted[1] if counted else "")
    head: dict[str, Any] = {"key": _key(said, name), "title": title or as_line(name) or "Untitled"}
    if number:
        head["number"] = number
    position = said.position if said.position is not None else (int(number) if number.isdigit() else None)
    if position is not None:
        head["position"] = str(position)
    if said.starts is not None:
        head["starts"] = said.starts.isoformat()
    if said.summary and not outcome.summary:
        head["summary"] = said.summary[:10_000]
    summary = "\n".join(outcome.summary)
    content_hash = digest("\n".join([*map(str, head.values()), summary, outcome.objectives_intro]))
    return head | {"source": {"format": "hugo", "path": path or "page", "content_hash": content_hash}}


def numbered(title: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """The number in a unit's title, if there is one, and the title without it."""
    prefixes = "|".join(re.escape(one) for one in vocabulary.numbered)
    found = re.match(rf"(?:{prefixes})\s+#?{_NUMBER}{_REST}", title, re.IGNORECASE)
    found = found or re.match(rf"(?P<number>W\d{{1,2}}D\d{{1,2}}){_REST}", title) or _BARE_NUMBER.fullmatch(title)
    if found is None:
        return "", title
    return found["number"], found["title"].strip() or title


def _name(path: str) -> str:
    """What a page is called by its file, or by its folder where the file has the usual name."""
    whole = PurePath(path.replace("\\", "/"))
    stem = whole.name.rpartition(".")[0] if "." in whole.name else whole.name
    return whole.parent.name if stem.split(".")[0] in {"index", "_index"} and whole.parent.name else stem


def _key(said: FrontMatter, name: str) -> str:
    if said.slug:
        return slug(said.slug)
    prefix = _FILE_PREFIX.match(name)
    bare = name[prefix.end() :] if prefix else name
    return slug(bare if re.search(r"[A-Za-z]{2}", bare) else name or "unit")
