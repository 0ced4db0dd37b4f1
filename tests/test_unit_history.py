"""Editing while others edit: who was faster, what was changed, the way back, a look ahead, and putting a unit away."""

from __future__ import annotations

from typing import Any

import pytest

from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import Taken, take

UNIT = "/admin/courses/tides/units/tides"
SHOWN = "/courses/tides/units/tides"
WAVES = {"format": "hornbook/unit@1", "unit": {"key": "waves", "title": "Waves"}}


def read(client: Client, path: str = UNIT) -> tuple[Any, str]:
    """A document, and its tag."""
    found = client.get(path)
    return answer_of(found), found.headers["ETag"]


def patch(client: Client, change: object, path: str = UNIT, tag: str | None = None) -> Any:
    """Change parts of a document, as it was read just now."""
    tag = tag or read(client, path)[1]
    return answer_of(client.patch(path, change, If_Match=tag))


def publish(client: Client, path: str = UNIT) -> Any:
    """Show the newest version."""
    return answer_of(client.post(f"{path}/publication", If_Match="*"))


def test_a_patch_changes_what_it_says_and_students_see_it_once_it_is_published(ida: Client, ana: Client) -> None:
    before, _ = read(ida)
    state = patch(ida, {"unit": {"title": "Edited", "summary": None}})
    assert (state["version"], state["published_version"], state["title"]) == (2, 1, "Edited")
    after, _ = read(ida)
    assert after["unit"] == {**{k: v for k, v in before["unit"].items() if k != "summary"}, "title": "Edited"}
    assert {**after, "unit": None} == {**before, "unit": None}
    assert answer_of(ana.get(SHOWN))["title"] != "Edited"
    publish(ida)
    assert answer_of(ana.get(SHOWN))["title"] == "Edited"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"unit": {"title": ["x"]}}, "/unit/title"),
        ({"unit": {"nonsense": 1}}, "/unit/nonsense"),
        ({"unit": {"key": "waves"}}, "/unit/key"),
        ({"unit": None}, "/unit"),
        ({"objectives": [{"key": "a", "text": "A"}, {"key": "a", "text": "B"}]}, "/objectives/1/key"),
    ],
)
def test_what_a_patch_spoils_is_named_and_nothing_is_written(body: object, pointer: str, ida: Client) -> None:
    refused = answer_of(ida.patch(UNIT, body, If_Match="*"), 422)
    assert pointer in [one["pointer"] for one in refused["errors"]]
    assert read(ida)[0]["unit"]["key"] == "tides" and len(answer_of(ida.get(f"{UNIT}/versions"))["items"]) == 1


def test_of_two_who_edit_at_once_the_later_one_is_told_who_was_faster(ida: Client, root: Client) -> None:
    _, tag = read(ida)
    patch(root, {"unit": {"title": "Root's"}}, tag=tag)
    refused = ida.patch(UNIT, {"unit": {"title": "Ida's"}}, If_Match=tag)
    told = answer_of(refused, 412)["current"]
    me = answer_of(root.get("/me"))["id"]
    assert (told["version"], told["author"], told["published_version"]) == (2, me, 1)
    assert refused.headers["ETag"] == f'"{told["etag"]}"'
    patch(ida, {"unit": {"title": "Ida's"}}, tag=f'W/"{told["etag"]}"')  # a proxy's weak form of it
    assert answer_of(ida.patch(UNIT, {}), 428)
    versions = answer_of(ida.get(f"{UNIT}/versions"))["items"]
    assert [one["version"] for one in versions] == [3, 2, 1]
    assert versions[0]["author"] == answer_of(ida.get("/me"))["id"] and versions[1]["author"] == me


def test_the_difference_is_told_by_keys_and_by_default_is_what_publishing_would_change(ida: Client) -> None:
    document, tag = read(ida)
    document["questions"][0]["stem"] = "How many, all in all?"
    document["quizzes"].reverse()
    document["meetings"].append({"key": "friday", "day": "friday"})
    answer_of(ida.put(UNIT, document, If_Match=tag))
    told = answer_of(ida.get(f"{UNIT}/diff"))
    assert (told["from"], told["to"]) == (1, 2)
    assert [("/".join(one["path"]), one["what"]) for one in told["changes"]] == [
        ("meetings/friday", "added"),
        ("questions/how-many-bulges/stem", "changed"),
        ("quizzes", "moved"),
    ]
    assert told["changes"][1]["after"] == "How many, all in all?"
    back = answer_of(ida.get(f"{UNIT}/diff?from=2&to=1"))["changes"]
    assert [one["what"] for one in back] == ["removed", "changed", "moved"]
    assert answer_of(ida.get(f"{UNIT}/diff?from=2&to=2"))["changes"] == []
    answer_of(ida.get(f"{UNIT}/diff?to=9"), 404)
    answer_of(ida.get(f"{UNIT}/diff?to=0"), 422)


def test_going_back_is_one_more_version_and_loses_nothing(ida: Client, ana: Client) -> None:
    first, _ = read(ida)
    patch(ida, {"unit": {"title": "A mistake"}})
    publish(ida)
    state = answer_of(ida.post(f"{UNIT}/revert", {"version": 1}, If_Match="*"))
    assert (state["version"], state["published_version"]) == (3, 2)
    assert read(ida)[0] == first
    assert answer_of(ana.get(SHOWN))["title"] == "A mistake"
    publish(ida)
    assert answer_of(ana.get(SHOWN))["title"] == first["unit"]["title"]
    assert len(answer_of(ida.get(f"{UNIT}/versions"))["items"]) == 3
    answer_of(ida.post(f"{UNIT}/revert", {"version": 9}, If_Match="*"), 404)
    answer_of(ida.post(f"{UNIT}/revert", {"version": 1}), 428)


