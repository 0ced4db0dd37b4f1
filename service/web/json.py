"""Strict JSON: what comes in means one thing and is bounded, what goes out is written one way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from service.domain.mistakes import Mistake
from service.errors import Unreadable

DEEPEST = 32
"""How many arrays and objects may be inside one another."""

LARGEST = 2**53
"""The largest whole number that every JSON reader keeps exactly."""

UNWELCOME = re.compile("[\x00\ud800-\udfff]")
"""Characters no text may hold: NUL, which PostgreSQL cannot store, and halves of a pair, which are no characters."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def text(value: object) -> str:
    """The value as compact JSON in the order given; raises ValueError for NaN and infinities."""
    return _encode(value)


def dumps(value: object) -> bytes:
    """The same in UTF-8: the body of an answer."""
    return _encode(value).encode()


def read(data: bytes) -> Any:
    """The value of a JSON text; raises `Unreadable` that says where and why.

    Refused are: anything but UTF-8, NaN and infinities, a name twice in one object, nesting beyond `DEEPEST`,
    NUL, lone surrogates, and whole numbers beyond ±`LARGEST`.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"The body is not UTF-8 (at byte {error.start}).") from None
    if _is_too_deep(data):
        raise Unreadable(f"The JSON is nested more than {DEEPEST} deep.")
    reader = _Reader()
    try:
        value = reader.decoder.decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    # Only an escape can smuggle in a character that UTF-8 does not let through.
    if reader.found_a_flaw or "\\u" in text:
        mistakes = list(_mistakes(value, ()))
        if mistakes:
            raise Unreadable("The JSON holds what cannot be taken.", mistakes)
    return value


def _is_too_deep(data: bytes) -> bool:
    """Whether the reader, which recurses, would go too deep; decided without recursion."""
    if data.count(b"[") + data.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for bracket in _STRING.sub(b"", data).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False


class _Flaw:
    """Stands in for a value that cannot be taken until the walk finds its place."""

    def __init__(self, message: str) -> None:
        self.message = message


class _Reader:
    """A decoder for one text, and whether it met a flaw."""

    def __init__(self) -> None:
        self.found_a_flaw = False
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._whole,
            parse_float=self._number,
            parse_constant=lambda word: self._flaw(f"{word} is not JSON; use null or leave it out."),
        )

    def _flaw(self, message: str) -> _Flaw:
        self.found_a_flaw = True
        return _Flaw(message)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Flaw:
        value = dict(pairs)
        return value if len(value) == len(pairs) else self._flaw("A name is given twice in this object.")

    def _whole(self, digits: str) -> int | _Flaw:
        if len(digits) > 17 or not -LARGEST <= int(digits) <= LARGEST:
            return self._flaw(f"A whole number must be between -{LARGEST} and {LARGEST}.")
        return int(digits)

    def _number(self, digits: str) -> float | _Flaw:
        value = float(digits)
        return value if isfinite(value) else self._flaw("This number is too large.")


def _mistakes(value: Any, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    if isinstance(value, _Flaw):
        yield Mistake(path, value.message)
    elif isinstance(value, str) and UNWELCOME.search(value):
        yield Mistake(path, "The text holds NUL or half of a surrogate pair.")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _mistakes(inner, (*path, index))
    elif isinstance(value, dict):
        for name, inner in value.items():
            if UNWELCOME.search(name):
                yield Mistake(path, "A name holds NUL or half of a surrogate pair.")
            else:
                yield from _mistakes(inner, (*path, name))
