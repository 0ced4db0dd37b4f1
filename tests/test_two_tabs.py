"""Two tabs of one student at one question, in every order their requests can arrive: nothing typed is ever lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.db import Database
from service.quizzes.models import Entry, Grade
from tests.cast import Client, answer_of
from tests.pendulum import Clocks, open_clocks
from tests.slot_model import SlotModel
from tests.world import TestWorld

RIGHT = 7
STEPS = ("save", "check", "submit")


def orders() -> Iterator[tuple[str, ...]]:
    """All ways in which the three requests of tab a and the three of tab b can be dovetailed."""
    for mine in combinations(range(2 * len(STEPS)), len(STEPS)):
        yield tuple("a" if place in mine else "b" for place in range(2 * len(STEPS)))


@dataclass
class Tab:
    """A window: it knows what it was last told, and nothing of the other one."""

    texts: dict[str, str]
    reads: bool
    rev: int = 0
    used: int = 0
    done: int = 0

    def step(self, client: Client, attempt: str, model: SlotModel) -> tuple[int, int]:
        """Do what comes next; the status that the model says and the one that was answered."""
        what = STEPS[self.done]
        self.done += 1
        text, at = self.texts[what], f"/attempts/{attempt}/answers/1"
        response = {"text": text}
        if what == "save":
            meant = model.save(text, self.rev)
            answer = client.put(at, {"response": response, "base_rev": self.rev})
        elif what == "check":
            meant = model.check(text, self.used + 1)
            answer = client.post(f"{at}/checks", {"response": response, "try": self.used + 1})
        else:
            meant = model.submit(text, self.rev)
            last = {"slot": 1, "response": response, "base_rev": self.rev}
            answer = client.post(f"/attempts/{attempt}/submission", {"responses": [last]})
        self.learn(answer.get_json())
        return meant, answer.status_code

    def learn(self, told: dict[str, Any]) -> None:
        """What an answer says of the slot; of a refusal only what a tab that reads it takes in."""
        if "current" in told:
            self.rev = told["current"]["rev"] if self.reads else self.rev
        elif "rev" in told:
            self.rev = told["rev"]
            self.used = told["tries"]["used"] if "tries" in told else self.used


@pytest.fixture
def clocks(app: Flask, database: Database, world: TestWorld, tmp_path: Path) -> Clocks:
    """The quiz both tabs are at."""
    return open_clocks(app, database, world, tmp_path, right=RIGHT)


@pytest.mark.parametrize("reads", [True, False], ids=["tabs that read refusals", "tabs that do not"])
def test_in_whatever_order_two_tabs_arrive_every_text_is_kept_and_the_grade_is_the_models(
    clocks: Clocks, reads: bool
) -> None:
    # Both wrong; one right when checked; one right in its last answer; both checking the same.
    plots: Sequence[tuple[Sequence[str], Sequence[str]]] = [
        (("1", "2", "3"), ("4", "5", "6")),
        (("1", "7", "3"), ("4", "5", "6")),
        (("1", "2", "7"), ("4", "5", "6")),
        (("1", "2", "3"), ("1", "2", "7")),
    ]
    client = clocks.new_student()
    for order, plot in product(orders(), plots):
        attempt = answer_of(client.post(f"/quizzes/{clocks.quiz}/attempts"), 201)["id"]
        model = SlotModel(str(RIGHT))
        a, b = (Tab(dict(zip(STEPS, texts, strict=True)), reads) for texts in plot)
        statuses = [(a if who == "a" else b).step(client, attempt, model) for who in order]
        assert [meant for meant, _ in statuses] == [status for _, status in statuses], (order, plot)
        assert found(clocks.database, attempt) == (Counter(model.lines), model.rev, [str(model.worth)]), (order, plot)


def found(database: Database, attempt: str) -> tuple[Counter[tuple[str, str, str]], int, list[str]]:
    """What the tables hold of slot 1: its log, how many of it count, in order, and its grades."""
    with database.read() as session:
        entries = session.scalars(
            select(Entry).where(Entry.attempt_id == UUID(attempt), Entry.slot == 1).order_by(Entry.id)
        ).all()
        graded = select(Grade.credit).where(Grade.attempt_id == UUID(attempt), Grade.slot == 1)
        given = [str(credit).partition("/")[0] for credit in session.scalars(graded)]
    revs = [entry.rev for entry in entries if entry.rev is not None]
    assert revs == list(range(1, len(revs) + 1))
    lines = Counter((entry.kind, (entry.response or {})["text"], entry.disposition) for entry in entries)
    return lines, len(revs), given
