"""Editing readings, questions and quizzes singly: each edit a version of their unit, through the same gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.accounts import operations as accounts
from service.accounts.models import AuditEntry
from service.content.models import UnitVersion
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Scope
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from tests.cast import Client, answer_of
from tests.conftest import COURSES
from tests.test_unit_documents import SHOWN, UNIT, document_of
from tests.world import TestWorld

NEW: dict[str, dict[str, Any]] = {
    "readings": {"key": "diary", "title": "A Harbour Diary", "verb": "skim", "minutes": 5},
    "questions": {"key": "sun-too", "kind": "true_false", "stem": "The Sun raises tides, too.", "answer": True},
    "quizzes": {"key": "short", "title": "One question", "questions": ["moon-alone"]},
}
"""A new entry of each collection."""
PLACE = {"readings": "?section=supplemental", "questions": "", "quizzes": ""}
HAD = {"readings": "chapter", "questions": "how-many-bulges", "quizzes": "prep-check"}
"""An entry that there is."""
EDIT: dict[str, dict[str, Any]] = {
    "readings": {"minutes": 45},
    "questions": {"stem": "How many bulges are there?"},
    "quizzes": {"title": "Ready?"},
}
every_collection = pytest.mark.parametrize("many", NEW)


def tag_of(client: Client) -> str:
    """The unit's tag."""
    return client.get(UNIT).headers["ETag"]


def keys_of(client: Client, many: str) -> list[str]:
    """The keys of a collection, in order."""
    return [one["key"] for one in answer_of(client.get(f"{UNIT}/{many}?limit=200"))["items"]]


def delete(client: Client, path: str, tag: str = "*") -> Any:
    """Take an entry out."""
    return client.send("DELETE", path, headers={"If_Match": tag})


def pointers(refused: Any) -> list[str]:
    """Where the mistakes are."""
    return [one["pointer"] for one in refused["errors"]]


@every_collection
def test_a_collection_is_listed_as_the_document_has_it(many: str, ida: Client) -> None:
    document, tag = document_of(ida)
    listed = ida.get(f"{UNIT}/{many}")
    items = answer_of(listed)["items"]
    assert listed.headers["ETag"] == tag
    assert ida.get(f"{UNIT}/{many}", If_None_Match=tag).status_code == 304
    if many != "readings":
        assert [one["entry"] for one in items] == document[many]
        assert [one["place"] for one in items] == [{"position": index} for index in range(len(items))]
    first = answer_of(ida.get(f"{UNIT}/{many}?limit=1"))
    rest = answer_of(ida.get(f"{UNIT}/{many}?after={first['next']}"))
    assert [*first["items"], *rest["items"]] == items and rest["next"] is None


@every_collection
def test_every_entry_put_as_it_was_read_changes_nothing(many: str, ida: Client) -> None:
    tag = tag_of(ida)
    for one in answer_of(ida.get(f"{UNIT}/{many}"))["items"]:
        path = f"{UNIT}/{many}/{one['key']}"
        read = ida.get(path)
        assert (answer_of(read), read.headers["ETag"]) == (one["entry"], tag)
        where = "&".join(f"{name}={value}" for name, value in one["place"].items())
        for query in ("", f"?{where}"):
            put = ida.put(path + query, one["entry"], If_Match=tag)
            assert (answer_of(put)["version"], put.headers["ETag"]) == (1, tag)
        assert answer_of(ida.patch(path, {}, If_Match=tag))["version"] == 1


