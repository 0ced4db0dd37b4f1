"""Practising: another variant of a question whenever one is closed, in a slot of its own, and what counts of them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from service.cli import main
from service.db import Database
from service.domain.attempts import MOST_SLOTS
from service.quizzes.models import Grade, Slot
from tests.cast import Client, answer_of
from tests.conftest import quiz_id
from tests.quizzing import Taken, change_settings, statements, take
from tests.small_course import SmallCourse
from tests.world import TestWorld

UNIT = """\
questions:
  - key: rise
    kind: numeric
    stem: The tide rises {{step}} m an hour. How far is that in two?
    parameters: {step: {one_of: [1, 2, 3]}}
    answer: {expr: 2 * step, tolerance: exact}
  - key: which
    kind: single_choice
    stem: What pulls most?
    choices: [{text: The Moon, correct: true}, {text: The Sun}, {text: Mars}, {text: Venus}]
quizzes:
  - {key: drill, title: Drill, questions: [rise, which], mode: practice}
  - {key: exam, title: Exam, questions: [rise], mode: deferred}
"""
RISE, WHICH = 1, 2


@pytest.fixture
def quiz(ana: Client, database: Database, database_url: str, world: TestWorld, tmp_path: Path) -> str:
    """A quiz to practise with: a question of three variants, and one without parameters."""
    course = SmallCourse(tmp_path / "flood")
    course.write("range", rest=UNIT)
    course.seed(database, world)
    for login in ("ana", "ben"):
        assert CliRunner().invoke(main, ["enrol", login, "flood", "--database", database_url]).exit_code == 0
    return quiz_id(ana, "Drill", "flood")


@pytest.fixture
def drill(ana: Client, quiz: str, database: Database) -> Taken:
    """Ana's attempt at it."""
    return take(ana, quiz, database)


def another(taken: Taken, slot: int, **headers: str) -> TestResponse:
    """Ask for the variant after a slot."""
    return taken.client.post(f"/attempts/{taken.id}/answers/{slot}/variants", **headers)


def solve(taken: Taken, slot: int) -> None:
    """Close a slot by its right answer."""
    checked = answer_of(taken.check(slot, taken.right(slot), taken.look(slot)["tries"]["used"] + 1))
    assert checked["outcome"]["status"] == "correct" and checked["closed"]


def fail(taken: Taken, slot: int) -> None:
    """Close a slot by using up its tries."""
    for try_ in range(1, taken.look(slot)["tries"]["allowed"] + 1):
        answer_of(taken.check(slot, {"text": f"-{try_}"}, try_))


def stems(taken: Taken) -> list[str]:
    """The texts of the attempt's slots with the first question."""
    slots = answer_of(taken.client.get(f"/attempts/{taken.id}"))["slots"]
    return [one["question"]["stem"]["markdown"] for one in slots if RISE in (one["slot"], one["variant_of"])]


def detail(refused: TestResponse) -> str:
    """Why it was refused."""
    said: str = answer_of(refused, 409)["detail"]
    return said


def test_unseen_variants_come_first_and_then_another_than_the_last(drill: Taken) -> None:
    last = RISE
    for number in range(3, 8):
        solve(drill, last)
        given = answer_of(another(drill, last), 201)
        assert (given["slot"], given["variant_of"], given["rev"], given["closed"]) == (number, RISE, 0, False)
        assert (given["note"] is None) is (number < 5), "there are three variants"
        last = number
    met = stems(drill)
    assert len(set(met[:3])) == 3
    assert all(one != other for one, other in pairwise(met))


def test_a_variant_that_was_met_in_another_attempt_comes_last(drill: Taken, ana: Client, quiz: str) -> None:
    solve(drill, RISE)
    answer_of(another(drill, RISE), 201)
    met = set(stems(drill))
    drill.submit()
    again = take(ana, quiz, drill.database)
    assert set(stems(again)).isdisjoint(met)
    solve(again, RISE)
    assert answer_of(another(again, RISE), 201)["note"].startswith("You have met every variant")


def test_a_question_without_parameters_is_asked_again_and_says_so(drill: Taken) -> None:
    solve(drill, WHICH)
    given = answer_of(another(drill, WHICH), 201)
    assert "no parameters" in given["note"] and given["variant_of"] == WHICH
    before, after = ({one["id"] for one in drill.look(slot)["question"]["choices"]} for slot in (WHICH, given["slot"]))
    assert len(after) == 4 and before.isdisjoint(after), "ids are new, so none of them is known"


def test_nothing_becomes_of_the_earlier_variant(drill: Taken) -> None:
    fail(drill, RISE)
    before = drill.look(RISE)
    answer_of(another(drill, RISE), 201)
    assert drill.look(RISE) == before
    stale = drill.save(RISE, {"text": "9"}, base_rev=before["rev"])
    assert "closed" in detail(stale)
    receipts = answer_of(drill.client.get(f"/attempts/{drill.id}/receipts"))["items"]
    assert [one["slot"] for one in receipts] == [RISE] * 4, "what was stale is kept as well"


