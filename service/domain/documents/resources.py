"""Things in the world that a course refers to: each is described once, whatever is asked of it and how often."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, TypeAlias

from service.domain.documents.words import Bounds, Form, Guess, ImportSource, Word
from service.domain.fields import Address, Key, Line, Text
from service.domain.mistakes import Mistake

ResourceKind: TypeAlias = Literal[
    "article", "paper", "book", "chapter", "video", "podcast", "course", "slides", "notebook", "code", "dataset",
    "tool", "blog", "worksheet", "other",
]  # fmt: skip

RELATIONS = ("part_of", "extends", "companion_of", "translation_of", "see_also")

Doi = Annotated[str, Text(200, pattern=r"10\.\d{4,9}/\S+"), Form("a DOI like `10.1000/182`, without https://doi.org/")]
Arxiv = Annotated[
    str,
    Text(40, pattern=r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?"),
    Form("an arXiv number like `2101.00190`"),
]
Isbn = Annotated[str, Text(20, pattern=r"[\d -]+[\dX]"), Form("an ISBN of 10 or 13 digits")]


@dataclass(frozen=True, kw_only=True)
class Link:
    """One more address of a resource: another format, a copy, its slides."""

    SHORT: ClassVar[str] = "url"

    url: Address
    label: Line | None = None
    media: Word | None = None


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A thing in the world: an article, a chapter of a printed book (without address), a video, a tool.

    `access` says how to get at it ("in the library"). The relations name other resources by their keys.
    """

    kind: ResourceKind = "other"
    title: Line
    url: Address | None = None
    media: Word | None = None
    links: tuple[Link, ...] = ()
    authors: tuple[Line, ...] = ()
    year: Annotated[int, Bounds(-3000, 2200)] | None = None
    publisher: Line | None = None
    doi: Doi | None = None
    arxiv: Arxiv | None = None
    isbn: Isbn | None = None
    access: Line | None = None
    language: Word | None = None
    part_of: Key | None = None
    extends: Key | None = None
    companion_of: Key | None = None
    translation_of: Key | None = None
    see_also: tuple[Key, ...] = ()
    source: ImportSource | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """An ISBN that lost a digit."""
        if self.isbn is not None and len(re.sub(r"[ -]", "", self.isbn)) not in {10, 13}:
            yield Mistake(("isbn",), "An ISBN has 10 or 13 digits.")

    def relations(self) -> Iterator[tuple[str, int | None, Key]]:
        """Every related resource: the name of the relation, the index where it is a list, and the key."""
        for name in RELATIONS[:-1]:
            if (key := getattr(self, name)) is not None:
                yield name, None, key
        for index, key in enumerate(self.see_also):
            yield "see_also", index, key


def relation_mistakes(
    resources: Mapping[str, Resource], known: Mapping[str, Resource], guess: Guess
) -> Iterator[Mistake]:
    """Relations of `resources` to themselves or to what is not `known`."""
    for key, resource in resources.items():
        for relation, index, other in resource.relations():
            path = (key, relation) if index is None else (key, relation, index)
            if other == key:
                yield Mistake(path, "A resource is not related to itself: leave this out.")
            elif other not in known:
                yield Mistake(path, f"There is no resource “{other}”{guess(other, known)}")