@every_collection
def test_an_entry_is_added_changed_and_taken_out_again(many: str, ida: Client, ana: Client) -> None:
    before, shown = document_of(ida), ana.get(SHOWN).data
    new, path = NEW[many], f"{UNIT}/{many}/{NEW[many]['key']}"
    added = ida.post(f"{UNIT}/{many}{PLACE[many]}", new, If_Match=before[1])
    told = answer_of(added, 201)
    assert (told["key"], told["version"], told["published_version"]) == (new["key"], 2, 1)
    assert added.headers["ETag"] == tag_of(ida) != before[1]
    assert answer_of(ida.get(path)) == new
    assert keys_of(ida, many)[-1] == new["key"]
    patched = ida.patch(path, EDIT[many], If_Match=added.headers["ETag"])
    assert answer_of(patched)["version"] == 3
    assert answer_of(ida.get(path)) == {**new, **EDIT[many]}
    put = ida.put(path, {name: value for name, value in new.items() if name != "key"}, If_Match=tag_of(ida))
    assert answer_of(put)["version"] == 4
    assert answer_of(ida.get(path)) == new
    deleted = delete(ida, path, put.headers["ETag"])
    assert answer_of(deleted)["version"] == 5
    assert deleted.headers["ETag"] == before[1] == tag_of(ida), "the document is what it was"
    assert document_of(ida)[0] == before[0]
    assert ida.get(path).status_code == 404
    assert ana.get(SHOWN).data == shown, "students see nothing before publication"


@every_collection
def test_students_see_an_edit_once_the_unit_is_published(many: str, ida: Client, ana: Client) -> None:
    added = ida.post(f"{UNIT}/{many}{PLACE[many]}", NEW[many], If_Match="*")
    answer_of(added, 201)
    answer_of(ida.post(f"{UNIT}/publication", If_Match=added.headers["ETag"]))
    shown = ana.get(SHOWN).get_data(as_text=True)
    seen = {"readings": "A Harbour Diary", "quizzes": "One question", "questions": None}[many]
    assert seen is None or seen in shown
    assert "sun-too" not in shown, "students never see a question's key"


@every_collection
def test_an_edit_needs_the_units_tag_as_it_is_now(many: str, ida: Client, root: Client) -> None:
    had, tag = f"{UNIT}/{many}/{HAD[many]}", tag_of(ida)
    keys = [one["key"] for one in document_of(ida)[0].get(many, [])]
    changes = [
        ("POST", f"{UNIT}/{many}{PLACE[many]}", NEW[many]),
        ("PUT", had, answer_of(ida.get(had))),
        ("PATCH", had, EDIT[many]),
        ("DELETE", had, None),
        ("PUT", f"{UNIT}/{many}{PLACE[many]}", {"keys": keys or ["tide-table"]}),
    ]
    for method, path, body in changes:
        assert ida.send(method, path, body).status_code == 428
    answer_of(root.patch(had, EDIT[many], If_Match=f"W/{tag}"))
    mine = answer_of(ida.get(had))
    for method, path, body in changes:
        refused = ida.send(method, path, body, headers={"If_Match": tag})
        told = answer_of(refused, 412)
        assert refused.headers["ETag"] == tag_of(ida)
        now = {"keys": keys_of(ida, many)} if many in path.split("/")[-1] else {"entry": mine}
        assert told["current"].items() >= {"version": 2, **now}.items(), f"{method} {path}"
        assert told["current"]["author"] == answer_of(root.get("/me"))["id"]
    assert document_of(ida)[1] == tag_of(root)


@every_collection
def test_what_is_wrong_is_pointed_at_in_the_body_in_the_words_of_files(many: str, ida: Client) -> None:
    had = f"{UNIT}/{many}/{HAD[many]}"
    entry = answer_of(ida.get(had))
    wrong = {**entry, "colour": "blue", "title" if many != "questions" else "stem": ["a"]}
    document, tag = document_of(ida)
    index = next(iter(answer_of(ida.get(f"{UNIT}/{many}"))["items"]))["place"]["position"]
    lists = document["sections"][0]["items"] if many == "readings" else document[many]
    lists[index] = wrong
    whole = answer_of(ida.put(UNIT, document, If_Match=tag), 422)["errors"]
    under = f"/sections/0/items/{index}" if many == "readings" else f"/{many}/{index}"
    wanted = [{**one, "pointer": one["pointer"].removeprefix(under)} for one in whole]
    assert "/colour" in [one["pointer"] for one in wanted] and len(wanted) == 2
    assert answer_of(ida.put(had, wrong, If_Match=tag), 422)["errors"] == wanted
    patch = {name: value for name, value in wrong.items() if entry.get(name) != value}
    assert answer_of(ida.patch(had, patch, If_Match=tag), 422)["errors"] == wanted
    new = {**wrong, "key": "new"}
    assert answer_of(ida.post(f"{UNIT}/{many}{PLACE[many]}", new, If_Match=tag), 422)["errors"] == wanted
    assert document_of(ida)[1] == tag