@pytest.mark.parametrize(
    ("first", "second", "points", "counts"),
    [
        ("fails", "solves", "1.00", 3),
        ("solves", "fails", "0.00", 3),
        ("solves", "leaves", "1.00", RISE),
        ("fails", "drafts", "1.00", 3),
    ],
)
def test_the_newest_variant_that_was_answered_counts(
    drill: Taken, first: str, second: str, points: str, counts: int, tmp_path: Path
) -> None:
    (solve if first == "solves" else fail)(drill, RISE)
    answer_of(another(drill, RISE), 201)
    if second == "drafts":
        answer_of(drill.save(3, drill.right(3), base_rev=0))
    elif second != "leaves":
        (solve if second == "solves" else fail)(drill, 3)
    result = answer_of(drill.submit())
    assert (result["score"]["points"], result["score"]["possible"]) == (points, "2.00")
    assert [one["slot"] for one in result["slots"] if one["counts"]] == sorted([WHICH, counts])
    earlier = "correct" if first == "solves" else "incorrect"
    assert result["slots"][0]["status"] == earlier, "its grade stays what it was"
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(answer_of(drill.client.get(f"/attempts/{drill.id}/proof"))))
    recomputed = CliRunner().invoke(main, ["recompute", str(file)])
    assert recomputed.exit_code == 0 and f"{points} of 2.00 points, worked out from 2 slots" in recomputed.output
    not_counted = 3 if counts == RISE else RISE
    assert f"slot {not_counted}: " in recomputed.output and "another variant of slot 1 counts" in recomputed.output


def test_where_there_is_no_other_variant_it_is_said_why(drill: Taken, quiz: str, ben: Client) -> None:
    assert "3 of 3 tries left" in detail(another(drill, RISE))
    answer_of(drill.save(RISE, {"text": "-1"}, base_rev=0))
    answer_of(drill.check(RISE, {"text": "-1"}, 1))
    assert "2 of 3 tries left" in detail(another(drill, RISE))
    assert another(drill, 99).status_code == 404
    solve(drill, RISE)
    drill.submit()
    assert "over" in detail(another(drill, RISE))
    change_settings(drill.database, quiz, mode="immediate")
    quick = take(ben, quiz, drill.database)
    solve(quick, RISE)
    assert "practice" in detail(another(quick, RISE))


def test_no_variant_comes_after_the_deadline(ana: Client, quiz: str, database: Database, world: TestWorld) -> None:
    change_settings(database, quiz, time_limit=60)
    drill = take(ana, quiz, database)
    solve(drill, RISE)
    world.wait(minutes=2)
    assert "over" in detail(another(drill, RISE))


def test_a_question_of_another_open_attempt_that_tells_nothing_is_not_practised(drill: Taken, ana: Client) -> None:
    solve(drill, RISE)
    take(ana, quiz_id(ana, "Exam", "flood"), drill.database)
    assert "another attempt of yours" in detail(another(drill, RISE))


def test_an_attempt_does_not_grow_for_ever(drill: Taken) -> None:
    solve(drill, RISE)
    with drill.database.write() as session:
        pinned = session.get_one(Slot, (drill.uuid, WHICH))
        row = {column.name: getattr(pinned, column.name) for column in Slot.__table__.columns}
        session.execute(insert(Slot), [{**row, "number": number} for number in range(3, MOST_SLOTS + 1)])
    assert f"{MOST_SLOTS} questions" in detail(another(drill, RISE))


def test_twenty_at_once_are_given_one_variant(drill: Taken) -> None:
    solve(drill, RISE)
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: another(drill, RISE), range(20)))
    assert sorted(one.status_code for one in answers) == [200] * 19 + [201]
    assert len({one.data for one in answers}) == 1
    assert [one["slot"] for one in answer_of(drill.client.get(f"/attempts/{drill.id}"))["slots"]] == [1, 2, 3]


def test_variants_of_several_questions_at_once_have_one_order(drill: Taken) -> None:
    solve(drill, RISE)
    solve(drill, WHICH)
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda number: another(drill, 1 + number % 2), range(20)))
    assert sorted(one.status_code for one in answers) == [200] * 18 + [201] * 2
    assert {one.get_json()["slot"] for one in answers} == {3, 4}


def test_a_repeat_under_the_same_key_is_the_same_answer(drill: Taken) -> None:
    solve(drill, RISE)
    first, repeat = (another(drill, RISE, Idempotency_Key="more") for _ in range(2))
    assert (first.status_code, first.data) == (repeat.status_code, repeat.data) == (201, first.data)
    assert repeat.headers["Idempotency-Replayed"] == "true"


def test_the_statements_of_a_variant_do_not_grow_with_the_attempt(drill: Taken) -> None:
    counts: list[int] = []
    last = RISE
    for _ in range(6):
        solve(drill, last)
        with statements(drill.database) as sent:
            given: dict[str, Any] = answer_of(another(drill, last), 201)
        counts.append(len(sent))
        last = given["slot"]
    assert len(set(counts)) == 1 and counts[0] <= 7, counts


def test_every_variant_is_graded_once(drill: Taken) -> None:
    solve(drill, RISE)
    answer_of(another(drill, RISE), 201)
    drill.submit()
    drill.submit()
    with drill.database.read() as session:
        graded = select(Grade.slot, func.count()).where(Grade.attempt_id == UUID(drill.id)).group_by(Grade.slot)
        assert session.execute(graded.order_by(Grade.slot)).all() == [(1, 1), (2, 1), (3, 1)]


def test_the_gradebook_counts_what_the_result_counts(drill: Taken, root: Client) -> None:
    answer_of(drill.check(WHICH, drill.right(WHICH), 1))
    answer_of(drill.client.post(f"/attempts/{drill.id}/answers/{WHICH}/variants"), 201)
    score = answer_of(drill.submit())["score"]
    book = root.get("/courses/flood/gradebook.csv").get_data(as_text=True)
    [line] = [row for row in book.splitlines() if '"ana"' in row]
    assert (score["points"], score["possible"]) == ("1.00", "2.00") and line.split(",")[4:6] == ["1.00", "2.00"]
