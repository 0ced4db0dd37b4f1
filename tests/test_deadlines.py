"""Time limits, closing times and more time for one student: one clock, whoever looks, and whenever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from service.cli import main
from service.db import Database
from service.domain.attempts import GRACE, deadline_of, is_late
from service.quizzes.models import Attempt
from tests.cast import Client, answer_of
from tests.quizzing import Taken, change_settings, statements, take
from tests.world import START, TestWorld


@pytest.fixture
def limited(ana: Client, prep_check: str, database: Database) -> str:
    """The self-check of the tides, in thirty minutes, and before noon of the next day."""
    change_settings(database, prep_check, time_limit=1800, closes=(START + timedelta(hours=27)).isoformat())
    return prep_check


def test_what_is_on_its_way_at_the_deadline_counts_and_what_is_later_is_kept(
    ana: Client, limited: str, database: Database, world: TestWorld
) -> None:
    taken = take(ana, limited, database)
    slot = taken.slot("numeric")
    world.wait(minutes=30, seconds=GRACE.total_seconds() - 1)
    assert taken.save(slot, {"text": "1"}, base_rev=0).status_code == 200
    world.wait(seconds=2)
    late = taken.save(slot, {"text": "2"}, base_rev=1)
    assert late.status_code == 409 and late.get_json()["current"] == {"rev": 1, "response": {"text": "1"}}
    result = answer_of(taken.submit([{"slot": slot, "response": {"text": "3"}, "base_rev": 1}]))
    assert result["slots"][slot - 1]["response"] == {"text": "1"}
    told = answer_of(ana.get(f"/attempts/{taken.id}/receipts"))["items"]
    assert [(one["response"]["text"], one["disposition"]) for one in told] == [
        ("1", "accepted"),
        ("2", "late"),
        ("3", "late"),
    ]


@pytest.mark.parametrize(
    "path", ["/attempts/{attempt}", "/attempts/{attempt}/result", "/quizzes/{quiz}", "/courses/tides/quizzes"]
)
def test_whoever_looks_after_the_end_finds_the_attempt_closed_as_of_its_deadline(
    path: str, ana: Client, limited: str, database: Database, world: TestWorld
) -> None:
    taken = take(ana, limited, database)
    deadline = answer_of(ana.get(f"/attempts/{taken.id}"))["deadline_at"]
    taken.answer_everything(right=True)
    world.wait(hours=5)
    answer_of(ana.get(path.format(attempt=taken.id, quiz=limited)))
    with database.read() as session:
        assert session.get_one(Attempt, taken.uuid).state == "finished"
    result = answer_of(taken.result())
    assert result["finished_at"] == deadline and result["score"]["points"] == result["score"]["possible"]
    again = answer_of(ana.post(f"/quizzes/{limited}/attempts"), 201)
    assert again["id"] != taken.id


def test_progress_counts_an_attempt_that_is_over_without_anybody_closing_it(
    ana: Client, limited: str, database: Database, world: TestWorld
) -> None:
    unit = "/me/courses/tides/units/tides/progress"
    take(ana, limited, database)
    before = answer_of(ana.get(unit))["requirements"]
    world.wait(hours=5)
    with statements(database) as sent:
        after = answer_of(ana.get(unit))["requirements"]
    assert not any(statement.startswith(("INSERT", "UPDATE")) for statement in sent)
    assert before == after or sum(one["done"] for one in after) > sum(one["done"] for one in before)


def test_sweeping_closes_what_nobody_looks_at(
    ana: Client, ben: Client, limited: str, database: Database, database_url: str, world: TestWorld
) -> None:
    for client in (ana, ben):
        take(client, limited, database)
    with database.write() as session:
        session.execute(update(Attempt).values(deadline_at=datetime(2020, 1, 1, tzinfo=UTC)))
    dry = CliRunner().invoke(main, ["sweep", "--dry-run", "--database", database_url])
    assert dry.output.startswith("2 attempts to close.")
    done = CliRunner().invoke(main, ["sweep", "--database", database_url])
    assert (done.exit_code, done.output) == (0, "2 attempts closed.\n")
    assert CliRunner().invoke(main, ["sweep", "--database", database_url]).output == "0 attempts closed.\n"


def test_a_student_is_granted_more_time_in_the_attempt_that_is_open_and_in_the_next(
    ana: Client, ben: Client, ida: Client, limited: str, database: Database, world: TestWorld
) -> None:
    taken = take(ana, limited, database)
    started = answer_of(ana.get(f"/attempts/{taken.id}"))["started_at"]
    student = answer_of(ana.get("/me"))["id"]
    path = f"/admin/quizzes/{limited}/extensions/{student}"
    granted = answer_of(ida.put(path, {"factor": "1.5", "reason": "dyslexia"}))
    assert granted["factor"] == "3/2" and minutes(started, granted["deadline_at"]) == 45
    world.wait(minutes=40)
    assert taken.save(1, taken.right(1), base_rev=0).status_code == 200
    answer_of(taken.submit())
    world.wait(days=2)
    assert ben.post(f"/quizzes/{limited}/attempts").status_code == 409, "it is closed"
    later = (START + timedelta(days=3)).isoformat().replace("+00:00", "Z")
    answer_of(ida.put(path, {"factor": "1", "closes_at": later, "reason": "was ill"}))
    second = answer_of(ana.post(f"/quizzes/{limited}/attempts"), 201)
    assert minutes(second["started_at"], second["deadline_at"]) == 30
    nobody = ida.put(f"/admin/quizzes/{limited}/extensions/{taken.id}", {"reason": "who?"})
    assert nobody.status_code == 404
    assert ida.put(path, {"factor": "a lot", "reason": "x"}).status_code == 422


def minutes(begin: str, end: str) -> float:
    """Between two moments as the API writes them."""
    return round((datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds() / 60, 3)


def test_a_void_attempt_counts_for_nothing_and_uses_none_up(
    ana: Client, ida: Client, limited: str, database: Database
) -> None:
    change_settings(database, limited, attempts=1)
    taken = take(ana, limited, database)
    taken.answer_everything(right=True)
    answer_of(taken.submit())
    assert ana.post(f"/quizzes/{limited}/attempts").status_code == 409
    told = answer_of(ida.post(f"/admin/attempts/{taken.id}/void", {"reason": "the fire alarm"}))
    (event,) = told["events"]
    assert (told["state"], event["reason"], event["key_was_seen"]) == ("void", "the fire alarm", True)
    assert len(answer_of(ida.post(f"/admin/attempts/{taken.id}/void", {"reason": "again"}))["events"]) == 1
    refused = taken.result()
    assert refused.status_code == 409 and "void" in refused.get_json()["detail"]
    assert len(answer_of(ana.get(f"/attempts/{taken.id}/receipts"))["items"]) == len(taken.slots)
    answer_of(ana.post(f"/quizzes/{limited}/attempts"), 201)


def test_a_finished_attempt_is_opened_again_and_graded_once_more(
    ana: Client, ida: Client, limited: str, database: Database, world: TestWorld
) -> None:
    taken = take(ana, limited, database)
    slot = taken.slot("numeric")
    answer_of(taken.save(slot, taken.wrong(slot), base_rev=0))
    first = answer_of(taken.submit())
    until = (world.now() + timedelta(hours=2)).isoformat().replace("+00:00", "Z")
    path = f"/admin/attempts/{taken.id}/reopening"
    assert ida.post(path, {"reason": "x", "until": "2020-01-01T00:00:00Z"}).status_code == 409
    told = answer_of(ida.post(path, {"reason": "a power cut", "until": until}))
    assert told["state"] == "in_progress" and told["finished_at"] is None
    assert datetime.fromisoformat(told["deadline_at"]) == datetime.fromisoformat(until)
    assert ida.post(path, {"reason": "twice", "until": until}).status_code == 409
    answer_of(taken.save(slot, taken.right(slot), base_rev=1))
    second = answer_of(taken.submit())
    assert float(second["score"]["points"]) > float(first["score"]["points"])
    take(ana, limited, database)
    blocked = ida.post(path, {"reason": "again", "until": until})
    assert blocked.status_code == 409 and "another attempt" in blocked.get_json()["detail"]


def test_several_drafts_of_a_client_that_was_away_have_verdicts_of_their_own(taken: Taken) -> None:
    one, two = taken.slots[0]["slot"], taken.slots[1]["slot"]
    answer_of(taken.save(one, taken.right(one), base_rev=0))
    drafts = [
        {"slot": one, "response": taken.wrong(one), "base_rev": 0},
        {"slot": two, "response": taken.right(two), "base_rev": 0},
    ]
    path = f"/attempts/{taken.id}/answers"
    with statements(taken.database) as sent:
        told = answer_of(taken.client.patch(path, {"responses": drafts}))["answers"]
    assert len(sent) <= 8, sent
    assert [(each["slot"], each["disposition"]) for each in told] == [(one, "stale"), (two, "accepted")]
    assert told[0]["current"]["rev"] == 1 and told[1]["receipt"]["rev"] == 1
    again = answer_of(taken.client.patch(path, {"responses": drafts}))["answers"]
    assert again[1]["receipt"] == told[1]["receipt"]
    receipts = answer_of(taken.client.get(f"/attempts/{taken.id}/receipts?limit=2"))
    assert len(receipts["items"]) == 2 and receipts["next"]
    rest = answer_of(taken.client.get(f"/attempts/{taken.id}/receipts?limit=2&after={receipts['next']}"))
    assert [each["disposition"] for each in receipts["items"] + rest["items"]] == ["accepted", "stale", "accepted"]
    unreadable = taken.client.patch(path, {"responses": [drafts[1], {"slot": 99, "response": None, "base_rev": 0}]})
    assert unreadable.status_code == 422 and unreadable.get_json()["errors"][0]["pointer"] == "/responses/1/slot"


@pytest.mark.parametrize(
    ("zone", "night"),
    [("Europe/Berlin", (2026, 3, 29)), ("Europe/Berlin", (2026, 10, 25)), ("America/New_York", (2026, 3, 8))],
)
def test_a_night_in_which_clocks_are_changed_is_as_long_as_it_is(zone: str, night: tuple[int, int, int]) -> None:
    start = datetime(*night, 0, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    end = deadline_of(start, 4 * 3600, None)
    assert end is not None and end - start == timedelta(hours=4)


MOMENTS = st.integers(0, 10**8).map(lambda seconds: START + timedelta(seconds=seconds))


@given(MOMENTS, st.none() | st.integers(1, 10**6), st.none() | MOMENTS, st.fractions(1, 5))
def test_more_time_never_ends_sooner_and_never_after_the_quiz_closes(
    start: datetime, limit: int | None, closes: datetime | None, factor: Fraction
) -> None:
    usual, more = deadline_of(start, limit, closes), deadline_of(start, limit, closes, factor)
    assert (usual is None) is (more is None) is (limit is None and closes is None)
    if usual is not None and more is not None:
        assert usual <= more and (closes is None or more <= closes)
        assert not is_late(more + GRACE, more) and is_late(more + GRACE + timedelta(microseconds=1), more)
