"""Nobody touches what is not theirs: every endpoint with an id in it, about everybody's things, by everybody."""

from __future__ import annotations

import re

import pytest

from tests.matrix import PEOPLE, QUERIES, ROWS, Found, cells, judge, request, things, touching, try_refusals
from tests.two_courses import SYSTEMS, Scene, address_of, restore
from tests.wire import Asked, ask

ENDPOINTS = touching()
WRITES = [name for name in ROWS if not name.startswith("GET")]


def test_every_endpoint_with_an_id_has_a_row_and_every_row_an_endpoint() -> None:
    assert set(ENDPOINTS) == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_nobody_touches_what_is_not_theirs(name: str, scenes: dict[str, Scene]) -> None:
    # On one database: row `matrix` of acceptance tries it on both.
    found = try_refusals(scenes["sqlite"], name, ENDPOINTS[name])
    assert found.wrong == []
    assert found.cells >= len(PEOPLE) + len(SYSTEMS)


@pytest.mark.parametrize("name", WRITES)
def test_everybody_changes_what_is_theirs(name: str, scenes: dict[str, Scene], copied_scene: Scene) -> None:
    endpoint, found = ENDPOINTS[name], Found()
    for cell in cells(name):
        if cell.verdict == "+":
            restore(copied_scene, scenes["sqlite"])
            asked = request(name, endpoint, things(copied_scene)[cell.whose])
            judge(name, cell, ask(copied_scene.app, copied_scene.tokens[cell.who], asked), found)
    assert found.wrong == []
    assert found.cells >= 2


@pytest.mark.parametrize("name", QUERIES)
def test_what_a_query_names_of_another_course_is_missing(name: str, scenes: dict[str, Scene]) -> None:
    for scene in scenes.values():
        for query in QUERIES[name]:
            parameter, _, variable = query.partition("=")
            told = []
            for about in (scene.foreign, scene.missing):
                address = f"{address_of(ENDPOINTS[name], scene.own)}?{parameter}={about[variable]}"
                heard = ask(scene.app, scene.tokens["ida"], Asked("GET", address))
                plain = re.sub(rb"20\d\d-[-0-9T:.]+Z", b"", heard.body).replace(about[variable].encode(), b"it")
                told.append((heard.status, plain))
            assert told[0] == told[1]
