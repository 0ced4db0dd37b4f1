"""Lines of a CSV file (RFC 4180) that a spreadsheet shows as they are: text is never taken for a formula."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

Cell = str | int | Decimal | None

STARTERS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What makes a spreadsheet work a cell out, in either width; Source: OWASP, "CSV Injection"."""
BREAKERS = ("\t", "\r", "\n")
"""What some take for the end of a cell, so that the rest would begin another."""


def csv_line(cells: Iterable[Cell]) -> str:
    """One line: texts are quoted and numbers are not, so each is told from the other; None is an empty cell."""
    return ",".join(_written(cell) for cell in cells) + "\r\n"


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return '"' + harmless(cell).replace('"', '""') + '"'
    return format(cell, "f" if isinstance(cell, Decimal) else "d")


def harmless(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would do something with it rather than show it."""
    # What cannot be seen in front of a formula does not keep every spreadsheet from it.
    visible = text.lstrip().lstrip("\ufeff\u200b\u200c\u200d\u2060").lstrip()
    return f"'{text}" if visible.startswith(STARTERS) or text.startswith(BREAKERS) else text
