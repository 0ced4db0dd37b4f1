"""The words of the wire are bounded and strictly typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Invalid
from service.web.fields import Flag, In, Integer, ListOf, Moment, OneOf, Out, Query, Slug, String, Uuid, written
from service.web.reading import loaded
from tests.web_app import NoteIn

REFUSED: list[tuple[str, object]] = [
    ("text", None),
    ("text", 1),
    ("text", True),
    ("text", ["a"]),
    ("text", "x" * 301),
    ("text", "a\x00b"),
    ("text", "a\ud800b"),
    ("tag", ""),
    ("tag", "Capital"),
    ("tag", "two--hyphens"),
    ("tag", "new-line\n"),
    ("tag", "x" * 65),
    ("kind", "other"),
    ("kind", "draft "),
    ("count", "1"),
    ("count", 1.0),
    ("count", 1.5),
    ("count", True),
    ("count", -1),
    ("count", 101),
    ("count", None),
    ("pinned", "true"),
    ("pinned", 1),
    ("pinned", 0),
    ("pinned", "yes"),
    ("of", "not-an-id"),
    ("of", 1),
    ("of", "00000000000000000000000000000001"),
    ("of", "{00000000-0000-0000-0000-000000000001}"),
    ("of", "urn:uuid:00000000-0000-0000-0000-000000000001"),
    ("at", "2026-01-31"),
    ("at", "2026-01-31T09:30:00"),
    ("at", "2026-W05-6T09:30:00Z"),
    ("at", "2026-02-30T09:30:00Z"),
    ("at", "0001-01-01T00:00:00+23:59"),
    ("at", "9999-12-31T23:59:59-23:59"),
    ("at", 1_700_000_000),
    ("links", "abc"),
    ("links", ["a", "b", "c", "d"]),
    ("links", ["x" * 21]),
    ("extra", "x" * 100),
    ("unknown", 1),
]


def in_note(field: str, value: object) -> dict[str, object]:
    return {"text": "a note", field: value}


@pytest.mark.parametrize(("field", "value"), REFUSED, ids=[f"{field}={value!r:.40}" for field, value in REFUSED])
def test_a_field_refuses_what_merely_resembles_its_type(field: str, value: object) -> None:
    with pytest.raises(ma.ValidationError) as refusal:
        NoteIn().load(in_note(field, value))
    assert list(refusal.value.messages_dict) == [field]


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [
        ("text", "", ""),
        ("text", "é" * 300, "é" * 300),
        ("tag", "week-01", "week-01"),
        ("count", 0, 0),
        ("count", 100, 100),
        ("pinned", False, False),
        ("of", "00000000-0000-0000-0000-00000000000A", UUID(int=10)),
        ("at", "2026-01-31T10:30:00+01:00", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        ("at", "2026-01-31t09:30:00.25z", datetime(2026, 1, 31, 9, 30, 0, 250_000, tzinfo=UTC)),
        ("links", [], []),
        ("extra", {"any": [1, None]}, {"any": [1, None]}),
    ],
)
def test_a_field_takes_what_it_documents(field: str, value: object, taken: object) -> None:
    assert NoteIn().load(in_note(field, value))[field] == taken


def test_a_refusal_names_the_fields_that_are_known() -> None:
    with pytest.raises(ma.ValidationError, match="known are: text, tag, kind") as refusal:
        NoteIn().load({"text": "a", "texd": "b"})
    assert list(refusal.value.messages_dict) == ["texd"]


class _Asked(Query):
    number = Integer()
    flag = Flag()
    word = OneOf("a", "b")
    id = Uuid()


@pytest.mark.parametrize(
    ("given_", "taken"),
    [({"number": "12"}, 12), ({"flag": "true"}, True), ({"flag": "false"}, False), ({"word": "a"}, "a")],
)
def test_numbers_and_flags_of_a_query_are_read_from_their_text(given_: dict[str, str], taken: object) -> None:
    assert list(_Asked().load(given_).values()) == [taken]


@pytest.mark.parametrize(
    "given_",
    [{"number": "1.0"}, {"number": ""}, {"number": " 1"}, {"number": "९"}, {"number": "9" * 5_000}, {"flag": "True"}],
    ids=repr,
)
def test_a_query_is_as_strict_as_a_body(given_: dict[str, str]) -> None:
    with pytest.raises(ma.ValidationError):
        _Asked().load(given_)


class _Nested(In):
    inner = ListOf(ma.fields.Nested(NoteIn), longest=5)


def test_strictness_reaches_inside() -> None:
    with pytest.raises(ma.ValidationError) as refusal:
        _Nested().load({"inner": [{"text": "a"}, {"text": "b", "other": 1}]})
    assert refusal.value.messages_dict == {"inner": {1: {"other": [NoteIn().error_messages["unknown"]]}}}


def test_mistakes_are_told_in_order_of_their_place_and_not_of_its_spelling() -> None:
    class _Long(In):
        numbers = ListOf(Integer(), longest=20)

    given_ = {"numbers": [0, 0, "a", 0, 0, 0, 0, 0, 0, 0, "b"], "a": 1}
    with pytest.raises(Invalid) as refusal:
        loaded(_Long(), given_)
    assert [mistake.pointer for mistake in refusal.value.errors] == ["/a", "/numbers/2", "/numbers/10"]


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=5, minutes=30)))))
def test_a_moment_written_is_the_moment_read(moment: datetime) -> None:
    text = written(moment) if moment.year > 1 else written(moment.replace(year=2))
    assert text.endswith("Z")
    assert written(Moment().deserialize(text)) == text


def test_an_answer_leaves_out_what_its_schema_has_no_place_for() -> None:
    class OneOut(Out):
        text = String(10)
        slug = Slug()

    assert OneOut().dump({"text": "a", "slug": "b", "key": "the right answer"}) == {"text": "a", "slug": "b"}
