"""Banks and pages brought in over HTTP: the same code as the command's, with the same report on every line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.cast import Client, answer_of

IMPORT = "/admin/courses/tides/import"
BANK = "// A bank on waves\n::crest:: What is the top of a wave called? {=crest ~trough#That is the bottom.}\n"
PAGE = """---
title: "Waves"
---

# Preparation

* **Read** [On waves](https://waves.example/on)
* something with `odd` marks
"""


def bring(client: Client, query: str, text: str, media: str = "text/plain", status: int = 200) -> Any:
    """Send a file."""
    headers = {"Content-Type": media}
    return answer_of(client.send("POST", f"{IMPORT}?{query}", raw=text.encode(), headers=headers), status)


def test_a_bank_becomes_a_draft_that_is_published_like_any_other(ida: Client, ana: Client) -> None:
    told = bring(ida, "format=gift&name=waves.gift", BANK)
    assert (told["unit"], told["what"], told["dry_run"], told["lines"]["used"]) == ("waves", "added", False, 1)
    assert told["notes"] or told["hidden"], "every line has a fate, remarks too"
    path = "/admin/courses/tides/units/waves"
    document = answer_of(ida.get(path))
    assert document["questions"][0]["stem"] == "What is the top of a wave called?"
    assert answer_of(ida.get(f"{path}/versions"))["items"][0]["author"] == answer_of(ida.get("/me"))["id"]
    answer_of(ana.get("/courses/tides/units/waves"), 404)
    answer_of(ida.post(f"{path}/publication", If_Match="*"))
    assert answer_of(ana.get("/courses/tides/units/waves"))["key"] == "waves"
    assert bring(ida, "format=gift&name=waves.gift", BANK)["what"] == "unchanged"
    back: TestResponse = ida.get(f"{path}/gift")
    assert back.status_code == 200 and "=crest" in back.get_data(as_text=True)
    assert back.headers["Content-Type"].startswith("text/plain")


def test_a_page_of_a_site_is_read_too_and_a_dry_run_writes_nothing(ida: Client) -> None:
    told = bring(ida, "format=hugo&name=waves.md&dry_run=true", PAGE, "text/markdown")
    assert (told["what"], told["dry_run"]) == ("added", True)
    answer_of(ida.get("/admin/courses/tides/units/waves"), 404)
    bring(ida, "format=hugo&name=waves.md", PAGE, "text/markdown")
    assert "waves.example" in json.dumps(answer_of(ida.get("/admin/courses/tides/units/waves")))


def test_a_bank_is_put_into_a_unit_that_there_is(ida: Client) -> None:
    told = bring(ida, "format=gift&name=more.gift&unit=currents", BANK)
    assert (told["unit"], told["what"]) == ("currents", "changed")
    assert {"path": ["questions", "crest"], "what": "added"} in told["differences"]
    refused = bring(ida, "format=gift&name=more.gift&unit=nowhere", BANK, status=409)
    assert "nowhere" in refused["detail"]


@pytest.mark.parametrize(
    ("query", "media", "status"),
    [
        ("format=word&name=a", "text/plain", 422),
        ("format=gift&name=a&unit=A%20B", "text/plain", 422),
        ("format=gift&name=a&nonsense=1", "text/plain", 422),
        ("format=gift&name=a", "application/json", 415),
    ],
)
def test_what_is_not_meant_is_refused(query: str, media: str, status: int, ida: Client) -> None:
    bring(ida, query, BANK, media, status)


def test_what_could_not_be_taken_is_named_by_its_line(ida: Client) -> None:
    told = bring(ida, "format=gift&name=odd.gift", BANK + "\n::broken:: No end {=a ~b\n")
    assert [one["line"] for one in told["findings"] if one["severity"] == "error"] == [4]
