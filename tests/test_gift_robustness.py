"""Reading GIFT that is damaged, endless or nothing at all: a unit and findings, soon, and never an exception."""

from __future__ import annotations

import time

import pytest

from service.interchange.gift import read_bank
from service.interchange.gift.reading import LONGEST_FILE
from tests.damaged_texts import faults_of_banks


def test_a_file_that_is_too_large_or_holds_too_many_questions_says_so() -> None:
    assert "1 MiB" in read_bank("é" * LONGEST_FILE, "x").report.findings[0].message
    many = read_bank("q {T}\n\n" * 2_001, "x")
    assert "More than 2000" in many.report.findings[-1].message
    assert len(many.unit.questions) == 2_000


@pytest.mark.parametrize("seed", range(2))
def test_damaged_files_give_a_unit_and_findings_and_never_an_exception(seed: int) -> None:
    # A few of those that row `damage` of acceptance reads.
    assert faults_of_banks(1_000, seed) == []


SHAPES = (
    *(" ", "{", "}", "=", "~", "a{T}\n", "q{=a ~b}\n\n", "<", "<!--", "`a", "<b>", "\\", "$CATEGORY: a\nx\n", "// a\n"),
    *("{1:SA:=a}", "\x01\n\n", "\\n", "$$", "\\\\(", '<a href="', "abc\n\n", "x {=a \n\n", "::a", "::a::\n\n"),
)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_mebibyte_of_anything_is_read_in_seconds(shape: str) -> None:
    started = time.process_time()
    read_bank(shape * ((LONGEST_FILE - 10) // len(shape.encode())), "long.gift")
    # Generous: what grows with the square of the length would take hours.
    assert time.process_time() - started < 30
