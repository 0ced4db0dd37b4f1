"""The way of a request: who may, what is read, what is answered, and how everything that goes wrong looks."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import url_for
from werkzeug.test import EnvironBuilder, run_wsgi_app

from service.db import Database
from service.domain.roles import ANYONE
from service.web import problems
from service.web.calls import Call
from service.web.routes import Routes
from tests.web_app import App, logged, problem_of, routes, served


@pytest.fixture
def app(empty_url: str) -> Iterator[App]:
    with served(empty_url) as app:
        yield app


# -------------------------------------------------------------------------------------------------- declarations


def test_an_endpoint_that_does_not_say_who_may_call_it_fails_at_import() -> None:
    with pytest.raises(TypeError, match="allow"):
        Routes("open").get("/open")  # type: ignore[call-arg]


def _view(call: Call) -> None:
    """Do nothing."""


def _view_of_thing(call: Call, thing: UUID) -> None:
    """Do nothing with something."""


def _silent_view(call: Call) -> None:
    pass


@pytest.mark.parametrize(
    ("rule", "view", "facts", "complaint"),
    [
        ("/a/<thing>", _view_of_thing, {}, "say what <thing> may be"),
        ("/a/<path:thing>", _view_of_thing, {}, "say what <thing> may be"),
        ("/a/<uuid:other>", _view_of_thing, {}, "the view takes"),
        ("/a", _silent_view, {}, "docstring"),
        ("/a", _view, {"guarded": True}, "no If-Match"),
        ("/a", _view, {"at_once": True}, "at once"),
        ("/a", _view, {"secret": True}, "secret"),
        ("/a", _view, {"status": 200}, "status 204"),
    ],
)
def test_a_declaration_that_cannot_be_meant_fails_at_import(
    rule: str, view: Any, facts: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(TypeError, match=complaint):
        Routes("wrong").get(rule, allow=ANYONE, **facts)(view)


def test_two_endpoints_of_one_name_fail_at_import() -> None:
    group = Routes("twice")
    group.get("/a", allow=ANYONE)(_view)
    with pytest.raises(TypeError, match=r"twice\._view"):
        group.get("/b", allow=ANYONE)(_view)


def test_the_declarations_are_the_access_matrix(app: App) -> None:
    assert app.installed.endpoints == tuple(routes.endpoints)
    assert app.flask.extensions["hornbook"] is app.installed
    served = {(rule.endpoint, rule.rule) for rule in app.flask.url_map.iter_rules()}
    assert {(endpoint.name, endpoint.rule) for endpoint in routes.endpoints} <= served


def test_the_address_of_an_endpoint_is_built_from_its_rule(app: App) -> None:
    endpoint = next(one for one in routes.endpoints if one.rule.endswith("/courses/<int:course>/pings"))
    with app.flask.test_request_context():
        assert url_for(endpoint.name, course=7) == endpoint.rule.replace("<int:course>", "7")
        assert url_for(endpoint.name, course=8, page=2).endswith("/courses/8/pings?page=2")


# ------------------------------------------------------------------------------------------------------ who may


@pytest.mark.parametrize(
    ("method", "path", "verdicts"),
    [
        ("GET", "/notes", {None: 200, "ana": 200, "ida": 200, "lms": 200, "stranger": 401}),
        ("POST", "/notes", {None: 401, "ana": 422, "ida": 422, "lms": 403, "stranger": 401}),
        ("DELETE", "/notes/1", {None: 401, "ana": 403, "ida": 404, "lms": 403, "stranger": 401}),
        ("GET", "/search", {None: 401, "ana": 403, "ida": 200, "lms": 200, "stranger": 401}),
        ("POST", "/courses/7/pings", {None: 401, "ana": 200, "ida": 200, "lms": 403, "stranger": 401}),
        ("POST", "/courses/8/pings", {None: 401, "ana": 404, "ida": 404, "lms": 403, "stranger": 401}),
    ],
)
def test_an_endpoint_serves_whom_it_declares(app: App, method: str, path: str, verdicts: dict[str | None, int]) -> None:
    assert {who: app.call(method, path, who).status_code for who in verdicts} == verdicts


def test_a_caller_who_may_not_is_told_before_the_body_is_judged(app: App) -> None:
    broken: dict[str, Any] = {"data": b"{", "content_type": "text/html"}
    assert app.call("POST", "/notes", **broken).headers["WWW-Authenticate"].startswith("Bearer")
    problem_of(app.call("POST", "/notes", "lms", **broken), 403, "forbidden")


def test_missing_and_foreign_are_answered_byte_for_byte_alike(app: App) -> None:
    missing, foreign = app.call("POST", "/courses/999/pings", "ana"), app.call("POST", "/courses/8/pings", "ana")
    assert missing.data == foreign.data
    kept = [{k: v for k, v in answer.headers if k != "X-Request-Id"} for answer in (missing, foreign)]
    assert kept[0] == kept[1]


# ------------------------------------------------------------------------------------------------- what is read


@pytest.mark.parametrize(
    ("request_", "status", "slug"),
    [
        ({"data": b"{", "content_type": "application/json"}, 400, "unreadable"),
        ({"data": b"[" * 5_000, "content_type": "application/json"}, 400, "unreadable"),
        ({"data": rb'{"text": "\ud800"}', "content_type": "application/json"}, 400, "unreadable"),
        ({"data": b'{"text": "a"}'}, 415, "unsupported-media-type"),
        ({"data": b'{"text": "a"}', "content_type": "text/plain"}, 415, "unsupported-media-type"),
        (
            {"data": b'{"text": "a"}', "content_type": "application/json; charset=latin-1"},
            415,
            "unsupported-media-type",
        ),
        (
            {"data": b"x", "content_type": "application/json", "headers": {"Content-Encoding": "gzip"}},
            415,
            "unsupported-media-type",
        ),
        ({"json": {"text": "a", "extra_field": 1}}, 422, "invalid"),
        ({"json": []}, 422, "invalid"),
        ({"json": None}, 422, "invalid"),
        ({}, 422, "invalid"),
        ({"json": {"text": "a"}, "query_string": "a=1"}, 422, "invalid"),
        ({"data": b" " * (1024 * 1024 + 1), "content_type": "application/json"}, 413, "too-large"),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_and_changes_nothing(
    app: App, request_: dict[str, Any], status: int, slug: str
) -> None:
    problem_of(app.call("POST", "/notes", "ana", **request_), status, slug)
    assert app.notes() == []


def test_every_mistake_is_told_with_a_pointer_in_order_of_its_place(app: App) -> None:
    links = ["a", 1, "b" * 30]
    answer = app.call("POST", "/notes", "ana", json={"links": links, "pinned": "yes", "z": 1, "b/~": 2})
    errors = problem_of(answer, 422, "invalid")["errors"]
    assert [error["pointer"] for error in errors] == ["/b~1~0", "/links/1", "/links/2", "/pinned", "/text", "/z"]
    assert all(error["detail"].endswith(".") for error in errors)


def test_a_hundred_thousand_mistakes_are_not_all_told(app: App) -> None:
    answer = app.call("POST", "/notes", "ana", json={f"n{number}": 0 for number in range(20_000)})
    assert len(problem_of(answer, 422, "invalid")["errors"]) == problems.MOST_ERRORS


def test_json_may_say_its_charset_and_be_sent_in_chunks(app: App) -> None:
    body = b'{"text": "in chunks"}'
    headers = [
        ("Authorization", "Bearer ana"),
        ("Content-Type", "application/json; charset=UTF-8"),
        ("Transfer-Encoding", "chunked"),
    ]
    environ = EnvironBuilder("/api/v1/notes", method="POST", headers=headers).get_environ()
    environ["wsgi.input_terminated"] = True
    environ.pop("CONTENT_LENGTH", None)
    for size, status in ((len(body), "201"), (2**20, "201"), (2**20 + 1, "413"), (2**22, "413")):
        environ["wsgi.input"] = io.BytesIO(body.ljust(size))
        assert run_wsgi_app(app.flask.wsgi_app, environ)[1].startswith(status)


def test_an_address_without_a_body_takes_none(app: App) -> None:
    assert app.call("POST", "/courses/7/pings", "ana", data=b" {} ").status_code == 200
    problem_of(app.call("POST", "/courses/7/pings", "ana", json={"a": 1}), 422, "invalid")


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ("", {}),
        ("level=3&exact=true", {"level": 3, "exact": True}),
        ("importance=required&importance=optional", {"importance": ["required", "optional"]}),
        ("importance=required", {"importance": ["required"]}),
    ],
)
def test_a_query_is_read_by_its_schema(app: App, query: str, understood: dict[str, Any]) -> None:
    assert app.call("GET", "/search", "ida", query_string=query).get_json() == {"query": understood}


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("level=10", ["/query/level"]),
        ("level=1&level=2", ["/query/level"]),
        ("levle=1&exact=maybe", ["/query/exact", "/query/levle"]),
        ("importance=required&importance=never", ["/query/importance/1"]),
        ("level=%00", ["/query/level"]),
        ("%00=1", ["/query/\x00"]),
    ],
)
def test_a_query_that_cannot_be_taken_is_refused_with_pointers(app: App, query: str, pointers: list[str]) -> None:
    document = problem_of(app.call("GET", f"/search?{query}", "ida"), 422, "invalid")
    assert [error["pointer"] for error in document["errors"]] == pointers


@pytest.mark.parametrize("path", ["/notes", "/search", "/broken"])
@pytest.mark.parametrize("query", ["about=\xff\xfe", "about=%ff%fe", "about=%c3", "%ff=1"])
def test_a_query_that_is_no_text_is_refused(app: App, path: str, query: str) -> None:
    raw = {"QUERY_STRING": query}
    problem_of(app.call("GET", path, "ida", environ_overrides=raw), 400, "unreadable")


def test_other_media_are_read_before_anything_is_written(app: App) -> None:
    answer = app.call("POST", "/imports", "ana", data=b"one\ntwo", content_type="application/yaml")
    assert answer.get_json() == {"query": {"lines": ["one", "two"], "media_type": "application/yaml"}}
    refused = app.call("POST", "/imports", "ana", data=b"one\nbad\nbad", content_type="text/plain; charset=utf-8")
    assert [error["pointer"] for error in problem_of(refused, 422, "invalid")["errors"]] == ["/1", "/2"]
    problem_of(app.call("POST", "/imports", "ana", json={}), 415, "unsupported-media-type")
    problem_of(app.call("POST", "/imports", "ana", data=b"x" * 4097, content_type="text/plain"), 413, "too-large")


# --------------------------------------------------------------------------------------------- one transaction


def test_what_was_answered_is_committed(app: App) -> None:
    answer = app.call("POST", "/notes", "ana", json={"text": "kept"})
    assert (answer.status_code, answer.get_json()) == (201, {"id": 1, "text": "kept"})
    assert answer.headers["Location"] == "/api/v1/notes/1"
    assert app.notes() == ["kept"]


def test_a_problem_raised_rolls_back_and_a_problem_returned_commits(app: App) -> None:
    problem_of(app.call("POST", "/notes", "ana", json={"text": "raise"}), 409, "conflict")
    assert app.notes() == []
    returned = problem_of(app.call("POST", "/notes", "ana", json={"text": "return"}), 409, "conflict")
    assert type(returned["current"]) is int
    assert app.notes() == ["return"]


def test_a_view_that_must_write_while_reading_is_run_again_in_a_writing_transaction(app: App) -> None:
    assert app.call("GET", "/late").get_json() == {"query": {"moved": "on"}}
    assert app.notes() == ["late"]


def test_a_view_may_answer_only_with_a_status_it_declares(app: App) -> None:
    assert app.call("POST", "/greetings/eve").status_code == 200
    problem_of(app.call("POST", "/greetings/ana", "ana"), 500, "internal")


def test_a_view_cannot_write_in_a_reading_transaction_by_accident(app: App) -> None:
    with app.database.read() as session:
        assert session.get_bind().get_execution_options().get("hornbook_writes") is None


# -------------------------------------------------------------------------------------------- what goes wrong


def test_a_wrong_address_and_a_wrong_method_are_problems(app: App) -> None:
    for path in (
        "/nowhere",
        "/notes/",
        "/notes/x",
        "/notes/99999999999999999999",
        "/notes/" + "9" * 5_000,
        "//api/v1",
        "/api//v1/notes",
    ):
        problem_of(app.call("GET", path), 404, "not-found")
    answer = app.call("PATCH", "/notes/1")
    assert (
        problem_of(answer, 405, "method-not-allowed")["detail"] == "This address takes DELETE, GET, HEAD, OPTIONS, PUT."
    )
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"


@pytest.mark.parametrize(
    ("name", "status"),
    [("week-01", 200), ("a" * 64, 200), ("a" * 65, 404), ("A", 404), ("a--b", 404), ("a%00", 404), ("a%0A", 404)],
)
def test_a_slug_in_an_address_is_as_bounded_as_anywhere(app: App, name: str, status: int) -> None:
    assert app.call("POST", f"/greetings/{name}").status_code == status


def test_losing_a_race_for_something_unique_is_a_conflict(app: App) -> None:
    problem_of(app.call("POST", "/notes", "ana", json={"text": "clash"}), 409, "conflict")
    assert app.notes() == []


def test_every_type_of_problem_explains_itself_at_its_address(app: App) -> None:
    for slug, kind in problems.KINDS.items():
        explained = app.call("GET", f"/problems/{slug}").get_json()
        assert (explained["status"], explained["title"]) == (kind.status, kind.title)
        assert explained["meaning"]
    problem_of(app.call("GET", "/problems/unheard-of"), 404, "not-found")


def test_a_mistake_of_ours_is_a_problem_that_tells_nothing_and_a_log_line_that_tells_all(
    app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = app.call("GET", "/broken", "ana", headers={"X-Request-Id": "find-me"})
    assert "ZeroDivision" not in answer.get_data(as_text=True)
    problem_of(answer, 500, "internal")
    failure, line = logged(capsys)
    assert failure["id"] == line["id"] == "find-me"
    assert "ZeroDivisionError" in failure["failure"]
    assert "get_broken" in failure["failure"]


def test_a_busy_database_is_503_with_retry_after_and_no_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "busy.db"
    with served(f"sqlite:///{file}") as app:
        with app.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 1")
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = app.call("POST", "/notes", "ana", json={"text": "later"})
        other.close()
    problem_of(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "1"
    told = capsys.readouterr().err
    assert (told.count("\n"), json.loads(told)["status"]) == (1, 503)
    assert len(told) < 1024


def test_a_connection_that_is_cut_is_503_and_the_next_request_is_served(app: App) -> None:
    if app.database.is_sqlite:
        return  # there is no connection to cut
    app.call("GET", "/notes")
    with app.database.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert app.call("GET", "/notes").status_code in {200, 503}
    assert app.call("GET", "/notes").status_code == 200


def test_a_database_that_cannot_be_opened_is_503_and_a_missing_table_is_a_fault_of_ours(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'no' / 'folder' / 'web.db'}", "postgresql+psycopg://nobody@127.0.0.1:1/none"):
        nowhere = App(Database(url))
        problem_of(nowhere.call("GET", "/notes"), 503, "unavailable")
        problem_of(nowhere.call("POST", "/notes", "ana", json={"text": "a"}), 503, "unavailable")
    empty = App(Database(f"sqlite:///{tmp_path / 'empty.db'}"))
    problem_of(empty.call("GET", "/notes"), 500, "internal")
    empty.database.close()


def test_the_failure_of_a_statement_is_logged_without_its_values(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    with app.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE notes_of_the_web_tests")
    problem_of(app.call("POST", "/notes", "ana", json={"text": "a private thought"}), 500, "internal")
    told = capsys.readouterr().err
    assert "INSERT INTO notes_of_the_web_tests" in told
    assert "a private thought" not in told
