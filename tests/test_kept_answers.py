"""Answers that are kept: given again without being made again, and never to anybody who may not have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask
from sqlalchemy import select, update

from service.accounts import operations as accounts
from service.accounts.models import Enrolment, Token, User
from service.app import create_app
from service.content.models import Course
from service.db import Database
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.settings import Settings
from service.web.keeping import KeptAnswers
from tests.bench.processes import free_port, serving
from tests.bench.reads import SERVE, fetched
from tests.cast import Client, answer_of
from tests.conftest import COURSES, Stage
from tests.quizzing import statements
from tests.web_app import logged
from tests.world import TestWorld

UNIT = "/courses/tides/units/tides"
READS = ("/courses/tides", "/courses/tides/units?limit=1", UNIT, f"{UNIT}/reading-list")


@pytest.fixture
def elsewhere(database_url: str) -> Iterator[Flask]:
    """The same service in another process, as far as the database can tell."""
    database = Database(database_url)
    yield create_app(Settings(database_url=database_url), database=database, world=TestWorld(seed=3))
    database.close()


def reseed(database: Database, folder: Path, old: str, new: str) -> None:
    """Seed the course on tides with one text of its first unit replaced."""
    copytree(COURSES / "tides", folder / "tides")
    file = folder / "tides" / "units" / "01-tides.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    seeding.seed(database, TestWorld(seed=9), seeding.prepare(load_folder(folder / "tides")))


@pytest.mark.parametrize("path", READS)
def test_what_is_given_again_is_what_was_given(path: str, ana: Client, ben: Client, ida: Client, lms: Client) -> None:
    first = ana.get(path)
    for client in (ana, ben, ida, lms):
        again = client.get(path)
        assert (again.status, again.data) == (first.status, first.data)
        differs = {"X-Request-Id", "Date"}
        assert sorted(pair for pair in again.headers if pair[0] not in differs) == sorted(
            pair for pair in first.headers if pair[0] not in differs
        )


@pytest.mark.parametrize("path", READS)
def test_head_and_304_say_the_same_before_and_after(path: str, ana: Client) -> None:
    tag = ana.get(path).headers["ETag"]
    known = [ana.get(path, If_None_Match=tag) for _ in range(2)]
    assert [(one.status_code, one.data, one.headers["ETag"]) for one in known] == [(304, b"", tag)] * 2
    assert "Content-Type" not in known[1].headers
    head = ana.send("HEAD", path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)


def test_a_change_is_seen_everywhere_with_the_next_request(
    ana: Client, elsewhere: Flask, database: Database, tmp_path: Path
) -> None:
    clients = [ana, Client(elsewhere, ana.token)]
    before = [[client.get(path).headers["ETag"] for path in READS] for client in clients * 2]
    reseed(database, tmp_path, "Why the sea rises twice a day", "Why the sea falls twice a day")
    for client in clients:
        for path, tag in zip(READS, before[0], strict=True):
            response = client.get(path, If_None_Match=tag)
            assert response.status_code == 200, path
            assert response.headers["ETag"] != tag
    titles = {answer_of(client.get(UNIT))["title"] for client in clients * 2}
    assert titles == {"Why the sea falls twice a day"}


def test_nothing_is_made_again_while_nothing_changes(ana: Client, ida: Client, database: Database) -> None:
    ana.get(UNIT)
    with statements(database) as seen:
        ida.get(UNIT)
    assert len(seen) == 1
    assert "renderings" not in seen[0]


def test_a_change_is_seen_on_every_worker_of_a_server(
    database_url: str, database: Database, stage: Stage, tmp_path: Path
) -> None:
    port = free_port()
    with serving([*SERVE, "--port", str(port), "--workers", "2", "--database", database_url], port, tmp_path / "log"):

        def titles() -> set[str]:
            # A connection each, so that both workers get some of them.
            headers = {"Authorization": f"Bearer {stage.tokens['ana']}"}
            return {json.loads(fetched(port, f"/api/v1{UNIT}", headers)[0])["title"] for _ in range(40)}

        assert titles() == {"Why the sea rises twice a day"}
        reseed(database, tmp_path, "Why the sea rises twice a day", "Why the sea falls twice a day")
        assert titles() == {"Why the sea falls twice a day"}


@pytest.mark.parametrize("path", READS)
def test_what_others_were_given_is_not_given_to_those_outside(
    path: str, ana: Client, eve: Client, nobody: Client
) -> None:
    answer_of(ana.get(path))
    tag = ana.get(path).headers["ETag"]
    for headers in ({}, {"If_None_Match": tag}, {"If_None_Match": "*"}):
        assert eve.get(path, **headers).status_code == 404
        assert nobody.get(path, **headers).status_code == 401
        assert Client(nobody.app, "hb_aaaaaaaa_" + "x" * 43).get(path, **headers).status_code == 401
    absent = eve.get(path.replace("tides", "rivers", 1))
    assert eve.get(path).data == absent.data


def test_a_token_is_worthless_at_once_everywhere(
    ana: Client, elsewhere: Flask, database: Database, world: TestWorld
) -> None:
    clients = [ana, Client(elsewhere, ana.token)]
    assert {client.get(UNIT).status_code for client in clients * 2} == {200}
    with database.write() as session:
        accounts.revoke_token(session, world, str(ana.token)[3:11])
    assert {client.get(UNIT).status_code for client in clients} == {401}


def test_a_token_that_has_expired_gets_nothing_more(app: Flask, database: Database, world: TestWorld) -> None:
    with database.write() as session:
        person = accounts.get_user(session, "ana")
        issued = accounts.issue_personal_token(session, world, person, label="short", lasts=timedelta(minutes=5))
    client = Client(app, issued.text)
    assert [client.get(UNIT).status_code for _ in range(2)] == [200, 200]
    world.wait(minutes=6)
    assert client.get(UNIT).status_code == 401


def test_a_person_who_is_shut_out_or_leaves_the_course_gets_nothing_more(
    ana: Client, ben: Client, database: Database, world: TestWorld
) -> None:
    assert {client.get(UNIT).status_code for client in (ana, ben) * 2} == {200}
    with database.write() as session:
        session.execute(update(User).where(User.login == "ana").values(disabled_at=world.now()))
        gone = session.scalar(select(Enrolment).join(User, User.id == Enrolment.user_id).where(User.login == "ben"))
        session.delete(gone)
    assert [ana.get(UNIT).status_code, ben.get(UNIT).status_code] == [401, 404]


def test_a_course_that_is_withdrawn_is_withdrawn_for_those_who_had_it(
    ana: Client, ida: Client, lms: Client, database: Database
) -> None:
    assert {client.get(path).status_code for client in (ana, ida, lms) for path in READS} == {200}
    with database.write() as session:
        session.execute(update(Course).values(status="draft"))
    for path in READS:
        assert [client.get(path).status_code for client in (ana, lms, ida)] == [404, 404, 200]
    assert answer_of(ida.get("/courses/tides"))["status"] == "draft"


def test_a_public_course_is_kept_for_those_without_a_token_too(nobody: Client, database: Database) -> None:
    with database.write() as session:
        session.execute(update(Course).values(visibility="public"))
    nobody.get(UNIT)
    with statements(database) as seen:
        answer_of(nobody.get(UNIT))
    assert len(seen) == 1
    with database.write() as session:
        session.execute(update(Course).values(visibility="private"))
    assert nobody.get(UNIT).status_code == 401


def test_an_integration_that_loses_its_course_gets_nothing_more(lms: Client, database: Database) -> None:
    assert [lms.get(UNIT).status_code for _ in range(2)] == [200, 200]
    with database.write() as session:
        session.execute(update(Token).where(Token.user_id.is_(None)).values(scopes=["progress:read"]))
    assert lms.get(UNIT).status_code == 404


def test_what_is_asked_for_in_another_form_is_another_answer(ana: Client) -> None:
    path = f"{UNIT}/reading-list"
    for _ in range(2):
        assert ana.get(path).content_type == "application/json"
        assert ana.get(path, Accept="text/markdown").content_type == "text/markdown; charset=utf-8"
        assert len(answer_of(ana.get(f"{path}?verb=skim"))["readings"]) == 4
        assert ana.get(f"{path}?nonsense=1").status_code == 422
        assert ana.get(f"{UNIT}x").status_code == 404


def test_what_is_kept_takes_no_more_room_than_it_may(ana: Client, app: Flask, database: Database) -> None:
    kept: KeptAnswers = app.extensions["hornbook"].desk.kept
    kept._room = 3 * 2048 + 40_000
    for number in range(1, 60):
        answer_of(ana.get(f"/courses/tides/units?limit={number}"))
    assert 2 <= len(kept._kept) < 20
    assert kept._room >= 0
    with statements(database) as seen:
        ana.get("/courses/tides/units?limit=59")
    assert len(seen) == 1, "the last one is still there"


def test_the_log_tells_of_an_answer_that_was_kept(ana: Client, capsys: pytest.CaptureFixture[str]) -> None:
    ana.get(UNIT)
    ana.get(UNIT)
    first, again = logged(capsys)
    assert again["route"] == first["route"] == "/api/v1/courses/<slug:course>/units/<slug:unit>"
    assert again["caller"] == first["caller"]
    assert (first["statements"], again["statements"]) == (2, 1)


def test_a_lookup_gets_over_a_connection_that_was_lost(ana: Client, stage: Stage, database: Database) -> None:
    answer_of(ana.get(UNIT))
    answer_of(ana.get(UNIT))
    database._line().cursor.connection.close()
    answer_of(ana.get(UNIT))
    with statements(database) as seen:
        answer_of(ana.get(UNIT))
    assert len(seen) == 1
