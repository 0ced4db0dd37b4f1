"""Editing units over HTTP: whole documents in versions, through the files' gate, seen by students once published."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.accounts import operations as accounts
from service.accounts.models import User
from service.content.models import Rendering, UnitVersion
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role, Scope
from service.seeding import operations as seeding
from service.seeding.loader import SeedRefused, load_folder
from tests.cast import Client, answer_of
from tests.conftest import COURSES
from tests.quizzing import Taken
from tests.world import TestWorld

UNIT = "/admin/courses/tides/units/tides"
SHOWN = "/courses/tides/units/tides"
WAVES = {"format": "hornbook/unit@1", "unit": {"key": "waves", "title": "Waves"}}


def document_of(client: Client, path: str = UNIT) -> tuple[Any, str]:
    """The unit's document and its tag."""
    found = client.get(path)
    return answer_of(found), found.headers["ETag"]


def test_a_put_of_what_was_read_changes_nothing(ida: Client, database: Database) -> None:
    document, tag = document_of(ida)
    assert list(document)[:2] == ["format", "unit"], "in the order of a file"
    put = ida.put(UNIT, document, If_Match=tag)
    assert (answer_of(put)["version"], put.headers["ETag"]) == (1, tag)
    with database.read() as session:
        assert len(session.scalars(select(UnitVersion.id)).all()) == 2


def test_an_edit_is_a_draft_until_it_is_published(ida: Client, ana: Client) -> None:
    document, tag = document_of(ida)
    before, course = ana.get(SHOWN), answer_of(ana.get("/courses/tides"))
    document["unit"]["title"] = "Edited"
    put = ida.put(UNIT, document, If_Match=tag)
    state = answer_of(put)
    assert (state["version"], state["published_version"], state["status"]) == (2, 1, "published")
    assert ana.get(SHOWN).data == before.data
    assert answer_of(ana.get("/courses/tides")) == course, "students see no change, so there is no new version"
    assert "Edited" not in ana.get("/courses/tides/units").get_data(as_text=True)
    published = answer_of(ida.post(f"{UNIT}/publication", If_Match=put.headers["ETag"]))
    assert (published["version"], published["published_version"]) == (2, 2)
    assert answer_of(ana.get(SHOWN))["title"] == "Edited"
    assert answer_of(ana.get("/courses/tides"))["version"] == course["version"] + 1
    again = ida.post(f"{UNIT}/publication", If_Match="*")
    assert answer_of(again)["version"] == 2
    assert answer_of(ana.get("/courses/tides"))["version"] == course["version"] + 1, "repeating it changes nothing"


def test_ids_survive_an_edit_and_attempts_go_on(ida: Client, ana: Client, taken: Taken) -> None:
    before = answer_of(ana.get(SHOWN))
    document, tag = document_of(ida)
    document["questions"][0]["stem"] = "Edited?"
    put = ida.put(UNIT, document, If_Match=tag)
    answer_of(ida.post(f"{UNIT}/publication", If_Match=put.headers["ETag"]))
    after = answer_of(ana.get(SHOWN))
    assert after["sections"] == before["sections"] and after["quizzes"] == before["quizzes"]
    slot = taken.slot("single_choice")
    assert taken.look(slot)["question"]["stem"]["markdown"] != "Edited?"
    assert answer_of(taken.check(slot, taken.right(slot), 1))["outcome"]["status"] == "correct"


def test_nobody_overwrites_what_they_have_not_seen(ida: Client, root: Client) -> None:
    document, tag = document_of(ida)
    document["unit"]["title"] = "Ida's"
    assert ida.put(UNIT, document).status_code == 428
    answer_of(ida.put(UNIT, document, If_Match=f"W/{tag}"))
    document["unit"]["title"] = "Root's"
    refused = root.put(UNIT, document, If_Match=tag)
    assert refused.status_code == 412 and refused.headers["ETag"] == document_of(root)[1]
    assert root.post(f"{UNIT}/publication").status_code == 428
    assert root.post(f"{UNIT}/publication", If_Match=tag).status_code == 412
    assert document_of(root)[0]["unit"]["title"] == "Ida's"


def test_of_two_edits_at_once_one_wins(app: Flask, stage: Any) -> None:
    document, tag = document_of(Client(app, stage.tokens["ida"]))

    def put(number: int) -> int:
        mine = {**document, "unit": {**document["unit"], "title": f"Edit {number}"}}
        return Client(app, stage.tokens["ida"]).put(UNIT, mine, If_Match=tag).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(put, range(4))) == [200, 412, 412, 412]


def test_the_gate_is_the_files_gate_with_the_same_words(ida: Client, tmp_path: Path) -> None:
    document, tag = document_of(ida)
    document["unit"]["titel"] = "?"
    document["questions"][0]["objectives"] = ["explain-bulge"]
    refused = answer_of(ida.put(UNIT, document, If_Match=tag), 422)
    assert [one["pointer"] for one in refused["errors"]] == ["/unit/titel", "/questions/0/objectives/0"]
    file = tmp_path / "units/01-tides.yaml"
    file.parent.mkdir()
    (tmp_path / "course.yaml").write_text((COURSES / "tides/course.yaml").read_text())
    text = (COURSES / "tides/units/01-tides.yaml").read_text()
    text = text.replace("  title: Why the sea", "  titel: '?'\n  title: Why the sea")
    first, rest = text.split("objectives: [explain-bulges]\n    answers_from", 1)
    file.write_text(f"{first}objectives: [explain-bulge]\n    answers_from{rest}")
    with pytest.raises(SeedRefused) as same:
        load_folder(tmp_path)
    assert [one.message for one in same.value.located] == [one["detail"] for one in refused["errors"]]


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"[]", 422, "Fields are needed here"),
        (b"{", 400, "not JSON"),
        (b'{"format": "hornbook/unit@1", "unit": {"key": "other", "title": "T"}}', 422, "written once"),
        (b"{}", 422, "is missing"),
    ],
)
def test_what_is_no_document_of_this_unit_is_refused(body: bytes, status: int, told: str, ida: Client) -> None:
    refused = ida.send("PUT", UNIT, raw=body, headers={"If_Match": "*"})
    assert refused.status_code == status
    assert told in refused.get_data(as_text=True)


