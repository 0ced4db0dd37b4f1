"""Tokens over HTTP: issued once, bound to scopes and courses, changed and revoked at once, and when they were used."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.db import Database
from service.settings import Settings
from service.web.fields import written
from tests.cast import Client, answer_of
from tests.pendulum import open_clocks
from tests.quizzing import Taken, statements
from tests.test_people import user_of
from tests.world import TestWorld

LMS = {"label": "the LMS", "scopes": ["units:read"], "courses": ["tides"]}


def issue(root: Client, **about: Any) -> tuple[str, Client]:
    """The id of a new token, and somebody who uses it."""
    issued = answer_of(root.post("/admin/tokens", {**LMS, **about}), 201)
    return issued["id"], Client(root.app, issued["token"])


def known(root: Client, token: str) -> Any:
    """What is known of a token."""
    return answer_of(root.get(f"/admin/tokens/{token}"))


def test_a_token_is_shown_once_and_never_again(root: Client) -> None:
    first = root.post("/admin/tokens", LMS, Idempotency_Key="lms")
    text = answer_of(first, 201)["token"]
    assert Client(root.app, text).get("/courses/tides").status_code == 200
    assert answer_of(root.post("/admin/tokens", LMS, Idempotency_Key="lms"), 409)["detail"].startswith(
        "This was already"
    )
    secret = text.split("_", 2)[2]
    for path in ("/admin/tokens", f"/admin/tokens/{first.get_json()['id']}", "/admin/audit"):
        assert secret not in root.get(path).get_data(as_text=True)
    assert known(root, first.get_json()["id"])["prefix"] == text[:11]


def test_a_token_of_another_course_sees_nothing_at_all(
    app: Flask, root: Client, database: Database, world: TestWorld, tmp_path: Path
) -> None:
    open_clocks(app, database, world, tmp_path, right=3)
    scopes = ["units:read", "progress:read", "responses:read", "content:write"]
    _, stranger = issue(root, courses=["clocks"], scopes=scopes)
    assert [course["title"] for course in answer_of(stranger.get("/courses"))["items"]] == ["Clocks"]
    for path in ("", "/units", "/units/tides", "/units/tides/reading-list", "/quizzes", "/changes", "/glossary"):
        foreign, missing = stranger.get(f"/courses/tides{path}"), stranger.get(f"/courses/nowhere{path}")
        assert (foreign.status_code, foreign.data) == (404, missing.data), path
    assert stranger.get("/admin/courses/tides/units/tides").status_code == 404


def test_what_a_token_may_do_and_where_changes_at_once_on_every_worker(
    root: Client, app: Flask, database_url: str, database: Database, world: TestWorld, tmp_path: Path
) -> None:
    open_clocks(app, database, world, tmp_path, right=3)
    token, lms = issue(root)
    other_database = Database(database_url)
    other = Client(create_app(Settings(database_url=database_url), database=other_database, world=world), lms.token)
    workers = (lms, other)
    path = f"/admin/tokens/{token}"
    assert [worker.get("/courses/tides").status_code for worker in workers] == [200, 200]
    answer_of(root.patch(path, {"courses": ["clocks"]}))
    assert [worker.get("/courses/tides").status_code for worker in workers] == [404, 404]
    assert [worker.get("/courses/clocks").status_code for worker in workers] == [200, 200]
    answer_of(root.patch(path, {"scopes": ["progress:read"], "courses": ["tides", "clocks"]}))
    assert [worker.get("/courses/clocks").status_code for worker in workers] == [404, 404]
    changed = answer_of(root.patch(path, {"scopes": ["units:read"], "label": "renamed"}))
    assert (changed["label"], changed["courses"], changed["scopes"]) == ("renamed", ["clocks", "tides"], ["units:read"])
    assert [worker.get("/courses/tides").status_code for worker in workers] == [200, 200]
    assert root.send("DELETE", path).status_code == 204
    assert [worker.get("/courses/tides").status_code for worker in workers] == [401, 401]
    assert root.send("DELETE", path).status_code == 204, "once more changes nothing"
    assert root.patch(path, {"label": "back"}).status_code == 409
    other_database.close()


def test_a_token_ends_when_that_is_said_later(root: Client, world: TestWorld) -> None:
    token, lms = issue(root, days=30)
    world.wait(days=29)
    assert lms.get("/courses/tides").status_code == 200
    answer_of(root.patch(f"/admin/tokens/{token}", {"expires_at": None}))
    world.wait(days=2)
    assert lms.get("/courses/tides").status_code == 200
    answer_of(root.patch(f"/admin/tokens/{token}", {"expires_at": written(world.now())}))
    assert lms.get("/courses/tides").status_code == 401


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"scopes": ["units:read"]},
        {"courses": ["tides"]},
        {"scopes": [], "courses": ["tides"]},
        {"scopes": ["units:read"], "courses": []},
        {"scopes": ["admin"], "courses": ["tides"]},
        {"scopes": ["units:read"], "courses": ["nowhere"]},
        {"user": "00000000-0000-4000-8000-000000000000"},
        {"scopes": ["units:read"], "courses": ["tides"], "days": 0},
        {"scopes": ["units:read"], "courses": ["tides"], "label": ""},
        *(
            {"scopes": ["units:read"], "courses": ["tides"], field: "x"}
            for field in ("id", "prefix", "secret_hash", "token", "last_used_at", "revoked_at", "user_id")
        ),
    ],
)
def test_a_token_that_cannot_be_meant_is_refused(root: Client, about: dict[str, object]) -> None:
    before = answer_of(root.get("/admin/tokens"))["items"]
    assert root.post("/admin/tokens", {"label": "x", **about}).status_code == 422
    assert answer_of(root.get("/admin/tokens"))["items"] == before


def test_a_course_that_is_not_there_is_named(root: Client) -> None:
    refused = answer_of(root.post("/admin/tokens", {**LMS, "courses": ["tides", "ebb"]}), 422)
    assert refused["errors"] == [{"pointer": "/courses/1", "detail": "There is no course ebb."}]


@pytest.mark.parametrize("field", ["id", "user", "prefix", "secret_hash", "revoked_at", "last_used_at", "created_at"])
def test_a_field_that_is_not_for_the_asking_is_refused_by_name(root: Client, field: str) -> None:
    token, _ = issue(root)
    before = known(root, token)
    refused = answer_of(root.patch(f"/admin/tokens/{token}", {field: None}), 422)
    assert [error["pointer"] for error in refused["errors"]] == [f"/{field}"]
    assert known(root, token) == before


def test_an_admin_issues_a_token_for_a_person_who_may_use_the_service(root: Client) -> None:
    eve = user_of(root, "eve")["id"]
    issued = answer_of(root.post("/admin/tokens", {"label": "for Eve", "user": eve}), 201)
    client = Client(root.app, issued["token"])
    assert answer_of(client.get("/me"))["login"] == "eve"
    assert (known(root, issued["id"])["login"], known(root, issued["id"])["scopes"]) == ("eve", None)
    assert root.patch(f"/admin/tokens/{issued['id']}", {"scopes": ["units:read"]}).status_code == 409
    both = {"label": "x", "user": eve, "scopes": ["units:read"], "courses": ["tides"]}
    assert root.post("/admin/tokens", both).status_code == 422
    root.send("DELETE", f"/admin/users/{eve}")
    assert client.get("/me").status_code == 401
    assert root.post("/admin/tokens", {"label": "x", "user": eve}).status_code == 422


def test_everybody_sees_to_their_own_tokens_and_to_nobody_elses(
    ana: Client, ben: Client, root: Client, world: TestWorld
) -> None:
    world.wait(days=1)
    mine = answer_of(ana.post("/me/tokens", {"label": "phone", "days": 7}), 201)
    phone = Client(ana.app, mine["token"])
    assert answer_of(phone.get("/me"))["login"] == "ana"
    assert [token["label"] for token in answer_of(ana.get("/me/tokens"))["items"]] == ["phone", "tests"]
    assert [token["label"] for token in answer_of(ben.get("/me/tokens"))["items"]] == ["tests"]
    foreign = ben.send("DELETE", f"/me/tokens/{mine['id']}")
    missing = ben.send("DELETE", "/me/tokens/00000000-0000-4000-8000-000000000000")
    assert (foreign.status_code, foreign.data) == (missing.status_code, missing.data) == (404, missing.data)
    assert phone.get("/me").status_code == 200
    assert ana.send("DELETE", f"/me/tokens/{mine['id']}").status_code == 204
    assert phone.get("/me").status_code == 401
    for body in ({"label": "x", "user": user_of(root, "ben")["id"]}, {"label": "x", "scopes": ["units:read"]}, {}):
        assert ana.post("/me/tokens", body).status_code == 422


def test_a_token_cannot_be_made_to_last_by_asking_for_another(ana: Client, world: TestWorld) -> None:
    week = answer_of(ana.post("/me/tokens", {"label": "a week", "days": 7}), 201)
    thief = Client(ana.app, week["token"])
    heir = answer_of(thief.post("/me/tokens", {"label": "a year", "days": 365}), 201)
    assert heir["expires_at"] == week["expires_at"]
    world.wait(days=7)
    assert Client(ana.app, heir["token"]).get("/me").status_code == 401


def test_tokens_are_listed_a_page_at_a_time_the_newest_first(root: Client, world: TestWorld) -> None:
    world.wait(days=1)
    for number in range(5):
        issue(root, label=f"number {number}")
    seen, path = [], "/admin/tokens?limit=3"
    while path:
        page = answer_of(root.get(path))
        seen += [token["label"] for token in page["items"]]
        path = f"/admin/tokens?limit=3&after={page['next']}" if page["next"] else ""
    assert seen[:5] == [f"number {number}" for number in (4, 3, 2, 1, 0)]
    assert len(seen) == 5 + 6
    ana = user_of(root, "ana")["id"]
    assert [token["login"] for token in answer_of(root.get(f"/admin/tokens?user={ana}"))["items"]] == ["ana"]


def reading_of(client: Client) -> str:
    """The address of a reading that a student says something of."""
    unit = answer_of(client.get("/courses/tides/units/tides"))
    return f"/me/courses/tides/readings/{unit['sections'][0]['items'][0]['reading']['id']}"


def test_no_read_writes_and_the_next_write_tells_when_tokens_were_used(
    root: Client, ana: Client, database: Database, world: TestWorld
) -> None:
    reading = reading_of(ana)
    answer_of(ana.put(reading, {"state": "done"}))  # whatever was remembered so far
    token, lms = issue(root)
    world.wait(hours=2)
    with statements(database) as sent:
        for _ in range(3):
            answer_of(lms.get("/courses/tides/units/tides"))
            answer_of(lms.get("/courses"))
    assert sent and all(statement.startswith("SELECT") for statement in sent)
    used_at = world.now()
    assert known(root, token)["last_used_at"] is None
    answer_of(ana.put(reading, {"state": "opened"}))
    told = known(root, token)["last_used_at"]
    assert written(used_at - timedelta(seconds=1)) < told <= written(used_at)


def test_uses_are_written_down_at_most_once_an_hour(
    root: Client, ana: Client, database: Database, world: TestWorld
) -> None:
    reading, (token, lms) = reading_of(ana), issue(root)

    def written_down() -> bool:
        answer_of(lms.get("/courses/tides"))
        with statements(database) as sent:
            answer_of(ana.put(reading, {"state": "done"}))
        return any(statement.startswith("UPDATE tokens") for statement in sent)

    world.wait(hours=1)
    assert written_down()
    first = known(root, token)["last_used_at"]
    assert not written_down()
    world.wait(minutes=50)
    assert not written_down()
    assert known(root, token)["last_used_at"] == first
    world.wait(minutes=10)
    assert written_down()
    assert known(root, token)["last_used_at"] > first


def test_a_students_work_at_an_attempt_carries_none_of_that(taken: Taken, world: TestWorld) -> None:
    world.wait(hours=2)
    with statements(taken.database) as sent:
        answer_of(taken.client.put(f"/attempts/{taken.id}/answers/1", {"response": None, "base_rev": 0}))
        taken.client.post(f"/attempts/{taken.id}/answers/1/checks", {"response": None, "try": 1})
        answer_of(taken.client.post(f"/attempts/{taken.id}/submission", {}))
    assert sent
    for table in ("UPDATE tokens", "audit", "failed_tries"):
        assert not any(table in statement for statement in sent), table
