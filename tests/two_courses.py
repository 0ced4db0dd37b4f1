"""Two courses alike, with people, work and tokens in both: whatever there is in one has its like in the other.

Tides is the course of the cast. Rivers has Cleo for its student and Carl for its instructor; Mia is a student of tides
and the instructor of rivers, so that no role of hers is enough by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import connect

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import schema
from service.accounts import operations as accounts
from service.app import FEATURES, create_app
from service.content.models import Course, Question, Unit
from service.content.operations import find_course
from service.db import Database, digest_of
from service.domain.roles import Role, Scope
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.settings import Settings
from service.web.calls import Endpoint
from tests.cast import Client, answer_of, make_cast
from tests.quizzing import take
from tests.world import TestWorld

TIDES = Path(__file__).parent / "courses" / "tides"
UNITS = {"tides": "tides", "rivers": "delta"}
NEW_KEYS = {"key: tides": "key: rivers", "Tides and Currents": "Rivers and Lakes"}
NEW_UNIT_KEYS = {"key: tides": "key: delta", "key: currents": "key: lakes"}
PEOPLE = {
    "cleo": {"rivers": Role.STUDENT},
    "carl": {"rivers": Role.INSTRUCTOR},
    "mia": {"tides": Role.STUDENT, "rivers": Role.INSTRUCTOR},
}
SYSTEMS: dict[str, tuple[tuple[Scope, ...], tuple[str, ...]]] = {
    **{scope.value: ((scope,), ("tides",)) for scope in Scope},
    "all of tides": (tuple(Scope), ("tides",)),
    "all of rivers": (tuple(Scope), ("rivers",)),
    "all of both": (tuple(Scope), ("tides", "rivers")),
}
"""Tokens of systems: what they may do, and where."""
_VARIABLE = re.compile(r"<(\w+):(\w+)>")


class Things(dict[str, str]):
    """What stands for each variable of an address, by its kind and name: `uuid:attempt`."""

    def __missing__(self, variable: str) -> str:
        raise KeyError(f"say in tests/two_courses.py what <{variable}> is in each of the courses")


class Nothing(Things):
    """Stands for every variable, and there is no such thing."""

    def __missing__(self, variable: str) -> str:
        of_kind = {"uuid": "4f9a0000-0000-4000-8000-00000000dead", "slug": "nowhere", "int": "998877"}
        return of_kind[variable.partition(":")[0]]


@dataclass(frozen=True)
class Scene:
    """What there is: everybody's tokens; things of Ana's, of Ben, her peer, and of Cleo in rivers; and nobody's."""

    app: Flask
    database: Database
    world: TestWorld
    tokens: Mapping[str, str]
    own: Things
    peers: Things
    foreign: Things
    missing: Things


def endpoints() -> dict[str, Endpoint]:
    """Every declared endpoint, as README names it."""
    return {name_of(endpoint): endpoint for routes in FEATURES for endpoint in routes.endpoints}


def name_of(endpoint: Endpoint) -> str:
    """As in `GET /courses/{course}`."""
    return f"{endpoint.method} " + _VARIABLE.sub(r"{\2}", endpoint.rule.removeprefix("/api/v1"))


def variables_of(endpoint: Endpoint) -> list[str]:
    """The variables of its address, by kind and name."""
    return [f"{kind}:{name}" for kind, name in _VARIABLE.findall(endpoint.rule)]


def address_of(endpoint: Endpoint, things: Things) -> str:
    """Its address, about these things."""
    return _VARIABLE.sub(lambda variable: things[f"{variable[1]}:{variable[2]}"], endpoint.rule)


UNKNOWN_WORD = "retreat"


def build(url: str, folder: Path) -> Scene:
    """The two courses in an empty database, the same to the last id wherever it is; `folder` is for files."""
    database, world = Database(url, pool_size=2), TestWorld(seed=7)
    schema.upgrade(database)
    for course in (TIDES, _write_rivers(folder / "rivers")):
        seeding.seed(database, world, seeding.prepare(load_folder(course)))
    with database.write() as session:
        tokens = make_cast(session, world, "tides") | _more_tokens(session, world)
    app = create_app(Settings(database_url=url, log_level="error"), database=database, world=world)
    students = {who: Client(app, tokens[who]) for who in ("ana", "ben", "cleo")}
    finished = {who: _finish(client, _course_of(who), database) for who, client in students.items()}
    # Until then nothing is to be reviewed.
    world.wait(days=2)
    own, peers, foreign = (
        _things_of(students[who], _course_of(who), finished[who], database) for who in ("ana", "ben", "cleo")
    )
    return Scene(app, database, world, tokens, own, peers, foreign, Nothing())


