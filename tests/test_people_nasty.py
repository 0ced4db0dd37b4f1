"""Nasty bodies at every write of people, enrolments and tokens: refused in words, nothing written, never a 5xx."""

from __future__ import annotations

import json

import pytest

from service.db import Database
from tests.cast import Client
from tests.test_bad_input import rows

TEXTS = ("login", "name", "issuer", "external_id", "label", "role", "user", "expires_at")
LISTS = ("scopes", "courses")
FLAGS = ("is_admin", "disabled")

NOT_EVEN_JSON = (
    b"{", b"[]", b"null", b'"x"', b"7", b"\xff\xfe", b'{"login": NaN}', b'{"login": 1e999}', b'{"a": 1, "a": 2}',
    b'{"name": "\\ud800"}', b'{"name": "\\u0000"}', b'{"\\u0000": 1}', b'{"days": ' + b"9" * 400 + b"}",
    b'{"name": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", b"login=uma", b"{" + b" " * 1_100_000 + b"}",
)  # fmt: skip


WRONG: dict[tuple[str, ...], tuple[object, ...]] = {
    TEXTS: ("", "x" * 5_000, "a\nb", "\x1b[31m", 7, True, [], {}, ["x"]),
    LISTS: ("units:read", [], ["nope"], ["x" * 300], [7], [[]], [None], ["tides"] * 1_000, {"0": "tides"}),
    FLAGS: ("true", 1, 0, None, [], {}),
    ("days",): (0, -1, 1.5, "7", True, 2**40, [], {}),
    ("id", "__class__", "user_id", "secret_hash", "created_at", "a" * 300, "; DROP TABLE users"): ("x",),
}
"""Values that no field of these names takes, and names that no field has."""

BODIES = (
    *NOT_EVEN_JSON,
    *(json.dumps({name: value}).encode() for names, values in WRONG.items() for name in names for value in values),
)
WRITES = (
    "POST /admin/users",
    "PATCH /admin/users/{user}",
    "POST /admin/courses/tides/enrolments",
    "PATCH /admin/courses/tides/enrolments/{user}",
    "POST /admin/tokens",
    "PATCH /admin/tokens/{token}",
    "POST /me/tokens",
    "DELETE /admin/users/{user}",
    "DELETE /admin/courses/tides/enrolments/{user}",
    "DELETE /admin/tokens/{token}",
    "DELETE /me/tokens/{token}",
)
TABLES = (
    b"", b"\n\n\n", b"\xff", b"login\n\xc3\x28\n", b"login\n\x00\n", b'login\n"', b'login\n"a"b\n', b"nobody\neve\n",
    b"login,login\neve,eve\n", b"login\n" + b"x" * 5_000, b"login\n" + b"eve,\n" * 3, b"," * 50_000,
    b"login\n'; DROP TABLE users--\n", b"login,role\neve,root\n", b"login,name\nnew,\x1b[31m\n",
    b"login\n\xef\xbb\xbf\n",
    b"login,name\nnew," + b"n" * 140_000,
    "login\nе-cyrillic\n".encode(), b"login,is_admin\neve,true\n", b" " * 1_100_000,
)  # fmt: skip


def test_there_are_bodies_of_many_kinds() -> None:
    assert len(BODIES) >= 120
    assert len(set(BODIES)) == len(BODIES)


@pytest.mark.parametrize("write", WRITES)
def test_a_nasty_body_is_refused_and_writes_nothing(write: str, root: Client, ben: Client, database: Database) -> None:
    method, path = write.split(" ")
    user = ben.get("/me").get_json()["id"]
    token = next(one["id"] for one in root.get("/admin/tokens").get_json()["items"] if one["scopes"])
    path = path.format(user=user, token=token)
    before = rows(database)
    people = root.get("/admin/users").data
    for body in BODIES:
        answer = root.send(method, path, raw=body)
        assert answer.status_code in {400, 413, 422}, (body[:80], answer.status_code, answer.data[:200])
        problem = answer.get_json()
        assert problem["detail"] or problem["errors"]
    assert rows(database) == before
    assert root.get("/admin/users").data == people


def test_a_nasty_table_is_refused_and_writes_nothing(root: Client, database: Database) -> None:
    before = rows(database)
    for table in TABLES:
        path = "/admin/courses/tides/enrolments/import"
        answer = root.send("POST", path, raw=table, headers={"Content-Type": "text/csv"})
        assert answer.status_code in {400, 413, 422}, (table[:80], answer.status_code, answer.data[:200])
        assert len(answer.data) < 100_000
    assert rows(database) == before
