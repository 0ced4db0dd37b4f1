"""An answer is added by one statement, without a transaction; where somebody was faster, nothing is lost either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.db import Database
from service.quizzes.models import Attempt, Entry
from tests.cast import Client, answer_of
from tests.quizzing import Taken, statements, take
from tests.world import TestWorld

Act = Callable[[Taken, int, object], TestResponse]


def save(taken: Taken, slot: int, response: object) -> TestResponse:
    """Save on top of nothing."""
    return taken.save(slot, response, base_rev=0)


def check(taken: Taken, slot: int, response: object) -> TestResponse:
    """Check as the first try."""
    return taken.check(slot, response, 1)


def log_of(database: Database, slot: int) -> list[tuple[str, str, int | None]]:
    """What became of what was sent for a slot, oldest first."""
    with database.read() as session:
        found = session.scalars(select(Entry).where(Entry.slot == slot).order_by(Entry.id))
        return [(entry.kind, entry.disposition, entry.rev) for entry in found]


def overtaken(database: Database, act: Act, other: Callable[[], object]) -> Callable[[Taken, int], TestResponse]:
    """Do the one, and just before its line is added to the log the other."""

    def watch(statement: str) -> None:
        if statement.startswith("INSERT INTO responses"):
            database.watchers.remove(watch)
            other()

    def both(taken: Taken, slot: int) -> TestResponse:
        database.watchers.append(watch)
        answer = act(taken, slot, taken.wrong(slot))
        assert watch not in database.watchers, "nobody was overtaken"
        return answer

    return both


@pytest.mark.parametrize("act", [save, check])
def test_an_answer_that_nothing_is_in_the_way_of_takes_no_transaction(
    ana: Client, prep_check: str, database: Database, act: Act
) -> None:
    taken = take(ana, prep_check, database)
    slot, sent = taken.slot("single_choice"), list[str]()
    wrong = taken.wrong(slot)
    database.watchers.append(sent.append)
    answer = act(taken, slot, wrong)
    database.watchers.remove(sent.append)
    assert answer.status_code == 200
    assert [one.split()[0] for one in sent] == ["SELECT", "SELECT", "SELECT", "INSERT"]


def test_a_save_whose_revision_was_taken_a_moment_ago_is_kept_and_told_what_is_there(
    ana: Client, prep_check: str, database: Database
) -> None:
    taken = take(ana, prep_check, database)
    slot = taken.slot("single_choice")
    answer = overtaken(database, save, lambda: answer_of(save(taken, slot, taken.right(slot))))(taken, slot)
    assert answer.status_code == 409
    assert answer.get_json()["current"] == {"rev": 1, "response": taken.right(slot)}
    assert log_of(database, slot) == [("save", "accepted", 1), ("save", "stale", None)]


def test_a_check_whose_revision_was_taken_a_moment_ago_is_graded_after_it(
    ana: Client, prep_check: str, database: Database
) -> None:
    taken = take(ana, prep_check, database)
    slot = taken.slot("single_choice")
    answer = answer_of(overtaken(database, check, lambda: answer_of(save(taken, slot, taken.right(slot))))(taken, slot))
    assert (answer["rev"], answer["tries"]["used"]) == (2, 1)
    assert log_of(database, slot) == [("save", "accepted", 1), ("check", "accepted", 2)]


@pytest.mark.parametrize("act", [save, check])
def test_an_answer_that_a_submission_overtook_is_kept_and_does_not_count(
    ana: Client, prep_check: str, database: Database, act: Act
) -> None:
    taken = take(ana, prep_check, database)
    slot = taken.slot("single_choice")
    answer = overtaken(database, act, lambda: answer_of(taken.submit()))(taken, slot)
    assert answer.status_code == 409
    assert "finished" in answer.get_json()["detail"]
    assert log_of(database, slot) == [(act.__name__, "after_finish", None)]
    assert answer_of(taken.result())["slots"][slot - 1]["response"] is None


@pytest.mark.parametrize("act", [save, check])
def test_an_answer_is_late_when_the_end_was_moved_before_it_a_moment_ago(
    ana: Client, prep_check: str, database: Database, world: TestWorld, act: Act
) -> None:
    taken = take(ana, prep_check, database)
    slot = taken.slot("single_choice")

    def cut_short() -> None:
        with database.write() as session:
            session.get_one(Attempt, taken.uuid).deadline_at = world.now() - timedelta(minutes=1)

    answer = overtaken(database, act, cut_short)(taken, slot)
    assert answer.status_code == 409
    assert log_of(database, slot) == [(act.__name__, "late", None)]


@pytest.mark.parametrize("act", [save, check])
def test_an_answer_to_what_was_made_void_a_moment_ago_is_kept(
    ana: Client, ida: Client, prep_check: str, database: Database, act: Act
) -> None:
    taken = take(ana, prep_check, database)
    slot, void = taken.slot("single_choice"), f"/admin/attempts/{taken.id}/void"
    answer = overtaken(database, act, lambda: answer_of(ida.post(void, {"reason": "alarm"})))(taken, slot)
    assert answer.status_code == 409
    assert log_of(database, slot) == [(act.__name__, "after_finish", None)]


def test_the_same_save_again_is_read_and_not_written(ana: Client, prep_check: str, database: Database) -> None:
    taken = take(ana, prep_check, database)
    slot = taken.slot("single_choice")
    draft = taken.wrong(slot)
    first = answer_of(taken.save(slot, draft, base_rev=0))
    with statements(database) as sent:
        again = answer_of(taken.save(slot, draft, base_rev=0))
    assert again == first
    assert not [one for one in sent if one.startswith("INSERT")]
