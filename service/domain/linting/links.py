"""Rules about links: addresses in their own fields, and those in texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from service.domain.linting.rules import Found, Path, Unit, rule

CODE = re.compile(r"(`+)(?:(?!\1).)+\1|^ {4}.*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(
    r"\[(?P<label>[^\[\]\n]{0,300})\]\((?P<address><[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)[^()\n]{0,300}\)"
)
NESTED = re.compile(
    r"\[(?P<label>[^\[\]\n]{1,300})\]\(\[(?P<inner>[^\[\]\n]{0,300})\]\((?P<address>[^()\s]{1,2000})\)\)"
)
OPEN = re.compile(r"\[[^\[\]\n]{1,300}\]\((?![^()\n]*(?:\([^()\n]*\)[^()\n]*)*\))")
SAYS_NOTHING = frozenset({"here", "this", "link", "click here", "this link", "this page", "read more", "more"})
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|mc_cid|mc_eid|igshid|_hsenc|_hsmi", re.IGNORECASE)
BULLET = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)]) +\S")
MEANT_AS_ENTRY = re.compile(r"\[[^\]\n]+\]\(|https?://|\*\*\w")


class Link(NamedTuple):
    """A link in a text or a field: where, what it is shown as (empty in a field) and where it leads."""

    path: Path
    label: str
    address: str


def links_of(unit: Unit) -> Iterator[Link]:
    """Every link of a unit."""
    for path, address in unit.addresses:
        yield Link(path, "", address)
    for path, text in unit.texts:
        for found in LINK.finditer(CODE.sub("", text)):
            yield Link(path, found["label"], found["address"].strip("<>"))


@rule(
    "link-malformed",
    severity="error",
    why="Readers see brackets where a link should be, and cannot follow it.",
    bad="[Some slides]([slides.pdf](https://host.example/slides.pdf))",
    good="[Some slides](https://host.example/slides.pdf)",
)
def malformed(unit: Unit) -> Iterator[Found]:
    """A link is nested in another, or does not end."""
    for path, text in unit.texts:
        plain = CODE.sub("", text)
        for found in NESTED.finditer(plain):
            yield Found(path, f"A link inside a link; write [{found['label']}]({found['address']}).")
        for found in OPEN.finditer(NESTED.sub("", plain)):
            yield Found(path, f"The link {found[0][:60]}… has no closing bracket.")


@rule(
    "link-duplicate",
    why="Two resources with one address are one thing: what is done with one is not counted for the other.",
    bad="resources with the same url, once as a paper and once as an article",
    good="one resource, used by two readings",
)
def duplicate(unit: Unit) -> Iterator[Found]:
    """Two resources of the unit have the same address."""
    seen: dict[str, str] = {}
    for key, resource in (*unit.shared.items(), *unit.document.resources.items()):
        if resource.url is None:
            continue
        plain = _plain(resource.url)
        if plain in seen and key in unit.document.resources:
            yield Found(("resources", key, "url"), f"“{seen[plain]}” has this address already: use that resource.")
        seen.setdefault(plain, key)


def _plain(address: str) -> str:
    """The address so that those of one page are equal."""
    parts = urlsplit(address)
    return urlunsplit(("", parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), parts.query, ""))


@rule(
    "link-text",
    why="A link is read on its own, in a list of links or by a screen reader; “here” says nothing there.",
    bad="Slides are [here](https://host.example/slides).",
    good="There are [slides](https://host.example/slides).",
)
def label(unit: Unit) -> Iterator[Found]:
    """The text of a link is its address, or says nothing."""
    for link in links_of(unit):
        words = " ".join(link.label.lower().split()).strip("*_. ")
        if words in SAYS_NOTHING or words.startswith(("http://", "https://", "www.")):
            yield Found(
                link.path, f"“{link.label.strip()[:60]}” does not say where the link leads: name what is there."
            )


@rule(
    "link-http",
    why="Whoever is on the way can read and change what comes without encryption.",
    bad="url: http://host.example/",
    good="url: https://host.example/",
)
def unencrypted(unit: Unit) -> Iterator[Found]:
    """A link leads to http."""
    for link in links_of(unit):
        if link.address.lower().startswith("http://"):
            yield Found(link.path, f"{link.address[:100]} is not encrypted: use https:// if the place has it.")


@rule(
    "link-internal",
    why="A path is looked for on the course's own site, where only units have pages.",
    bad="see [last week](../gone/)",
    good="see [last week](../transformers/)",
)
def internal(unit: Unit) -> Iterator[Found]:
    """A link within the course leads to no unit of it."""
    known = unit.siblings.positions.keys()
    for link in links_of(unit):
        parts = urlsplit(link.address)
        if parts.scheme or parts.netloc or not parts.path or not known:
            continue
        if parts.path.rstrip("/").rpartition("/")[2] not in known:
            yield Found(
                link.path, f"{link.address[:100]} leads to no unit of this course: mend it, or write it in full."
            )


@rule(
    "link-swallowed",
    why="Without a bullet of its own a line becomes part of the entry above it.",
    bad="- Read this\n[Then this](https://host.example/)",
    good="- Read this\n- [Then this](https://host.example/)",
)
def swallowed(unit: Unit) -> Iterator[Found]:
    """A line that looks like an entry of a list has no bullet."""
    for path, text in unit.texts:
        lines = text.split("\n")
        for before, line in pairwise(lines):
            if BULLET.match(before) and MEANT_AS_ENTRY.match(line):
                yield Found(path, f"“{line.strip()[:60]}” is part of the entry above it: begin it with a bullet.")


@rule(
    "link-tracking",
    why="What is behind such parameters tells others who read what, and breaks when they change.",
    bad="https://host.example/post?utm_source=newsletter",
    good="https://host.example/post",
)
def tracking(unit: Unit) -> Iterator[Found]:
    """An address holds parameters that follow its readers."""
    for link in links_of(unit):
        told = [name for name, _ in parse_qsl(urlsplit(link.address).query) if TRACKING.fullmatch(name)]
        if told:
            yield Found(link.path, f"Leave {', '.join(told)} out of the address.")
