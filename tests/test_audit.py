"""The audit trail: every act under /admin and every refusal, in the act's own transaction, and nothing private."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from service.accounts.auditing import MOST_REFUSALS
from service.accounts.models import AuditEntry
from service.app import FEATURES
from service.db import Database
from tests.cast import Client, answer_of
from tests.pendulum import open_clocks
from tests.quizzing import Taken, statements
from tests.test_enrolments import TIDES, bring
from tests.test_people import user_of
from tests.world import TestWorld

UNITS = "/admin/courses/tides/units"
STUDENTS_OWN = {"accounts.issue_my_token", "accounts.revoke_my_token"}
"""Beside what is under /admin: who makes a token that speaks for them, or ends one."""


def trail(client: Client, path: str = "/admin/audit") -> list[dict[str, Any]]:
    """The newest entries."""
    items = answer_of(client.get(path))["items"]
    assert isinstance(items, list)
    return items


def count(database: Database) -> int:
    """How many entries there are."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def test_every_write_under_admin_is_noted_and_no_students_work() -> None:
    writes = [one for routes in FEATURES for one in routes.endpoints if one.method not in {"GET", "HEAD"}]
    noted = {one.name for one in writes if one.is_audited}
    assert noted == {one.name for one in writes if one.rule.startswith("/api/v1/admin/")} | STUDENTS_OWN
    assert not any("/attempts" in one.rule for one in writes if one.is_audited and "/admin/" not in one.rule)


def test_an_act_is_told_with_who_where_and_what(root: Client, ida: Client) -> None:
    ida_id = user_of(root, "ida")["id"]
    eve = answer_of(ida.post(TIDES, {"login": "eve"}, X_Request_Id="term-begins"), 201)["user"]["id"]
    [entry] = trail(ida, "/admin/courses/tides/audit")
    assert entry.pop("at").endswith("Z")
    assert entry == {
        "actor": f"user:{ida_id}",
        "login": "ida",
        "course": "tides",
        "action": "enrolments.enrol_person",
        "target": {"course": "tides"},
        "fields": ["login"],
        "details": {"user": eve, "role": "student"},
        "status": 201,
        "request_id": "term-begins",
    }
    answer_of(root.patch(f"{TIDES}/{eve}", {"role": "instructor"}))
    [changed, _] = trail(root)
    assert changed["details"] == {"user": eve, "before": "student", "role": "instructor"}
    assert changed["target"] == {"course": "tides", "user": eve}


def test_an_entry_holds_no_secret_no_name_and_nothing_people_wrote(root: Client, ida: Client, taken: Taken) -> None:
    secret = answer_of(
        root.post("/admin/tokens", {"label": "Canary label", "scopes": ["units:read"], "courses": ["tides"]}), 201
    )
    answer_of(root.post("/admin/users", {"login": "canary-login", "name": "Canary Name"}), 201)
    answer_of(ida.post(f"/admin/attempts/{taken.id}/void", {"reason": "a canary reason"}))
    unit = {"format": "hornbook/unit@1", "unit": {"key": "waves", "title": "Canary title"}}
    answer_of(ida.post(UNITS, unit), 201)
    answer_of(bring(root, "login,name\ncanary-pupil,Canary Pupil\n"))
    told = root.get("/admin/audit").get_data(as_text=True)
    assert [entry["action"] for entry in trail(root)] == [
        "enrolments.import_enrolments", "admin.create_unit", "supervision.void_attempt", "people.create_user",
        "tokens.issue_token",
    ]  # fmt: skip
    assert "canary" not in told.lower()
    assert secret["token"].split("_", 2)[2] not in told
    assert trail(root)[2]["target"] == {"attempt": taken.id} and trail(root)[2]["course"] == "tides"


def test_what_failed_was_not_done_and_is_not_told(root: Client, database: Database) -> None:
    before = count(database)
    assert root.post("/admin/users", {"login": "ana", "name": "Ana"}).status_code == 409
    assert root.post("/admin/users", {"login": "x", "name": ""}).status_code == 422
    assert bring(root, "login\nnobody-knows\n").status_code == 422
    assert root.put(f"{UNITS}/tides", {}, If_Match='"old"').status_code in {412, 422}
    assert count(database) == before


def test_what_was_only_tried_out_is_not_told_and_a_repeat_is_told_once(root: Client, database: Database) -> None:
    answer_of(bring(root, "login\neve\n", query="?dry_run=true"))
    assert count(database) == 0
    for _ in range(3):
        answer_of(root.post("/admin/users", {"login": "x", "name": "X"}, Idempotency_Key="one"), 201)
    assert count(database) == 1


