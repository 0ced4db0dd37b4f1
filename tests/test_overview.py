"""A class at a glance: who is stuck by which rule, what is done, what is missed."""

from __future__ import annotations

from typing import Any

from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import statements, take
from tests.test_class_progress import join_class, mark
from tests.world import TestWorld

ADDRESS = "/courses/tides/overview"


def stuck(client: Client) -> dict[str, Any]:
    """Who is stuck, by login."""
    return {one["login"]: one for one in answer_of(client.get(ADDRESS))["stuck"]}


def finish(client: Client, quiz: str, database: Database, *, right: bool) -> None:
    """Take the quiz and answer everything."""
    taken = take(client, quiz, database)
    taken.answer_everything(right=right)
    answer_of(taken.submit())


def test_at_first_nobody_is_stuck_and_nothing_is_done(ida: Client) -> None:
    told = answer_of(ida.get(ADDRESS))
    assert (told["students"], told["stuck_count"], told["stuck"], told["most_missed"]) == (2, 0, [], [])
    assert [(unit["unit"], unit["complete"]) for unit in told["units"]] == [("tides", 0), ("currents", 0)]


def test_completion_is_counted_by_unit_and_by_what_it_asks_for(ana: Client, ben: Client, ida: Client) -> None:
    mark(ana, "Tides", "The Moon and the Sea", "Neap Tides")
    mark(ben, "Tides")
    tides = answer_of(ida.get(ADDRESS))["units"][0]
    assert tides["complete"] == 1
    done = {asked["title"]: (asked["kind"], asked["done"]) for asked in tides["requirements"]}
    assert done["Tides"] == ("reading", 2) and done["The Moon and the Sea"] == ("reading", 1)
    assert done["Spring or neap? Pick one."] == ("group", 1)


def test_who_is_silent_for_a_week_while_half_the_class_goes_on_is_stuck(
    ana: Client, ben: Client, ida: Client, world: TestWorld
) -> None:
    world.wait(days=6)
    mark(ana, "Tides")
    assert stuck(ida) == {}
    world.wait(days=1, minutes=1)
    told = stuck(ida)
    assert list(told) == ["ben"] and told["ben"]["last_activity_at"] is None
    assert [one["title"] for one in told["ben"]["behind"]] == ["Tides"]
    mark(ben, "A Tide Table", state="opened")
    assert stuck(ida) == {}, "somebody who is there again is not quiet, however much is left"


def test_what_less_than_half_of_the_class_has_done_is_not_overdue(
    ana: Client, ida: Client, database: Database, world: TestWorld
) -> None:
    join_class(database, world, "carl")
    mark(ana, "Tides")
    world.wait(days=30)
    assert stuck(ida) == {}


def test_who_has_done_what_the_others_have_is_not_stuck_however_quiet(
    ana: Client, ben: Client, ida: Client, world: TestWorld
) -> None:
    for client in (ana, ben):
        mark(client, "Tides")
    world.wait(days=30)
    assert stuck(ida) == {}


def test_three_questions_of_one_objective_missed_make_one_stuck_until_they_are_right(
    ana: Client, ida: Client, everything: str, database: Database, world: TestWorld
) -> None:
    finish(ana, everything, database, right=False)
    told = stuck(ida)
    assert list(told) == ["ana"] and told["ana"]["quiet_since"] is None and told["ana"]["behind"] == []
    assert [(cell["correct"], cell["n"]) for cell in told["ana"]["missed"]] == [(0, 6)]
    world.wait(days=1)
    finish(ana, everything, database, right=True)
    assert stuck(ida) == {}


def test_a_question_is_missed_by_whom_it_was_met_with_first(
    ana: Client, ben: Client, ida: Client, prep_check: str, database: Database, world: TestWorld
) -> None:
    finish(ana, prep_check, database, right=False)
    world.wait(days=1)
    finish(ana, prep_check, database, right=True)
    finish(ben, prep_check, database, right=True)
    missed = answer_of(ida.get(ADDRESS))["most_missed"]
    assert len(missed) == 4 and {(one["answered"], one["missed"], one["unit"]) for one in missed} == {(2, 1, "tides")}
    assert "How many bulges of water does the Moon raise?" in {one["stem"]["markdown"] for one in missed}
    assert "CANARY" not in str(missed)


def test_one_miss_of_one_is_not_worse_than_many_of_many(
    ana: Client, ben: Client, ida: Client, prep_check: str, everything: str, database: Database
) -> None:
    finish(ana, everything, database, right=False)
    finish(ben, prep_check, database, right=False)
    missed = answer_of(ida.get(ADDRESS))["most_missed"]
    assert [one["answered"] for one in missed] == sorted((one["answered"] for one in missed), reverse=True)
    assert missed[0]["answered"] == 2 and missed[-1]["answered"] == 1


def test_what_is_left_out_or_not_graded_is_not_missed(
    ana: Client, ida: Client, everything: str, database: Database
) -> None:
    answer_of(take(ana, everything, database).submit())
    assert answer_of(ida.get(ADDRESS))["most_missed"] == []


def test_what_it_costs_does_not_grow_with_students_or_work(
    ana: Client, ben: Client, ida: Client, everything: str, database: Database, world: TestWorld
) -> None:
    with statements(database) as before:
        answer_of(ida.get(ADDRESS))
    join_class(database, world, *(f"student-{number}" for number in range(20)))
    mark(ben, "Tides")
    finish(ana, everything, database, right=False)
    with statements(database) as after:
        answer_of(ida.get(ADDRESS))
    assert len(after) == len(before) <= 8, after
