"""Placeholders in an author's text: `{{ name }}` and `{{ name:.2f }}`, and nothing cleverer than that.

Formats: none (as written), `g` (shortest exact), `d` (whole), `.2f` (fixed places), `.1%` (per cent); all round half
away from zero, exactly.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.domain.values import ExpressionError, fixed, from_json, general, meant, number

OPENING = "{{"
_SLOT = re.compile(r"\{\{ *([a-z][a-z0-9_]*)(?::([-+,.0-9a-z%]{1,12}))? *\}\}", re.ASCII)
_FORMAT = re.compile(r"g|d|\.(?P<places>\d)(?P<how>[f%])", re.ASCII)


@dataclass(frozen=True)
class Slot:
    """One placeholder: whose value, and how it is written ("" as it is)."""

    name: str
    format: str


def fill(text: str, values: Mapping[str, Any]) -> str:
    """The text with every placeholder replaced. Raises `ExpressionError`."""
    return text if OPENING not in text else _filled(text, values, str)


def fill_html(text: str, values: Mapping[str, Any]) -> str:
    """The same for HTML: values are escaped."""
    return text if OPENING not in text else _filled(text, values, html.escape)


def blank(text: str) -> str:
    """The text with an ellipsis for every placeholder: what is the same for all who get it."""
    return "".join("…" if isinstance(piece, Slot) else piece for piece in _pieces(text))


def faults(text: str, known: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with the placeholders of a text, for its author; `known` has every name that may stand there."""
    if OPENING not in text:
        return
    pieces = _pieces(text)
    for slot in (piece for piece in pieces if isinstance(piece, Slot)):
        if slot.name not in known:
            yield f"There is no parameter or datum “{slot.name}”{meant(slot.name, known)}"
        if slot.format and _FORMAT.fullmatch(slot.format) is None:
            yield f"“{slot.format}” is no format for {{{{ {slot.name} }}}}; there are g, d, .2f and .1%."
    if known and any(OPENING in piece for piece in pieces if isinstance(piece, str)):
        yield "A placeholder is written {{ name }} or {{ name:.2f }}; to mean braces, put a space between them: { {."


def _filled(text: str, values: Mapping[str, Any], escape: Callable[[str], str]) -> str:
    return "".join(escape(_written(piece, values)) if isinstance(piece, Slot) else piece for piece in _pieces(text))


@lru_cache(maxsize=2048)
def _pieces(text: str) -> tuple[str | Slot, ...]:
    pieces: list[str | Slot] = []
    end = 0
    for found in _SLOT.finditer(text):
        pieces += [text[end : found.start()], Slot(found[1], found[2] or "")]
        end = found.end()
    return (*pieces, text[end:])


def _written(slot: Slot, values: Mapping[str, Any]) -> str:
    """The value as the placeholder asks for it."""
    if slot.name not in values:
        raise ExpressionError(f"There is no parameter or datum “{slot.name}”.")
    stored = values[slot.name]
    if isinstance(stored, list | tuple):
        return ", ".join(_one(slot.format, member) for member in stored)
    return _one(slot.format, stored)


def _one(wanted: str, stored: object) -> str:
    if isinstance(stored, bool):
        return "true" if stored else "false"
    if not wanted:
        return str(stored)
    value = number(from_json(stored))
    form = _FORMAT.fullmatch(wanted)
    if form is None:
        raise ExpressionError(f"“{wanted}” is no format.")
    if form["how"] == "%":
        return fixed(value * 100, int(form["places"])) + "%"
    if form["how"] == "f":
        return fixed(value, int(form["places"]))
    return fixed(value, 0) if wanted == "d" else general(value)
