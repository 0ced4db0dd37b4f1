"""The gradebook: what every student earned at every quiz, for a spreadsheet that never works anything out of it."""

from __future__ import annotations

import csv
import io
import tracemalloc
from uuid import UUID

import pytest
from sqlalchemy import insert, update
from werkzeug.test import TestResponse

from service.accounts import operations as accounts
from service.accounts.models import Enrolment, User
from service.content.models import Quiz
from service.content.operations import find_course
from service.db import Base, Database
from tests.cast import Client, answer_of
from tests.quizzing import Taken, change_settings, statements, take
from tests.test_class_progress import join_class
from tests.world import TestWorld

ADDRESS = "/courses/tides/gradebook.csv"
PREP = "tides: Ready for Monday?"


def answered(client: Client) -> TestResponse:
    """The answer, which must be a good one."""
    answer = client.get(ADDRESS)
    assert answer.status_code == 200, answer.data
    return answer


def book(client: Client) -> dict[str, dict[str, str]]:
    """The lines by login."""
    text = answered(client).data.decode("utf-8")
    return {line["login"]: line for line in csv.DictReader(io.StringIO(text, newline=""))}


def attempt(client: Client, quiz: str, database: Database, *right: int) -> Taken:
    """Take the quiz and get these slots right."""
    taken = take(client, quiz, database)
    for slot in right:
        answer_of(taken.save(slot, taken.right(slot), base_rev=0))
    answer_of(taken.submit())
    return taken


def test_it_is_a_file_of_text_to_be_downloaded_under_a_name(ida: Client) -> None:
    answer = answered(ida)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tides-gradebook-2026-03-02.csv"'
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    head = ida.send("HEAD", ADDRESS)
    assert (head.headers["Content-Length"], head.data) == (answer.headers["Content-Length"], b"")
    head.close()


def test_there_is_a_line_for_every_student_and_two_columns_for_every_quiz(ida: Client, ana: Client) -> None:
    lines = book(ida)
    assert list(lines) == ["ana", "ben"]
    quizzes = [quiz["title"] for quiz in answer_of(ana.get("/courses/tides/quizzes"))["items"]]
    heads = list(lines["ana"])
    assert heads[:4] == ["id", "login", "name", "external_id"]
    assert len(quizzes) >= 3 and len(heads) == 4 + 2 * len(quizzes)
    assert [head.split(": ", 1)[1] for head in heads[4::2]] == quizzes
    assert {*lines["ben"].values()} == {
        answer_of(ida.get("/courses/tides/progress"))["items"][1]["id"],
        "ben",
        "Ben",
        "",
    }


@pytest.mark.parametrize(("keep", "points"), [("best", "3.00"), ("first", "1.00"), ("last", "0.00")])
def test_of_several_attempts_the_one_counts_that_the_quiz_keeps(
    keep: str, points: str, ana: Client, ida: Client, prep_check: str, database: Database
) -> None:
    change_settings(database, prep_check, keep=keep)
    for right in ((1,), (1, 3, 4), ()):
        attempt(ana, prep_check, database, *right)
    line = book(ida)["ana"]
    assert (line[PREP], line[f"{PREP} (possible)"]) == (points, "4.00")


def test_points_are_those_that_the_student_was_told(taken: Taken, ida: Client) -> None:
    taken.answer_everything(right=True)
    score = answer_of(taken.submit())["score"]
    line = book(ida)["ana"]
    assert (line[PREP], line[f"{PREP} (possible)"]) == (score["points"], score["possible"])
    assert f",{score['points']},{score['possible']}," in answered(ida).get_data(as_text=True), "numbers are not quoted"


def test_what_is_not_finished_or_void_has_no_points(taken: Taken, ida: Client) -> None:
    assert book(ida)["ana"][PREP] == ""
    answer_of(taken.submit())
    assert book(ida)["ana"][PREP] == "0.00"
    answer_of(ida.post(f"/admin/attempts/{taken.id}/void", {"reason": "a fire alarm"}))
    assert book(ida)["ana"][PREP] == ""


