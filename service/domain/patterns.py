"""Patterns an author may accept instead of a text: wildcards, and regular expressions that take linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

LONGEST = 300
_MEMORY = 1 << 20
_STAR = re.compile(r"(\\\*|\*)")

# Unrelated to each other and to any sensible answer: a pattern that takes them all takes everything.
_NONSENSE = ("zqxj", "7", "- kvwp 40 %", "ůŋ")


class BadPattern(ValueError):
    """A pattern that cannot be used: why, and what to write instead."""


def matches_wildcard(pattern: str, text: str) -> bool:
    """Whether `text` is `pattern` with any characters for each `*`; `\\*` is a star itself. Both are normalised."""
    first, *rest = _wildcard_parts(pattern)
    if not rest:
        return text == first
    *middle, last = rest
    if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


@lru_cache(maxsize=1024)
def _wildcard_parts(pattern: str) -> tuple[str, ...]:
    parts = [""]
    for piece in _STAR.split(pattern):
        if piece == "*":
            parts.append("")
        else:
            parts[-1] += "*" if piece == "\\*" else piece
    return tuple(parts)


def matches_expression(pattern: str, text: str, *, case_sensitive: bool) -> bool:
    """Whether the whole of `text` matches the regular expression. Raises `BadPattern`."""
    return _expression(pattern, case_sensitive).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _expression(pattern: str, case_sensitive: bool) -> Any:
    """The compiled pattern, by an engine that never backtracks and within a bound on memory."""
    if len(pattern) > LONGEST:
        raise BadPattern(f"A pattern has at most {LONGEST} characters.")
    options = re2.Options()
    options.case_sensitive = case_sensitive
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        said = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise BadPattern(
            f"This pattern cannot be used: {said}. Look-around and back-references are not understood."
        ) from None


def faults(pattern: str, *, wildcard: bool) -> Iterator[str]:
    """What is wrong with an author's pattern: unreadable, matching nothing at all, or accepting anything."""
    try:
        taken = [
            matches_wildcard(pattern, text) if wildcard else matches_expression(pattern, text, case_sensitive=False)
            for text in ("", *_NONSENSE)
        ]
    except BadPattern as error:
        yield str(error)
        return
    if all(taken[1:]):
        yield "This accepts any answer whatever; use an open question for that."
    elif taken[0]:
        yield "This also matches an empty answer; make at least one character necessary."
