"""Answers are written as their schemas have it: `writing` does as marshmallow, only sooner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from marshmallow import fields

from service.db import Database
from service.domain.roles import Principal
from service.quizzes import operations
from service.quizzes.models import Attempt
from service.quizzes.schemas import ResultOut
from service.web.fields import Moment, Out, RichText, Uuid
from service.web.writing import writer_of
from tests.cast import answer_of
from tests.quizzing import Taken


class Leaf(Out):
    name = fields.String(required=True, allow_none=True)
    leaves = fields.List(fields.Nested(lambda: Leaf()), required=True, allow_none=True)


class Everything(Out):
    id = Uuid(attribute="place.id")
    number = fields.Integer(data_key="count")
    share = fields.Decimal(as_string=True, allow_none=True)
    told = fields.Dict()
    raw = fields.Raw()
    flag = fields.Boolean()
    at = Moment(allow_none=True)
    text = RichText()
    leaf = fields.Nested(Leaf, allow_none=True)
    pairs = fields.List(fields.List(fields.String()))
    usual = fields.String(dump_default="as ever")
    several = fields.Nested(Leaf, many=True)


@dataclass
class Place:
    id: UUID
    name: str = "here"
    leaves: Any = ()


THINGS: dict[str, Any] = {
    "nothing at all": {},
    "every member null": dict.fromkeys(Everything().fields),
    "a full one": {
        "place": Place(UUID(int=7)),
        "number": 3,
        "share": Decimal("1.50"),
        "told": {"b": 1, "a": [2]},
        "raw": [None, {}],
        "flag": True,
        "at": datetime(2026, 1, 31, tzinfo=UTC),
        "text": {"markdown": "*a*", "html": "<em>a</em>", "more": "is left out"},
        "leaf": {"name": "a", "leaves": [{"name": None, "leaves": None}]},
        "pairs": [["a", "b"], []],
        "usual": "not as ever",
        "several": [Place(UUID(int=8)), {"name": "c"}],
        "unknown": "is left out",
    },
}


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)
def test_a_thing_is_written_as_by_its_schema(thing: Any) -> None:
    assert list(writer_of(Everything())(thing).items()) == list(Everything().dump(thing).items())


def test_an_object_without_items_is_written_by_its_attributes() -> None:
    place = Place(UUID(int=9), leaves=[Place(UUID(int=10))])
    assert (
        writer_of(Leaf())(place) == Leaf().dump(place) == {"name": "here", "leaves": [{"name": "here", "leaves": []}]}
    )


def test_a_result_is_written_as_by_its_schema(taken: Taken, database: Database) -> None:
    taken.answer_everything(right=False)
    told = answer_of(taken.submit())
    with database.read() as session:
        attempt = session.get_one(Attempt, taken.uuid)
        student = Principal(user_id=attempt.user_id)
        result = operations.get_result(session, student, taken.uuid, datetime.now(UTC))
        assert writer_of(ResultOut())(result) == ResultOut().dump(result) == told


def test_no_schema_of_an_answer_does_more_than_its_fields_say(app: Flask) -> None:
    for endpoint in app.extensions["hornbook"].endpoints:
        for given in endpoint.gives:
            if isinstance(given, type):
                schema = given()
                assert not any(schema._hooks.values()), f"{endpoint.name}: what hooks do is not done"
                assert all(field._CHECK_ATTRIBUTE for field in schema.dump_fields.values()), endpoint.name