@every_collection
def test_a_key_is_written_once_and_agrees_with_the_address(many: str, ida: Client) -> None:
    had, one = f"{UNIT}/{many}/{HAD[many]}", {"quizzes": "quiz"}.get(many, many[:-1])
    for refused in (
        ida.put(had, {**answer_of(ida.get(had)), "key": "other"}, If_Match="*"),
        ida.patch(had, {"key": "other"}, If_Match="*"),
        ida.patch(had, {"key": None}, If_Match="*"),
    ):
        (error,) = answer_of(refused, 422)["errors"]
        assert error == {"pointer": "/key", "detail": f"The key of a {one} is written once: here it is {HAD[many]}."}
    again = {**NEW[many], "key": HAD[many]}
    assert "already" in answer_of(ida.post(f"{UNIT}/{many}{PLACE[many]}", again, If_Match="*"), 409)["detail"]
    del again["key"]
    assert pointers(answer_of(ida.post(f"{UNIT}/{many}{PLACE[many]}", again, If_Match="*"), 422)) == ["/key"]
    assert ida.put(f"{UNIT}/{many}/nothing", NEW[many], If_Match="*").status_code == 404


@every_collection
@pytest.mark.parametrize("body", [b"[]", b'"x"', b"7", b"null", b"{}"])
def test_what_is_no_entry_is_refused(body: bytes, many: str, ida: Client) -> None:
    headers = {"If_Match": "*"}
    had = f"{UNIT}/{many}/{HAD[many]}"
    assert ida.send("POST", f"{UNIT}/{many}", raw=body, headers=headers).status_code == 422
    assert ida.send("PUT", had, raw=body, headers=headers).status_code == 422
    assert ida.send("PATCH", had, raw=body, headers=headers).status_code == (200 if body == b"{}" else 422)
    assert ida.send("PUT", f"{UNIT}/{many}", raw=body, headers=headers).status_code == 422
    assert ida.send("POST", f"{UNIT}/{many}", raw=b"{", headers=headers).status_code == 400
    assert ida.send("PATCH", had, raw=b"", headers=headers).status_code == 400


def test_a_short_form_makes_its_key_as_in_a_file(ida: Client) -> None:
    path = f"{UNIT}/readings?section=supplemental"
    added = answer_of(ida.post(path, {"watch": "https://sea.example/clips/neap.html"}, If_Match="*"), 201)
    assert added["key"] == "neap-html"
    assert answer_of(ida.get(f"{UNIT}/readings/neap-html"))["verb"] == "watch"
    put = ida.put(f"{UNIT}/readings/neap-html", {"skim": "tide-chapter"}, If_Match="*")
    assert answer_of(put)["key"] == "neap-html"
    assert answer_of(ida.get(f"{UNIT}/readings/neap-html"))["resource"] == "tide-chapter"


def test_an_entry_may_be_sent_as_yaml(ida: Client) -> None:
    yaml = b"key: sun-too\nkind: true_false\nstem: The Sun raises tides.\nanswer: true\n"
    headers = {"If_Match": "*", "Content-Type": "application/yaml"}
    answer_of(ida.send("POST", f"{UNIT}/questions", raw=yaml, headers=headers), 201)
    assert answer_of(ida.get(f"{UNIT}/questions/sun-too"))["answer"] is True


