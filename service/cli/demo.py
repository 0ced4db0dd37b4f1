"""The demo student, instructor and LMS token: random for each installation, so that trying takes no set-up."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from sqlalchemy.orm import Session

from service.accounts import operations as accounts
from service.content.models import Course
from service.content.operations import list_every_course
from service.db import Database
from service.domain.roles import Role, Scope
from service.errors import Unauthenticated
from service.settings import Settings
from service.world import World

STUDENT, INSTRUCTOR = "demo-student", "demo-instructor"


@dataclass(frozen=True)
class Demo:
    """The texts of the three tokens, and the course they are for."""

    student: str
    instructor: str
    lms: str
    course: str

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """Who it is for, the token, and the address of something worth seeing."""
        yield "A student's reading progress", self.student, f"/api/v1/me/courses/{self.course}/progress"
        yield "An instructor's courses", self.instructor, "/api/v1/courses"
        yield "An LMS fetching the units", self.lms, f"/api/v1/courses/{self.course}/units"


def prepare_demo(database: Database, settings: Settings) -> Demo | None:
    """The demo tokens of this installation: those kept from an earlier start, or new ones; None without a course."""
    kept = Path(settings.data_dir) / "demo-tokens.json"
    demo = _read(kept)
    with database.write() as session:
        courses = list_every_course(session)
        if not courses:
            return None
        if demo is None or not _still_valid(database, demo):
            demo = _make(session, courses)
            _keep(kept, demo)
    return demo


def _make(session: Session, courses: list[Course]) -> Demo:
    world = World()
    people = {}
    for login, name, role in (
        (STUDENT, "Demo student", Role.STUDENT),
        (INSTRUCTOR, "Demo instructor", Role.INSTRUCTOR),
    ):
        person = accounts.find_user(session, login) or accounts.create_user(session, world, login=login, name=name)
        for course in courses:
            accounts.enrol(session, world, person, course.id, role)
        people[role] = accounts.issue_personal_token(session, world, person, label="demo").text
    lms = accounts.issue_integration_token(
        session,
        world,
        label="demo LMS",
        scopes=[Scope.UNITS_READ, Scope.PROGRESS_READ],
        course_ids=[course.id for course in courses],
    )
    return Demo(people[Role.STUDENT], people[Role.INSTRUCTOR], lms.text, courses[0].slug)


def _still_valid(database: Database, demo: Demo) -> bool:
    """The file may be older than the database, or belong to another one."""
    try:
        for text in (demo.student, demo.instructor, demo.lms):
            accounts.authenticate(database, f"Bearer {text}", World().now())
    except Unauthenticated:
        return False
    return True


def _read(file: Path) -> Demo | None:
    try:
        return Demo(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _keep(file: Path, demo: Demo) -> None:
    """Only the owner may read it, from the moment it exists."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(asdict(demo), out)
    click.echo(f"The demo tokens are kept in {file}.")
