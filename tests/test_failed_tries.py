"""Bad tokens: counted by address on every worker, dodged by no header, and at no cost to those whose token is good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.accounts.limits import NOBODY_KNOWS, client_of
from service.accounts.models import FailedTries
from service.app import create_app
from service.db import Database
from service.settings import Settings
from tests.cast import Client, answer_of
from tests.conftest import Stage
from tests.quizzing import statements
from tests.world import TestWorld

MOST = 4
WRONG = "hb_aaaaaaaa_" + "x" * 43


def served(database: Database, world: TestWorld, database_url: str, **settings: Any) -> Flask:
    """The application where few failures are too many."""
    return create_app(
        Settings(database_url=database_url, failed_tries=MOST, **settings), database=database, world=world
    )


@pytest.fixture
def app(database: Database, database_url: str, world: TestWorld) -> Flask:
    return served(database, world, database_url)


def fail(app: Flask, times: int, token: str = WRONG, **headers: str) -> list[int]:
    """Ask that often with a bad token."""
    client = Client(app, token)
    return [client.get("/me", **headers).status_code for _ in range(times)]


def test_too_many_bad_tokens_from_one_address_have_to_wait(app: Flask, world: TestWorld) -> None:
    assert fail(app, MOST + 2) == [401] * MOST + [429, 429]
    answer = Client(app, WRONG).get("/courses")
    assert answer.get_json()["type"] == "/problems/too-many-requests"
    wait = int(answer.headers["Retry-After"])
    assert 290 < wait <= 300
    world.wait(seconds=wait)
    assert fail(app, MOST + 1) == [401] * MOST + [429]


def test_whoever_has_a_good_token_is_served_from_the_same_address(app: Flask, ana: Client, database: Database) -> None:
    with statements(database) as before:
        answer_of(ana.get("/me"))
    fail(app, MOST + 3)
    with statements(database) as after:
        answer_of(ana.get("/me"))
    assert after == before, "the same statements, and none for the count"
    assert not any("failed_tries" in statement for statement in after)


def test_no_token_is_no_failure_and_every_kind_of_bad_one_is(app: Flask, nobody: Client, ana: Client) -> None:
    assert [nobody.get("/me").status_code for _ in range(MOST * 3)] == [401] * MOST * 3
    good = ana.token or ""
    bad = ("Bearer nonsense", "Basic YTpi", f"Bearer {good[:-1]}{'A' if good[-1] != 'A' else 'B'}", f"Bearer {WRONG}")
    assert [nobody.get("/me", Authorization=one).status_code for one in bad] == [401] * MOST
    assert fail(app, 1) == [429]


def test_a_forwarded_address_is_not_believed_unless_a_proxy_is_trusted(app: Flask) -> None:
    headers = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP")
    client = Client(app, WRONG)
    statuses = [
        client.send(
            "GET", "/me", headers={name: f"for=203.0.113.{n}" if name == "Forwarded" else f"203.0.113.{n}"}
        ).status_code
        for n, name in enumerate(headers * 2)
    ]
    assert statuses == [401] * MOST + [429] * (len(headers) * 2 - MOST)


def test_behind_a_trusted_proxy_only_what_it_wrote_itself_counts(
    database: Database, database_url: str, world: TestWorld
) -> None:
    app = served(database, world, database_url, proxy_hops=1)
    # What is in front of the last address is the client's own invention.
    statuses = [fail(app, 1, X_Forwarded_For=f"203.0.113.{n}, 198.51.100.7")[0] for n in range(MOST + 2)]
    assert statuses == [401] * MOST + [429, 429]
    assert fail(app, 1, X_Forwarded_For="203.0.113.1, 198.51.100.8") == [401]


def test_a_failure_is_counted_once_where_the_answer_is_kept(app: Flask, ana: Client) -> None:
    unit = "/courses/tides/units/tides"
    assert [ana.get(unit).status_code for _ in range(2)] == [200, 200]
    assert [Client(app, WRONG).get(unit).status_code for _ in range(MOST + 1)] == [401] * MOST + [429]
    assert ana.get(unit).status_code == 200


def test_failures_are_counted_together_by_all_workers(app: Flask, database_url: str, world: TestWorld) -> None:
    other_database = Database(database_url)
    other = served(other_database, world, database_url)
    statuses = [fail((app, other)[n % 2], 1)[0] for n in range(MOST + 2)]
    assert statuses == [401] * MOST + [429, 429]
    other_database.close()


def test_failures_at_once_are_counted_one_by_one(app: Flask) -> None:
    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(status for answer in pool.map(lambda _: fail(app, 1), range(18)) for status in answer)
    assert statuses == [401] * MOST + [429] * (18 - MOST)


def test_whoever_has_to_wait_causes_no_more_writes(app: Flask, database: Database) -> None:
    fail(app, MOST + 1)
    with statements(database) as sent:
        assert fail(app, 3) == [429] * 3
    assert sent and all(statement.startswith("SELECT") for statement in sent)


def test_those_who_are_quiet_for_an_hour_are_forgotten(
    database: Database, database_url: str, world: TestWorld, stage: Stage
) -> None:
    app = served(database, world, database_url, proxy_hops=1)
    for number in range(20):
        fail(app, 1, X_Forwarded_For=f"203.0.113.{number}")
    world.wait(hours=2)
    fail(app, 1, X_Forwarded_For="198.51.100.7")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(FailedTries)) == 1


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", NOBODY_KNOWS),
        (None, NOBODY_KNOWS),
        ("unix:", NOBODY_KNOWS),
        ("'; DROP TABLE users", NOBODY_KNOWS),
        ("x" * 5000, NOBODY_KNOWS),
        ("999.1.1.1", NOBODY_KNOWS),
    ],
)
def test_a_client_is_an_address_or_the_network_of_one(address: str | None, client: str) -> None:
    assert client_of(address) == client
