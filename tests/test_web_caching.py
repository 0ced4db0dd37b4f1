"""Entity tags and pages: a client fetches again only what changed, overwrites only what it saw, misses no row."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import PreconditionFailed, PreconditionRequired
from service.web.caching import etag_of, names, quoted, require_match
from service.web.paging import Cursor, Page
from tests.web_app import RENDERED, App, problem_of, served


@pytest.fixture
def app(empty_url: str) -> Iterator[App]:
    with served(empty_url) as app:
        yield app


# --------------------------------------------------------------------------------------------------------- tags


def test_a_tag_depends_on_every_part_and_where_it_ends() -> None:
    tags = {
        etag_of(*parts) for parts in ((), ("",), ("a", "b"), ("ab",), ("ab", ""), ("", "ab"), (1, 2), (12,), (None,))
    }
    assert len(tags) == 9
    assert etag_of("unit", 3, None) == etag_of("unit", 3, None)


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (None, False),
        ("", False),
        ('"abc"', True),
        ('W/"abc"', True),
        ("*", True),
        (' "x" , W/"abc" ', True),
        ('"x", "abc", "y"', True),
        ('"abcd"', False),
        ('"ab"', False),
        ("abc", False),
        ('"abc', False),
        ('"a", "b"', False),
        ('"*"', False),
    ],
)
def test_a_tag_is_named_by_its_opaque_part(header: str | None, named: bool) -> None:
    assert names(header, "abc") is named


def test_a_precondition_is_required_and_must_hold() -> None:
    require_match('W/"abc"', "abc")
    with pytest.raises(PreconditionRequired):
        require_match(None, "abc")
    with pytest.raises(PreconditionFailed) as refusal:
        require_match('"old"', "abc")
    assert refusal.value.headers == {"ETag": quoted("abc")}


def test_an_answer_the_client_holds_is_not_sent_again(app: App) -> None:
    app.call("POST", "/notes", "ana", json={"text": "a"})
    first = app.call("GET", "/notes/1")
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = app.call("GET", "/notes/1", headers={"If-None-Match": known})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == "private, no-cache"
        assert again.headers["Vary"] == "Authorization, Accept"
        assert "Content-Type" not in again.headers
    assert app.call("GET", "/notes/1", headers={"If-None-Match": '"other"'}).data == first.data
    assert app.call("HEAD", "/notes/1", headers={"If-None-Match": tag}).status_code == 304


def test_a_write_needs_the_version_that_was_read(app: App) -> None:
    app.call("POST", "/notes", "ana", json={"text": "a"})
    tag = app.call("GET", "/notes/1").headers["ETag"]
    body = {"text": "b"}
    problem_of(app.call("PUT", "/notes/1", "ana", json=body), 428, "precondition-required")
    stale = app.call("PUT", "/notes/1", "ana", json=body, headers={"If-Match": '"stale"'})
    problem_of(stale, 412, "precondition-failed")
    assert stale.headers["ETag"] == tag
    done = app.call("PUT", "/notes/1", "ana", json=body, headers={"If-Match": f"W/{tag}"})
    assert (done.status_code, done.get_json()) == (200, {"id": 1, "text": "b"})
    assert done.headers["ETag"] == app.call("GET", "/notes/1").headers["ETag"] != tag
    assert done.headers["Cache-Control"] == "no-store"
    problem_of(app.call("PUT", "/notes/1", "ana", json=body, headers={"If-Match": tag}), 412, "precondition-failed")
    assert app.call("PUT", "/notes/1", "ana", json=body, headers={"If-Match": "*"}).status_code == 200


def test_a_missing_precondition_is_told_before_anything_else_is_looked_at(app: App) -> None:
    answer = app.call("PUT", "/notes/999", "ana", data=b"{", content_type="application/json")
    problem_of(answer, 428, "precondition-required")


def test_removing_answers_without_a_body(app: App) -> None:
    app.call("POST", "/notes", "ana", json={"text": "a"})
    gone = app.call("DELETE", "/notes/1", "ida")
    assert (gone.status_code, gone.data) == (204, b"")
    assert "Content-Type" not in gone.headers


def test_rendered_bytes_are_sent_as_they_are_in_the_form_the_client_prefers(app: App) -> None:
    for accept in (None, "*/*", "application/json", "application/json, text/markdown;q=0.9", "text/*;q=0.1, */*"):
        answer = app.call("GET", "/rendered", headers={"Accept": accept} if accept else {})
        assert (answer.data, answer.content_type) == (RENDERED, "application/json")
    for accept in ("text/markdown", "text/markdown, application/json;q=0.5"):
        answer = app.call("GET", "/rendered", headers={"Accept": accept})
        assert (answer.data, answer.content_type) == (b"# once\n", "text/markdown; charset=utf-8")


# -------------------------------------------------------------------------------------------------------- pages


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_following_the_links_meets_every_row_once(app: App, limit: int) -> None:
    texts = [f"note {number}" for number in range(7)]
    for text in texts:
        app.call("POST", "/notes", "ana", json={"text": text})
    met, address = [], f"/api/v1/notes?limit={limit}"
    while address:
        answer = app.call("GET", address)
        page = answer.get_json()
        assert 0 < len(page["items"]) <= limit
        met += [note["text"] for note in page["items"]]
        link = answer.headers.get("Link", "")
        address = link.removesuffix('>; rel="next"').removeprefix("<")
        assert parse_qs(urlsplit(address).query).get("after", [None])[0] == page["next"]
    assert met == texts


def test_a_list_with_nothing_in_it_is_an_object_all_the_same(app: App) -> None:
    assert app.call("GET", "/notes").get_json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=ten", "limit=-1", "limit=1&limit=2", "after=", "after=x"]
)
def test_a_limit_or_cursor_out_of_bounds_is_refused(app: App, query: str) -> None:
    (error,) = problem_of(app.call("GET", f"/notes?{query}"), 422, "invalid")["errors"]
    assert error["pointer"] == f"/query/{query.partition('=')[0]}"


def test_a_link_keeps_the_rest_of_the_query(app: App) -> None:
    for text in "ab":
        app.call("POST", "/notes", "ana", json={"text": text})
    link = app.call("GET", "/notes?limit=1&about=a%26b+%C3%A9").headers["Link"]
    asked = parse_qs(urlsplit(link[1 : link.index(">")]).query)
    assert (asked["limit"], asked["about"]) == (["1"], ["a&b é"])


def test_links_are_absolute_where_the_public_address_is_known(empty_url: str) -> None:
    with served(empty_url, public_url="https://read.example.org/x") as app:
        for text in "ab":
            app.call("POST", "/notes", "ana", json={"text": text})
        link = app.call("GET", "/notes?limit=1").headers["Link"]
    assert link.startswith("<https://read.example.org/x/api/v1/notes?limit=1&after=")


KEYS = st.tuples(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40),
    st.integers(-(2**53), 2**53),
    st.datetimes(timezones=st.just(UTC)),
    st.uuids(),
)
CURSOR = Cursor("things", str, int, datetime, UUID)


@given(KEYS)
def test_a_cursor_brings_back_the_keys_it_was_made_of(keys: tuple[object, ...]) -> None:
    assert CURSOR.deserialize(CURSOR.write(keys)) == keys


@given(KEYS, st.data())
def test_a_cursor_with_any_character_changed_is_refused(keys: tuple[object, ...], data: st.DataObject) -> None:
    cursor = CURSOR.write(keys)
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from("AZaz09-_=é").filter(lambda character: character != cursor[place]))
    with pytest.raises(ma.ValidationError):
        CURSOR.deserialize(cursor[:place] + other + cursor[place + 1 :])


@pytest.mark.parametrize("key", ["a", "ab", "abc"])
def test_a_cursor_has_one_spelling(key: str) -> None:
    kind = Cursor("units", str)
    cursor = kind.write((key,))
    others = [cursor[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    others += [f"{cursor}=", f"{cursor}\n", f"!{cursor}", f"{cursor[:4]} {cursor[4:]}"]
    for other in others:
        if other != cursor:
            with pytest.raises(ma.ValidationError):
                kind.deserialize(other)


def test_a_cursor_of_another_list_or_of_other_types_is_refused() -> None:
    cursor = Cursor("units", str).write(("a",))
    assert Cursor("units", str).deserialize(cursor) == ("a",)
    for other in (Cursor("courses", str), Cursor("units", int), Cursor("units", str, str), Cursor("units")):
        with pytest.raises(ma.ValidationError):
            other.deserialize(cursor)


@pytest.mark.parametrize(
    "tail", [b"", b"{}", b"[", b"null", b'["\\u0000"]', b'["\\ud800"]', b"[NaN]", b"[1e999]", b"[[[["]
)
def test_a_cursor_somebody_made_themselves_holds_nothing_harmful(tail: bytes) -> None:
    for kind in (str, int, datetime, UUID):
        forged = Cursor("units", kind)
        word = urlsafe_b64encode(forged._proof(tail) + tail).rstrip(b"=").decode()
        assert urlsafe_b64decode(word + "=" * (-len(word) % 4)).endswith(tail)
        with pytest.raises(ma.ValidationError):
            forged.deserialize(word)


def test_a_cursor_somebody_made_themselves_is_never_a_fault_of_ours(app: App) -> None:
    for number in (2**53, 2**31, -(2**53)):
        answer = app.call("GET", f"/notes?after={Cursor('notes', int).write((number,))}")
        assert answer.status_code in {200, 422}


def test_a_page_is_cut_where_the_limit_is() -> None:
    assert Page.cut([1, 2], 2, lambda row: (row,)) == Page([1, 2], None)
    assert Page.cut([1, 2, 3], 2, lambda row: (row,)) == Page([1, 2], (2,))
    assert Page.cut([], 2, lambda row: (row,)) == Page([], None)
