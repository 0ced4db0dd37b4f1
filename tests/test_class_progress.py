"""How a class is doing: who is how far, and what is new since somebody last asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from service.accounts import operations as accounts
from service.accounts.models import User
from service.content.models import Course
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role, Scope
from service.quizzes.models import Attempt
from tests.cast import Client, answer_of
from tests.quizzing import Taken, change_settings, statements, take
from tests.world import TestWorld

PROGRESS = "/courses/tides/progress"
CLASS_PAGES = ("progress", "heat-map", "overview", "gradebook.csv")


def rows(client: Client, query: str = "") -> dict[str, Any]:
    """The rows of the one page there is, by login."""
    page = answer_of(client.get(PROGRESS + query))
    assert page["next"] is None
    return {row["login"]: row for row in page["items"]}


def mark(client: Client, *titles: str, state: str = "done") -> None:
    """Mark readings of the first unit."""
    listed = answer_of(client.get("/courses/tides/units/tides/reading-list"))["readings"]
    ids = {reading["title"]: reading["reading"] for reading in listed}
    for title in titles:
        answer_of(client.put(f"/me/courses/tides/readings/{ids[title]}", {"state": state}))


def join_class(database: Database, world: TestWorld, *logins: str) -> None:
    """Enrol some more students."""
    with database.write() as session:
        course = find_course(session, "tides")
        assert course is not None
        for login in logins:
            person = accounts.create_user(session, world, login=login, name=login.title())
            accounts.enrol(session, world, person, course.id, Role.STUDENT)


def add_course(database: Database, slug: str) -> int:
    """A course without units, otherwise like the one there is."""
    same = ("title", "status", "visibility", "document", "document_digest", "version", "created_at", "updated_at")
    with database.write() as session:
        course = find_course(session, "tides")
        assert course is not None
        other = Course(slug=slug, **{name: getattr(course, name) for name in same})
        session.add(other)
        session.flush()
        return other.id


def test_a_class_is_told_student_by_student_as_each_of_them_is_told(ana: Client, ida: Client) -> None:
    mark(ana, "Tides", "The Moon and the Sea", "Spring Tides")
    own = answer_of(ana.get("/me/courses/tides/progress"))
    told = rows(ida)
    assert list(told) == ["ana", "ben"]
    assert told["ana"]["complete"] == own["complete"] == 1
    members = ("unit", "done", "total", "complete")
    assert told["ana"]["units"] == [{name: unit[name] for name in members} for unit in own["units"]]
    assert [unit["done"] for unit in told["ben"]["units"]] == [0, 0]
    assert told["ben"]["last_activity_at"] is None


def test_students_are_named_by_id_login_name_and_the_id_of_their_lms(
    ana: Client, lms: Client, database: Database
) -> None:
    with database.write() as session:
        person = accounts.get_user(session, "ana")
        person.issuer, person.external_id = "https://lms.example", "00042"
    told = rows(lms)["ana"]
    assert (told["id"], told["login"], told["name"]) == (answer_of(ana.get("/me"))["id"], "ana", "Ana")
    assert (told["issuer"], told["external_id"]) == ("https://lms.example", "00042")
    assert rows(lms)["ben"]["external_id"] is None
    assert list(rows(lms, "?external_id=00042")) == ["ana"]
    assert list(rows(lms, f"?student={told['id']}")) == list(rows(lms, "?student=ana")) == ["ana"]
    assert rows(lms, "?student=nobody") == rows(lms, f"?student={uuid4()}") == rows(lms, "?external_id=42") == {}


def test_one_unit_can_be_asked_for(ida: Client) -> None:
    assert [unit["unit"] for unit in rows(ida, "?unit=currents")["ana"]["units"]] == ["currents"]
    answer_of(ida.get(PROGRESS + "?unit=no-such-unit"), 404)


def test_instructors_are_no_students(ida: Client, root: Client) -> None:
    assert list(rows(ida)) == list(rows(root)) == ["ana", "ben"]


def test_pages_of_a_class_hold_every_student_once_and_one_moment(
    ida: Client, database: Database, world: TestWorld
) -> None:
    join_class(database, world, "Zoe", "al-1", "al_1", "al.1", "al1")
    logins: list[str] = []
    moments = set()
    path: str | None = f"{PROGRESS}?limit=2"
    while path is not None:
        page = answer_of(ida.get(path))
        logins += [row["login"] for row in page["items"]]
        moments.add(page["as_of"])
        path = f"{PROGRESS}?limit=2&after={page['next']}" if page["next"] else None
    assert logins == sorted(logins) and set(logins) == {"Zoe", "al-1", "al_1", "al.1", "al1", "ana", "ben"}
    assert len(logins) == 7 and len(moments) == 1


class TestSince:
    """An LMS asks with the moment of the answer before."""

    @pytest.fixture
    def since(self, lms: Client, world: TestWorld) -> str:
        """The moment of an answer, some time ago."""
        world.wait(hours=1)
        moment: str = answer_of(lms.get(PROGRESS))["as_of"]
        world.wait(hours=1)
        return moment

    def news(self, lms: Client, since: str) -> set[str]:
        """Who has something new."""
        return set(rows(lms, f"?since={since}"))

    def test_nothing_new_is_nobody(self, taken: Taken, ben: Client, lms: Client, since: str) -> None:
        assert self.news(lms, since) == set()

    def test_a_mark_is_news_and_so_is_taking_it_back(
        self, ana: Client, lms: Client, since: str, world: TestWorld
    ) -> None:
        mark(ana, "Tides")
        assert self.news(lms, since) == {"ana"}
        world.wait(hours=1)
        later = answer_of(lms.get(PROGRESS))["as_of"]
        world.wait(hours=1)
        assert self.news(lms, later) == set()
        mark(ana, "Tides", state="unread")
        assert self.news(lms, later) == {"ana"}

    def test_a_start_an_answer_and_a_submission_are_news(
        self, taken: Taken, lms: Client, since: str, world: TestWorld
    ) -> None:
        for act in (
            lambda: answer_of(taken.save(1, None, base_rev=0)),
            lambda: answer_of(taken.submit()),
            lambda: take(taken.client, taken_quiz(taken), taken.database),
        ):
            world.wait(hours=1)
            before = answer_of(lms.get(PROGRESS))["as_of"]
            world.wait(hours=1)
            assert self.news(lms, before) == set()
            act()
            assert self.news(lms, before) == {"ana"}

    def test_time_that_ran_out_is_news_though_nobody_looked(
        self, ana: Client, prep_check: str, lms: Client, database: Database, world: TestWorld
    ) -> None:
        change_settings(database, prep_check, time_limit=4 * 60 * 60)
        take(ana, prep_check, database)
        world.wait(hours=3)
        before = answer_of(lms.get(PROGRESS))["as_of"]
        assert self.news(lms, before) == set()
        world.wait(hours=3)
        assert self.news(lms, before) == {"ana"}

    def test_an_attempt_made_void_is_news(self, taken: Taken, ida: Client, lms: Client, since: str) -> None:
        answer_of(ida.post(f"/admin/attempts/{taken.id}/void", {"reason": "cheated"}))
        assert self.news(lms, since) == {"ana"}

    def test_a_new_student_is_news(self, lms: Client, since: str, database: Database, world: TestWorld) -> None:
        join_class(database, world, "zoe")
        assert self.news(lms, since) == {"zoe"}

    def test_what_was_being_written_while_the_answer_was_made_is_in_the_next_one(
        self, ana: Client, lms: Client, world: TestWorld
    ) -> None:
        world.wait(hours=1)
        mark(ana, "Tides")
        moment = answer_of(lms.get(PROGRESS))["as_of"]
        assert self.news(lms, moment) == {"ana"}


def taken_quiz(taken: Taken) -> str:
    """The id of the quiz of an attempt."""
    with taken.database.read() as session:
        return str(session.get_one(Attempt, taken.uuid).quiz_id)


def test_the_last_activity_is_the_last_thing_that_came_of_the_student(
    taken: Taken, ida: Client, world: TestWorld
) -> None:
    def last() -> datetime:
        return datetime.fromisoformat(rows(ida)["ana"]["last_activity_at"])

    moments = [last()]
    for act in (
        lambda: mark(taken.client, "Tides"),
        lambda: answer_of(taken.save(1, None, base_rev=0)),
        lambda: answer_of(taken.submit()),
    ):
        world.wait(days=2)
        act()
        moments.append(last())
        assert world.now() - moments[-1] < timedelta(minutes=1)
    assert moments == sorted(moments) and moments[0].tzinfo == UTC


def test_the_end_of_ones_time_is_no_activity(
    ana: Client, prep_check: str, ida: Client, database: Database, world: TestWorld
) -> None:
    change_settings(database, prep_check, time_limit=30 * 24 * 60 * 60)
    taken = take(ana, prep_check, database)
    answer_of(taken.save(1, None, base_rev=0))
    before = rows(ida)["ana"]["last_activity_at"]
    world.wait(days=40)
    answer_of(taken.result())
    assert rows(ida)["ana"]["last_activity_at"] == before


def test_what_a_class_costs_does_not_grow_with_students_or_work(
    taken: Taken, ben: Client, ida: Client, database: Database, world: TestWorld
) -> None:
    def cost(query: str) -> int:
        with statements(database) as count:
            answer_of(ida.get(PROGRESS + query))
        return len(count)

    before = [cost(query) for query in ("", "?since=2026-01-01T00:00:00Z")]
    join_class(database, world, *(f"student-{number}" for number in range(60)))
    mark(ben, "Tides", "The Moon and the Sea")
    answer_of(taken.submit())
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 65
    assert [cost(query) for query in ("", "?since=2026-01-01T00:00:00Z")] == before
    assert max(before) <= 7, before


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_whoever_ran_a_course_still_sees_its_class_when_it_is_over(
    status: str, ana: Client, ida: Client, database: Database
) -> None:
    mark(ana, "Tides")
    before = rows(ida)
    with database.write() as session:
        session.execute(update(Course).values(status=status))
    assert rows(ida) == before and before["ana"]["units"][0]["done"] == 1


class TestElsewhere:
    """Running one course says nothing of another."""

    @pytest.fixture
    def other_course(self, database: Database) -> int:
        """A second course."""
        return add_course(database, "rivers")

    def teacher(self, ana: Client, database: Database, world: TestWorld, course_id: int, login: str) -> Client:
        """Somebody who teaches the course."""
        with database.write() as session:
            person = accounts.find_user(session, login) or accounts.create_user(session, world, login=login, name=login)
            accounts.enrol(session, world, person, course_id, Role.INSTRUCTOR)
            return Client(ana.app, accounts.issue_personal_token(session, world, person, label="tests").text)

    @pytest.mark.parametrize("what", CLASS_PAGES)
    def test_who_teaches_another_course_finds_no_class_here(
        self, what: str, ana: Client, other_course: int, database: Database, world: TestWorld
    ) -> None:
        otto = self.teacher(ana, database, world, other_course, "otto")
        assert otto.get(f"/courses/rivers/{what}").status_code == 200
        here, nowhere = otto.get(f"/courses/tides/{what}"), otto.get(f"/courses/no-such-course/{what}")
        assert here.status_code == nowhere.status_code == 404 and here.data == nowhere.data

    @pytest.mark.parametrize("what", CLASS_PAGES)
    def test_who_teaches_another_course_and_studies_here_is_a_student_here(
        self, what: str, ana: Client, other_course: int, database: Database, world: TestWorld
    ) -> None:
        assert self.teacher(ana, database, world, other_course, "ana").get(f"/courses/rivers/{what}").status_code == 200
        answer_of(ana.get(f"/courses/tides/{what}"), 403)

    @pytest.mark.parametrize("what", [page for page in CLASS_PAGES if page != "overview"])
    def test_the_lms_of_another_course_finds_no_class_here(
        self, what: str, ana: Client, other_course: int, database: Database, world: TestWorld
    ) -> None:
        with database.write() as session:
            token = accounts.issue_integration_token(
                session, world, label="another LMS", scopes=[Scope.PROGRESS_READ], course_ids=[other_course]
            )
        stranger = Client(ana.app, token.text)
        assert stranger.get(f"/courses/rivers/{what}").status_code == 200
        answer_of(stranger.get(f"/courses/tides/{what}"), 404)
