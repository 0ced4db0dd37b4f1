"""Pages of every kind: no word of them is lost, none that is hidden is shown, and nothing hangs or breaks."""

from __future__ import annotations

import json
import random
import time

import pytest

from service.content.documents import dump_document
from service.domain.documents import UnitDocument
from service.interchange.hugo import is_unit_page, read_page
from service.interchange.hugo.reading import LONGEST_FILE
from service.interchange.reports import Fate
from tests.hugo_pages import HIDDEN, SHOWN, page_by_chance


@pytest.mark.parametrize("start", range(0, 3_000, 750))
def test_every_word_of_a_page_is_in_the_unit_and_none_that_is_hidden(start: int) -> None:
    for seed in range(start, start + 750):
        page = page_by_chance(seed)
        imported = read_page(page.text, "content/units/03-chance/_index.md")
        said = json.dumps(dump_document(imported.unit)).lower()
        lost = [word for word in page.shown if word not in said]
        told = [word for word in page.hidden if word in said]
        assert (lost, told) == ([], []), (seed, page.text)
        assert not imported.report.counts().get(Fate.NOT_UNDERSTOOD), (seed, page.text)


PIECES = [
    *(shape.format(*["w"] * 9) for shape in (*SHOWN, *HIDDEN)),
    *("](", "[", "]", "(", ")", "((", "`", "~~~", "<!--", "-->", "</details>", "{{<", "%}}", "{{% next-year %}}"),
    *("<script>", "<div hidden>", "</div>", "<a href='javascript:x'>y</a>", '<iframe src="https://e.example">'),
    *("TODO", "; extension: ", "see also ", "3/4", "2022-02-30", "{{x}}", "[[g]]", "$x$", "\t", "   ", "+++\n"),
    *("日本", "\\", "&amp;", "_", "**", "***", "[^1]: n\n", "[r]: http://r.example\n", "\x00", "\u2028", "\ud800", "é"),
    *("\ufeff", "\x0e", "\x0f", "\x10", "---\n", "title: x\n", "weight: 99999999999\n", "date: 2022-99-99\n", "- "),
    *("> ", "# ", "week 3 Tuesday", "word " * 80),
]


@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_damaged_pages_give_a_unit_and_findings_and_never_an_exception(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(2_500):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randint(0, 25)))
        for _ in range(chance.randint(0, 4)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + text[at + chance.randint(0, 9) :]
        imported = read_page(text, "soup.md")
        assert isinstance(imported.unit, UnitDocument)
        assert is_unit_page(text, "soup.md") in {True, False}
        missed = imported.report.counts().get(Fate.NOT_UNDERSTOOD, 0)
        errors = [one for one in imported.report.findings if one.severity == "error"]
        assert bool(missed) <= bool(errors), text


SHAPES = (
    *("[", "](", "<", "<!-- a -->", "<!--", "{{< a >}}", "{{<", "`a", "**", "> ", "[a]", "[r]: http://x\n", "\n"),
    *("{{% details %}}\n", "</details>\n", "<div hidden>", "(a", "x (if a) ", "* * * ", "![a](b)", "http://a.b "),
    *("{{% next-year %}}", "- [a](http://x.example/1)\n", "|a|b|\n", "## Monday\n- [a](b)\n"),
    "Choose one and read:\n\n- [a](http://x.example)\n\n",
)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_long_page_of_anything_is_read_in_seconds(shape: str) -> None:
    started = time.process_time()
    read_page(shape * (LONGEST_FILE // 4 // len(shape)), "long.md")
    # Generous: what grows with the square of the length would take an hour.
    assert time.process_time() - started < 30


def test_a_page_that_is_too_large_says_so() -> None:
    imported = read_page("é" * LONGEST_FILE, "x.md")
    assert "1 MiB" in imported.report.findings[0].message
