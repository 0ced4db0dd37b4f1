"""Visits every scalar of a document, wherever it is nested, with its path and what its field declares of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from service.domain.expressions import compiled
from service.domain.fields import Text
from service.domain.mistakes import Mistake
from service.domain.numbers import unworkable
from service.domain.values import ExpressionError

Path = tuple[str | int, ...]


_SCALARS = (str, bool, int, Decimal)


class Leaf(NamedTuple):
    """A scalar an author wrote; `text` is how its field declares texts, None for other fields."""

    path: Path
    value: object
    text: Text | None


def leaves(document: Any, path: Path = ()) -> list[Leaf]:
    """Every scalar of a document (a dataclass instance) that is not None."""
    found: list[Leaf] = []
    _collect(document, path, found)
    return found


def scalar_mistakes(document: Any) -> Iterator[Mistake]:
    """Numbers too large to calculate with, and formulas that cannot be read."""
    for path, value, text in leaves(document):
        if isinstance(value, Decimal) and (wrong := unworkable(value)):
            yield Mistake(path, wrong)
        if isinstance(value, str) and text is not None and text.expression:
            try:
                compiled(value)
            except ExpressionError as error:
                yield Mistake(path, str(error))


def mistakes_in(document: Any, path: Path = ()) -> Iterator[Mistake]:
    """What a document's own rules find wrong with it and with every document inside it."""
    own = getattr(document, "mistakes", None)
    if callable(own):
        yield from (mistake.under(*path) for mistake in own())
    for name, _ in _declared(document.__class__):
        yield from _within(getattr(document, name), (*path, name.rstrip("_")))


def _within(value: Any, path: Path) -> Iterator[Mistake]:
    if is_dataclass(value):
        yield from mistakes_in(value, path)
    elif isinstance(value, tuple | Mapping):
        for step, member in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _within(member, (*path, step))


def _collect(document: Any, path: Path, found: list[Leaf]) -> None:
    # Every document is visited often, and most of what is in it are scalars.
    for name, text in _declared(document.__class__):
        value = getattr(document, name)
        if isinstance(value, _SCALARS):
            found.append(Leaf((*path, name.rstrip("_")), value, text))
        elif value:
            _visit(value, (*path, name.rstrip("_")), text, found)


def _visit(value: Any, path: Path, text: Text | None, found: list[Leaf]) -> None:
    if isinstance(value, tuple):
        for index, member in enumerate(value):
            _visit(member, (*path, index), text, found)
    elif is_dataclass(value):
        _collect(value, path, found)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            _visit(member, (*path, name), text, found)
    elif value is not None:
        found.append(Leaf(path, value, text))


@cache
def _declared(document: Any) -> tuple[tuple[str, Text | None], ...]:
    hints = get_type_hints(document, include_extras=True)
    return tuple((field.name, _text_in(hints[field.name])) for field in fields(document))


def _text_in(hint: Any) -> Text | None:
    """The declaration of text inside `X`, `X | None`, `tuple[X, …]` or `dict[str, X]`."""
    if get_origin(hint) is Annotated:
        return next((mark for mark in hint.__metadata__ if isinstance(mark, Text)), None)
    return next((found for part in get_args(hint) if (found := _text_in(part))), None)