def test_a_document_may_be_sent_as_yaml(ida: Client) -> None:
    yaml = {"If_Match": "*", "Content_Type": "application/yaml"}
    text = (COURSES / "tides/units/01-tides.yaml").read_bytes()

    def put(content: bytes) -> Any:
        sent = {name.replace("_", "-"): value for name, value in yaml.items()}
        return ida.app.test_client().put(
            f"/api/v1{UNIT}", data=content, headers={**sent, "Authorization": f"Bearer {ida.token}"}
        )

    assert answer_of(put(text))["version"] == 1, "it is what the file said"
    assert answer_of(put(text.replace(b"Why the sea rises twice a day", b"Because")))["version"] == 2
    refused = put(b"format: hornbook/unit@1\nunit: {key: a\n")
    assert refused.status_code == 400 and "Line 2, column 7" in refused.get_json()["errors"][0]["detail"]


def test_a_unit_is_made_published_and_read(ida: Client, ana: Client) -> None:
    path = "/admin/courses/tides/units/waves"
    made = ida.post("/admin/courses/tides/units", WAVES)
    assert answer_of(made, 201)["status"] == "draft"
    assert ana.get("/courses/tides/units/waves").status_code == 404
    assert ida.post("/admin/courses/tides/units", WAVES).status_code == 409
    answer_of(ida.post(f"{path}/publication", If_Match=made.headers["ETag"]))
    assert answer_of(ana.get("/courses/tides/units/waves"))["title"] == "Waves"
    document, _ = document_of(ida, path)
    assert document["unit"]["status"] == "published", "publishing sets it"
    assert answer_of(ida.get(f"{path}/versions"))["items"][0]["published"] is True
    assert answer_of(ida.get("/courses/tides"))["units"] == 3


def test_versions_tell_who_and_whence_and_never_change(ida: Client, database: Database) -> None:
    first, tag = document_of(ida)
    document = {**first, "unit": {**first["unit"], "title": "Edited"}}
    answer_of(ida.put(UNIT, document, If_Match=tag))
    page = answer_of(ida.get(f"{UNIT}/versions?limit=1"))
    older = answer_of(ida.get(f"{UNIT}/versions?limit=1&after={page['next']}"))
    told = [*page["items"], *older["items"]]
    with database.read() as session:
        author = session.scalars(select(User.id).where(User.login == "ida")).one()
    assert [(one["version"], one["origin"], one["author"], one["published"]) for one in told] == [
        (2, "api", str(author), False),
        (1, "seed", None, True),
    ]
    assert older["next"] is None
    assert answer_of(ida.get(f"{UNIT}/versions/1")) == first
    assert answer_of(ida.get(f"{UNIT}/versions/2")) == document
    assert ida.get(f"{UNIT}/versions/3").status_code == 404


def test_an_integration_may_write_in_its_own_course_alone(app: Flask, database: Database, world: TestWorld) -> None:
    seeding.seed(database, world, seeding.prepare(load_folder(Path("seed/ai"))))
    with database.write() as session:
        tides, other = find_course(session, "tides"), find_course(session, "ai")
        assert tides is not None and other is not None
        tokens = [
            accounts.issue_integration_token(session, world, label="x", scopes=[scope], course_ids=[tides.id]).text
            for scope in (Scope.CONTENT_WRITE, Scope.UNITS_READ)
        ]
        ivo = accounts.create_user(session, world, login="ivo", name="Ivo")
        accounts.enrol(session, world, ivo, other.id, Role.INSTRUCTOR)
        tokens.append(accounts.issue_personal_token(session, world, ivo, label="x").text)
    writer, reader, ivo_client = (Client(app, token) for token in tokens)
    document, tag = document_of(writer)
    document["unit"]["title"] = "By a system"
    answer_of(writer.put(UNIT, document, If_Match=tag))
    assert answer_of(writer.get(f"{UNIT}/versions"))["items"][0]["author"] is None
    assert writer.get("/admin/courses/ai/units/generation").status_code == 404
    assert reader.get(UNIT).status_code == 403
    assert ivo_client.get(UNIT).status_code == 404, "an instructor of another course"


def test_an_export_over_http_is_what_the_command_writes(ida: Client) -> None:
    archive = ida.get("/admin/courses/tides/export")
    assert archive.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(archive.data)) as files:
        assert files.namelist() == ["tides/course.yaml", "tides/units/01-tides.yaml", "tides/units/02-currents.yaml"]
    assert ida.get("/admin/courses/tides/export", If_None_Match=archive.headers["ETag"]).status_code == 304
    as_json = answer_of(ida.get("/admin/courses/tides/export?format=json"))
    assert as_json["units"][0] == document_of(ida)[0]
    assert ida.get("/admin/courses/tides/export?format=pdf").status_code == 422


def test_only_published_versions_are_rendered(ida: Client, database: Database) -> None:
    document, tag = document_of(ida)
    document["unit"]["title"] = "Edited"
    answer_of(ida.put(UNIT, document, If_Match=tag))
    with database.read() as session:
        assert len(session.scalars(select(Rendering.version_id)).all()) == 2