@pytest.mark.parametrize("body", [{"note": "Not a reading."}, {"task": "Homework"}, {"choose": {"key": "which"}}])
def test_among_readings_stand_readings_alone(body: dict[str, Any], ida: Client) -> None:
    refused = answer_of(ida.post(f"{UNIT}/readings?section=supplemental", body, If_Match="*"), 422)
    assert pointers(refused) == [f"/{next(iter(body))}"]


def test_a_merge_patch_removes_what_is_null_and_replaces_lists(ida: Client) -> None:
    path = f"{UNIT}/questions/range"
    before = answer_of(ida.get(path))
    patch = {"hints": None, "tags": ["numbers"], "feedback": {"incorrect": None, "correct": "Yes."}}
    answer_of(ida.patch(path, patch, If_Match="*", Content_Type="application/merge-patch+json"))
    after = answer_of(ida.get(path))
    assert after == {
        **{name: value for name, value in before.items() if name != "hints"},
        "tags": ["numbers"],
        "feedback": {"correct": "Yes."},
    }


def test_what_is_needed_elsewhere_is_not_deleted(ida: Client) -> None:
    document, tag = document_of(ida)
    asked = answer_of(delete(ida, f"{UNIT}/questions/range", tag), 409)
    assert pointers(asked) == ["/quizzes/0/questions/1", "/quizzes/1/questions/2", "/quizzes/2/draw/1/from/0"]
    assert asked["errors"][0]["detail"] == "The quiz “prep-check” asks “range”: take it out of `questions` first."
    read = answer_of(delete(ida, f"{UNIT}/readings/film", tag), 409)
    assert pointers(read) == ["/questions/1/answers_from/0/reading", "/questions/7/answers_from/0/reading"]
    extended = answer_of(delete(ida, f"{UNIT}/readings/skim-neap", tag), 409)
    assert pointers(extended) == ["/sections/0/items/3/choose/options/1/items/1/extension_of"]
    last = answer_of(delete(ida, f"{UNIT}/readings/skim-spring", tag), 409)
    (error,) = last["errors"]
    assert error["detail"] == "Elsewhere in the unit's document: This option is empty: list its readings."
    assert document_of(ida) == (document, tag)


def test_a_mistake_elsewhere_points_into_the_units_document_and_says_so(ida: Client) -> None:
    draw = {"draw": [{"take": 5, "where": {"kind": "numeric"}}], "questions": None}
    for number in range(4):
        new = {**answer_of(ida.get(f"{UNIT}/questions/range")), "key": f"range-{number}"}
        answer_of(ida.post(f"{UNIT}/questions", new, If_Match="*"), 201)
    answer_of(ida.patch(f"{UNIT}/quizzes/prep-check", draw, If_Match="*"))
    changed = {"kind": "true_false", "stem": "So?", "answer": True}
    (error,) = answer_of(ida.put(f"{UNIT}/questions/range-0", changed, If_Match="*"), 422)["errors"]
    assert error["pointer"] == "/quizzes/0/draw/0/take"
    assert error["detail"].startswith("Elsewhere in the unit's document: 5 cannot be drawn, only 4 questions fit")
    refused = answer_of(delete(ida, f"{UNIT}/questions/range-0", "*"), 409)
    assert pointers(refused) == ["/quizzes/0/draw/0/take"]


@every_collection
def test_what_is_foreign_is_as_missing_as_what_is_not_there(
    many: str, app: Flask, database: Database, world: TestWorld
) -> None:
    seeding.seed(database, world, seeding.prepare(load_folder(Path("seed/ai"))))
    with database.write() as session:
        found = find_course(session, "ai")
        assert found is not None
        issued = accounts.issue_integration_token(
            session, world, label="of another course", scopes=[Scope.CONTENT_WRITE], course_ids=[found.id]
        )
    other = Client(app, issued.text, {"X-Request-Id": "the-same"})
    nowhere = "/admin/courses/none/units/none"
    for method, path, body in (
        ("GET", f"/{many}", None),
        ("GET", f"/{many}/{HAD[many]}", None),
        ("POST", f"/{many}", NEW[many]),
        ("PUT", f"/{many}", {"keys": []}),
        ("PUT", f"/{many}/{HAD[many]}", NEW[many]),
        ("PATCH", f"/{many}/{HAD[many]}", {}),
        ("DELETE", f"/{many}/{HAD[many]}", None),
    ):
        headers = {} if method == "GET" else {"If_Match": "*"}
        foreign = other.send(method, UNIT + path, body, headers=headers)
        none = other.send(method, nowhere + path, body, headers=headers)
        mine = other.send(method, f"/admin/courses/ai/units/generation/{many}/not-there", headers=headers)
        assert (foreign.status_code, foreign.data) == (404, none.data)
        assert list(foreign.headers) == list(none.headers)
        if method == "GET":
            assert mine.data == foreign.data


