"""What helps before an answer is right: hints, one after the other, and a word about the spelling."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.test import TestResponse

from service.cli import main
from service.db import Database
from tests.cast import Client, answer_of
from tests.conftest import quiz_id
from tests.quizzing import Taken, change_settings, statements, take
from tests.small_course import SmallCourse
from tests.world import TestWorld

UNIT = """\
questions:
  - key: amplitude
    kind: short_text
    stem: What is half the range of a tide called?
    accept: [amplitude]
    hints: [It begins with an a., It ends with an e.]
  - key: half
    kind: true_false
    stem: It is half the range.
    answer: true
  - key: why
    kind: open
    stem: Why are there two bulges?
    min_words: 2
    model_answer: Both sides are pulled apart.
    rubric:
      - {key: near, points: 2, text: It names the near side.}
      - {key: far, text: It names the far side.}
quizzes:
  - {key: essay, title: Essay, questions: [why, half], mode: deferred}
  - {key: check, title: Check, questions: [amplitude, half], tries: 2}
"""


@pytest.fixture
def quiz(ana: Client, database: Database, database_url: str, world: TestWorld, tmp_path: Path) -> str:
    """A quiz of two questions, of which the first has two hints."""
    course = SmallCourse(tmp_path / "flood")
    course.write("range", rest=UNIT)
    course.seed(database, world)
    assert CliRunner().invoke(main, ["enrol", "ana", "flood", "--database", database_url]).exit_code == 0
    found: str = quiz_id(ana, "Check", "flood")
    return found


@pytest.fixture
def asked(ana: Client, quiz: str, database: Database) -> Taken:
    """An attempt at it."""
    return take(ana, quiz, database)


def hint(taken: Taken, number: int, slot: int | None = None) -> TestResponse:
    """Ask for a hint of the first question."""
    slot = taken.slot("short_text") if slot is None else slot
    return taken.client.post(f"/attempts/{taken.id}/answers/{slot}/hints", {"number": number})


def texts(slot: dict[str, object]) -> list[str]:
    """The hints that were taken."""
    hints: dict[str, list[dict[str, str]]] = slot["hints"]  # type: ignore[assignment]
    return [one["markdown"] for one in hints["taken"]]


def test_hints_come_one_after_the_other_and_are_remembered(asked: Taken) -> None:
    slot = asked.slot("short_text")
    assert asked.look(slot)["hints"] == {"taken": [], "there_are": 2}
    too_soon = hint(asked, 2)
    assert too_soon.status_code == 409 and "not the next one" in too_soon.get_json()["detail"]
    for _ in range(2):
        assert texts(answer_of(hint(asked, 1))) == ["It begins with an a."]
    with statements(asked.database) as sent:
        answer_of(hint(asked, 2))
    assert len(sent) <= 5, sent
    assert texts(asked.look(slot)) == ["It begins with an a.", "It ends with an e."]
    assert hint(asked, 3).status_code == 409
    assert hint(asked, 1, asked.slot("true_false")).status_code == 409
    asked.answer_everything(right=True)
    score = answer_of(asked.submit())["score"]
    assert score["points"] == score["possible"], "a hint costs nothing"
    assert hint(asked, 3).status_code == 409


def test_a_quiz_that_says_nothing_before_its_end_gives_no_hints(ana: Client, quiz: str, database: Database) -> None:
    change_settings(database, quiz, mode="deferred", reveal="after_submission")
    assert hint(take(ana, quiz, database), 1).status_code == 409


def test_a_slip_of_the_pen_costs_no_try_once(asked: Taken) -> None:
    slot = asked.slot("short_text")
    for _ in range(2):
        told = answer_of(asked.check(slot, {"text": "amplitide"}, 1))
        assert told["near_miss"] and told["tries"]["used"] == 0 and told["outcome"] is None
    wrong = answer_of(asked.check(slot, {"text": "amplitade"}, 1))
    assert not wrong["near_miss"] and wrong["tries"]["used"] == 1 and wrong["outcome"]["status"] == "incorrect"
    right = answer_of(asked.check(slot, {"text": "amplitude"}, 2))
    assert right["outcome"]["status"] == "correct" and right["closed"]


def test_what_was_never_spelt_right_is_graded_as_it_stands(asked: Taken) -> None:
    slot = asked.slot("short_text")
    assert answer_of(asked.check(slot, {"text": "amplitide"}, 1))["near_miss"]
    graded = answer_of(asked.submit())["slots"][slot - 1]
    assert (graded["status"], graded["response"]) == ("incorrect", {"text": "amplitide"})
    proof = answer_of(asked.client.get(f"/attempts/{asked.id}/proof"))
    assert [line["graded"] for line in proof["slots"][slot - 1]["lines"]] == [False]


def test_an_open_answer_is_assessed_by_its_student_with_the_rubric_apart_from_what_is_graded(
    ana: Client, quiz: str, database: Database
) -> None:
    essay = take(ana, quiz_id(ana, "Essay", "flood"), database)
    slot = essay.slot("open")
    path = f"/attempts/{essay.id}/answers/{slot}/self-assessment"
    answer_of(essay.save(slot, {"text": "Because of pulling."}, base_rev=0))
    assert ana.put(path, {"ticked": ["near"]}).status_code == 409, "nothing is shown yet"
    before = answer_of(essay.submit())
    rubric = [one["key"] for one in before["slots"][slot - 1]["outcome"]["rubric"]]
    assert rubric == ["near", "far"] and before["slots"][slot - 1]["self_assessment"] is None
    assessed = answer_of(ana.put(path, {"ticked": ["near"]}))
    assert (assessed["points"], assessed["possible"]) == ("2", "3")
    assert answer_of(ana.put(path, {"ticked": ["near"]})) == assessed
    after = answer_of(essay.result())
    assert after["score"] == before["score"]
    assert after["slots"][slot - 1]["self_assessment"]["ticked"] == ["near"]
    assert answer_of(ana.put(path, {"ticked": ["far", "near"]}))["points"] == "3"
    wrong = ana.put(path, {"ticked": ["near", "near", "else"]})
    assert [one["pointer"] for one in wrong.get_json()["errors"]] == ["/ticked/1", "/ticked/2"]
    other = essay.slot("true_false")
    assert ana.put(f"/attempts/{essay.id}/answers/{other}/self-assessment", {"ticked": []}).status_code == 409
