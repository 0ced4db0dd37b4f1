"""Values that a declared field cannot take, worked out from its declaration: of each field, each kind of mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from marshmallow import validate

from service.web import fields
from service.web.paging import Cursor
from tests.nasty import PRIVILEGED

Field = ma.fields.Field[Any]

NO_UUIDS = (
    "", "x", "00000000-0000-4000-8000-00000000000", "00000000000040008000000000000000",
    "{00000000-0000-4000-8000-000000000000}", "urn:uuid:00000000-0000-4000-8000-000000000000", "\n" * 36,
)  # fmt: skip
NO_MOMENTS = (
    "", "now", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z", "2026-01-01T24:01:00Z", "1e9",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00Zz", "２026-01-01T00:00:00Z",
    "2026-01-01T00:00:00+99:99", "P1D",
)  # fmt: skip
BEYOND = (2**53, -(2**53), 2**40, 2**31)

OF_NO_DOCUMENT = ("id", "role", "is_admin", "user_id", "score", "state", "created_at", "course_id", "no-such-field")
"""Names that mean nothing in any document."""


@dataclass(frozen=True)
class Wrong:
    """A body with one mistake in it, and the JSON pointer that a refusal has to name."""

    body: dict[str, Any]
    pointer: str


def wrong_bodies(schema: ma.Schema) -> Iterator[Wrong]:
    """Every kind of mistake in every field, further in as well."""
    for name, field in _names(schema):
        if field.required:
            yield Wrong({}, f"/{name}")
        for value in wrong_values(field):
            yield Wrong({name: value}, f"/{name}")
        for inner, wrap in _nested(field):
            for wrong in wrong_bodies(inner):
                before = "/0" if wrap else ""
                yield Wrong({name: [wrong.body] if wrap else wrong.body}, f"/{name}{before}{wrong.pointer}")


def unknown_fields(schema: ma.Schema) -> Iterator[Wrong]:
    """Fields that the schema does not have, further in as well: of each, null and what might be meant."""
    names = {name for name, _ in _names(schema)}
    for name in PRIVILEGED:
        if name not in names:
            yield from (Wrong({name: value}, f"/{name}") for value in (None, True, 1, "admin"))
    for name, field in _names(schema):
        for inner, wrap in _nested(field):
            for wrong in unknown_fields(inner):
                before = "/0" if wrap else ""
                yield Wrong({name: [wrong.body] if wrap else wrong.body}, f"/{name}{before}{wrong.pointer}")


def strange_to(document: dict[str, Any]) -> Iterator[Wrong]:
    """The document with a field that documents do not have: in it, and in each part of it."""
    for name in OF_NO_DOCUMENT:
        yield Wrong({**document, name: 1}, f"/{name}")
        for part, inside in document.items():
            if isinstance(inside, dict):
                yield Wrong({**document, part: {**inside, name: 1}}, f"/{part}/{name}")


def wrong_values(field: Field) -> Iterator[Any]:
    """Values that this field cannot take."""
    if not field.allow_none:
        yield None
    kinds: tuple[tuple[type, Any], ...] = (
        (fields.AnyJson, lambda _: ()),
        (fields.OneOf, lambda _: ("", "no such word", "x" * 5_000, 7, True, [], {})),
        (ma.fields.UUID, lambda _: (*NO_UUIDS, 7, True, [], {})),
        (ma.fields.DateTime, lambda _: (*NO_MOMENTS, 7, True, [], {})),
        (ma.fields.String, _no_texts),
        (ma.fields.Integer, _no_numbers),
        (ma.fields.Boolean, lambda _: ("true", "", 1, 0, 0.0, [], {})),
        (ma.fields.List, _no_lists),
        (ma.fields.Nested, lambda field: ([], "x", 7, True) if not field.many else ({}, "x", 7, True)),
        (ma.fields.Dict, lambda _: ([], "x", 7, True)),
    )
    yield from next(values for kind, values in kinds if isinstance(field, kind))(field)


def wrong_parameters(field: Field) -> Iterator[str]:
    """Texts that a parameter of a query cannot take."""
    if isinstance(field, ma.fields.List):
        field = field.inner
    kinds: tuple[tuple[type, Any], ...] = (
        (Cursor, lambda _: ("", "zz", "\x00", "A" * 2_000, "====", "\u0661")),
        (ma.fields.Integer, lambda field: ("", "a", "1.5", "9" * 30, "\u0661", "1e3", *map(str, _beyond(field)))),
        (ma.fields.Boolean, lambda _: ("", "yes", "1", "TRUE")),
        (fields.OneOf, lambda _: ("", "no such word", "x" * 5_000)),
        (ma.fields.UUID, lambda _: NO_UUIDS),
        (ma.fields.DateTime, lambda _: NO_MOMENTS),
        (ma.fields.String, lambda field: [text for text in _no_texts(field) if isinstance(text, str)]),
    )
    yield from next(values for kind, values in kinds if isinstance(field, kind))(field)


def _names(schema: ma.Schema) -> list[tuple[str, Field]]:
    return [(field.data_key or name, field) for name, field in schema.load_fields.items()]


def _nested(field: Field) -> Iterator[tuple[ma.Schema, bool]]:
    """The schema of what is inside, and whether it is inside a list."""
    inner = field.inner if isinstance(field, ma.fields.List) else field
    if isinstance(inner, ma.fields.Nested):
        yield inner.schema, inner is not field or bool(inner.many)


def _bound(field: Field, kind: type[validate.Validator], name: str) -> Any:
    found = [getattr(check, name) for check in field.validators if isinstance(check, kind)]
    return next((bound for bound in found if bound is not None), None)


def _no_texts(field: Field) -> Iterator[Any]:
    yield from (7, 1.5, True, [], {}, ["x"])
    longest = _bound(field, validate.Length, "max")
    if longest is not None:
        yield "x" * (longest + 1)
        yield "\U0001f4a9" * (longest + 1)
    if _bound(field, validate.Length, "min"):
        yield ""
    if getattr(field, "pattern", None) is not None:
        yield from ("\u2603\n", "\x1b[31m", "\u202e\x00")


def _beyond(field: Field) -> Iterator[int]:
    lowest, highest = _bound(field, validate.Range, "min"), _bound(field, validate.Range, "max")
    yield from (lowest - 1, highest + 1)
    yield from (number for number in BEYOND if not lowest <= number <= highest)


def _no_numbers(field: Field) -> Iterator[Any]:
    yield from ("7", "", 1.5, 1.0, True, [], {})
    yield from (number for number in _beyond(field) if abs(number) <= 2**53)


def _no_lists(field: Field) -> Iterator[Any]:
    yield from ({}, "x", 7, True, {"0": "x"}, [None], [[]])
    longest = _bound(field, validate.Length, "max")
    if longest is not None and longest <= 10_000:
        yield [None] * (longest + 1)
    if _bound(field, validate.Length, "min"):
        yield []
    assert isinstance(field, ma.fields.List)
    if not isinstance(field.inner, ma.fields.Nested):
        yield from ([value] for value in wrong_values(field.inner))