def copy_of(scene: Scene, url: str) -> Scene:
    """The scene in another SQLite file, which is empty before it is restored."""
    database = Database(url, pool_size=1)
    app = create_app(Settings(database_url=url, log_level="error"), database=database, world=scene.world)
    return replace(scene, database=database, app=app)


def restore(copy: Scene, scene: Scene) -> None:
    """Make the copy what the scene is."""
    copy.database.close()
    with closing(connect(_file_of(scene))) as source, closing(connect(_file_of(copy))) as target:
        source.backup(target)


def _file_of(scene: Scene) -> str:
    return scene.database.engine.url.database or ""


def _course_of(student: str) -> str:
    return "rivers" if student == "cleo" else "tides"


def _write_rivers(folder: Path) -> Path:
    """The course on tides once more, under other keys."""
    (folder / "units").mkdir(parents=True)
    for file in sorted(TIDES.rglob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        for old, new in (NEW_KEYS if file.name == "course.yaml" else NEW_UNIT_KEYS).items():
            text = text.replace(f"{old}\n", f"{new}\n", 1)
        (folder / file.relative_to(TIDES)).write_text(text, encoding="utf-8")
    return folder


def _more_tokens(session: Session, world: TestWorld) -> dict[str, str]:
    """The tokens of those who are not in the cast."""
    courses: dict[str, Course] = {}
    for slug in UNITS:
        found = find_course(session, slug)
        assert found is not None
        courses[slug] = found
    tokens = {}
    for login, roles in PEOPLE.items():
        person = accounts.create_user(session, world, login=login, name=login.title())
        for slug, role in roles.items():
            accounts.enrol(session, world, person, courses[slug].id, role)
        tokens[login] = accounts.issue_personal_token(session, world, person, label="tests").text
    for name, (scopes, slugs) in SYSTEMS.items():
        ids = [courses[slug].id for slug in slugs]
        tokens[name] = accounts.issue_integration_token(session, world, label=name, scopes=scopes, course_ids=ids).text
    # Whoever is to lose a token must not lose their voice.
    for login in ("ana", "ben", "cleo"):
        accounts.issue_personal_token(session, world, accounts.get_user(session, login), label="to lose")
    return tokens


def _quiz(client: Client, course: str, title: str) -> str:
    quizzes = answer_of(client.get(f"/courses/{course}/quizzes"))["items"]
    return next(str(quiz["id"]) for quiz in quizzes if quiz["title"] == title)


def _finish(client: Client, course: str, database: Database) -> str:
    """An attempt that is over, with a word that no key knows."""
    taken = take(client, _quiz(client, course, "All at once"), database)
    taken.answer_everything(right=True)
    answer_of(taken.save(taken.slot("short_text"), {"text": UNKNOWN_WORD}, base_rev=1))
    answer_of(taken.submit())
    return taken.id


def _things_of(student: Client, course: str, finished: str, database: Database) -> Things:
    """What is the student's own, and what is their course's."""
    quiz, person = _quiz(student, course, "Ready for Monday?"), answer_of(student.get("/me"))["id"]
    token = next(one["id"] for one in answer_of(student.get("/me/tokens"))["items"] if one["label"] == "to lose")
    unit = answer_of(student.get(f"/courses/{course}/units/{UNITS[course]}"))
    with database.read() as session:
        ids = select(Question.id).join(Unit, Unit.id == Question.unit_id).where(Question.key == "word-for-low")
        question = session.scalars(ids.where(Unit.key == UNITS[course])).one()
    return Things(
        {
            "slug:course": course,
            "slug:unit": UNITS[course],
            "slug:reading": "chapter",
            "slug:question": "word-for-low",
            "slug:quiz": "prep-check",
            "slug:answer": digest_of([str(question), None, UNKNOWN_WORD])[:16],
            "uuid:quiz": quiz,
            "uuid:attempt": take(student, quiz, database).id,
            "uuid:finished": finished,
            "uuid:reading": unit["sections"][0]["items"][0]["reading"]["id"],
            "uuid:card": answer_of(student.get("/me/review"))["items"][0]["card"],
            "uuid:question": str(question),
            "uuid:student": person,
            "uuid:user": person,
            "uuid:token": token,
            "int:slot": "1",
            "int:version": "1",
        }
    )
