"""GIFT files and pages damaged beyond meaning, and what holds of reading them all the same: a unit, and findings."""

from __future__ import annotations

import random
from collections.abc import Iterator

from service.interchange.gift import read_bank
from service.interchange.hugo import is_unit_page, read_page
from service.interchange.reports import Fate, Report
from tests.gifts import KINDS
from tests.hugo_pages import HIDDEN, SHOWN

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
PIECES = [
    *(shape.format(*["w"] * 9) for shape in (*SHOWN, *HIDDEN)),
    *("](", "[", "]", "(", ")", "((", "`", "~~~", "<!--", "-->", "</details>", "{{<", "%}}", "{{% next-year %}}"),
    *("<script>", "<div hidden>", "</div>", "<a href='javascript:x'>y</a>", '<iframe src="https://e.example">'),
    *("TODO", "; extension: ", "see also ", "3/4", "2022-02-30", "{{x}}", "[[g]]", "$x$", "\t", "   ", "+++\n"),
    *("日本", "\\", "&amp;", "_", "**", "***", "[^1]: n\n", "[r]: http://r.example\n", "\x00", "\u2028", "\ud800", "é"),
    *("\ufeff", "\x0e", "\x0f", "\x10", "---\n", "title: x\n", "weight: 99999999999\n", "date: 2022-99-99\n", "- "),
    *("> ", "# ", "week 3 Tuesday", "word " * 80),
]


def damaged_banks(count: int, seed: int) -> Iterator[str]:
    """GIFT by chance: one half a soup of its signs, one half questions with holes and signs in them."""
    chance = random.Random(seed)
    for number in range(count):
        if number % 2:
            yield "".join(chance.choice(SOUP) for _ in range(chance.randint(0, 60)))
            continue
        start = chance.randrange(len(BANK))
        text = BANK[start : start + 500]
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(SOUP) + text[at + chance.randint(0, 4) :]
        yield text


def damaged_pages(count: int, seed: int) -> Iterator[str]:
    """Pages put together of pieces by chance, with holes."""
    chance = random.Random(seed)
    for _ in range(count):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randint(0, 25)))
        for _ in range(chance.randint(0, 4)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + text[at + chance.randint(0, 9) :]
        yield text


def faults_of_banks(count: int, seed: int) -> list[str]:
    """The texts that are not read as promised; an exception goes through."""
    return [text for text in damaged_banks(count, seed) if not _reads_bank(text)]


def faults_of_pages(count: int, seed: int) -> list[str]:
    """The same for pages."""
    return [text for text in damaged_pages(count, seed) if not _reads_page(text)]


def _reads_bank(text: str) -> bool:
    imported = read_bank(text, "soup.gift")
    lines = list(imported.report.lines())
    counted = sum(imported.report.counts().values())
    return counted == len(lines) and _says_what_it_missed(imported.report)


def _reads_page(text: str) -> bool:
    imported = read_page(text, "soup.md")
    is_unit_page(text, "soup.md")
    return _says_what_it_missed(imported.report)


def _says_what_it_missed(report: Report) -> bool:
    """Whether something not understood is an error in the report."""
    missed = report.counts().get(Fate.NOT_UNDERSTOOD, 0)
    return not missed or any(one.severity == "error" for one in report.findings)
