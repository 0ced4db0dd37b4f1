"""Reading GIFT that is damaged, endless or nothing at all: a unit and findings, soon, and never an exception."""

from __future__ import annotations

import random
import time

import pytest

from service.domain.documents import UnitDocument
from service.interchange.gift import read_bank
from service.interchange.gift.reading import LONGEST_FILE
from service.interchange.reports import Fate
from tests.gifts import KINDS


def test_a_file_that_is_too_large_or_holds_too_many_questions_says_so() -> None:
    assert "1 MiB" in read_bank("é" * LONGEST_FILE, "x").report.findings[0].message
    many = read_bank("q {T}\n\n" * 2_001, "x")
    assert "More than 2000" in many.report.findings[-1].message
    assert len(many.unit.questions) == 2_000


SOUP = [
    *(
        "{",
        "}",
        "=",
        "~",
        "#",
        "####",
        "::",
        "$CATEGORY: ",
        "//",
        "\n",
        "\n\n",
        "\n\n",
        "->",
        "%50%",
        "%-50%",
        "%",
        "\\",
    ),
    *(
        "\\n",
        "\\{",
        "\\}",
        "T",
        "FALSE",
        "true",
        "[html]",
        "[markdown]",
        "[plain]",
        "[moodle]",
        "<b>",
        "</b>",
        "<script>",
    ),
    *(
        "</script>",
        "<img src=x>",
        "<a href='javascript:x'>",
        "<ul><li>",
        "<pre>",
        "<table><tr><td>",
        "&lt;",
        "$x$",
        "$$",
    ),
    *("{1:MC:", "{:SA:=", "1:NM:=", "3:0.1", "1..2", "..", ":", "*", "{{x}}", "[[a]]", "[id:a]", "[tag:b]", "\ufeff"),
    *("\x00", "\r\n", "\u2028", "\ud800", "é", "日本", " ", "\t", "word", "0", "-1e5", "`", "``", "<!--", "-->", "=*"),
    *("{}", "{T}", "{=a ~b}", "{=a->b =c->d}", "{#3}", "// [id:x]", "\x0f", "\x0e\x01"),
]
BANK = "\n\n".join(f"::n{at}::{written}" for at, written in enumerate(KINDS))


def soups(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    made = []
    for number in range(count):
        if number % 2:
            made.append("".join(chance.choice(SOUP) for _ in range(chance.randint(0, 60))))
            continue
        start = chance.randrange(len(BANK))
        text = BANK[start : start + 500]
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(SOUP) + text[at + chance.randint(0, 4) :]
        made.append(text)
    return made


@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_damaged_files_give_a_unit_and_findings_and_never_an_exception(seed: int) -> None:
    for text in soups(2_500, seed):
        imported = read_bank(text, "soup.gift")
        assert isinstance(imported.unit, UnitDocument)
        lines = list(imported.report.lines())
        assert imported.report.counts().total() == len(lines)  # type: ignore[attr-defined]
        missed = [line for line, fate, _ in lines if fate is Fate.NOT_UNDERSTOOD]
        errors = [one for one in imported.report.findings if one.severity == "error"]
        assert bool(missed) <= bool(errors), (text, missed)


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