def test_an_attempt_that_was_opened_again_counts_once_and_by_its_newest_grades(taken: Taken, ida: Client) -> None:
    answer_of(taken.submit())
    until = {"reason": "a power cut", "until": "2026-03-09T09:00:00Z"}
    answer_of(ida.post(f"/admin/attempts/{taken.id}/reopening", until))
    answer_of(taken.save(1, taken.right(1), base_rev=0))
    answer_of(taken.submit())
    line = book(ida)["ana"]
    assert (line[PREP], line[f"{PREP} (possible)"]) == ("1.00", "4.00")


def test_time_that_ran_out_is_graded_as_of_its_end(
    ana: Client, lms: Client, prep_check: str, database: Database, world: TestWorld
) -> None:
    change_settings(database, prep_check, time_limit=600)
    taken = take(ana, prep_check, database)
    answer_of(taken.save(1, taken.right(1), base_rev=0))
    world.wait(hours=1)
    assert book(lms)["ana"][PREP] == "1.00"


def test_a_quiz_that_is_gone_keeps_its_points(
    taken: Taken, ida: Client, prep_check: str, database: Database, world: TestWorld
) -> None:
    answer_of(taken.submit())
    with database.write() as session:
        session.execute(update(Quiz).where(Quiz.id == UUID(prep_check)).values(archived_at=world.now()))
    assert book(ida)["ana"][f"{PREP} (withdrawn)"] == "0.00"


def test_quizzes_of_the_same_title_have_columns_of_their_own(ida: Client, database: Database) -> None:
    with database.write() as session:
        session.execute(update(Quiz).values(title="Quiz"))
    heads = next(csv.reader(io.StringIO(answered(ida).get_data(as_text=True))))
    assert len(heads) == len(set(heads))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", '="a","b"', "  =HYPERLINK(A1)", "Zoë, called “Z”"])
def test_no_name_is_ever_a_formula(name: str, ida: Client, database: Database) -> None:
    with database.write() as session:
        person = accounts.get_user(session, "ana")
        person.name, person.issuer, person.external_id = name, "https://lms.example", f"\t{name}"
    line = book(ida)["ana"]
    assert line["name"] == (name if name.startswith("Z") else f"'{name}")
    assert line["external_id"] == f"'\t{name}"


def test_no_title_is_ever_a_formula(ida: Client, database: Database) -> None:
    with database.write() as session:
        session.execute(update(Quiz).values(title="=1+1"))
    for cell in next(csv.reader(io.StringIO(answered(ida).get_data(as_text=True)))):
        assert cell[0] not in "=+-@\t\r"


def test_what_it_costs_does_not_grow_with_students_or_attempts(
    ana: Client, ben: Client, ida: Client, prep_check: str, database: Database, world: TestWorld
) -> None:
    with statements(database) as before:
        answered(ida)
    join_class(database, world, *(f"student-{number}" for number in range(20)))
    for client in (ana, ben, ana):
        attempt(client, prep_check, database, 1)
    with statements(database) as after:
        answered(ida)
    assert len(after) == len(before) <= 5, after


def test_a_large_class_is_written_in_little_memory(ida: Client, database: Database, world: TestWorld) -> None:
    students = 20_000
    with database.write() as session:
        course = find_course(session, "tides")
        assert course is not None
        people = [
            {"id": world.fresh_id(), "login": f"s{number}", "name": "x" * 150, "is_admin": False}
            for number in range(students)
        ]
        made = {"created_at": world.now()}
        session.execute(insert(Base.metadata.tables[User.__tablename__]), [{**one, **made} for one in people])
        enrolled = [{"user_id": one["id"], "course_id": course.id, "role": "student", **made} for one in people]
        session.execute(insert(Base.metadata.tables[Enrolment.__tablename__]), enrolled)
    del people, enrolled
    tracemalloc.start()
    try:
        answer = ida.app.test_client().get(
            f"/api/v1{ADDRESS}", headers={"Authorization": f"Bearer {ida.token}"}, buffered=False
        )
        length = sum(len(piece) for piece in answer.response)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    answer.close()
    assert length > students * 150
    assert peak < length / 1.5, (peak, length)
