"""The reading list as HTML: a page of its own that holds nothing of what somebody might smuggle into it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from service.content.reading_list_html import html_of
from service.web.json import dumps
from tests.cast import Client, answer_of

UNIT = "/courses/tides/units/tides"
LIST = f"{UNIT}/reading-list"
VOID = {"meta"}
ELEMENTS = {
    *("html", "head", "meta", "title", "body", "main", "section", "h1", "h2", "ul", "li", "strong", "cite", "a"),
    *("p", "em"),
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


class Read(HTMLParser):
    """The page as a browser meets it: which elements with which attributes, and whether they nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.links: list[dict[str, str | None]] = []
        self.attributes: set[str] = set()
        self.text, self.open = "", list[str]()
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "a":
            self.links.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_reading_list_comes_as_html(ana: Client) -> None:
    response = ana.get(LIST, Accept=BROWSER)
    assert response.content_type == "text/html; charset=utf-8"
    page = response.get_data(as_text=True)
    read = Read(page)
    assert page.startswith('<!doctype html>\n<html lang="en">') and read.elements <= ELEMENTS
    listed = answer_of(ana.get(LIST))
    addresses = [one["resource"]["url"] for one in listed["readings"] if one["resource"] and one["resource"]["url"]]
    assert {link["href"] for link in read.links} >= set(addresses)
    assert {link["rel"] for link in read.links} == {"nofollow noopener"}
    assert all(one["title"] in read.text for one in listed["readings"])
    assert '<li><strong>Read</strong> <cite><a href="https://sea.example/tides"' in page
    assert "</a></cite> (required, 30 min)</li>" in page
    assert "<li>Neap tides<ul><li><strong>Skim</strong>" in page


def test_html_is_filtered_and_tagged_like_the_others(ana: Client) -> None:
    page = ana.get(f"{LIST}?verb=skim", Accept="text/html")
    assert "Spring Tides" in page.get_data(as_text=True) and "A Tide Table" not in page.get_data(as_text=True)
    tags = [ana.get(LIST, Accept=accept).headers["ETag"] for accept in ("text/html", "text/markdown", "*/*")]
    assert len({*tags, page.headers["ETag"]}) == 4
    assert ana.get(LIST, Accept="text/html", If_None_Match=tags[0]).status_code == 304
    nothing = ana.get(f"{LIST}?verb=practise", Accept="text/html").get_data(as_text=True)
    assert "<p>Nothing.</p>" in nothing and Read(nothing).links == []


@pytest.mark.parametrize("accept", [None, "*/*", "application/json, text/html;q=0.9", "image/png"])
def test_who_does_not_prefer_it_gets_json(accept: str | None, ana: Client) -> None:
    response = ana.get(LIST, **({} if accept is None else {"Accept": accept}))
    assert response.content_type == "application/json"


ATTACKS = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></main><svg/onload=alert(1)>",
    "{title}{0}{content.__class__}",
    "<!--", "]]>", "&lt;script&gt;",
)  # fmt: skip
ADDRESSES = (
    *("javascript:alert(1)", " javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "vbscript:x"),
    *("//evil.example", "/local", "#here", "ftp://sea.example", "java\nscript:alert(1)"),
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_markup(attack: str) -> None:
    page = html_of(listed(attack, "https://sea.example/?a=\"'<>&b"), served(attack))
    read = Read(page)
    assert read.elements <= ELEMENTS
    assert read.attributes <= {"lang", "charset", "name", "content", "href", "rel"}
    assert read.text.count(attack) >= 9
    assert {link["href"] for link in read.links} == {"https://sea.example/?a=\"'<>&b"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_link_leads_to_the_web_or_is_none(address: str) -> None:
    assert Read(html_of(listed("A text", address), served("A text"))).links == []


def listed(text: str, address: str) -> dict[str, Any]:
    """A reading list in which every text and every address is the same."""
    resource = {"key": "k", "title": text, "url": address, "links": [{"label": text, "url": address, "media": None}]}
    reading = {
        **dict.fromkeys(("verb", "importance", "title", "portion", "condition", "section", "option"), text),
        "reading": "r",
        "minutes": 5,
        "group": None,
        "resource": resource,
    }
    return {
        "title": text,
        "readings": [reading, {**reading, "resource": None}, {**reading, "group": "g"}],
        "groups": [{"id": "g", "min": 1, "max": 2, "importance": text, "prompt": text}],
        "related": [{**resource, "relation": text, "of": "k"}],
    }


def served(text: str) -> bytes:
    """A unit with this text for its language, and one group."""
    choose = {"id": "g", "prompt": {"markdown": "One.", "html": "<p>One.</p>\n"}}
    return dumps({"language": text, "sections": [{"items": [{"note": {}}, {"choose": choose}]}]})
