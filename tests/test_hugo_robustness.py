"""Pages of every kind: no word of them is lost, none that is hidden is shown, and nothing hangs or breaks."""

from __future__ import annotations

import json
import time

import pytest

from service.content.documents import dump_document
from service.interchange.hugo import read_page
from service.interchange.hugo.reading import LONGEST_FILE
from service.interchange.reports import Fate
from tests.damaged_texts import faults_of_pages
from tests.hugo_pages import page_by_chance


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


@pytest.mark.parametrize("seed", range(2))
def test_damaged_pages_give_a_unit_and_findings_and_never_an_exception(seed: int) -> None:
    # A few of those that row `damage` of acceptance reads.
    assert faults_of_pages(1_000, seed) == []


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
