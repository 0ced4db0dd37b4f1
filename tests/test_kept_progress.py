"""Progress that is asked for again and again costs one statement, and is never yesterday's or somebody else's."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import main
from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import Taken, statements, take
from tests.test_progress import mark, readings
from tests.world import TestWorld

COURSE = "/me/courses/tides/progress"
UNIT = "/me/courses/tides/units/tides/progress"


@pytest.fixture(autouse=True)
def full_minute(world: TestWorld) -> None:
    """Begin at the beginning of a minute, so that none ends by itself in the middle of a test."""
    world.wait(seconds=60 - world.now().timestamp() % 60)


@pytest.mark.parametrize("path", [COURSE, UNIT])
def test_the_second_time_it_costs_one_statement_and_has_the_same_tag(
    path: str, ana: Client, database: Database
) -> None:
    first = ana.get(path)
    with statements(database) as count:
        again = ana.get(path)
    assert len(count) == 1 and again.data == first.data and again.headers["ETag"] == first.headers["ETag"]
    assert ana.get(path, If_None_Match=first.headers["ETag"]).status_code == 304


def test_what_somebody_did_is_there_at_once(ana: Client, taken: Taken, world: TestWorld) -> None:
    assert answer_of(ana.get(COURSE))["units"][0]["done"] == 0
    mark(ana, readings(ana)["Tides"])
    assert answer_of(ana.get(COURSE))["units"][0]["done"] == 1
    mark(ana, readings(ana)["Tides"], "unread")
    assert answer_of(ana.get(COURSE))["units"][0]["done"] == 0
    assert all(one["questions"] == 0 for one in answer_of(ana.get(UNIT))["objectives"])
    taken.answer_everything(right=True)
    answer_of(taken.submit())
    assert any(one["questions"] for one in answer_of(ana.get(UNIT))["objectives"])


def test_a_void_attempt_is_gone_at_once(ana: Client, ida: Client, taken: Taken) -> None:
    taken.answer_everything(right=True)
    answer_of(taken.submit())
    assert any(one["questions"] for one in answer_of(ana.get(UNIT))["objectives"])
    answer_of(ida.post(f"/admin/attempts/{taken.id}/void", {"reason": "the fire alarm"}))
    assert not any(one["questions"] for one in answer_of(ana.get(UNIT))["objectives"])


def test_nobody_is_given_anothers(ana: Client, ben: Client, nobody: Client) -> None:
    mark(ana, readings(ana)["Tides"])
    assert answer_of(ana.get(COURSE))["units"][0]["done"] == 1
    assert answer_of(ben.get(COURSE))["units"][0]["done"] == 0
    assert answer_of(ana.get(COURSE))["units"][0]["done"] == 1
    answer_of(nobody.get(COURSE), 401)


def test_a_revoked_token_is_given_nothing_that_was_kept(ana: Client, database_url: str) -> None:
    answer_of(ana.get(COURSE))
    prefix = (ana.token or "")[3:11]
    assert CliRunner().invoke(main, ["token", "revoke", prefix, "--database", database_url]).exit_code == 0
    answer_of(ana.get(COURSE), 401)


def test_time_alone_changes_it_within_a_minute(
    ana: Client, everything: str, database: Database, world: TestWorld
) -> None:
    taken = take(ana, everything, database)
    taken.answer_everything(right=True)
    answer_of(taken.submit())
    before = [one["retention"] for one in answer_of(ana.get(UNIT))["objectives"]]
    world.wait(days=40)
    after = [one["retention"] for one in answer_of(ana.get(UNIT))["objectives"]]
    assert "fresh" in before and "due" in after
