"""The stage of the rows: a course of short questions that may be tried often, and students who take its quiz."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from service import schema
from service.accounts import operations as accounts
from service.content.models import Quiz
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.world import World
from tests.bench.processes import Served, serving
from tests.bench.reads import SERVE
from tests.bench.stage import Place

QUESTIONS = 6
RIGHT = 7
"""What every question asks for."""

COURSE = "format: hornbook/course@1\nkey: clocks\ntitle: Clocks\nstatus: published\n"
UNIT = (
    "format: hornbook/unit@1\n\nunit: {key: pendulum, title: The Pendulum, position: 1, status: published}\n\n"
    "questions:\n"
    + "".join(
        f"  - key: swing-{number}\n    kind: numeric\n    stem: How often does pendulum {number} swing?\n"
        f"    answer: {{value: {RIGHT}, tolerance: exact}}\n"
        for number in range(QUESTIONS)
    )
    + "\nquizzes:\n  - key: often\n    title: As often as you like\n    status: published\n    tries: 100\n"
    f"    questions: [{', '.join(f'swing-{number}' for number in range(QUESTIONS))}]\n"
)


@dataclass(frozen=True)
class Stage:
    """A database with the quiz in it, and the tokens of students who may take it."""

    url: str
    quiz: str
    tokens: Sequence[str]
    folder: Path

    def serving(self, port: int, **variables: str) -> AbstractContextManager[Served]:
        """Hornbook over this database as it is served: two workers of four threads."""
        command = [*SERVE, "--port", str(port), "--workers", "2", "--database", self.url]
        return serving(command, port, self.log, HORNBOOK_THREADS="4", **variables)

    @property
    def log(self) -> Path:
        """Where the server writes its log."""
        return self.folder / "server.log"


def set_up(place: Place, name: str, *, students: int) -> Stage:
    """A new database for this row."""
    folder = place.folder / "clocks"
    (folder / "units").mkdir(parents=True)
    (folder / "course.yaml").write_text(COURSE)
    (folder / "units" / "pendulum.yaml").write_text(UNIT)
    url = place.new(name)
    database, world = Database(url), World()
    schema.upgrade(database)
    seeding.seed(database, world, seeding.prepare(load_folder(folder)))
    with database.write() as session:
        course = find_course(session, "clocks")
        assert course is not None
        tokens = []
        for number in range(students):
            person = accounts.create_user(session, world, login=f"student-{number}", name=f"Student {number}")
            accounts.enrol(session, world, person, course.id, Role.STUDENT)
            tokens.append(accounts.issue_personal_token(session, world, person, label="acceptance").text)
        quiz = str(session.scalars(select(Quiz.id)).one())
    database.close()
    return Stage(url, quiz, tokens, place.folder)
