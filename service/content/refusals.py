"""What is refused while a document is read: every mistake with its place, and what had to be left out."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import marshmallow as ma

from service.domain.mistakes import Mistake, Rejected

Path = tuple[str | int, ...]

UNWELCOME = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What no text may hold: control characters, halves of a pair, and what would break a line without being seen."""

MOST_MISTAKES = 500


class Broken:
    """Stands where something could not be read."""


BROKEN = Broken()


class Log:
    """What went wrong while a document was read, and what had to be left out of it."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.lost: set[Path] = set()
        self.kept: dict[Path, list[int]] = {}

    def refuse(self, path: Path, message: str) -> Broken:
        """Note a mistake. Raises `Rejected` when there are so many that nobody would read more."""
        self.mistakes.append(Mistake(path, message))
        if len(self.mistakes) >= MOST_MISTAKES:
            raise Rejected(self.mistakes)
        return BROKEN

    def as_written(self, path: Path) -> Path:
        """A path in the document as it was read, in which lists have gaps, as a path in what was written."""
        written: list[str | int] = []
        for step in path:
            kept = self.kept.get(tuple(written))
            written.append(kept[step] if kept is not None and isinstance(step, int) else step)
        return tuple(written)


class Readable(ma.fields.Field[Any]):
    """A field that reads what an author wrote, noting every mistake with its place."""

    @abstractmethod
    def read(self, raw: object, path: Path, log: Log) -> Any:
        """The value, or `BROKEN`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        log = Log()
        read = self.read(value, (), log)
        if log.mistakes:
            raise ma.ValidationError(as_messages(log.mistakes))
        return read


def as_messages(mistakes: Sequence[Mistake]) -> dict[Any, Any]:
    """Mistakes in marshmallow's way: nested by the steps of their paths."""
    messages: dict[Any, Any] = {}
    for mistake in mistakes:
        inner = messages
        for step in mistake.path:
            inner = inner.setdefault(step, {})
        inner.setdefault(ma.exceptions.SCHEMA, []).append(mistake.message)
    return messages


def described(raw: object) -> str:
    """What somebody wrote, by its type."""
    match raw:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float() | Decimal():
            return "a number"
        case str():
            return "a text"
        case list() | tuple():
            return "a list"
        case _:
            return "fields"


def named(character: str) -> str:
    """A character nobody sees, by its number."""
    return f"U+{ord(character):04X}"


def shown(text: str) -> str:
    """What somebody wrote, short and harmless enough for a message."""
    return UNWELCOME.sub("\N{REPLACEMENT CHARACTER}", text[:60])
