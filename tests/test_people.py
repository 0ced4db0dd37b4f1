"""People over HTTP: made, found by another system's ids, changed, shut out and let in again."""

from __future__ import annotations

from typing import Any

import pytest

from service.accounts import operations as accounts
from service.db import Database
from service.domain.people import mistakes_of_external_id
from tests.cast import Client, answer_of
from tests.world import TestWorld

MOODLE = "https://moodle.example"
UMA = {"login": "uma", "name": "Uma", "issuer": MOODLE, "external_id": "4711"}


def user_of(root: Client, login: str) -> dict[str, Any]:
    """What is known of the person with this login."""
    [found] = answer_of(root.get(f"/admin/users?login={login}"))["items"]
    assert isinstance(found, dict)
    return found


def test_a_person_is_made_and_found_by_the_id_that_another_system_has(root: Client) -> None:
    made = root.post("/admin/users", UMA)
    uma = answer_of(made, 201)
    assert made.headers["Location"] == f"/api/v1/admin/users/{uma['id']}"
    assert (uma["is_admin"], uma["disabled_at"]) == (False, None)
    assert answer_of(root.get(f"/admin/users?issuer={MOODLE}&external_id=4711"))["items"] == [uma]
    assert answer_of(root.get(f"/admin/users/{uma['id']}")) == {**uma, "enrolments": []}
    assert answer_of(root.get("/admin/users?external_id=4712"))["items"] == []


def test_an_external_id_is_one_persons_within_a_system_and_anybodys_in_another(root: Client) -> None:
    answer_of(root.post("/admin/users", UMA), 201)
    assert "external_id 4711" in answer_of(root.post("/admin/users", {**UMA, "login": "ulf"}), 409)["detail"]
    answer_of(root.post("/admin/users", {**UMA, "login": "ulf", "issuer": "https://canvas.example"}), 201)
    ana = user_of(root, "ana")
    pair = {"issuer": MOODLE, "external_id": "4711"}
    assert root.patch(f"/admin/users/{ana['id']}", pair).status_code == 409
    assert user_of(root, "ana") == ana


def test_a_login_is_one_persons(root: Client) -> None:
    assert "the login ana" in answer_of(root.post("/admin/users", {"login": "ana", "name": "Anna"}), 409)["detail"]
    ben = user_of(root, "ben")
    assert root.patch(f"/admin/users/{ben['id']}", {"login": "ana"}).status_code == 409
    assert answer_of(root.patch(f"/admin/users/{ben['id']}", {"login": "benno"}))["login"] == "benno"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"login": "-x"}, "/login"),
        ({"login": "x" * 65}, "/login"),
        ({"login": "um a"}, "/login"),
        ({"name": "   "}, "/name"),
        ({"name": "two\nlines"}, "/name"),
        ({"issuer": None}, "/issuer"),
        ({"issuer": "x", "external_id": None}, "/external_id"),
        ({"issuer": " x", "external_id": "4711"}, "/issuer"),
        ({"external_id": ""}, "/external_id"),
        ({"external_id": "a\nb"}, "/external_id"),
        ({"is_admin": "yes"}, "/is_admin"),
        ({"id": "00000000-0000-4000-8000-000000000000"}, "/id"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "/created_at"),
        ({"disabled_at": None}, "/disabled_at"),
        ({"enrolments": []}, "/enrolments"),
        ({"roles": {"tides": "admin"}}, "/roles"),
        ({"password": "x"}, "/password"),
    ],
)
def test_what_is_wrong_or_not_for_the_asking_is_refused_by_its_name(
    root: Client, body: dict[str, object], pointer: str
) -> None:
    uma = answer_of(root.post("/admin/users", UMA), 201)
    refused = answer_of(root.patch(f"/admin/users/{uma['id']}", body), 422)
    assert pointer in [error["pointer"] for error in refused["errors"]]
    assert root.post("/admin/users", {**UMA, "login": "ulf", "external_id": "1", **body}).status_code == 422
    assert user_of(root, "uma") == uma


def test_a_patch_changes_what_it_names_and_nothing_else(root: Client) -> None:
    uma = answer_of(root.post("/admin/users", UMA), 201)
    changed = answer_of(root.patch(f"/admin/users/{uma['id']}", {"name": "Uma Thur"}))
    assert changed == {**uma, "name": "Uma Thur"}
    bare = answer_of(root.patch(f"/admin/users/{uma['id']}", {"issuer": None, "external_id": None}))
    assert bare == {**changed, "issuer": None, "external_id": None}
    assert answer_of(root.patch(f"/admin/users/{uma['id']}", {})) == bare


