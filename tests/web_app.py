"""A small application for the tests of `service.web`: notes that people keep, and one endpoint of each sort."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import marshmallow as ma
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from service.db import Base, Database
from service.domain.mistakes import Mistake, Rejected
from service.domain.roles import ANYONE, Allow, Principal, Role, Scope
from service.errors import Conflict, Gone, NotFound, Unauthenticated, WriteNeeded
from service.settings import Settings
from service.web.caching import etag_of
from service.web.calls import Call, Media, Reply
from service.web.fields import (
    AnyJson,
    Flag,
    In,
    Integer,
    ListOf,
    Moment,
    OneOf,
    Out,
    Query,
    RichText,
    Slug,
    String,
    Uuid,
)
from service.web.idempotency import IdempotencyKey
from service.web.installing import install
from service.web.paging import Cursor, Page, PageQuery, list_of
from service.web.routes import Routes
from service.world import World

COURSE = 7
OTHER_COURSE = 8
CAST = {
    "ana": Principal(user_id=UUID(int=1), token_id=UUID(int=11), roles={COURSE: Role.STUDENT}),
    "ben": Principal(user_id=UUID(int=2), token_id=UUID(int=12), roles={COURSE: Role.STUDENT}),
    "ida": Principal(user_id=UUID(int=3), token_id=UUID(int=13), roles={COURSE: Role.INSTRUCTOR}),
    "lms": Principal(token_id=UUID(int=14), scopes=frozenset({Scope.UNITS_READ}), courses=frozenset({COURSE})),
}
RENDERED = b'{"rendered": "once, and sent as it is"}'

NOTES = sa.Table(
    "notes_of_the_web_tests",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("text", sa.String(300)),
)

routes = Routes("notes", "Notes that people keep.")
PEOPLE = Allow.to(Role.STUDENT, Role.INSTRUCTOR)


class NoteIn(In):
    """What a note is made of."""

    text = String(300, required=True)
    tag = Slug()
    kind = OneOf("draft", "final")
    count = Integer(highest=100)
    pinned = Flag()
    of = Uuid()
    at = Moment()
    links = ListOf(String(20), longest=3)
    extra = AnyJson(longest=100)


class NoteOut(Out):
    """A note."""

    id = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    body = RichText()


class NotesQuery(PageQuery):
    """Which notes."""

    after = Cursor("notes", int)
    about = String(20, metadata={"description": "taken, and not asked for"})


class SearchQuery(Query):
    """What to look for."""

    importance = ListOf(OneOf("required", "optional"), longest=5)
    level = Integer(highest=9)
    exact = Flag()


class EchoOut(Out):
    """What was understood."""

    query = ma.fields.Dict(required=True)


@routes.get("/notes", allow=ANYONE, query=NotesQuery, gives=list_of(NoteOut))
def list_notes(call: Call) -> Page:
    """The notes, in the order they were made."""
    limit, (after,) = call.query["limit"], call.query.get("after", (0,))
    rows = call.session.execute(select(NOTES).where(NOTES.c.id > after).order_by(NOTES.c.id).limit(limit + 1)).all()
    return Page.cut(rows, limit, lambda row: (row.id,))


@routes.post("/notes", allow=PEOPLE, takes=NoteIn, gives=NoteOut, status=201, problems=(Conflict,))
def add_note(call: Call) -> Reply | Conflict:
    """Add a note; some words are refused after they were kept, some before."""
    text = call.body["text"]
    note = call.session.execute(insert(NOTES).values(text=text).returning(NOTES.c.id, NOTES.c.text)).one()
    if text == "raise":
        raise Conflict("Nothing is kept.")
    if text == "return":
        return Conflict("It is kept all the same.", extra={"current": note.id})
    if text == "clash":
        call.session.execute(insert(NOTES).values(id=note.id, text="a second of that id"))
    return Reply(body=note, headers={"Location": f"/api/v1/notes/{note.id}"})


@routes.get("/notes/<int:note>", allow=ANYONE, gives=NoteOut, tagged=True)
def get_note(call: Call, note: int) -> Reply:
    """A note."""
    found = note_of(call.session, note)
    return Reply(body=found, etag=etag_of(found.id, found.text))


@routes.put("/notes/<int:note>", allow=PEOPLE, takes=NoteIn, gives=NoteOut, guarded=True)
def replace_note(call: Call, note: int) -> Reply:
    """Change a note, if it is as it was read."""
    found = note_of(call.session, note)
    call.must_match(etag_of(found.id, found.text))
    call.session.execute(update(NOTES).where(NOTES.c.id == note).values(text=call.body["text"]))
    return Reply(body={"id": note, "text": call.body["text"]}, etag=etag_of(note, call.body["text"]))


@routes.delete("/notes/<int:note>", allow=Allow.to(Role.INSTRUCTOR))
def remove_note(call: Call, note: int) -> None:
    """Remove a note."""
    note_of(call.session, note)
    call.session.execute(NOTES.delete().where(NOTES.c.id == note))


@routes.post("/courses/<int:course>/tokens", allow=PEOPLE, gives=EchoOut, secret=True)
def issue_token(call: Call, course: int) -> dict[str, object]:
    """Issue a secret in a course."""
    call.admit(course)
    return {"query": {"secret": call.world.secret(8).hex()}}


@routes.post("/courses/<int:course>/pings", allow=PEOPLE, gives=EchoOut)
def ping_course(call: Call, course: int) -> dict[str, object]:
    """Be let into a course."""
    call.admit(course)
    return {"query": {"ping": call.world.fresh_id().hex}}


@routes.get("/search", allow=Allow.to(Role.INSTRUCTOR, scope=Scope.UNITS_READ), query=SearchQuery, gives=EchoOut)
def search(call: Call) -> dict[str, object]:
    """Look for something."""
    return {"query": call.query}


@routes.get("/rendered", allow=ANYONE, gives=(NoteOut, Media(("text/markdown",))), tagged=True)
def get_rendered(call: Call) -> Reply:
    """Bytes that were made earlier; as Markdown for who prefers it."""
    if call.prefers("text/markdown"):
        return Reply(body=b"# once\n", etag="markdown", media_type="text/markdown; charset=utf-8")
    return Reply(body=RENDERED, etag="rendered")


def lines_of(content: bytes, media_type: str) -> dict[str, Any]:
    """What the import takes: lines of text, none of them bad."""
    lines = content.decode("utf-8", "replace").splitlines()
    bad = [Mistake((number,), "A bad line; mend it.") for number, line in enumerate(lines) if line == "bad"]
    if bad:
        raise Rejected(bad)
    return {"lines": lines, "media_type": media_type}


LINES = Media(("text/plain", "application/yaml"), longest=4096, read=lines_of)


class ImportQuery(Query):
    """How to take them."""

    dry_run = Flag()


@routes.post("/imports", allow=PEOPLE, takes=LINES, query=ImportQuery, gives=EchoOut, problems=(Gone,))
def import_lines(call: Call) -> dict[str, object]:
    """Take lines of text."""
    return {"query": {**call.body, **call.query}}


@routes.post("/greetings/<slug:name>", allow=ANYONE, gives=EchoOut)
def greet(call: Call, name: str) -> Reply:
    """Greet whoever comes, with a status that was never declared for friends."""
    return Reply(body={"query": {"name": name}}, status=200 if call.caller.is_anonymous else 202)


@routes.get("/late", allow=ANYONE, gives=EchoOut)
def get_late(call: Call) -> dict[str, object]:
    """Move the state on while reading."""
    if not call.session.get_bind().get_execution_options().get("hornbook_writes"):
        raise WriteNeeded
    call.session.execute(insert(NOTES).values(text="late"))
    return {"query": {"moved": "on"}}


@routes.get("/broken", allow=ANYONE, gives=EchoOut)
def get_broken(call: Call) -> dict[str, object]:
    """A mistake of ours."""
    raise ZeroDivisionError(f"with a caller called {call.caller.name}")


def note_of(session: Session, note: int) -> Any:
    """The note's row, or NotFound."""
    found = session.execute(select(NOTES).where(NOTES.c.id == note)).one_or_none()
    if found is None:
        raise NotFound
    return found


