"""What every response says about itself, what is written down of it, and whether the service is well."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from service.errors import Unavailable
from tests.web_app import App, logged, problem_of, served


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with served(f"sqlite:///{tmp_path / 'web.db'}") as app:
        yield app


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/notes", 200),
        ("HEAD", "/notes", 200),
        ("OPTIONS", "/notes", 200),
        ("POST", "/notes", 401),
        ("GET", "/nowhere", 404),
        ("DELETE", "/nowhere", 404),
        ("PUT", "/notes", 405),
        ("GET", "/broken", 500),
        ("GET", "/livez", 200),
        ("GET", "/readyz", 200),
        ("GET", "/api/v1/openapi.json", 200),
        ("GET", "/problems/gone", 200),
        ("GET", "/api/docs", 200),
        ("GET", "/api/docs/docs.js", 200),
    ],
)
def test_every_response_carries_the_security_headers_and_an_id(app: App, method: str, path: str, status: int) -> None:
    answer = app.call(method, path)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert len(answer.headers.getlist("Cache-Control")) == 1
    assert len(answer.headers["X-Request-Id"]) == 32


def test_an_answer_is_not_stored_by_anyone_unless_it_says_otherwise(app: App) -> None:
    assert app.call("GET", "/notes").headers["Cache-Control"] == "no-store"
    assert app.call("GET", "/rendered").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("bad", ["", "a b", "x" * 65, 'quote"', "a,b", "é"])
def test_a_request_id_is_taken_over_only_when_it_is_well_formed(app: App, bad: str) -> None:
    assert app.call("GET", "/livez", headers={"X-Request-Id": "Trace-1.2_3"}).headers["X-Request-Id"] == "Trace-1.2_3"
    made = app.call("GET", "/livez", headers={"X-Request-Id": bad}).headers["X-Request-Id"]
    assert made != bad
    assert UUID(made).version == 4


def test_a_request_is_one_line_of_json_without_anything_private(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    app.call("POST", "/notes", "ana", json={"text": "private"}, headers={"Idempotency-Key": "key-of-ana"})
    app.call("GET", "/search?exact=secret", "stranger")
    app.call("GET", "/no/such/address")
    told = capsys.readouterr().err
    added, searched, lost = [json.loads(line) for line in told.splitlines()]
    assert set(added) == {"time", "id", "method", "route", "status", "ms", "caller", "statements"}
    assert (added["method"], added["route"], added["status"]) == ("POST", "/api/v1/notes", 201)
    assert (added["caller"], added["statements"]) == (f"user:{UUID(int=1)}", 3)
    assert (searched["route"], searched["status"], searched["caller"]) == ("/api/v1/search", 401, "anonymous")
    assert (lost["route"], lost["status"]) == (None, 404)
    for private in ("private", "Bearer", "stranger", "secret", "key-of-ana", "such"):
        assert private not in told


def test_only_failures_are_logged_where_that_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(f"sqlite:///{tmp_path / 'quiet.db'}", log_level="error") as app:
        app.call("GET", "/notes")
        app.call("GET", "/broken")
    assert [set(line) for line in logged(capsys)] == [{"time", "id", "failure"}]


def test_a_log_that_nobody_reads_any_more_fails_no_request(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stderr", closed)
    assert app.call("GET", "/notes").status_code == 200


def test_a_live_process_asks_nobody_and_a_ready_one_has_the_right_schema(app: App) -> None:
    assert app.call("GET", "/readyz").get_json() == {"status": "ready"}
    app.schema_is_current = lambda: False
    assert problem_of(app.call("GET", "/readyz"), 503, "unavailable")["detail"].startswith("The database's schema")

    def unreachable() -> bool:
        raise Unavailable

    app.schema_is_current = unreachable
    assert app.call("GET", "/readyz").headers["Retry-After"] == "1"
    assert app.call("GET", "/livez").get_json() == {"status": "alive"}


def test_forwarded_addresses_are_believed_only_behind_a_proxy(tmp_path: Path) -> None:
    for hops, prefix in ((0, ""), (1, "/read")):
        with served(f"sqlite:///{tmp_path / str(hops)}.db", proxy_hops=hops) as app:
            for text in "ab":
                app.call("POST", "/notes", "ana", json={"text": text})
            link = app.call("GET", "/notes?limit=1", headers={"X-Forwarded-Prefix": "/read"}).headers["Link"]
        assert link.startswith(f"<{prefix}/api/v1/notes?limit=1&after=")
