"""Bad input: a clear error that names the place, nothing written, never a 5xx, the same verdict on both databases."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from service.db import Base, Database
from tests.cast import Client
from tests.quizzing import Taken

DEEP = b'{"response": ' + b"[" * 5_000 + b"]" * 5_000 + b', "base_rev": 0}'

SAVES: dict[str, tuple[bytes, int, str]] = {
    "not JSON": (b"{", 400, ""),
    "nothing": (b"", 422, "/base_rev"),
    "no object": (b"[]", 422, ""),
    "5,000 deep": (DEEP, 400, ""),
    "NaN": (b'{"response": NaN, "base_rev": 0}', 400, ""),
    "a key twice": (b'{"base_rev": 0, "base_rev": 1, "response": null}', 400, ""),
    "not UTF-8": (b'{"response": {"text": "\xff"}, "base_rev": 0}', 400, ""),
    "NUL": (b'{"response": {"text": "a\\u0000"}, "base_rev": 0}', 400, ""),
    "half a surrogate pair": (b'{"response": {"text": "\\ud800"}, "base_rev": 0}', 400, ""),
    "a number of 400 digits": (b'{"response": null, "base_rev": ' + b"9" * 400 + b"}", 400, ""),
    "2^63": (b'{"response": null, "base_rev": 9223372036854775808}', 400, ""),
    "2^40": (b'{"response": null, "base_rev": 1099511627776}', 422, "/base_rev"),
    "a fraction": (b'{"response": null, "base_rev": 0.5}', 422, "/base_rev"),
    "a number as text": (b'{"response": null, "base_rev": "0"}', 422, "/base_rev"),
    "true": (b'{"response": null, "base_rev": true}', 422, "/base_rev"),
    "below zero": (b'{"response": null, "base_rev": -1}', 422, "/base_rev"),
    "no base_rev": (b'{"response": null}', 422, "/base_rev"),
    "no response": (b'{"base_rev": 0}', 422, "/response"),
    "an unknown field": (b'{"response": null, "base_rev": 0, "credit": 1}', 422, "/credit"),
    "an answer of another kind": (b'{"response": {"text": "a"}, "base_rev": 0}', 422, "/response"),
    "a choice there is not": (b'{"response": {"choice": "zz"}, "base_rev": 0}', 422, "/response/choice"),
    "a list for a choice": (b'{"response": {"choice": ["a"]}, "base_rev": 0}', 422, "/response/choice"),
    "a text as the answer": (b'{"response": "two", "base_rev": 0}', 422, "/response"),
    "a field too many": (b'{"response": {"choice": "a", "right": true}, "base_rev": 0}', 422, "/response"),
}


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


@pytest.mark.parametrize("damage", SAVES)
def test_a_damaged_save_is_refused_in_words_and_writes_nothing(damage: str, taken: Taken, database: Database) -> None:
    body, status, pointer = SAVES[damage]
    before = rows(database)
    slot = taken.slot("single_choice")
    answer = taken.client.send("PUT", f"/attempts/{taken.id}/answers/{slot}", raw=body)
    assert answer.status_code == status, answer.data
    problem = answer.get_json()
    assert answer.content_type == "application/problem+json"
    assert problem["title"] and (problem["detail"] or problem["errors"])
    if pointer:
        assert any(error["pointer"].startswith(pointer) for error in problem["errors"]), problem
    assert rows(database) == before


def test_twenty_megabytes_are_not_even_read(taken: Taken, database: Database) -> None:
    before = rows(database)
    answer = taken.client.send("PUT", f"/attempts/{taken.id}/answers/1", raw=b" " * 20 * 1024 * 1024)
    assert answer.status_code == 413
    assert rows(database) == before


def test_a_form_is_no_json(taken: Taken) -> None:
    answer = taken.client.send(
        "PUT",
        f"/attempts/{taken.id}/answers/1",
        raw=b"a=b",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "token",
    ["", "hb_", "hb_aaaaaaaa_" + "a" * 43, "hb_aaaaaaaa_" + "a" * 42 + "é", "x" * 5000, "hb_aaaaaaaa_" + "a" * 44],
)
def test_a_wrong_token_is_a_401_with_one_message(token: str, nobody: Client) -> None:
    answer = nobody.get("/courses", Authorization=f"Bearer {token}".encode().decode("latin-1"))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "not valid" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/courses/tides/units/%00", "/courses/" + "a" * 300, "/courses/tides/units/T%C3%ADdes", "/quizzes/not-a-uuid",
        "/attempts/00000000-0000-0000-0000-000000000000/answers/99999999999999999999", "/courses//units", "/..%2f..%2f",
        "/me/courses/tides/units/tides%20/progress", "/courses/tides'--/units",
    ],
)  # fmt: skip
def test_an_address_of_nothing_is_a_404(path: str, ana: Client) -> None:
    assert ana.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0", "?limit=201", "?limit=a", "?limit=1&limit=2", "?after=zz", "?after=%00", "?unknown=1", "?limit=-1",
        "?limit=99999999999999999999", "?after=" + "A" * 2000,
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_meant_is_a_422(query: str, ana: Client) -> None:
    answer = ana.get(f"/courses/tides/units{query}")
    assert answer.status_code == 422, answer.data
    assert answer.get_json()["errors"]


@pytest.mark.parametrize(
    "mark",
    [
        {}, {"state": "read"}, {"state": None}, {"state": "done", "minutes": -1}, {"state": "done", "minutes": 2**40},
        {"state": "done", "note": "x" * 5001}, {"state": "done", "minutes": 1.5}, {"state": "done", "user": "ben"},
        {"state": ["done"]}, {"state": "done", "note": 5},
    ],
)  # fmt: skip
def test_a_mark_that_cannot_be_meant_is_a_422(mark: object, ana: Client, database: Database) -> None:
    unit = ana.get("/courses/tides/units/tides").get_json()
    reading = unit["sections"][0]["items"][0]["reading"]["id"]
    before = rows(database)
    answer = ana.put(f"/me/courses/tides/readings/{reading}", mark)
    assert answer.status_code == 422, answer.data
    assert all(error["pointer"].startswith("/") for error in answer.get_json()["errors"])
    assert rows(database) == before


def test_last_answers_are_refused_one_by_one_and_nothing_is_submitted(taken: Taken, database: Database) -> None:
    before = rows(database)
    slot = taken.slot("single_choice")
    answer = taken.submit(
        [
            {"slot": slot, "response": {"choice": "zz"}, "base_rev": 0},
            {"slot": 400, "response": None, "base_rev": 0},
            {"slot": slot, "response": None, "base_rev": 0},
        ]
    )
    assert answer.status_code == 422
    pointers = [error["pointer"] for error in answer.get_json()["errors"]]
    assert pointers == ["/responses/0/response/choice", "/responses/1/slot"]
    assert rows(database) == before
    assert taken.client.get(f"/attempts/{taken.id}").get_json()["state"] == "in_progress"


def test_a_long_answer_is_kept_and_one_too_long_is_refused(every_kind: Taken) -> None:
    slot = every_kind.slot("open")
    assert every_kind.save(slot, {"text": "word " * 1_000}, base_rev=0).status_code == 200
    refused = every_kind.save(slot, {"text": "word " * 20_000}, base_rev=1)
    assert refused.status_code == 422
    assert json.loads(refused.data)["errors"][0]["pointer"].startswith("/response")
