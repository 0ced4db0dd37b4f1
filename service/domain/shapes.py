"""What a student receives of a question: types that have no place for a key.

Everything here is JSON. Rich text is Markdown with, once rendered, its HTML beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

Json = Mapping[str, Any]
"""A JSON object that is only read."""


class Rich(TypedDict):
    """Author's text: Markdown, and its sanitised HTML where it has been rendered."""

    markdown: str
    html: NotRequired[str]


class Nothing(TypedDict):
    """true_false: the stem says it all."""


class Option(TypedDict):
    """Something to choose, match or put in order, by an id that is random and means nothing."""

    id: str
    text: Rich


class Choices(TypedDict):
    """single_choice: choose one. multiple_choice has `allow_none` too: whether choosing none is an answer."""

    choices: list[Option]
    allow_none: NotRequired[bool]


class NumberField(TypedDict):
    """numeric: a number is typed, with one of the `units` if there are any; `fractions`: a/b is understood."""

    units: list[str]
    fractions: bool


class Columns(TypedDict):
    """matching: one of `rights` belongs to each of `lefts`."""

    lefts: list[Option]
    rights: list[Option]


class Steps(TypedDict):
    """ordering: the steps, in a wrong order."""

    steps: list[Option]


class Gap(TypedDict):
    """One gap of a cloze: `[[id]]` in the stem marks where it stands; the rest depends on its kind."""

    id: str
    kind: str
    choices: NotRequired[list[Option]]
    units: NotRequired[list[str]]
    fractions: NotRequired[bool]


class Gaps(TypedDict):
    """cloze: the gaps, in the order of the text."""

    gaps: list[Gap]


class Essay(TypedDict):
    """open: how many words are asked for."""

    min_words: int
    max_words: int | None
