"""What a student is told to do now, and why: what runs out, what was missed, what is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.db import Database
from tests.cast import Client, answer_of
from tests.conftest import quiz_id
from tests.levees import answer_all, build_levees
from tests.quizzing import change_settings, statements, take
from tests.world import TestWorld


@pytest.fixture(autouse=True)
def levees(tmp_path: Path, database: Database, database_url: str, world: TestWorld) -> None:
    """The course on floods with its unit on levees, Ana's second course."""
    build_levees(tmp_path / "flood", database, database_url, world)


def steps(client: Client, course: str = "flood") -> list[dict[str, Any]]:
    """What the student is to do in the course."""
    told = answer_of(client.get("/me/next?limit=100"))["items"]
    return [step for step in told if step["course"] == course]


def in_short(told: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """What, why, and of what."""
    return [(step["what"], step["reason"], step["title"]) for step in told]


def test_at_first_it_is_what_the_units_ask_for_soonest_due_first(ana: Client, world: TestWorld) -> None:
    told = steps(ana)
    assert in_short(told) == [
        ("read", "due", "On seepage"),
        ("take_quiz", "due", "After"),
        ("read", "required", "On height"),
    ]
    # The unit ends on a Sunday in Berlin, the reading is due later than its unit.
    assert [step["due_at"] for step in told] == ["2026-03-08T23:00:00.000000Z"] * 2 + ["2026-03-20T23:00:00.000000Z"]
    assert told[0]["because"] == "The unit asks for it, and it is due soon." and told[0]["reading"]
    world.wait(days=8)
    assert steps(ana)[0]["because"] == "The unit asks for it, and it is late."


def test_what_is_done_is_not_asked_for_again(ana: Client, database: Database) -> None:
    for step in [step for step in steps(ana) if step["what"] == "read"]:
        answer_of(ana.put(f"/me/courses/flood/readings/{step['reading']}", {"state": "done"}))
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    assert steps(ana) == []


def test_a_miss_leads_to_the_passage_and_to_a_question_like_it(ana: Client, database: Database) -> None:
    missed = answer_all(ana, quiz_id(ana, "Before", "flood"), database, "rwrrrr")
    [step] = [step for step in steps(ana) if step["reason"] == "missed"]
    assert (step["what"], step["attempt"], step["slot"]) == ("read_again", missed.id, 2)
    assert [(passage["title"], passage["locator"]) for passage in step["passages"]] == [("On seepage", "p. 2")]
    assert step["because"] == "Your answer to question 2 was not right on 2 March."
    assert step["try_quiz"] in {quiz_id(ana, title, "flood") for title in ("Single", "Before", "After", "Hidden")}


def test_a_miss_is_forgotten_once_the_question_was_right(ana: Client, database: Database, world: TestWorld) -> None:
    answer_all(ana, quiz_id(ana, "Before", "flood"), database, "rwrrrr")
    world.wait(days=1)
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    assert not [step for step in steps(ana) if step["reason"] == "missed"]


def test_a_quiz_that_never_says_what_was_right_is_not_told_on(ana: Client, database: Database) -> None:
    answer_all(ana, quiz_id(ana, "Hidden", "flood"), database, "wwwwww")
    assert not [step for step in steps(ana) if step["reason"] in {"missed", "weak"}]


def test_questions_of_an_open_deferred_quiz_are_not_told_on_either(ana: Client, database: Database) -> None:
    answer_all(ana, quiz_id(ana, "Before", "flood"), database, "wwwrrr")
    assert [step for step in steps(ana) if step["reason"] in {"missed", "weak"}]
    take(ana, quiz_id(ana, "Hidden", "flood"), database)
    assert not [step for step in steps(ana) if step["reason"] in {"missed", "weak"}]


def test_what_runs_out_comes_first_and_what_was_begun_after_the_misses(ana: Client, database: Database) -> None:
    answer_all(ana, quiz_id(ana, "Before", "flood"), database, "rrrrrw")
    after = quiz_id(ana, "After", "flood")
    taken = take(ana, after, database)
    assert ("finish_quiz", "begun", "After") in in_short(steps(ana))
    reasons = [step["reason"] for step in steps(ana)]
    assert reasons.index("missed") < reasons.index("begun")
    answer_of(taken.submit())
    change_settings(database, after, time_limit=600)
    running = take(ana, after, database)
    first = steps(ana)[0]
    assert (first["what"], first["reason"], first["attempt"]) == ("finish_quiz", "running_out", running.id)


def test_reviews_are_one_step_with_the_first_of_them(ana: Client, database: Database, world: TestWorld) -> None:
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    assert not [step for step in steps(ana) if step["what"] == "review"]
    world.wait(days=3)
    [step] = [step for step in steps(ana) if step["what"] == "review"]
    assert step["title"] == "Review 6 questions" and step["card"] and "last seen 3 days ago" in step["because"]


def test_weak_objectives_are_named_with_their_evidence(ana: Client, database: Database) -> None:
    answer_all(ana, quiz_id(ana, "Before", "flood"), database, "wwwrrr")
    [weak] = [step for step in steps(ana) if step["reason"] == "weak"]
    assert weak["because"] == "0 of 3 questions on it were right." and "leak" in weak["title"]


def test_it_costs_the_same_few_statements_in_one_course_and_in_two(
    ana: Client, ben: Client, database: Database
) -> None:
    counted = []
    for who in (ana, ben):
        answer_all(who, quiz_id(who, "Ready for Monday?"), database, "")
        with statements(database) as count:
            answer_of(who.get("/me/next"))
        counted.append(len(count))
    assert counted[0] == counted[1] <= 6
