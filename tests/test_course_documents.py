"""A course's own document over HTTP: made by an admin, edited by those who run it, and never taken from anybody."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.cast import Client, answer_of

COURSE = "/admin/courses/tides"
RIVERS = {"format": "hornbook/course@1", "key": "rivers", "title": "Rivers", "visibility": "public"}


def tag_of(client: Client, path: str = COURSE) -> str:
    """The tag of the document as it is now."""
    return client.get(path).headers["ETag"]


def test_a_course_is_made_filled_opened_and_read(root: Client, nobody: Client) -> None:
    made = root.post("/admin/courses", RIVERS)
    assert answer_of(made, 201)["title"] == "Rivers"
    answer_of(root.post("/admin/courses", RIVERS), 409)
    unit = {"format": "hornbook/unit@1", "unit": {"key": "delta", "title": "The delta"}}
    answer_of(root.post("/admin/courses/rivers/units", unit), 201)
    answer_of(root.post("/admin/courses/rivers/units/delta/publication", If_Match="*"))
    answer_of(nobody.get("/courses/rivers"), 401)
    answer_of(root.patch("/admin/courses/rivers", {"status": "published"}, If_Match=made.headers["ETag"]))
    assert answer_of(nobody.get("/courses/rivers/units/delta"))["title"] == "The delta"


def test_an_edit_counts_at_once_and_has_a_version(ida: Client, ana: Client) -> None:
    before = answer_of(ana.get("/courses/tides"))
    tag = tag_of(ida)
    patched = ida.patch(COURSE, {"title": "Tides and more", "term": "Spring"}, If_Match=tag)
    assert answer_of(patched)["title"] == "Tides and more" and patched.headers["ETag"] != tag
    after = answer_of(ana.get("/courses/tides"))
    assert (after["title"], after["term"], after["version"]) == ("Tides and more", "Spring", before["version"] + 1)
    answer_of(ida.put(COURSE, answer_of(ida.get(COURSE)), If_Match=patched.headers["ETag"]))
    assert answer_of(ana.get("/courses/tides")) == after, "the same again changes nothing"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"key": "rivers"}, "/key"),
        ({"time_zone": "Asia/Tokyo"}, "/time_zone"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"title": None}, "/title"),
        ({"visibility": "secret"}, "/visibility"),
        ({"version": 9}, "/version"),
    ],
)
def test_what_is_not_right_is_named(body: dict[str, Any], pointer: str, ida: Client) -> None:
    refused = answer_of(ida.patch(COURSE, body, If_Match="*"), 422)
    assert [one["pointer"] for one in refused["errors"]] == [pointer]


def test_of_two_editors_one_has_to_look_again(ida: Client, root: Client) -> None:
    tag = tag_of(ida)
    answer_of(root.patch(COURSE, {"title": "Root's"}, If_Match=tag))
    answer_of(ida.patch(COURSE, {"title": "Ida's"}, If_Match=tag), 412)
    answer_of(ida.patch(COURSE, {"title": "Ida's"}), 428)
    assert answer_of(ida.get(COURSE))["title"] == "Root's"


def test_a_course_with_somebody_in_it_is_archived_and_one_without_is_deleted(
    root: Client, ida: Client, ana: Client
) -> None:
    refused = root.send("DELETE", COURSE, headers={"If-Match": "*"})
    assert "archived" in answer_of(refused, 409)["detail"]
    answer_of(ida.patch(COURSE, {"status": "archived"}, If_Match="*"))
    answer_of(ana.get("/courses/tides"), 404)
    assert answer_of(ida.get("/courses/tides"))["status"] == "archived"
    answer_of(root.post("/admin/courses", RIVERS), 201)
    answer_of(root.patch("/admin/courses/rivers", {"title": "More rivers"}, If_Match="*"))
    assert root.send("DELETE", "/admin/courses/rivers", headers={"If-Match": "*"}).status_code == 204
    answer_of(root.get("/admin/courses/rivers"), 404)
    told = answer_of(root.get("/admin/audit"))["items"]
    assert {"courses.create_course", "courses.delete_course"} <= {one["action"] for one in told}


def order(client: Client, *keys: str) -> TestResponse:
    """Put the units in this order."""
    return client.put("/admin/courses/tides/units", {"keys": list(keys)})


def keys_of(client: Client) -> list[str]:
    """The units as a student sees them."""
    return [unit["key"] for unit in answer_of(client.get("/courses/tides/units"))["items"]]


def test_units_are_put_in_another_order_and_nothing_else_is_changed(ida: Client, ana: Client) -> None:
    assert keys_of(ana) == ["tides", "currents"]
    before = answer_of(ana.get("/courses/tides/units/tides"))
    unit = {"format": "hornbook/unit@1", "unit": {"key": "waves", "title": "Waves"}}
    answer_of(ida.post("/admin/courses/tides/units", unit), 201)
    assert order(ida, "currents", "waves", "tides").status_code == 204
    assert keys_of(ana) == ["currents", "tides"], "a draft stays one"
    answer_of(ida.post("/admin/courses/tides/units/waves/publication", If_Match="*"))
    assert keys_of(ana) == ["currents", "waves", "tides"]
    after = answer_of(ana.get("/courses/tides/units/tides"))
    assert {**after, "version": 0} == {**before, "version": 0}
    version = answer_of(ana.get("/courses/tides"))["version"]
    assert order(ida, "currents", "waves", "tides").status_code == 204
    assert answer_of(ana.get("/courses/tides"))["version"] == version, "the same order again is no change"


@pytest.mark.parametrize(
    ("keys", "pointers"),
    [
        (["tides"], ["/keys"]),
        (["tides", "currents", "tides"], ["/keys/2"]),
        (["tides", "currents", "rivers"], ["/keys/2"]),
        (["rivers"], ["/keys/0", "/keys"]),
    ],
)
def test_every_unit_is_named_once(keys: list[str], pointers: list[str], ida: Client) -> None:
    refused = answer_of(order(ida, *keys), 422)
    assert [one["pointer"] for one in refused["errors"]] == pointers


def test_a_draft_beside_what_students_see_is_not_published_by_the_way(ida: Client, ana: Client) -> None:
    answer_of(ida.patch("/admin/courses/tides/units/tides", {"unit": {"title": "Not yet"}}, If_Match="*"))
    assert "tides has a draft" in answer_of(order(ida, "currents", "tides"), 409)["detail"]
    assert keys_of(ana) == ["tides", "currents"]
