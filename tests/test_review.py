"""Reviewing over HTTP: what comes back when, why, in which variant, and what is never told by it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from service.content.models import Question
from service.db import Database
from tests.cast import Client, answer_of
from tests.conftest import quiz_id
from tests.levees import answer_all, build_levees
from tests.quizzing import Taken, statements, take
from tests.world import TestWorld


@pytest.fixture(autouse=True)
def levees(tmp_path: Path, database: Database, database_url: str, world: TestWorld) -> None:
    """The course on floods with its unit on levees, Ana's second course."""
    build_levees(tmp_path / "flood", database, database_url, world)


def queue(client: Client) -> dict[str, Any]:
    """What is to be reviewed."""
    told: dict[str, Any] = answer_of(client.get("/me/review"))
    return told


def review(client: Client, card: str, database: Database, status: int = 201) -> Taken:
    """Start the review of a card."""
    attempt = answer_of(client.post(f"/me/review/{card}/attempts"), status)
    return Taken(client, database, attempt["id"], attempt["slots"])


def test_what_was_answered_comes_back_when_it_is_about_to_be_forgotten(
    ana: Client, database: Database, world: TestWorld
) -> None:
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrw")
    assert queue(ana) == {"items": [], "due": 0, "done_today": 0}
    world.wait(days=1)
    [missed] = queue(ana)["items"]
    assert missed["because"] == f"Recall estimate {missed['recall']}, last seen yesterday in “Levees”."
    assert (missed["due_on"], missed["last_seen_on"]) == ("2026-03-03", "2026-03-02")
    world.wait(days=1)
    told = queue(ana)
    assert told["due"] == len(told["items"]) == 6 and told["items"][0]["card"] == missed["card"]


def test_a_review_is_an_attempt_like_any_other_and_sends_the_card_away(
    ana: Client, database: Database, world: TestWorld
) -> None:
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    world.wait(days=2)
    card = queue(ana)["items"][0]["card"]
    taken = review(ana, card, database)
    assert review(ana, card, database, status=200).id == taken.id
    shown = answer_of(ana.get(f"/attempts/{taken.id}"))
    assert (shown["title"], shown["quiz"], shown["mode"]) == ("Review: Levees", None, "immediate")
    answer_of(taken.check(1, {"value": True}, 1))
    assert answer_of(taken.submit())["score"]["points"] == "1.00"
    assert answer_of(ana.get(f"/attempts/{taken.id}/proof"))["attempt"]["quiz"] is None
    told = queue(ana)
    assert (told["done_today"], told["due"]) == (1, 5) and card not in {one["card"] for one in told["items"]}
    world.wait(days=10)
    assert card not in {one["card"] for one in queue(ana)["items"]}, "Good twice: eleven days"
    world.wait(days=1)
    assert card in {one["card"] for one in queue(ana)["items"]}


def test_easy_is_only_what_the_student_says_was_easy(ana: Client, database: Database, world: TestWorld) -> None:
    taken = answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrw")
    path = f"/attempts/{taken.id}/answers"
    for _ in range(2):
        answer_of(ana.put(f"{path}/1/ease", None), 204)
    assert "first try" in answer_of(ana.put(f"{path}/6/ease", None), 409)["detail"]
    answer_of(ana.put(f"{path}/7/ease", None), 409)
    world.wait(days=2)
    assert queue(ana)["due"] == 5, "the easy one comes back after eight days"
    world.wait(days=6)
    assert queue(ana)["due"] == 6


def test_a_days_share_is_twenty_and_reviews_are_counted_on_it(
    ana: Client, database: Database, world: TestWorld, everything: str
) -> None:
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    taken = take(ana, everything, database)
    taken.answer_everything(right=False)
    answer_of(taken.submit())
    world.wait(days=30)
    told = queue(ana)
    courses = [one["course"] for one in told["items"]]
    assert told["due"] == len(told["items"]) <= 20 and courses[:4] in (["tides", "flood"] * 2, ["flood", "tides"] * 2)


