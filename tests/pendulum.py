"""A quiz of two numbers whose right answers an instructor may change at any time, and a student new to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from service.accounts import operations as accounts
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from tests.cast import Client, answer_of
from tests.world import TestWorld

COURSE = "format: hornbook/course@1\nkey: clocks\ntitle: Clocks\nstatus: published\n"
TRIES = 3
UNIT = "/admin/courses/clocks/units/pendulum"


def document(right: int) -> dict[str, Any]:
    """The unit as an instructor sends it; every question asks for the number `right`."""
    return {
        "format": "hornbook/unit@1",
        "unit": {"key": "pendulum", "title": "The Pendulum", "status": "published"},
        "questions": [
            {
                "key": f"swing-{number}",
                "kind": "numeric",
                "stem": f"How often does pendulum {number} swing?",
                "answer": {"value": str(right), "tolerance": "exact"},
            }
            for number in (1, 2)
        ],
        "quizzes": [
            {
                "key": "swings",
                "title": "Swings",
                "status": "published",
                "tries": TRIES,
                "questions": ["swing-1", "swing-2"],
            }
        ],
    }


@dataclass
class Clocks:
    """The course, its instructor, and as many students as are wanted."""

    app: Flask
    database: Database
    world: TestWorld
    instructor: Client
    quiz: str
    drafted: int
    published: int
    students: int = 0

    def new_student(self) -> Client:
        """Somebody who has not met the quiz."""
        self.students += 1
        return Client(self.app, join(self.database, self.world, f"pupil-{self.students}", Role.STUDENT))

    def edit(self, right: int) -> None:
        """A new version of the unit, which students do not see yet."""
        answer_of(self.instructor.put(UNIT, document(right), If_Match="*"))
        self.drafted = right

    def publish(self) -> None:
        """Show the newest version to students."""
        answer_of(self.instructor.post(f"{UNIT}/publication", If_Match="*"))
        self.published = self.drafted


def join(database: Database, world: TestWorld, login: str, role: Role) -> str:
    """The token of somebody new in the course."""
    with database.write() as session:
        course = find_course(session, "clocks")
        assert course is not None
        person = accounts.create_user(session, world, login=login, name=login)
        accounts.enrol(session, world, person, course.id, role)
        return accounts.issue_personal_token(session, world, person, label="tests").text


def open_clocks(app: Flask, database: Database, world: TestWorld, folder: Path, *, right: int) -> Clocks:
    """Seed the course without a unit, and have its instructor write and publish that."""
    (folder / "clocks" / "units").mkdir(parents=True)
    (folder / "clocks" / "course.yaml").write_text(COURSE)
    seeding.seed(database, world, seeding.prepare(load_folder(folder / "clocks")))
    instructor = Client(app, join(database, world, "huygens", Role.INSTRUCTOR))
    answer_of(instructor.post("/admin/courses/clocks/units", document(right)), 201)
    clocks = Clocks(app, database, world, instructor, quiz="", drafted=right, published=right)
    clocks.publish()
    clocks.quiz = str(answer_of(instructor.get("/courses/clocks/quizzes"))["items"][0]["id"])
    return clocks