def authenticate(database: Database, authorization: str | None, now: datetime) -> Principal:
    """The cast, by name; the database and the time are asked for and not needed."""
    assert database.engine is not None
    assert now.tzinfo is not None
    if authorization is None:
        return Principal()
    name = authorization.removeprefix("Bearer ")
    if name not in CAST:
        raise Unauthenticated("This token is not valid.")
    return CAST[name]


class App:
    """The application with its database, and a short way to call it."""

    def __init__(self, database: Database, **settings: Any) -> None:
        self.database = database
        self.schema_is_current: Callable[[], bool] = lambda: True
        self.world = World()
        self.flask = Flask("tests.web", static_folder=None)
        self.installed = install(
            self.flask,
            settings=Settings(**settings),
            database=database,
            world=self.world,
            authenticate=authenticate,
            routes=[routes],
            schema_is_current=lambda: self.schema_is_current(),
        )

    def call(self, method: str, path: str, who: str | None = None, **request: Any) -> TestResponse:
        """One request, by somebody of the cast or by nobody."""
        headers = dict(request.pop("headers", {}))
        if who is not None:
            headers.setdefault("Authorization", f"Bearer {who}")
        path = path if path.startswith(("/api", "/livez", "/readyz", "/problems", "//")) else f"/api/v1{path}"
        return self.flask.test_client().open(path, method=method, headers=headers, buffered=True, **request)

    def notes(self) -> list[str]:
        """The texts of the notes that are kept."""
        with self.database.read() as session:
            return list(session.scalars(select(NOTES.c.text).order_by(NOTES.c.id)))


@contextmanager
def served(url: str, **settings: Any) -> Iterator[App]:
    """The application over a fresh database, with the two tables these tests need."""
    database = Database(url, pool_size=8)
    Base.metadata.create_all(database.engine, tables=[Base.metadata.tables[IdempotencyKey.__tablename__]])
    NOTES.create(database.engine)
    yield App(database, **settings)
    database.close()


def problem_of(response: TestResponse, status: int, slug: str) -> dict[str, Any]:
    """The problem document of an answer, after checking its shape."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    document = response.get_json()
    assert isinstance(document, dict)
    assert document["type"] == f"/problems/{slug}"
    assert document["status"] == status
    assert set(document) >= {"type", "title", "status", "detail", "errors"}
    return document


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines of the log since the last look."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]
