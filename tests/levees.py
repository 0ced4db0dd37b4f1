"""A unit on levees with all that progress is read off: a quiz before it, one after it, readings on two objectives."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from service.cli import main
from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import Taken, take
from tests.small_course import SmallCourse
from tests.world import TestWorld

_QUESTIONS = "".join(
    f"  - key: {objective}-{number}\n    kind: true_false\n    stem: Number {number} about {objective} holds.\n"
    f"    answer: true\n    objectives: [{objective}]\n"
    f"    answers_from: [{{reading: on-{objective}, locator: p. {number}}}]\n"
    for objective in ("seepage", "height")
    for number in (1, 2, 3)
)
_ALL = "seepage-1, seepage-2, seepage-3, height-1, height-2, height-3"

UNIT = f"""\
  ends: 2026-03-08
objectives:
  - {{key: seepage, text: Explain why levees leak.}}
  - {{key: height, text: Compute how high a levee has to be.}}
sections:
  - key: prepare
    title: Prepare
    items:
      - {{key: on-height, title: On height, url: "https://levee.example/height", due: 2026-03-20, objectives: [height]}}
      - {{key: on-seepage, title: On seepage, url: "https://levee.example/seepage", objectives: [seepage]}}
questions:
{_QUESTIONS}quizzes:
  - {{key: single, title: Single, questions: [seepage-1], tries: 1}}
  - {{key: before, title: Before, kind: pre, questions: [{_ALL}], tries: 1, shuffle: {{questions: false}}}}
  - key: after
    title: After
    kind: post
    importance: required
    questions: [{_ALL}]
    tries: 1
    shuffle: {{questions: false}}
  - {{key: hidden, title: Hidden, mode: deferred, reveal: never, questions: [{_ALL}], shuffle: {{questions: false}}}}
"""


def build_levees(folder: Path, database: Database, database_url: str, world: TestWorld) -> None:
    """Seed the course with the unit, with Ana as its student."""
    course = SmallCourse(folder, more="time_zone: Europe/Berlin\n")
    course.write("levees", title="Levees", rest=UNIT)
    course.seed(database, world)
    enrolled = CliRunner().invoke(main, ["enrol", "ana", "flood", "--database", database_url])
    assert enrolled.exit_code == 0, enrolled.output


def answer_all(client: Client, quiz: str, database: Database, right: str) -> Taken:
    """Take the quiz; `right` says for each slot whether it is to be right (r), wrong (w) or left out (-)."""
    taken = take(client, quiz, database)
    for slot, fares in enumerate(right, start=1):
        if fares != "-":
            answer_of(taken.save(slot, {"value": fares == "r"}, base_rev=0))
    answer_of(taken.submit())
    return taken
