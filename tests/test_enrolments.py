"""Who is in a course, as what: seen to by those who run it, one by one and by whole rosters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from service.accounts.models import AuditEntry, Enrolment, User
from service.cli import main
from service.db import Database
from tests.cast import Client, answer_of
from tests.pendulum import Clocks, open_clocks
from tests.quizzing import Taken, statements
from tests.test_people import MOODLE, UMA, user_of
from tests.world import TestWorld

TIDES = "/admin/courses/tides/enrolments"


@pytest.fixture
def clocks(app: Flask, database: Database, world: TestWorld, tmp_path: Path) -> Clocks:
    """Another course, with an instructor of its own."""
    return open_clocks(app, database, world, tmp_path, right=3)


def roles(client: Client, path: str = TIDES) -> dict[str, str]:
    """Who is in the course, as what."""
    return {one["user"]["login"]: one["role"] for one in answer_of(client.get(path))["items"]}


def bring(client: Client, table: str, path: str = TIDES, query: str = "") -> Any:
    """Send a roster."""
    return client.send("POST", f"{path}/import{query}", raw=table.encode(), headers={"Content-Type": "text/csv"})


def test_an_instructor_sees_who_is_in_the_course_and_enrols_students(ida: Client, eve: Client) -> None:
    assert roles(ida) == {"ana": "student", "ben": "student", "ida": "instructor"}
    assert roles(ida, f"{TIDES}?role=instructor") == {"ida": "instructor"}
    assert eve.get("/courses/tides").status_code == 404
    enrolled = answer_of(ida.post(TIDES, {"login": "eve"}), 201)
    assert (enrolled["role"], enrolled["user"]["login"]) == ("student", "eve")
    assert eve.get("/courses/tides").status_code == 200
    assert answer_of(ida.post(TIDES, {"login": "eve"})) == enrolled, "once more changes nothing"


def test_a_person_is_named_by_id_or_login_or_the_id_of_another_system(root: Client, ida: Client) -> None:
    uma = answer_of(root.post("/admin/users", UMA), 201)
    names: list[dict[str, object]] = [
        {"user": uma["id"]},
        {"login": "uma"},
        {"issuer": MOODLE, "external_id": "4711"},
    ]
    for named in names:
        answer_of(ida.post(TIDES, named), 201)
        assert ida.send("DELETE", f"{TIDES}/{uma['id']}").status_code == 204
    none_or_two: list[dict[str, object]] = [{}, {**names[0], **names[1]}, {"login": "uma", "issuer": MOODLE}]
    for one in (*none_or_two, {"issuer": MOODLE}, {"external_id": "4711"}):
        assert ida.post(TIDES, one).status_code == 422


def test_whoever_enrols_one_person_is_not_told_of_others(ida: Client) -> None:
    refused = ida.post(TIDES, {"login": "ev"})
    assert refused.status_code == 422
    assert "eve" not in refused.get_data(as_text=True)


def test_only_an_admin_makes_and_unmakes_instructors(root: Client, ida: Client) -> None:
    ana, own, eve = (user_of(root, login)["id"] for login in ("ana", "ida", "eve"))
    before = roles(root)
    refused = [
        ida.post(TIDES, {"user": eve, "role": "instructor"}),
        ida.patch(f"{TIDES}/{ana}", {"role": "instructor"}),
        ida.patch(f"{TIDES}/{own}", {"role": "student"}),
        ida.send("DELETE", f"{TIDES}/{own}"),
    ]
    assert [answer_of(one, 403)["detail"] for one in refused] == [
        "An instructor enrols students and takes them out again; an admin sees to instructors."
    ] * 4
    assert roles(root) == before
    assert root.post(TIDES, {"login": "ana", "role": "instructor"}).status_code == 409, "a role is changed by PATCH"
    answer_of(root.patch(f"{TIDES}/{ana}", {"role": "instructor"}))
    assert roles(root)["ana"] == "instructor"
    answer_of(root.patch(f"{TIDES}/{ana}", {"role": "student"}))
    assert roles(root) == before


@pytest.mark.parametrize("field", ["id", "course", "course_id", "created_at", "is_admin", "name"])
def test_a_field_that_is_not_for_the_asking_is_refused_by_name(ida: Client, root: Client, field: str) -> None:
    ana = user_of(root, "ana")["id"]
    for answer in (
        ida.post(TIDES, {"login": "eve", field: "x"}),
        root.patch(f"{TIDES}/{ana}", {"role": "student", field: "x"}),
    ):
        assert [error["pointer"] for error in answer_of(answer, 422)["errors"]] == [f"/{field}"]


def test_nobody_is_an_admin_of_a_course(root: Client) -> None:
    for role in ("admin", "Student", "", None, 1):
        assert root.post(TIDES, {"login": "eve", "role": role}).status_code == 422


def test_a_course_is_its_own_instructors_business_and_to_others_it_is_not_there(
    clocks: Clocks, ida: Client, root: Client
) -> None:
    eve = user_of(root, "eve")["id"]
    asked: list[tuple[str, str, Any]] = [
        ("GET", "/admin/courses/{}/enrolments", None),
        ("POST", "/admin/courses/{}/enrolments", {"login": "eve"}),
        ("PATCH", f"/admin/courses/{{}}/enrolments/{eve}", {"role": "student"}),
        ("DELETE", f"/admin/courses/{{}}/enrolments/{eve}", None),
        ("GET", "/admin/courses/{}/audit", None),
    ]
    for method, path, body in asked:
        foreign = ida.send(method, path.format("clocks"), body)
        missing = ida.send(method, path.format("nowhere"), body)
        assert (foreign.status_code, foreign.data) == (404, missing.data)
        assert missing.status_code == 404
    foreign, missing = (bring(ida, "login\neve\n", f"/admin/courses/{key}/enrolments") for key in ("clocks", "nowhere"))
    assert (foreign.status_code, foreign.data) == (missing.status_code, missing.data) == (404, missing.data)
    assert roles(clocks.instructor, "/admin/courses/clocks/enrolments") == {"huygens": "instructor"}


def test_a_student_who_leaves_and_comes_back_finds_their_work(taken: Taken, ida: Client, root: Client) -> None:
    ana = user_of(root, "ana")["id"]
    answer_of(taken.client.put(f"/attempts/{taken.id}/answers/1", {"response": None, "base_rev": 0}))
    assert ida.send("DELETE", f"{TIDES}/{ana}").status_code == 204
    assert ida.send("DELETE", f"{TIDES}/{ana}").status_code == 404
    assert taken.client.get(f"/attempts/{taken.id}").status_code in {403, 404}
    answer_of(ida.post(TIDES, {"login": "ana"}), 201)
    assert answer_of(taken.client.get(f"/attempts/{taken.id}"))["id"] == taken.id


def test_a_roster_is_brought_and_told_of_line_by_line(root: Client, database: Database) -> None:
    answer_of(root.post("/admin/users", UMA), 201)
    table = (
        "login;name;role;issuer;external_id\r\n"
        f"ana;;instructor;;\r\nben;;;;\r\neve;;student;;\r\n;;;{MOODLE};4711\r\n"
        f"ulf;Ulf Ü.;;{MOODLE};4712\r\n"
    )
    tried = answer_of(bring(root, table, query="?dry_run=true"))
    assert roles(root) == {"ana": "student", "ben": "student", "ida": "instructor"}
    told = answer_of(bring(root, table))
    assert (tried.pop("applied"), told.pop("applied")) == (False, True)
    assert tried == told
    assert [(one["line"], one["login"], one["action"], one["before"]) for one in told["lines"]] == [
        (2, "ana", "change", "student"), (3, "ben", "nothing", "student"), (4, "eve", "enrol", None),
        (5, "uma", "enrol", None), (6, "ulf", "make", None),
    ]  # fmt: skip
    assert told["counts"] == {"make": 1, "enrol": 2, "change": 1, "nothing": 1}
    assert set(roles(root)) == {"ana", "ben", "eve", "ida", "ulf", "uma"}
    assert set(roles(root, f"{TIDES}?role=instructor")) == {"ana", "ida"}
    assert user_of(root, "ulf")["external_id"] == "4712"
    again = answer_of(bring(root, table))
    assert again["counts"] == {"make": 0, "enrol": 0, "change": 0, "nothing": 5}


def test_one_bad_line_and_nothing_is_done(root: Client, database: Database) -> None:
    answer_of(root.post("/admin/users", UMA), 201)
    table = (
        "login,name,role,issuer,external_id\n"
        "ulf,Ulf,,,\n"
        "ina,,,,\n"
        "eve,,boss,,\n"
        f"eva,Eva,,{MOODLE},4711\n"
        f"ben,,,{MOODLE},9\n"
        f",Ilse,,{MOODLE},10\n"
    )
    refused = answer_of(bring(root, table), 422)
    places = ["/lines/3/name", "/lines/4/role", "/lines/5/login", "/lines/6/external_id", "/lines/7/login"]
    assert [error["pointer"] for error in refused["errors"]] == places
    assert refused["errors"][0]["detail"].startswith("Line 3, column name: There is nobody like that yet")
    assert "that of uma" in refused["errors"][2]["detail"]
    assert roles(root) == {"ana": "student", "ben": "student", "ida": "instructor"}
    assert answer_of(root.get("/admin/users?login=ulf"))["items"] == []
    tried = answer_of(bring(root, table, query="?dry_run=true"))
    assert [(one["line"], one["column"]) for one in tried["mistakes"]] == [
        (3, "name"), (4, "role"), (5, "login"), (6, "external_id"), (7, "login")
    ]  # fmt: skip
    assert [one["line"] for one in tried["lines"]] == [2]


def test_an_instructors_roster_enrols_students_and_makes_nobody(ida: Client, root: Client) -> None:
    assert answer_of(bring(ida, "login,role\neve,student\nida,instructor\n"))["counts"]["enrol"] == 1
    for table, place in (
        ("login,name\nulf,Ulf\n", "/lines/2/login"),
        ("login,role\nben,instructor\n", "/lines/2/role"),
        ("login,role\nida,student\n", "/lines/2/role"),
    ):
        refused = answer_of(bring(ida, table), 422)
        assert [error["pointer"] for error in refused["errors"]] == [place]
    assert answer_of(root.get("/admin/users?login=ulf"))["items"] == []
    assert roles(ida)["ida"] == "instructor"


def test_a_roster_must_be_a_table_of_text(root: Client) -> None:
    path = f"{TIDES}/import"
    assert root.send("POST", path, raw=b"login\neve\n", headers={"Content-Type": "application/json"}).status_code == 415
    refused = root.send("POST", path, raw=b"login\nana\n\xff\n", headers={"Content-Type": "text/csv"})
    assert "Line 3 is not UTF-8" in answer_of(refused, 400)["detail"]
    assert answer_of(bring(root, ""), 422)["errors"][0]["pointer"] == "/lines/1"
    assert bring(root, "login\neve\n", query="?dry_run=maybe").status_code == 422
    assert bring(root, "login\neve\n", query="?force=true").status_code == 422


def test_a_roster_of_thousands_costs_few_statements(root: Client, database: Database) -> None:
    table = "login,name\n" + "".join(f"pupil-{number},Pupil {number}\n" for number in range(2_000))
    with statements(database) as sent:
        answer_of(bring(root, table))
    assert len(sent) < 40, "not one for each person"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Enrolment)) == 2_003


def test_a_roster_that_is_repeated_under_its_key_is_brought_once(root: Client) -> None:
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "september"}
    first, again = (
        root.send("POST", f"{TIDES}/import", raw=b"login,name\nulf,Ulf\n", headers=headers) for _ in range(2)
    )
    assert answer_of(first)["counts"]["make"] == 1
    assert again.data == first.data
    assert again.headers["Idempotency-Replayed"] == "true"


def run(database_url: str, *arguments: str) -> Result:
    """Run `hornbook roster`."""
    return CliRunner().invoke(main, ["roster", *arguments, "--database", database_url])


def test_the_command_says_what_it_will_do_and_then_does_it(root: Client, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "class.csv"
    file.write_text("login,name,role\nulf,Ulf,\nana,,instructor\nben,,\n", encoding="utf-8-sig")
    told = run(database_url, "tides", str(file), "--dry-run")
    assert told.exit_code == 0, told.output
    assert told.output.splitlines() == [
        "class.csv:2: ulf is made, and enrolled as student",
        "class.csv:3: ana was student, is instructor now",
        "class.csv:4: ben is student already",
        "1 to make, 1 to change. Nothing was done: this was a dry run.",
    ]
    assert "ulf" not in roles(root)
    done = run(database_url, "tides", str(file))
    assert done.output.splitlines()[:3] == told.output.splitlines()[:3]
    assert roles(root) == {"ana": "instructor", "ben": "student", "ida": "instructor", "ulf": "student"}
    [entry] = answer_of(root.get("/admin/courses/tides/audit?limit=1"))["items"]
    assert (entry["actor"], entry["action"], entry["details"]["make"]) == ("operator", "roster", 1)


def test_the_command_does_nothing_where_a_line_is_wrong(database: Database, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "class.csv"
    file.write_text("login,name\nulf,Ulf\nina,\n")
    refused = run(database_url, "tides", str(file))
    assert refused.exit_code == 1
    assert "class.csv:3: name: There is nobody like that yet" in refused.output
    assert "1 mistake; nothing was done." in refused.output
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(User).where(User.login == "ulf")) == 0
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0
