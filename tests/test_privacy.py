"""What is stored of a person: handed out whole, and taken away so that nothing of them is left but numbers."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from service.cli import main
from service.db import Base, Database
from service.quizzes.models import FirstTry
from service.world import World
from tests.cast import Client, answer_of
from tests.quizzing import Taken
from tests.test_first_tries import stored
from tests.test_key_leaks import assert_tells_nothing
from tests.test_progress import mark, readings

SECRET = "Anastasia wrote this"


@pytest.fixture
def known(every_kind: Taken, ana: Client, ida: Client, database: Database) -> Taken:
    """Ana's finished attempt, in which she wrote her name wherever she could, and somebody wrote about her."""
    mark(ana, readings(ana)["Tides"], note=f"{SECRET} on the chapter")
    every_kind.answer_everything(right=True)
    for kind in ("short_text", "open", "numeric"):
        slot = every_kind.slot(kind)
        answer_of(every_kind.save(slot, {"text": f"{SECRET} ({kind})"}, base_rev=every_kind.look(slot)["rev"]))
    stale = every_kind.save(every_kind.slot("open"), {"text": f"{SECRET}, too late"}, base_rev=0)
    assert stale.status_code == 409
    path = f"/attempts/{every_kind.id}/submission"
    answer_of(ana.post(path, {}, Idempotency_Key="once"))
    student = answer_of(ana.get("/me"))["id"]
    quiz = answer_of(ana.get(f"/attempts/{every_kind.id}"))["quiz"]
    about = {"factor": "1.5", "reason": "Anastasia is ill"}
    answer_of(ida.put(f"/admin/quizzes/{quiz}/extensions/{student}", about))
    return every_kind


def everything(database: Database) -> str:
    """Every value of every table, in one text."""
    with database.read() as session:
        rows = [
            [table.name, *(str(value) for value in row)]
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
        ]
    return json.dumps(rows, ensure_ascii=False)


def run(*arguments: str) -> Result:
    """A command."""
    return CliRunner().invoke(main, list(arguments))


def erase(root: Client, user: str, confirm: str = "ana", status: int = 200) -> Any:
    """Erase somebody over HTTP."""
    return answer_of(root.post(f"/admin/users/{user}/erasure", {"confirm": confirm}), status)


def test_a_student_is_given_everything_that_is_stored_of_them(known: Taken, ana: Client) -> None:
    told = answer_of(ana.get("/me/export"))
    assert told["person"]["login"] == "ana" and told["enrolments"][0]["role"] == "student"
    assert told["readings"][0]["note"] == f"{SECRET} on the chapter"
    [attempt] = told["attempts"]
    arrived = json.dumps(attempt["arrived"])
    assert all(f"{SECRET} ({kind})" in arrived for kind in ("short_text", "open", "numeric")) and "too late" in arrived
    assert {line["disposition"] for line in attempt["arrived"]} == {"accepted", "stale"}
    assert attempt["score"] and attempt["slots"][0]["outcome"]


def test_what_is_not_shown_yet_is_not_exported_either(every_kind: Taken, ana: Client) -> None:
    every_kind.answer_everything(right=True)
    answered = ana.get("/me/export")
    assert answer_of(answered)["attempts"][0]["slots"] is None
    assert_tells_nothing(answered.get_data(as_text=True))


def test_after_an_erasure_no_table_holds_name_login_or_anything_that_was_typed(
    known: Taken, ana: Client, root: Client, database: Database
) -> None:
    student = answer_of(ana.get("/me"))["id"]
    assert "Anastasia" in everything(database) and '"ana"' in everything(database)
    told = erase(root, student)
    assert told["notes"] == 1 and told["tokens"] == 1 and told["answers"] > 3
    left = everything(database)
    assert "Anastasia" not in left and '"ana"' not in left and '"Ana"' not in left
    answer_of(ana.get("/me"), 401)
    assert erase(root, student, f"erased-{student.replace('-', '')[:16]}") == {
        "user": student, "tokens": 0, "notes": 0, "answers": 0,
    }  # fmt: skip


def test_grades_and_statistics_stay_as_they_were_and_a_rebuild_keeps_them(
    known: Taken, ana: Client, ida: Client, root: Client, database: Database, database_url: str
) -> None:
    def figures() -> list[tuple[Any, ...]]:
        with database.read() as session:
            columns = FirstTry.slot, FirstTry.status, FirstTry.credit, FirstTry.rest, FirstTry.tries
            return [tuple(row) for row in session.execute(select(*columns).order_by(FirstTry.slot))]

    before, told = figures(), answer_of(ida.get("/courses/tides/statistics"))["items"]
    erase(root, answer_of(ana.get("/me"))["id"])
    assert figures() == before and answer_of(ida.get("/courses/tides/statistics"))["items"] == told
    after = stored(database)
    assert run("db", "rebuild", "--database", database_url).exit_code == 0
    assert stored(database) == after and figures() == before


def test_somebody_else_is_not_erased_by_mistake(ana: Client, root: Client, database: Database) -> None:
    before = everything(database)
    refused = erase(root, answer_of(ana.get("/me"))["id"], "ben", 422)
    assert refused["errors"][0]["pointer"].endswith("/confirm")
    erase(root, answer_of(root.get("/me"))["id"], "root", 409)
    with_trail = everything(database)
    assert '"ana"' in with_trail and len(with_trail) >= len(before)


def test_the_command_says_first_what_it_would_do(known: Taken, database: Database, database_url: str) -> None:
    said = run("user", "erase", "ana", "--database", database_url)
    assert said.exit_code == 0 and "Nothing was changed" in said.output and "1 note" in said.output
    assert "Anastasia" in everything(database)
    done = run("user", "erase", "ana", "--yes", "--database", database_url)
    assert done.exit_code == 0 and "is erased" in done.output and "Anastasia" not in everything(database)


def test_the_command_exports_what_the_endpoint_does(
    known: Taken, ana: Client, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "ana.json"
    assert run("user", "export", "ana", "--to", str(file), "--database", database_url).exit_code == 0
    by_command, over_http = json.loads(file.read_text()), answer_of(ana.get("/me/export"))
    assert {**by_command, "exported_at": None} == {**over_http, "exported_at": None}


def test_retention_erases_those_who_have_been_away_for_long_and_nobody_else(
    known: Taken, database: Database, database_url: str
) -> None:
    asked = ("user", "retention", "--database", database_url, "--older-than")
    # The cast was enrolled in March 2026, by the tests' clock; the command's is the real one.
    age = World().now() - timedelta(days=30)
    assert age.year >= 2026
    assert "0 students to erase" in run(*asked, "36500").output
    listed = run(*asked, "30")
    assert "  ana\n" in listed.output and "  ben\n" in listed.output and "Nothing was changed" in listed.output
    assert "ida" not in listed.output and "root" not in listed.output
    assert "erased." in run(*asked, "30", "--yes").output
    left = everything(database)
    assert "Anastasia" not in left and '"ben"' not in left and '"ida"' in left and '"root"' in left
