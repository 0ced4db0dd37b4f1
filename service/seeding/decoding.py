"""From the bytes of a file to text that a parser, a database and a person all see alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from service.seeding.slips import Slip
from service.seeding.sources import LINE_BREAK

LARGEST = 1 << 20
"""Bytes in one file."""
MOST_SLIPS = 50
"""After so many a file is not read any further."""

# Characters YAML or a database cannot hold, or that would break a line invisibly.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


class Stop(Exception):
    """Reading cannot go on; `slips` says why."""

    def __init__(self, *slips: Slip) -> None:
        super().__init__(*slips)
        self.slips = slips


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, without a byte order mark. Raises `Stop`."""
    if len(content) > LARGEST:
        raise Stop(Slip(1, 1, f"The file is larger than {LARGEST // 1024} KiB; divide it into several units."))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Stop(Slip(1, 1, "The file is written in UTF-16; save it as UTF-8."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = LINE_BREAK.split(error.object[: error.start].decode())
        message = f"The byte 0x{error.object[error.start]:02x} is no UTF-8; save the file as UTF-8."
        raise Stop(Slip(len(before), len(before[-1]) + 1, message)) from None
    if UNWANTED.search(text):
        raise Stop(*islice(_unwanted(text), MOST_SLIPS))
    return text


def _unwanted(text: str) -> Iterator[Slip]:
    for number, line in enumerate(LINE_BREAK.split(text), start=1):
        for found in UNWANTED.finditer(line):
            message = f"An invisible character, {invisible(found[0])}, stands here; delete it."
            yield Slip(number, found.start() + 1, message)


def invisible(text: str) -> str:
    """The first character of a text that cannot be seen, by its number; "" where there is none."""
    found = UNWANTED.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""
