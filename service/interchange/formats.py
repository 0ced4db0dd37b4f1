"""Which formats of other people's can be imported: each is a reader and the names its files have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from service.errors import Conflict
from service.interchange import hugo
from service.interchange.gift import read_bank
from service.interchange.reports import Imported


@dataclass(frozen=True)
class Format:
    """A format: how the text of a file (named for messages) is read, and how such files are called.

    `is_meant` tells the files of a folder that are to be imported from others of the same name. `with_vocabulary` makes
    the format understand other words, those of a file.
    """

    read: Callable[[str, str], Imported]
    suffixes: tuple[str, ...]
    said: str
    is_meant: Callable[[str, str], bool] = lambda _text, _path: True
    with_vocabulary: Callable[[Path], Format] | None = None


def _speaking(file: Path) -> Format:
    """Hugo's format in the words of a file. Raises `SeedRefused`."""
    vocabulary = hugo.load_vocabulary(file)
    return replace(
        FORMATS["hugo"],
        read=partial(hugo.read_page, vocabulary=vocabulary),
        is_meant=partial(hugo.is_unit_page, vocabulary=vocabulary),
    )


FORMATS: Mapping[str, Format] = {
    "gift": Format(read_bank, (".gift", ".txt"), "GIFT, Moodle's text format of questions"),
    "hugo": Format(
        hugo.read_page, (".md", ".markdown"), "pages of a Hugo site in Markdown", hugo.is_unit_page, _speaking
    ),
}


def in_words_of(format_: Format, vocabulary: Path | None) -> Format:
    """The format as it understands the words of a file, if one is given. Raises `Conflict`, `SeedRefused`."""
    if vocabulary is None:
        return format_
    if format_.with_vocabulary is None:
        raise Conflict("This format has no words of its own: leave --vocabulary out.")
    return format_.with_vocabulary(vocabulary)
