"""Tokens: what they are, how long they live, and how fast they die."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from service.accounts import operations as accounts
from service.accounts.models import Token, User
from service.app import create_app
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role, Scope
from service.settings import Settings
from tests.cast import Client, answer_of
from tests.world import TestWorld


def issue(app: Flask, database: Database, world: TestWorld, lasts: timedelta | None = None) -> Client:
    """A new token of Ana's."""
    with database.write() as session:
        ana = accounts.get_user(session, "ana")
        return Client(app, accounts.issue_personal_token(session, world, ana, label="new", lasts=lasts).text)


def test_a_token_has_a_prefix_to_find_it_by_and_a_secret_nobody_keeps(
    app: Flask, database: Database, world: TestWorld
) -> None:
    text = issue(app, database, world).token or ""
    form = re.fullmatch(r"hb_([a-z2-7]{8})_([A-Za-z0-9_-]{43})", text)
    assert form is not None
    with database.read() as session:
        stored = session.scalars(select(Token).where(Token.prefix == form[1])).one()
        assert form[2] not in repr(vars(stored))
        assert len(stored.secret_hash) == 64


def test_a_token_ends_when_it_was_said_to(app: Flask, database: Database, world: TestWorld) -> None:
    client = issue(app, database, world, lasts=timedelta(days=30))
    assert client.get("/me").status_code == 200
    world.wait(days=29)
    assert client.get("/me").status_code == 200
    world.wait(days=1)
    assert client.get("/me").status_code == 401


def test_a_revoked_token_is_worthless_at_once(app: Flask, database: Database, world: TestWorld) -> None:
    client = issue(app, database, world)
    assert client.get("/me").status_code == 200
    with database.write() as session:
        accounts.revoke_token(session, world, (client.token or "")[3:11])
    assert client.get("/me").status_code == 401


def test_somebody_who_was_disabled_is_nobody(ana: Client, database: Database, world: TestWorld) -> None:
    with database.write() as session:
        session.execute(update(User).where(User.login == "ana").values(disabled_at=world.now()))
    assert ana.get("/me").status_code == 401


KEPT = ("/me", "/courses/tides/units/tides", "/courses/tides/calendar.ics", "/me/courses/tides/progress")
"""Addresses of which each worker keeps an answer, but for the first."""


def test_a_token_lives_and_ends_on_every_worker_at_once(
    ana: Client, root: Client, database_url: str, world: TestWorld
) -> None:
    other_database = Database(database_url)
    other = create_app(Settings(database_url=database_url), database=other_database, world=world)

    def statuses(token: str) -> set[int]:
        world.wait(minutes=10)  # or there would be too many bad tokens in a short time
        clients = (Client(ana.app, token), Client(other, token))
        return {client.get(path).status_code for client in clients for path in KEPT}

    def issued() -> tuple[str, str]:
        told = answer_of(ana.post("/me/tokens", {"label": "phone", "days": 1}), 201)
        return told["id"], told["token"]

    _, short = issued()
    assert statuses(short) == statuses(short) == {200}
    world.wait(hours=23)
    assert statuses(short) == {200}
    world.wait(hours=1)
    assert statuses(short) == {401}
    lost, text = issued()
    assert statuses(text) == statuses(text) == {200}
    assert ana.send("DELETE", f"/me/tokens/{lost}").status_code == 204
    assert statuses(text) == {401}
    _, kept = issued()
    person = f"/admin/users/{answer_of(ana.get('/me'))['id']}"
    for disabled, expected in ((True, {401}), (False, {200})):
        answer_of(root.patch(person, {"disabled": disabled}))
        assert statuses(kept) == expected
    other_database.close()


def test_another_secret_behind_a_known_prefix_is_refused(ana: Client) -> None:
    token = ana.token or ""
    forged = Client(ana.app, token[:-1] + ("A" if token[-1] != "A" else "B"))
    assert forged.get("/me").status_code == 401


def test_a_role_given_or_changed_counts_with_the_next_request(
    eve: Client, database: Database, world: TestWorld
) -> None:
    assert eve.get("/courses/tides").status_code == 404
    with database.write() as session:
        course = find_course(session, "tides")
        assert course is not None
        accounts.enrol(session, world, accounts.get_user(session, "eve"), course.id, Role.STUDENT)
    assert eve.get("/courses/tides").status_code == 200
    assert answer_of(eve.get("/me"))["enrolments"] == [{"course": "tides", "role": "student"}]


def test_an_integration_reads_only_what_its_scopes_and_courses_say(
    app: Flask, database: Database, world: TestWorld
) -> None:
    with database.write() as session:
        course = find_course(session, "tides")
        assert course is not None
        writer = accounts.issue_integration_token(
            session, world, label="writes only", scopes=[Scope.CONTENT_WRITE], course_ids=[course.id]
        )
    assert Client(app, writer.text).get("/courses/tides").status_code == 404
