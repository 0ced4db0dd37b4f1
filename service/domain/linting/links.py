"""Rules about links: addresses in their own fields, and those in texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

from service.domain.documents import CourseDocument, Resource
from service.domain.linting.rules import Found, Path, Unit, Written, rule
from service.domain.linting.texts import BULLET, same_page

# No two neighbours in these patterns can match the same characters: that keeps them linear.
_LABEL = r"(?<!\\)\[(?P<label>[^\[\]\n]{0,300})\]"
_INNER = r"(?P<address>[^()\s\[\]]{1,2000})"
LINK = re.compile(
    _LABEL + r"\((?!\[)(?P<address><[^<>\n]{0,2000}>|[^\s()<]*(?:\([^\s()]*\)[^\s()]*)*)"
    r"(?:\s+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\s?\)"
)
AUTOMATIC = re.compile(r"<(?P<address>https?://[^\s<>]{1,2000})>")
MALFORMED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(_LABEL + r"\(\[[^\[\]\n]{0,300}\]\(" + _INNER + r"\)\)"), "A link inside a link"),
    (re.compile(r"\[" + _LABEL + r"\(" + _INNER + r"\)\]\([^()\s]{0,2000}\)"), "A link inside a link"),
    (
        re.compile(_LABEL + r" +\((?P<address>(?:https?://|\.{0,2}/)[^()\s]{1,2000})\)"),
        "A space parts text and address",
    ),
    (
        re.compile(r"\((?P<label>[^()\[\]\n]{1,300})\)\[(?P<address>https?://[^\[\]\s]{1,2000})\]"),
        "The brackets are the wrong way round",
    ),
)
"""What links look like that are none, and what is wrong with them; the repair is always the same."""
EMPTY = re.compile(_LABEL + r"\(\s*\)")
SPACED = re.compile(_LABEL + r"\((?P<address>[^()<>\n\"']{1,2000})\)")
LIKE_AN_ADDRESS = re.compile(r"[/.]\w")
OPEN = re.compile(r"(?<!\\)\[[^\[\]\n]{1,300}\]\((?=[^()\n]*(?:\([^()\n]*\)[^()\n]*)*(?:\n|\Z))")
SAYS_NOTHING = frozenset({"here", "this", "link", "click here", "this link", "this page", "read more", "more"})
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|mc_cid|mc_eid|igshid|_hsenc|_hsmi", re.IGNORECASE)
MEANT_AS_ENTRY = re.compile(r"\[[^\]\n]+\]\(|https?://|\*\*\w")


class Link(NamedTuple):
    """A link in a text or a field: where, what it is shown as (empty in a field) and where it leads."""

    path: Path
    label: str
    address: str

    @property
    def parts(self) -> SplitResult:
        """The parts of the address; what cannot be taken apart has none."""
        try:
            return urlsplit(self.address)
        except ValueError:
            return SplitResult("", "", "", "", "")


def links_of(written: Written) -> Iterator[Link]:
    """Every link of a document."""
    for path, address in written.addresses:
        yield Link(path, "", address)
    for path, text in written.texts:
        for found in LINK.finditer(text):
            yield Link(path, found["label"], found["address"].strip("<>"))
        for found in AUTOMATIC.finditer(text):
            yield Link(path, found["address"], found["address"])


@rule(
    "link-malformed",
    every_document=True,
    severity="error",
    why="Readers see brackets where a link should be, and cannot follow it.",
    bad="[Some slides]([slides.pdf](https://host.example/slides.pdf))",
    good="[Some slides](https://host.example/slides.pdf)",
)
def malformed(written: Written) -> Iterator[Found]:
    """A link is nested in another, does not end, or is written in another way that makes no link."""
    for path, text in written.texts:
        rest = text
        for pattern, wrong in MALFORMED:
            for found in pattern.finditer(rest):
                repaired = f"[{found['label']}]({found['address']})"
                yield Found(path, f"{wrong}; write {repaired}.", excerpt=found[0])
            rest = pattern.sub("", rest)
        yield from _unfinished(path, rest)


def _unfinished(path: Path, text: str) -> Iterator[Found]:
    for found in EMPTY.finditer(text):
        yield Found(
            path, f"The link {found[0][:60]} has no address: write one, or leave the brackets out.", None, found[0]
        )
    for found in SPACED.finditer(text):
        address = found["address"].strip()
        if " " in address and LIKE_AN_ADDRESS.search(address):
            repaired = f"[{found['label']}]({address.replace(' ', '%20')})"
            yield Found(path, f"An address has no spaces; write {repaired}.", None, found[0])
    for found in OPEN.finditer(text):
        yield Found(path, f"The link {found[0][:60]}… has no closing bracket.", None, found[0])


@rule(
    "link-duplicate",
    every_document=True,
    why="What has one address is one thing: what is done with one of its names is not counted for the other.",
    bad="resources with the same url, once as a paper and once as an article",
    good="one resource, used by two readings",
)
def duplicate(written: Written) -> Iterator[Found]:
    """Two resources, or readings with an address of their own, have the same one; so have two links of one text."""
    seen = dict(written.course.addresses) if isinstance(written, Unit) else {}
    for path, name, address in _described(written):
        if first := seen.get(same_page(address)):
            yield Found(path, f"“{first}” has this address already: use that one, as a resource.", None, address)
        seen.setdefault(same_page(address), name)
    yield from _repeated(written)


def _described(written: Written) -> Iterator[tuple[Path, str, str]]:
    """The addresses of things: where, the thing's key, and the address."""
    for key, resource in _resources(written).items():
        if resource.url is not None:
            yield ("resources", key, "url"), key, resource.url
    if isinstance(written, Unit):
        for placed in written.outline.readings:
            if placed.reading.url is not None:
                yield (*placed.path, "url"), placed.key, placed.reading.url


