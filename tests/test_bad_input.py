"""Answers that cannot be meant, and tokens that are none: a clear error that names the place, and nothing written.

What is no JSON, or does not fit a declared field, is thrown at every endpoint in test_nasty.py.
"""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from service.db import Base, Database
from tests.cast import Client
from tests.quizzing import Taken

SAVES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 422, "/base_rev"),
    "no base_rev": (b'{"response": null}', 422, "/base_rev"),
    "no response": (b'{"base_rev": 0}', 422, "/response"),
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


@pytest.mark.parametrize(
    "token",
    ["", "hb_", "hb_aaaaaaaa_" + "a" * 43, "hb_aaaaaaaa_" + "a" * 42 + "é", "x" * 5000, "hb_aaaaaaaa_" + "a" * 44],
)
def test_a_wrong_token_is_a_401_with_one_message(token: str, nobody: Client) -> None:
    answer = nobody.get("/courses", Authorization=f"Bearer {token}".encode().decode("latin-1"))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "not valid" in answer.get_json()["detail"]


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