def test_whoever_is_shut_out_is_nobody_at_once_and_back_again_when_let_in(root: Client, ana: Client) -> None:
    found = user_of(root, "ana")
    gone = answer_of(root.send("DELETE", f"/admin/users/{found['id']}"))
    assert gone["disabled_at"] is not None
    assert f"POST /api/v1/admin/users/{found['id']}/erasure" in gone["message"]
    assert ana.get("/me").status_code == 401
    again = answer_of(root.send("DELETE", f"/admin/users/{found['id']}"))
    assert again["disabled_at"] == gone["disabled_at"]
    answer_of(root.patch(f"/admin/users/{found['id']}", {"disabled": False}))
    assert answer_of(ana.get("/me"))["enrolments"] == [{"course": "tides", "role": "student"}]


def test_shutting_out_counts_on_every_worker(root: Client, ana: Client, reopened: Client) -> None:
    assert reopened.get("/courses/tides").status_code == 200
    root.send("DELETE", f"/admin/users/{user_of(root, 'ana')['id']}")
    assert reopened.get("/courses/tides").status_code == 401
    assert ana.get("/courses/tides").status_code == 401


def test_an_admin_cannot_shut_themselves_out_or_give_up_their_rights(root: Client) -> None:
    me = user_of(root, "root")
    assert root.send("DELETE", f"/admin/users/{me['id']}").status_code == 409
    for body in ({"disabled": True}, {"is_admin": False}, {"name": "R", "is_admin": False}):
        assert root.patch(f"/admin/users/{me['id']}", body).status_code == 409
    assert user_of(root, "root") == me


def test_an_admin_made_over_http_is_one_with_the_next_request(root: Client, eve: Client) -> None:
    assert eve.get("/admin/users").status_code == 403
    eve_id = user_of(root, "eve")["id"]
    answer_of(root.patch(f"/admin/users/{eve_id}", {"is_admin": True}))
    assert eve.get("/admin/users").status_code == 200
    answer_of(root.patch(f"/admin/users/{eve_id}", {"is_admin": False}))
    assert eve.get("/admin/users").status_code == 403


def test_nobody_makes_themselves_an_admin(root: Client, ana: Client, ida: Client) -> None:
    for client, login in ((ana, "ana"), (ida, "ida")):
        found = user_of(root, login)
        assert client.patch(f"/admin/users/{found['id']}", {"is_admin": True}).status_code == 403
        assert client.post("/admin/users", {"login": "x", "name": "X", "is_admin": True}).status_code == 403
        assert client.patch("/me", {"is_admin": True}).status_code == 405
        assert user_of(root, login) == found


def test_everybody_is_listed_a_page_at_a_time(root: Client, database: Database, world: TestWorld) -> None:
    with database.write() as session:
        for number in range(9):
            accounts.create_user(session, world, login=f"many-{number}", name="One of many")
    seen, path = [], "/admin/users?limit=4"
    while path:
        page = answer_of(root.get(path))
        seen += [user["login"] for user in page["items"]]
        path = f"/admin/users?limit=4&after={page['next']}" if page["next"] else ""
    assert sorted(seen) == sorted({*["ana", "ben", "eve", "ida", "root"], *(f"many-{n}" for n in range(9))})
    assert len(seen) == len(set(seen))


def test_a_person_that_is_not_there_is_missing(root: Client) -> None:
    path = "/admin/users/00000000-0000-4000-8000-000000000000"
    for answer in (root.get(path), root.patch(path, {}), root.send("DELETE", path)):
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("issuer", "external_id", "wrong"),
    [
        (None, None, []), ("lms", "1", []), ("lms", None, ["external_id"]), (None, "1", ["issuer"]),
        ("", "1", ["issuer"]), ("lms", "x" * 201, ["external_id"]), ("lms ", " 1", ["issuer", "external_id"]),
        ("lms", "a\u2028b", ["external_id"]), ("lms", "\x00", ["external_id"]), ("läms", "ß-1", []),
    ],
)  # fmt: skip
def test_an_external_id_comes_with_its_issuer_in_one_line(
    issuer: str | None, external_id: str | None, wrong: list[str]
) -> None:
    assert [mistake.path[0] for mistake in mistakes_of_external_id(issuer, external_id)] == wrong
