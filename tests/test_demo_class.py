"""A simulated class: the same for the same seed, made by what real students do, and never mixed with real ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select, text, update

from service.accounts import operations as accounts
from service.accounts.models import Token, User
from service.app import create_app
from service.cli import main
from service.content.models import Course
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role
from service.quizzes.models import Attempt, Entry
from service.settings import Settings
from service.simulation.people import difficulty_of, make_person
from service.world import World
from tests.cast import Client, answer_of
from tests.conftest import COURSES
from tests.test_class_progress import add_course
from tests.world import TestWorld


def run(*arguments: str) -> Result:
    """Run `hornbook` with these arguments."""
    return CliRunner().invoke(main, arguments)


def ok(*arguments: str) -> str:
    """What a command that must succeed prints."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def classroom(database_url: str) -> str:
    """A database with the course on tides, two real students and, as somebody insisted, eight simulated ones."""
    ok("demo", "--class", "8", "--course", "tides", "--force", "--database", database_url)
    return database_url


def count(database: Database, model: type[Any]) -> int:
    """How many rows a table has."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def gradebook(client: Client) -> list[Sequence[str]]:
    """The lines of simulated students, with their ids."""
    body = client.get("/courses/tides/gradebook.csv").get_data(as_text=True)
    return [line for line in csv.reader(io.StringIO(body)) if line[1].startswith(("sim", "login"))]


def instructor(url: str, database: Database) -> Client:
    """Somebody who may see the class."""
    app: Flask = create_app(Settings(database_url=url), database=database)
    with database.write() as session:
        person = accounts.create_user(session, World(), login="iris", name="Iris")
        course = find_course(session, "tides")
        assert course is not None
        accounts.enrol(session, World(), person, course.id, Role.INSTRUCTOR)
        token = accounts.issue_personal_token(session, World(), person, label="tests").text
    return Client(app, token)


def test_it_refuses_a_database_with_real_students(database_url: str, database: Database) -> None:
    before = count(database, User)
    refused = run("demo", "--class", "8", "--database", database_url)
    assert refused.exit_code == 1
    assert "2 real students in this database" in refused.output and "--force" in refused.output
    assert count(database, User) == before


def test_it_says_first_what_it_would_do(database_url: str, database: Database) -> None:
    before = count(database, User)
    said = ok("demo", "--class", "8", "--force", "--dry-run", "--database", database_url)
    assert "Course tides, class 1: 8 simulated students to add." in said and "Nothing was changed" in said
    assert count(database, User) == before


def test_the_class_of_a_second_course_is_the_same_people(
    classroom: str, database: Database, ida: Client, world: TestWorld
) -> None:
    add_course(database, "rivers")
    before = gradebook(ida)
    people = count(database, User)
    assert "8 simulated students to add." in ok(
        "demo", "--class", "8", "--course", "rivers", "--force", "--database", classroom
    )
    assert count(database, User) == people and gradebook(ida) == before


def test_a_database_that_this_code_does_not_fit_is_left_as_it_is(database_url: str, database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    refused = run("demo", "--force", "--database", database_url)
    assert refused.exit_code == 1 and "hornbook db upgrade" in refused.output


def test_a_course_that_nobody_can_study_is_refused(database_url: str, database: Database) -> None:
    with database.write() as session:
        session.execute(update(Course).values(status="draft"))
    refused = run("demo", "--force", "--database", database_url)
    assert refused.exit_code == 1 and "The course “tides” is a draft: nobody can study it." in refused.output


def test_a_course_that_is_not_there_is_named(database_url: str) -> None:
    refused = run("demo", "--course", "tide", "--force", "--database", database_url)
    assert refused.exit_code == 1 and "did you mean “tides”?" in refused.output


def test_simulated_students_work_and_nobody_can_speak_for_them(classroom: str, ida: Client, database: Database) -> None:
    told = [row for row in answer_of(ida.get("/courses/tides/progress"))["items"] if row["login"].startswith("sim1-")]
    assert [row["login"] for row in told] == [f"sim1-{number:03d}" for number in range(1, 9)]
    assert {row["issuer"] for row in told} == {"hornbook demo"}
    assert sum(unit["done"] for row in told for unit in row["units"]) > 8
    assert sum(row["last_activity_at"] is not None for row in told) >= 6
    with database.read() as session:
        people = session.scalars(select(User.id).where(User.issuer == "hornbook demo")).all()
        assert session.scalars(select(Token.id).where(Token.user_id.in_(people))).all() == []
        states = set(session.scalars(select(Attempt.state)))
        kinds = set(session.scalars(select(Entry.kind)))
        moments = session.execute(select(func.min(Entry.received_at), func.max(Entry.received_at))).one()
    assert "finished" in states and kinds == {"save", "check"}
    assert (moments[1] - moments[0]).days >= 2 and moments[1] < World().now()


def test_all_that_holds_for_real_students_holds_for_them(classroom: str, database: Database) -> None:
    def rows() -> list[Any]:
        with database.read() as session:
            return list(session.execute(text("SELECT * FROM first_tries ORDER BY attempt_id, slot")).all())

    before = rows()
    ok("db", "rebuild", "--database", classroom)
    assert len(before) > 50 and rows() == before
    with database.read() as session:
        unaccepted = session.scalar(select(func.count()).select_from(Entry).where(Entry.disposition != "accepted"))
    assert unaccepted == 0


def test_the_same_seed_is_the_same_class_and_an_interrupted_one_is_gone_on_with(
    classroom: str, ida: Client, empty_url: str
) -> None:
    ok("db", "upgrade", "--database", empty_url)
    ok("seed", str(COURSES / "tides"), "--database", empty_url)
    ok("demo", "--class", "3", "--database", empty_url)
    assert "5 simulated students to add, 3 are there already." in ok("demo", "--class", "8", "--database", empty_url)
    assert "Nothing to do" in ok("demo", "--class", "8", "--database", empty_url)
    other = Database(empty_url)
    try:
        lines = gradebook(instructor(empty_url, other))
    finally:
        other.close()
    assert len(lines) == 9 and lines == gradebook(ida)


def test_another_seed_is_another_class_beside_it(classroom: str, ida: Client) -> None:
    first = gradebook(ida)
    ok("demo", "--class", "8", "--seed", "2", "--force", "--database", classroom)
    both = gradebook(ida)
    assert both[:9] == first and len(both) == 17
    assert [line[4:] for line in both[9:]] != [line[4:] for line in first[1:]]


def test_an_empty_database_is_made_ready_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HORNBOOK_DATA_DIR", str(tmp_path / "data"))
    assert "Nothing was changed" not in ok("demo", "--class", "1")
    assert "sim1-001" in ok("user", "list")


def test_who_can_do_more_gets_more_right(database_url: str, ida: Client) -> None:
    ok("demo", "--class", "90", "--course", "tides", "--force", "--database", database_url)
    shares = {}
    for line in gradebook(ida)[1:]:
        points = [float(cell) for cell in line[4:] if cell]
        if sum(points[1::2]) >= 5:
            shares[int(line[3].partition("-")[2])] = sum(points[::2]) / sum(points[1::2])
    able = sorted(shares, key=lambda number: make_person(1, number).ability)
    third = len(able) // 3
    assert third >= 8
    assert fmean(shares[one] for one in able[-third:]) > fmean(shares[one] for one in able[:third]) + 0.1


def test_abilities_are_spread_as_they_should_be() -> None:
    people = [make_person(1, number) for number in range(1, 401)]
    abilities = [person.ability for person in people]
    mean = sum(abilities) / len(abilities)
    assert abs(mean) < 0.2 and 0.8 < sum((one - mean) ** 2 for one in abilities) / len(abilities) < 1.25
    assert all(0 < person.diligence < 1 and 0 < person.stays <= 1 for person in people)
    assert 0.03 < sum(person.stays < 1 for person in people) / len(people) < 0.25
    question = difficulty_of(1, "tides/range")
    chances = [question.chance(ability) for ability in (-2, -1, 0, 1, 2)]
    assert chances == sorted(chances) and question.chance(question.at) == pytest.approx(0.5)
    assert make_person(1, 7) == make_person(1, 7) != make_person(2, 7)
