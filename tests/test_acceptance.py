"""The rows of acceptance speak plainly, and the sabotage finds what it is to break; they themselves run on demand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.accept.breakage import Breakage
from tests.accept.breakages import BREAKAGES
from tests.accept.row import TIERS, Row, Try, Verdict, line
from tests.accept.sabotage import ROOT, require_in_place
from tests.bench.stage import Place


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_what_is_to_be_broken_stands_where_it_is_looked_for(breakage: Breakage) -> None:
    require_in_place(ROOT, breakage)
    assert all(edit.old != edit.new for edit in breakage.edits)


def test_every_breakage_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(breakage.name for breakage in BREAKAGES).items() if times > 1] == []


def test_a_row_says_in_one_line_what_was_counted_and_what_was_not_as_promised() -> None:
    row = Row("tea", "it is served hot", lambda one: Verdict(""))
    one = Try(Place("sqlite", Path(), None), TIERS["ci"], seed=3)
    verdict = Verdict("12 cups")
    verdict.demand(True, "it was cold")
    assert line(row, one, verdict, 4.2) == "tea · SQLite · it is served hot: 12 cups · PASS · seed 3, 4 s"
    verdict.demand(False, "one was spilt")
    assert "FAIL (one was spilt)" in line(row, one, verdict, 4.2)
