"""A POST with an Idempotency-Key happens once, and its repeats get the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.db import Database
from service.domain.roles import Principal, Role
from service.web.idempotency import KEPT, IdempotencyKey, sweep
from service.world import World
from tests import web_app
from tests.web_app import CAST, COURSE, OTHER_COURSE, App, problem_of, served


class _Clock(World):
    """The present, moved by `ahead`."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


@pytest.fixture
def app(empty_url: str) -> Iterator[App]:
    with served(empty_url) as app:
        yield app


def post(app: App, path: str = "/notes", who: str = "ana", key: str = "key-1", **request: Any) -> TestResponse:
    return app.call("POST", path, who, headers={"Idempotency-Key": key}, **request)


def stored(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(IdempotencyKey)) or 0


def test_a_repeat_gets_the_same_bytes_and_headers_and_says_so(app: App) -> None:
    first, again = (post(app, json={"text": "once"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert first.headers["Location"] == again.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert app.notes() == ["once"]


def test_without_a_key_each_request_happens(app: App) -> None:
    for _ in range(2):
        app.call("POST", "/notes", "ana", json={"text": "twice"})
    assert app.notes() == ["twice", "twice"]
    assert stored(app.database) == 0


def test_another_body_or_query_under_the_same_key_is_refused(app: App) -> None:
    post(app, json={"text": "one"})
    assert "new key" in problem_of(post(app, json={"text": "two"}), 422, "invalid")["detail"]
    assert app.notes() == ["one"]
    taken: dict[str, Any] = {"data": b"a", "content_type": "text/plain"}
    assert post(app, "/imports?dry_run=true", **taken).status_code == 200
    problem_of(post(app, "/imports?dry_run=false", **taken), 422, "invalid")


def test_a_key_needs_somebody_to_keep_it_for(app: App) -> None:
    answer = app.call("POST", "/greetings/eve", headers={"Idempotency-Key": "key-1"})
    assert "token" in problem_of(answer, 422, "invalid")["detail"]
    assert stored(app.database) == 0


def test_a_key_is_its_callers_own_and_its_routes_own(app: App) -> None:
    for who in ("ana", "ben"):
        assert post(app, who=who, json={"text": who}).status_code == 201
    answers = [post(app, "/courses/7/pings"), post(app, "/courses/7/pings", "ben")]
    assert answers[0].data != answers[1].data
    assert app.notes() == ["ana", "ben"]
    assert stored(app.database) == 4


def test_a_problem_returned_is_repeated_and_a_problem_raised_is_tried_again(app: App) -> None:
    returned = [post(app, json={"text": "return"}) for _ in range(2)]
    assert returned[0].data == returned[1].data
    assert returned[1].headers["Idempotency-Replayed"] == "true"
    assert returned[1].content_type == "application/problem+json"
    raised = [post(app, key="key-2", json={"text": "raise"}) for _ in range(2)]
    assert "Idempotency-Replayed" not in raised[1].headers
    assert app.notes() == ["return"]
    assert stored(app.database) == 1


def test_a_secret_is_not_kept_and_not_repeated(app: App) -> None:
    secret = post(app, "/courses/7/tokens").get_json()["query"]["secret"]
    assert "Revoke it" in problem_of(post(app, "/courses/7/tokens"), 409, "conflict")["detail"]
    with app.database.read() as session:
        row = session.scalars(select(IdempotencyKey)).one()
    assert row.body is None
    assert secret not in repr(vars(row))


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 201, "tab\there"])
def test_a_key_that_is_none_is_refused_before_anything_happens(app: App, key: str) -> None:
    problem_of(post(app, key=key, json={"text": "a"}), 422, "invalid")
    assert app.notes() == []


def test_the_longest_key_is_taken(app: App) -> None:
    assert post(app, key="~" * 200, json={"text": "a"}).status_code == 201


def test_a_caller_who_may_no_longer_is_not_given_the_stored_answer(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    post(app, "/courses/7/pings")
    moved_on = Principal(user_id=CAST["ana"].user_id, token_id=None, roles={OTHER_COURSE: Role.STUDENT})
    monkeypatch.setitem(web_app.CAST, "ana", moved_on)
    problem_of(post(app, "/courses/7/pings"), 404, "not-found")
    monkeypatch.setitem(web_app.CAST, "ana", Principal(user_id=CAST["ana"].user_id))
    problem_of(post(app, "/courses/7/pings"), 403, "forbidden")
    monkeypatch.delitem(web_app.CAST, "ana")
    problem_of(post(app, "/courses/7/pings"), 401, "unauthenticated")


def test_the_course_asked_about_is_kept_with_the_key(app: App) -> None:
    post(app, "/courses/7/pings")
    with app.database.read() as session:
        assert session.scalars(select(IdempotencyKey.course_id)).one() == COURSE


def test_twenty_at_once_make_one_note_and_get_one_answer(app: App) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(app, json={"text": "raced"}), range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert app.notes() == ["raced"]


def test_a_key_is_free_again_after_seven_days(empty_url: str) -> None:
    with served(empty_url) as app:
        clock = _Clock()
        object.__setattr__(app.installed.desk, "world", clock)
        post(app, json={"text": "old"})
        clock.ahead = KEPT - timedelta(minutes=1)
        assert post(app, json={"text": "old"}).headers["Idempotency-Replayed"] == "true"
        clock.ahead = KEPT + timedelta(minutes=1)
        assert post(app, json={"text": "new"}).status_code == 201
        assert app.notes() == ["old", "new"]
        assert stored(app.database) == 1


def test_expired_keys_are_swept_a_bounded_number_at_a_time(app: App) -> None:
    for number in range(7):
        post(app, key=f"key-{number}", json={"text": "a"})
    now = World().now()
    with app.database.write() as session:
        assert sweep(session, now) == 0
        assert sweep(session, now + KEPT + timedelta(minutes=1), most=5) == 5
    assert stored(app.database) == 2


def test_the_table_is_swept_by_its_own_use(app: App) -> None:
    """Whatever the key: among a few thousand some claim sweeps, and then the expired are gone."""
    post(app, key="old", json={"text": "old"})
    clock = _Clock()
    clock.ahead = KEPT + timedelta(minutes=1)
    object.__setattr__(app.installed.desk, "world", clock)
    tried = 0
    while stored(app.database) == tried + 1:
        tried += 1
        post(app, "/courses/7/pings", key=f"new-{tried}")
        assert tried < 5_000
    assert stored(app.database) == tried
