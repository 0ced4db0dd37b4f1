"""Nobody touches what is not theirs: every endpoint with an id in it, about everybody's things, by everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from sqlite3 import connect

import pytest

from service.app import create_app
from service.db import Database
from service.settings import Settings
from tests.matrix import PEOPLE, QUERIES, ROWS, Found, cells, judge, request, things, touching, try_refusals
from tests.two_courses import SYSTEMS, Scene, address_of
from tests.wire import Asked, ask

ENDPOINTS = touching()
WRITES = [name for name in ROWS if not name.startswith("GET")]


def test_every_endpoint_with_an_id_has_a_row_and_every_row_an_endpoint() -> None:
    assert set(ENDPOINTS) == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_nobody_touches_what_is_not_theirs(name: str, scenes: dict[str, Scene]) -> None:
    for kind, scene in scenes.items():
        found = try_refusals(scene, name, ENDPOINTS[name])
        assert (kind, found.wrong) == (kind, [])
        assert found.cells >= len(PEOPLE) + len(SYSTEMS)


@pytest.fixture(scope="session")
def copy(scenes: dict[str, Scene], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The scene in a database that may be spoilt, as it is restored before every request."""
    url = f"sqlite:///{tmp_path_factory.mktemp('copy') / 'copy.db'}"
    database = Database(url, pool_size=1)
    app = create_app(Settings(database_url=url, log_level="error"), database=database, world=scenes["sqlite"].world)
    yield replace(scenes["sqlite"], database=database, app=app)
    database.close()


def restore(copy: Scene, scene: Scene) -> None:
    """Make the copy what the scene is."""
    copy.database.close()
    with closing(connect(file_of(scene))) as source, closing(connect(file_of(copy))) as target:
        source.backup(target)


def file_of(scene: Scene) -> str:
    """Where its database is."""
    return scene.database.engine.url.database or ""


@pytest.mark.parametrize("name", WRITES)
def test_everybody_changes_what_is_theirs(name: str, scenes: dict[str, Scene], copy: Scene) -> None:
    endpoint, found = ENDPOINTS[name], Found()
    for cell in cells(name):
        if cell.verdict == "+":
            restore(copy, scenes["sqlite"])
            asked = request(name, endpoint, things(copy)[cell.whose])
            judge(name, cell, ask(copy.app, copy.tokens[cell.who], asked), found)
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
