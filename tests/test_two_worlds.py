"""Two databases that differ only in keys, feedback and tolerances answer alike, to the byte, until the reveal."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.content.questions import PreparedQuestion, prepare_questions
from service.seeding.loader import load_folder
from tests.postgres import Cluster
from tests.twins import write_twin
from tests.two_worlds import FEWEST, compare

_names = itertools.count()


@pytest.fixture
def empty_urls(
    kind_of_database: str, tmp_path: Path, cluster: Cluster | None, worker_id: str
) -> Iterator[tuple[str, str]]:
    """Two databases with nothing in them."""
    names = [f"world_{worker_id}_{next(_names)}" for _ in range(2)]
    if kind_of_database == "sqlite" or cluster is None:
        one, other = (f"sqlite:///{tmp_path / name}.db" for name in names)
        yield one, other
    else:
        yield cluster.create(names[0]), cluster.create(names[1])
        for name in names:
            cluster.drop(name)


def test_the_twins_ask_the_same_and_differ_in_every_key(tmp_path: Path) -> None:
    def bank(other: bool) -> dict[str, PreparedQuestion]:
        (course,) = load_folder(write_twin(tmp_path / str(other), other=other))
        return {question.key: question for unit in course.units for question in prepare_questions(unit.document)}

    one, there = bank(False), bank(True)
    assert one.keys() == there.keys() and len(one) >= 45
    assert [key for key in one if one[key].revision != there[key].revision] == []
    assert [key for key in one if one[key].answer_key == there[key].answer_key] == []


def test_nobody_can_tell_two_worlds_apart_before_the_reveal(empty_urls: tuple[str, str], tmp_path: Path) -> None:
    found = compare(empty_urls, tmp_path)
    assert found.differing == []
    assert found.canaries == []
    assert found.requests >= FEWEST
    assert found.alike_afterwards == []
    assert found.revealed > FEWEST
    assert found.told_of_never == 0, "what never shows anything shows nothing after the reveal of others either"
