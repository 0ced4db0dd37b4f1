"""Nasty bodies, fields, queries and addresses at every endpoint: refused in words, alike on both databases."""

from __future__ import annotations

import pytest

from tests.bombardment import bombard, perplex
from tests.nasty import BODIES, DOCUMENTS, TABLES
from tests.two_courses import Scene, endpoints

ENDPOINTS = endpoints()
THIRD = 3
"""Each endpoint is sent one in three here, its neighbour others; row `nasty` of acceptance sends all of it to all."""


def test_there_are_bodies_of_many_kinds() -> None:
    for corpus, least in ((BODIES, 80), (DOCUMENTS, 25), (TABLES, 20)):
        assert len(set(corpus.values())) == len(corpus) >= least


@pytest.mark.parametrize("name", ENDPOINTS)
def test_what_is_nasty_is_refused_and_writes_nothing(name: str, scenes: dict[str, Scene]) -> None:
    endpoint = ENDPOINTS[name]
    found = bombard(scenes, endpoint, every=THIRD, first=list(ENDPOINTS).index(name) % THIRD)
    assert found.sent >= len(scenes) * (len(BODIES) // THIRD if endpoint.writes else 1)
    assert found.wrong == []


def test_odd_text_is_taken_or_refused_and_the_end_of_nothing(spoilt_scenes: dict[str, Scene]) -> None:
    sent = 0
    for endpoint in ENDPOINTS.values():
        found = perplex(spoilt_scenes, endpoint)
        assert found.wrong == []
        sent += found.sent
    assert sent >= 100 * len(spoilt_scenes)
