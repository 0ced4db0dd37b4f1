"""Taking quizzes in tests: knows the right answers by asking the database what the service would say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from werkzeug.test import TestResponse

from service.content.models import Quiz
from service.db import Database
from service.domain import questions
from service.quizzes.operations.record import Asked, list_asked
from tests.cast import Client, answer_of


@dataclass
class Taken:
    """An attempt in progress, with its student."""

    client: Client
    database: Database
    id: str
    slots: Sequence[dict[str, Any]]

    @property
    def uuid(self) -> UUID:
        """The attempt's id."""
        return UUID(self.id)

    def slot(self, kind: str) -> int:
        """The number of the first slot with a question of this kind."""
        return next(int(slot["slot"]) for slot in self.slots if slot["question"]["kind"] == kind)

    def look(self, slot: int) -> dict[str, Any]:
        """The slot as GET shows it now."""
        shown: dict[str, Any] = answer_of(self.client.get(f"/attempts/{self.id}"))["slots"][slot - 1]
        return shown

    def save(self, slot: int, response: object, *, base_rev: int) -> TestResponse:
        """PUT a draft."""
        return self.client.put(f"/attempts/{self.id}/answers/{slot}", {"response": response, "base_rev": base_rev})

    def check(self, slot: int, response: object, try_: int) -> TestResponse:
        """POST a check."""
        return self.client.post(f"/attempts/{self.id}/answers/{slot}/checks", {"response": response, "try": try_})

    def submit(self, responses: Sequence[object] = ()) -> TestResponse:
        """POST the submission."""
        return self.client.post(f"/attempts/{self.id}/submission", {"responses": list(responses)})

    def result(self) -> TestResponse:
        """GET the result."""
        return self.client.get(f"/attempts/{self.id}/result")

    def asked(self, slot: int) -> Asked:
        """The slot with what it pins, key included."""
        with self.database.read() as session:
            return list_asked(session, self.uuid)[slot - 1]

    def right(self, slot: int) -> Any:
        """A right answer, in the ids of this attempt."""
        asked = self.asked(slot)
        outcome = asked.grade(None)
        return questions.explain(asked.revision, asked.key, asked.drawn, asked.layout, None, outcome)["right"]

    def wrong(self, slot: int) -> Any:
        """An answer worth nothing."""
        question = self.slots[slot - 1]["question"]
        return WRONG[question["kind"]](question, self.right(slot))

    def answer_everything(self, *, right: bool) -> None:
        """Save an answer to every slot."""
        for slot in self.slots:
            number = slot["slot"]
            open_ended = slot["question"]["kind"] == "open"
            response = self.right(number) if right and not open_ended else self.wrong(number)
            answer_of(self.save(number, response, base_rev=slot["rev"]))


def _another(options: Sequence[dict[str, Any]], than: object) -> Any:
    """The id of some other option."""
    return next(one["id"] for one in options if one["id"] != than)


WRONG: dict[str, Callable[[dict[str, Any], Any], Any]] = {
    "single_choice": lambda question, right: {"choice": _another(question["choices"], right["choice"])},
    "true_false": lambda question, right: {"value": not right["value"]},
    "multiple_choice": lambda question, right: {
        "choices": [one["id"] for one in question["choices"] if one["id"] not in right["choices"]]
    },
    "numeric": lambda question, right: {"text": "-987.5"},
    "short_text": lambda question, right: {"text": "quite something else"},
    "cloze": lambda question, right: {
        "gaps": {gap["id"]: _wrong_gap(gap, right["gaps"][gap["id"]]) for gap in question["gaps"]}
    },
    "matching": lambda question, right: {
        "pairs": {left["id"]: _another(question["rights"], right["pairs"][left["id"]]) for left in question["lefts"]}
    },
    "ordering": lambda question, right: {"order": right["order"][::-1]},
    "open": lambda question, right: {"text": "Something to look at."},
}
"""By kind, an answer that is worth nothing (an open one is worth what its length says)."""


def _wrong_gap(gap: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    if gap["kind"] == "single_choice":
        return {"choice": next(one["id"] for one in gap["choices"] if one["id"] != right["choice"])}
    return {"text": "-987.5" if gap["kind"] == "numeric" else "quite something else"}


def take(client: Client, quiz: str, database: Database) -> Taken:
    """Start an attempt."""
    attempt = answer_of(client.post(f"/quizzes/{quiz}/attempts"), 201)
    return Taken(client, database, attempt["id"], attempt["slots"])


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile; BEGIN and COMMIT are not counted."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    database.watchers.append(note)
    try:
        yield seen
    finally:
        database.watchers.remove(note)


def change_settings(database: Database, quiz: str, **settings: Any) -> None:
    """Change settings of a quiz as a seed would."""
    with database.write() as session:
        found = session.get_one(Quiz, UUID(quiz))
        session.execute(update(Quiz).where(Quiz.id == found.id).values(settings={**found.settings, **settings}))