def test_a_repeated_post_under_its_key_is_done_once(ida: Client, database: Database) -> None:
    for match in (tag_of(ida), "*"):
        headers = {"If_Match": match, "Idempotency_Key": f"once-{match}"}
        new = {**NEW["questions"], "key": "once" if match == "*" else "tagged"}
        first = ida.send("POST", f"{UNIT}/questions", new, headers=headers)
        again = ida.send("POST", f"{UNIT}/questions", new, headers=headers)
        assert (answer_of(first, 201), first.headers["ETag"]) == (answer_of(again, 201), again.headers["ETag"])
        assert again.headers["Idempotency-Replayed"] == "true"
    with database.read() as session:
        assert len(session.scalars(select(UnitVersion.id)).all()) == 4


def test_the_answer_tells_what_the_linter_finds_in_the_unit(ida: Client) -> None:
    told = answer_of(ida.post(f"{UNIT}/questions", NEW["questions"], If_Match="*"), 201)["lint"]
    mine = {one["code"] for one in told if one["pointer"].startswith("/questions/10")}
    assert {"question-reading", "question-objective"} <= mine
    patched = ida.patch(f"{UNIT}/questions/sun-too", {"stem": "[a]([b](https://sea.example))"}, If_Match="*")
    assert "link-malformed" in {one["code"] for one in answer_of(patched)["lint"]}, "that does not keep it from saving"


def test_edits_are_versions_with_their_authors_and_in_the_audit_trail(ida: Client, database: Database) -> None:
    answer_of(ida.post(f"{UNIT}/questions", NEW["questions"], If_Match="*"), 201)
    answer_of(delete(ida, f"{UNIT}/questions/sun-too", "*"))
    versions = answer_of(ida.get(f"{UNIT}/versions"))["items"]
    me = answer_of(ida.get("/me"))["id"]
    assert [(one["version"], one["origin"], one["author"]) for one in versions[:2]] == [(3, "api", me), (2, "api", me)]
    with database.read() as session:
        noted = session.execute(select(AuditEntry.action, AuditEntry.target, AuditEntry.details)).all()
    unit = {"course": "tides", "unit": "tides"}
    assert [tuple(one) for one in noted] == [
        ("entries.create_question", unit, {"key": "sun-too"}),
        ("entries.delete_question", {**unit, "question": "sun-too"}, {}),
    ]


def test_what_a_file_says_of_an_entry_is_what_a_put_of_it_says(ida: Client, tmp_path: Path) -> None:
    """A question, taken out of the unit and put in again from its file, gives the unit of the file."""
    document, tag = document_of(ida)
    answer_of(delete(ida, f"{UNIT}/questions/highest", tag))
    text = (COURSES / "tides/units/01-tides.yaml").read_text().split("  - key: highest\n")[1].split("\nquizzes:")[0]
    yaml = "key: highest\n" + "\n".join(line[4:] for line in text.split("\n"))
    headers = {"If_Match": "*", "Content-Type": "application/yaml"}
    added = ida.send("POST", f"{UNIT}/questions", raw=yaml.encode(), headers=headers)
    assert answer_of(added, 201)["key"] == "highest"
    assert document_of(ida) == (document, tag)
