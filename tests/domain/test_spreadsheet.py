"""Cells of a CSV file: texts are shown, numbers stay numbers, and nothing is ever a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.spreadsheet import BREAKERS, STARTERS, Cell, csv_line

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1-800-555",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\ufeff=1+1",
    "\u200b@x",
    "＝1+1",
    '="x","y"',
)


def read(line: str) -> list[str]:
    """The cells as any reader of CSV has them."""
    (cells,) = csv.reader(io.StringIO(line, newline=""))
    return cells


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_a_spreadsheet_would_work_out_stands_behind_an_apostrophe(text: str) -> None:
    assert read(csv_line([text])) == [f"'{text}"]


@pytest.mark.parametrize("text", ["Ana", "O'Hara", 'say "so"', "a,b", "a=b", "1e5", "", "Zoë", "two\nlines", "x-1"])
def test_any_other_text_is_what_it_is(text: str) -> None:
    assert read(csv_line([text, "end"])) == [text, "end"]


def test_numbers_are_not_quoted_and_texts_are() -> None:
    assert csv_line(["0042", Decimal("3.50"), Decimal("0.00"), 7, None]) == '"0042",3.50,0.00,7,\r\n'
    assert csv_line([Decimal("1E+3"), Decimal("-1.50")]) == "1000,-1.50\r\n"


@given(st.lists(st.one_of(st.text(), st.integers(), st.none(), st.sampled_from(FORMULAS)), min_size=1, max_size=6))
def test_no_cell_is_a_formula_and_no_word_is_lost(cells: list[Cell]) -> None:
    *back, end = read(csv_line([*cells, "end"]))
    assert end == "end" and len(back) == len(cells)
    for cell, seen in zip(cells, back, strict=True):
        if isinstance(cell, str):
            assert seen.removeprefix("'") == cell.removeprefix("'")
            assert not seen.startswith((*STARTERS, *BREAKERS))
        else:
            assert seen == ("" if cell is None else str(cell))
