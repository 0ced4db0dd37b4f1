"""Which formats of other people's can be imported: each is a reader and the names its files have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.interchange.gift import read_bank
from service.interchange.reports import Imported


@dataclass(frozen=True)
class Format:
    """A format: how the text of a file (named for messages) is read, and how such files are called."""

    read: Callable[[str, str], Imported]
    suffixes: tuple[str, ...]
    said: str


FORMATS: Mapping[str, Format] = {
    "gift": Format(read_bank, (".gift", ".txt"), "GIFT, Moodle's text format of questions"),
}