def test_an_act_that_cannot_be_noted_does_not_happen(root: Client, database: Database, capsys: Any) -> None:
    with database.write() as session:
        session.execute(text("DROP TABLE audit"))
    assert root.post("/admin/users", {"login": "x", "name": "X"}).status_code == 500
    capsys.readouterr()
    assert answer_of(root.get("/admin/users?login=x"))["items"] == []


def test_who_is_refused_a_write_is_noted_with_the_course_they_tried(
    ana: Client, ida: Client, root: Client, database: Database, world: TestWorld, tmp_path: Path
) -> None:
    clocks = open_clocks(root.app, database, world, tmp_path, right=3)
    before = count(database)
    assert ana.post(TIDES, {"login": "eve"}).status_code == 403
    assert ida.post("/admin/courses/clocks/enrolments", {"login": "eve"}).status_code == 404
    assert ida.post("/admin/courses/nowhere/enrolments", {"login": "eve"}).status_code == 404
    assert ida.post(TIDES, {"login": "eve", "role": "instructor"}).status_code == 403
    assert count(database) == before + 4
    told = [(entry["login"], entry["course"], entry["status"]) for entry in trail(root, "/admin/audit?limit=4")]
    assert told == [("ida", "tides", 403), ("ida", None, 404), ("ida", "clocks", 404), ("ana", "tides", 403)]
    assert trail(clocks.instructor, "/admin/courses/clocks/audit")[0]["login"] == "ida"
    assert [entry["status"] for entry in trail(ida, "/admin/courses/tides/audit")] == [403, 403]


def test_reading_and_asking_without_a_token_leave_no_trace(
    ana: Client, nobody: Client, eve: Client, database: Database
) -> None:
    assert ana.get("/admin/users").status_code == 403
    assert eve.get(TIDES).status_code == 403
    assert nobody.post(TIDES, {"login": "eve"}).status_code == 401
    assert count(database) == 0


def test_refusals_of_one_caller_are_bounded_and_go_with_time(
    ana: Client, ben: Client, root: Client, database: Database, world: TestWorld
) -> None:
    for _ in range(MOST_REFUSALS + 5):
        assert ana.post("/admin/users", {}).status_code == 403
    assert count(database) == MOST_REFUSALS
    assert ben.post("/admin/users", {}).status_code == 403
    assert count(database) == MOST_REFUSALS + 1, "another caller's are another matter"
    answer_of(root.post("/admin/users", {"login": "x", "name": "X"}), 201)
    world.wait(days=91)
    assert ana.post("/admin/users", {}).status_code == 403
    assert count(database) == 1 + 1 + 1, "Ana's new one, Ben's, and the act, which is kept for good"


def test_a_students_answers_leave_no_trace_and_cost_no_statement(taken: Taken, ben: Client) -> None:
    client, database = taken.client, taken.database
    with statements(database) as sent:
        answer_of(client.put(f"/attempts/{taken.id}/answers/1", {"response": None, "base_rev": 0}))
        assert ben.put(f"/attempts/{taken.id}/answers/1", {"response": None, "base_rev": 0}).status_code == 404
        client.post(f"/attempts/{taken.id}/answers/1/checks", {"response": None, "try": 1})
        answer_of(client.post(f"/attempts/{taken.id}/submission", {}))
    assert not any("audit" in statement for statement in sent)
    assert count(database) == 0


def test_the_trail_is_read_a_page_at_a_time_and_by_person(root: Client, ida: Client) -> None:
    for number in range(5):
        answer_of(root.post("/admin/users", {"login": f"u-{number}", "name": "U"}), 201)
        answer_of(ida.post(TIDES, {"login": f"u-{number}"}), 201)
    seen, path = [], "/admin/audit?limit=3"
    while path:
        page = answer_of(root.get(path))
        seen += page["items"]
        path = f"/admin/audit?limit=3&after={page['next']}" if page["next"] else ""
    assert [entry["login"] for entry in seen] == ["ida", "root"] * 5
    assert [entry["at"] for entry in seen] == sorted((entry["at"] for entry in seen), reverse=True)
    root_id = user_of(root, "root")["id"]
    assert {entry["login"] for entry in trail(root, f"/admin/audit?actor={root_id}")} == {"root"}
    assert {entry["course"] for entry in trail(ida, "/admin/courses/tides/audit")} == {"tides"}
    assert len(trail(ida, "/admin/courses/tides/audit")) == 5