def test_the_course_says_when_a_day_begins(ana: Client, database: Database, world: TestWorld) -> None:
    # 22:30 in Berlin on the Saturday before the clocks go forward.
    world.wait(seconds=(datetime(2026, 3, 28, 21, 30, tzinfo=UTC) - world.now()).total_seconds())
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "wwwwww")
    world.wait(hours=1.25)
    assert queue(ana)["due"] == 0, "a quarter to midnight"
    world.wait(hours=0.5)
    assert queue(ana)["due"] == 6, "Sunday has begun, and is as long as it is"


def test_a_parametrised_question_comes_back_with_other_values(
    ana: Client, database: Database, world: TestWorld, everything: str
) -> None:
    taken = take(ana, everything, database)
    number = taken.slot("numeric")
    question, drawn = str(taken.asked(number).question_id), taken.asked(number).drawn
    # All others are met as well, so that none can stand in for it.
    taken.answer_everything(right=True)
    answer_of(taken.submit())
    world.wait(days=3)
    again = review(ana, question, database)
    asked = again.asked(1)
    assert str(asked.question_id) != question or asked.drawn != drawn


def test_a_question_that_was_met_may_be_stood_in_for_by_one_that_was_not(
    ana: Client, database: Database, world: TestWorld
) -> None:
    taken = answer_all(ana, quiz_id(ana, "Single", "flood"), database, "r")
    met = str(taken.asked(1).question_id)
    world.wait(days=2)
    again = review(ana, met, database)
    assert str(again.asked(1).question_id) != met
    answer_of(again.check(1, {"value": True}, 1))
    answer_of(again.submit())
    assert queue(ana)["due"] == 0, "it counts as a review of the one, and as a first meeting of the other"
    world.wait(days=2)
    assert queue(ana)["due"] == 1


def test_what_is_withdrawn_or_withheld_or_never_met_is_not_reviewed(
    ana: Client, ben: Client, database: Database, world: TestWorld
) -> None:
    taken = answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    world.wait(days=3)
    cards = {one["card"] for one in queue(ana)["items"]}
    assert len(cards) == 6
    answer_of(ben.post(f"/me/review/{min(cards)}/attempts"), 404)
    hidden = take(ana, quiz_id(ana, "Hidden", "flood"), database)
    assert queue(ana)["items"] == []
    answer_of(ana.post(f"/me/review/{min(cards)}/attempts"), 409)
    answer_of(hidden.submit())
    assert {one["card"] for one in queue(ana)["items"]} == cards
    gone = taken.asked(1).question_id
    with database.write() as session:
        session.execute(update(Question).where(Question.id == gone).values(archived_at=world.now()))
    answered = ana.post(f"/me/review/{gone}/attempts")
    assert answered.status_code in {201, 404}, "a question of the same kind may stand in for it, itself it is not asked"


def test_what_is_never_shown_is_not_told_by_what_comes_back(ana: Client, database: Database, world: TestWorld) -> None:
    answer_all(ana, quiz_id(ana, "Hidden", "flood"), database, "wwwrrr")
    world.wait(days=30)
    assert queue(ana)["due"] == 0


def test_twenty_starts_at_once_make_one_review(ana: Client, database: Database, world: TestWorld) -> None:
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    world.wait(days=2)
    card = queue(ana)["items"][0]["card"]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: ana.post(f"/me/review/{card}/attempts"), range(20)))
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert len({answer.get_json()["id"] for answer in answers}) == 1


def test_the_queue_costs_four_statements_however_many_units_there_are(ana: Client, database: Database) -> None:
    answer_all(ana, quiz_id(ana, "After", "flood"), database, "rrrrrr")
    with statements(database) as count:
        answer_of(ana.get("/me/review"))
    assert len(count) <= 5, count