def _repeated(written: Written) -> Iterator[Found]:
    """Links that lead where another of the same resource, or of the same text, leads already."""
    for key, resource in _resources(written).items():
        known = {resource.url}
        for index, link in enumerate(resource.links):
            if link.url in known:
                message = f"“{key}” has this address already: delete this link."
                yield Found(("resources", key, "links", index), message, excerpt=link.url)
            known.add(link.url)
    for path, text in written.texts:
        labels: dict[str, str] = {}
        for found in LINK.finditer(text):
            address = found["address"].strip("<>")
            if first := labels.get(address):
                yield Found(path, f"“{first}” leads there already: link it once.", excerpt=found[0])
            if address:
                labels.setdefault(address, found["label"].strip()[:60] or address[:100])


def _resources(written: Written) -> Mapping[str, Resource]:
    return {} if isinstance(written.document, CourseDocument) else written.document.resources


@rule(
    "link-text",
    every_document=True,
    why="A link is read on its own, in a list of links or by a screen reader; “here” says nothing there.",
    bad="Slides are [here](https://host.example/slides).",
    good="There are [slides](https://host.example/slides).",
)
def label(written: Written) -> Iterator[Found]:
    """The text of a link is its address, or says nothing."""
    for link in links_of(written):
        words = " ".join(link.label.lower().split()).strip("*_. ")
        if words in SAYS_NOTHING or words.startswith(("http://", "https://", "www.")):
            shown = link.label.strip()[:60]
            message = f"“{shown}” does not say where the link leads: name what is there."
            yield Found(link.path, message, excerpt=link.address)


@rule(
    "link-http",
    every_document=True,
    why="Whoever is on the way can read and change what comes without encryption.",
    bad="url: http://host.example/",
    good="url: https://host.example/",
)
def unencrypted(written: Written) -> Iterator[Found]:
    """A link leads to http."""
    for link in links_of(written):
        if link.address.lower().startswith("http://"):
            message = f"{link.address[:100]} is not encrypted: use https:// if the place has it."
            yield Found(link.path, message, excerpt=link.address)


@rule(
    "link-internal",
    every_document=True,
    compares_units=True,
    why="A path is looked for on the course's own site, where only units have pages.",
    bad="see [last week](../gone/)",
    good="see [last week](../transformers/)",
)
def internal(written: Written) -> Iterator[Found]:
    """A link within the course leads to no unit of it."""
    known = written.course.heads or {}
    for link in links_of(written):
        parts = link.parts
        is_within = bool(parts.path) and not parts.scheme and not parts.netloc
        if is_within and parts.path.rstrip("/").rpartition("/")[2] not in known:
            message = f"{link.address[:100]} leads to no unit of this course: mend it, or write it in full."
            yield Found(link.path, message, excerpt=link.address)


@rule(
    "link-swallowed",
    every_document=True,
    why="Without a bullet of its own a line becomes part of the entry above it.",
    bad="- Read this\n[Then this](https://host.example/)",
    good="- Read this\n- [Then this](https://host.example/)",
)
def swallowed(written: Written) -> Iterator[Found]:
    """A line that looks like an entry of a list has no bullet."""
    for path, text in written.texts:
        for before, line in pairwise(text.split("\n")):
            if BULLET.match(before) and MEANT_AS_ENTRY.match(line):
                message = f"“{line.strip()[:60]}” is part of the entry above it: begin it with a bullet."
                yield Found(path, message, excerpt=line.strip())


@rule(
    "link-tracking",
    every_document=True,
    why="What is behind such parameters tells others who read what, and breaks when they change.",
    bad="https://host.example/post?utm_source=newsletter",
    good="https://host.example/post",
)
def tracking(written: Written) -> Iterator[Found]:
    """An address holds parameters that follow its readers."""
    for link in links_of(written):
        told = [name for name, _ in parse_qsl(link.parts.query) if TRACKING.fullmatch(name)]
        if told:
            yield Found(link.path, f"Leave {', '.join(told)} out of the address.", excerpt=link.address)