def test_a_key_that_was_changed_and_changed_back_grades_as_before(
    ida: Client, ana: Client, prep_check: str, database: Database
) -> None:
    open_ = take(ana, prep_check, database)
    slot = open_.slot("numeric")
    right = open_.right(slot)
    document, tag = read(ida)
    question = next(one for one in document["questions"] if one["key"] == "range")
    question["answer"] = {"value": "900", "tolerance": {"abs": "1"}}
    answer_of(ida.put(UNIT, document, If_Match=tag))
    publish(ida)
    answer_of(ida.post(f"{UNIT}/revert", {"version": 1}, If_Match="*"))
    publish(ida)
    assert answer_of(open_.check(slot, right, 1))["outcome"]["status"] == "correct"
    answer_of(open_.submit())
    again = take(ana, prep_check, database)
    assert answer_of(again.check(slot, again.right(slot), 1))["outcome"]["status"] == "correct"


def test_a_preview_shows_a_draft_as_students_would_get_it_without_any_key(ida: Client, ana: Client) -> None:
    patch(ida, {"unit": {"title": "Not yet shown"}})
    told = answer_of(ida.get(f"{UNIT}/preview"))
    assert (told["version"], told["unit"]["title"]) == (2, "Not yet shown")
    assert len(told["questions"]) == 10 and told["reading_list"]["unit"] == "tides"
    assert "CANARY" not in str(told)
    asked = {one["key"]: one["question"] for one in told["questions"]}
    assert [one["text"]["markdown"] for one in asked["how-many-bulges"]["choices"]]
    before = answer_of(ida.get(f"{UNIT}/preview?version=1"))
    shown = answer_of(ana.get(SHOWN))
    assert {**before["unit"], "version": 0} == {**shown, "version": 0}, "to the letter what students see"
    assert answer_of(ana.get(SHOWN))["title"] != "Not yet shown"


def test_what_the_linter_calls_an_error_is_saved_and_not_published(ida: Client, ana: Client) -> None:
    patch(ida, {"lint": [{"ignore": "link-htp", "because": "a slip of the pen"}]})
    refused = answer_of(ida.post(f"{UNIT}/publication", If_Match="*"), 422)
    assert refused["errors"][0]["pointer"] == "/lint/0/ignore" and "ignore-unknown" in refused["errors"][0]["detail"]
    assert answer_of(ida.get(f"{UNIT}/versions"))["items"][0]["version"] == 2
    patch(ida, {"lint": None})
    publish(ida)


@pytest.mark.parametrize(("path", "body"), [("publication", None), ("revert", {"version": 1}), ("archival", None)])
def test_a_repeat_of_what_was_done_has_its_first_answer_though_it_could_not_be_done_again(
    path: str, body: object, ida: Client
) -> None:
    _, tag = read(ida)
    state = ida.patch(UNIT, {"unit": {"title": "Edited"}}, If_Match=tag)
    headers = {"If_Match": state.headers["ETag"], "Idempotency_Key": f"once-{path}"}
    first, again = (ida.post(f"{UNIT}/{path}", body, **headers) for _ in range(2))
    assert answer_of(again) == answer_of(first) and again.headers["Idempotency-Replayed"] == "true"
    without = ida.post(f"{UNIT}/{path}", body, If_Match=state.headers["ETag"])
    assert without.status_code == (200 if path == "publication" else 412), "what is shown already may be shown again"


def test_a_unit_that_students_have_seen_is_not_deleted_but_archived_and_comes_back(
    ida: Client, ana: Client, taken: Taken
) -> None:
    told = answer_of(ida.send("DELETE", UNIT, headers={"If-Match": "*"}), 409)["detail"]
    assert "archival" in told
    state = answer_of(ida.post(f"{UNIT}/archival", If_Match="*"))
    assert state["status"] == "archived"
    answer_of(ana.get(SHOWN), 404)
    assert "tides" in [
        one["key"] for one in answer_of(ana.get("/courses/tides/changes?since=1"))["items"] if one["what"] == "archived"
    ]
    slot = taken.slot("numeric")
    assert answer_of(taken.check(slot, taken.right(slot), 1))["outcome"]["status"] == "correct", "what is open goes on"
    assert answer_of(ida.post(f"{UNIT}/archival", If_Match="*"))["version"] == state["version"], "again, nothing more"
    publish(ida)
    assert answer_of(ana.get(SHOWN))["key"] == "tides"


def test_a_draft_that_nobody_has_seen_is_deleted(ida: Client) -> None:
    path = "/admin/courses/tides/units/waves"
    made = ida.post("/admin/courses/tides/units", WAVES)
    answer_of(made, 201)
    answer_of(ida.post(f"{path}/archival", If_Match="*"), 409)
    assert ida.send("DELETE", path, headers={"If-Match": '"another"'}).status_code == 412
    assert ida.send("DELETE", path, headers={"If-Match": made.headers["ETag"]}).status_code == 204
    answer_of(ida.get(path), 404)
    answer_of(ida.post("/admin/courses/tides/units", WAVES), 201)
