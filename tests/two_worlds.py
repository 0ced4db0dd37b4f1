"""One story told in two worlds that differ in keys alone: until the reveal nobody can tell in which world they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from service import schema
from service.app import create_app
from service.db import Database
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.settings import Settings
from tests.cast import Client, make_cast
from tests.twins import CANARY, write_twin
from tests.world import TestWorld

FEWEST = 300
"""Requests that a story has at least before the reveal."""

NEVER = "never"
"""What never shows anything: its results are alike for good."""

PLACES = (
    *("/courses", "/courses/ai", "/courses/ai/units", "/courses/ai/quizzes", "/courses/ai/changes"),
    *("/courses/ai/glossary", "/courses/ai/calendar.ics", "/me", "/me/courses/ai/progress", "/openapi.json"),
    *("/me/next", "/me/review", "/me/notices", "/me/export"),
    *("/admin/courses/ai/export", "/admin/courses/ai/lint", "/courses/ai/coverage"),
)
UNIT_PLACES = ("/courses/ai/units/{}", "/courses/ai/units/{}/reading-list", "/me/courses/ai/units/{}/progress")
STAFF_PLACES = ("/admin/courses/ai/units/{}", "/admin/courses/ai/units/{}/versions")


@dataclass(frozen=True)
class Told:
    """What was asked, and all that was answered: status, headers and body."""

    asked: str
    answer: bytes

    @classmethod
    def of(cls, who: str, response: TestResponse) -> Told:
        """As it went over the wire."""
        head = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
        request = response.request
        return cls(
            f"{who}: {request.method} {request.path}",
            f"{response.status}\r\n{head}\r\n".encode() + response.get_data(),
        )


@dataclass
class Story:
    """The people of one world, and what they have been told so far."""

    world: TestWorld
    database: Database
    people: dict[str, Client]
    told: list[Told]

    def ask(self, who: str, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        """One request of somebody's."""
        response = self.people[who].send(method, path, body, headers=headers)
        self.told.append(Told.of(who, response))
        return response

    def look_around(self) -> None:
        """Everybody asks for everything there is to read, and again for what they have."""
        course = self.people["ida"].get("/courses/ai/units").get_json()["items"]
        units = [place.format(unit["key"]) for unit in course for place in (*UNIT_PLACES, *STAFF_PLACES)]
        quizzes = [f"/quizzes/{quiz['id']}" for quiz in self.quizzes]
        for who in ("ana", "ben", "lms", "nobody"):
            for path in (*PLACES, *units, *quizzes):
                tag = self.ask(who, "GET", path).headers.get("ETag")
                if tag is not None:
                    self.ask(who, "GET", path, If_None_Match=tag)
            for media in ("text/markdown", "text/html"):
                for unit in course:
                    self.ask(who, "GET", f"/courses/ai/units/{unit['key']}/reading-list", Accept=media)

    @property
    def quizzes(self) -> list[dict[str, Any]]:
        """Every quiz of the course."""
        items: list[dict[str, Any]] = self.people["ana"].get("/courses/ai/quizzes").get_json()["items"]
        return items

    def take_everything(self) -> dict[str, list[str]]:
        """Ana takes every quiz, and in one of them answers every question of the bank; others look over her shoulder.

        What asks and tells later is started first: while it is open, its questions are withheld from the rest.
        """
        keys = {"Until it closes": "until-closed", "Until it is sent": "until-sent", "Never shown": NEVER}
        order = {kind: place for place, kind in enumerate(keys.values())}
        attempts: dict[str, list[str]] = {}
        for quiz in sorted(self.quizzes, key=lambda one: order.get(keys.get(one["title"], ""), len(order))):
            began = self.ask("ana", "POST", f"/quizzes/{quiz['id']}/attempts", Idempotency_Key=f"start-{quiz['id']}")
            attempt = began.get_json()
            kind = keys.get(quiz["title"], "at-once")
            attempts.setdefault(kind, []).append(attempt["id"])
            # The whole bank once, and of every other quiz enough to see how it speaks.
            for slot in attempt["slots"] if kind in {"until-closed", NEVER} else attempt["slots"][:2]:
                self._answer(attempt["id"], slot)
            for who in ("ana", "ben", "lms", "nobody"):
                self.ask(who, "GET", f"/attempts/{attempt['id']}")
                self.ask(who, "GET", f"/attempts/{attempt['id']}/result")
            self.ask("ben", "PUT", f"/attempts/{attempt['id']}/answers/1", {"response": None, "base_rev": 1})
            self.ask("ben", "POST", f"/attempts/{attempt['id']}/submission", {})
        for attempt_id in (*attempts["at-once"], *attempts["until-closed"], *attempts[NEVER]):
            sent: dict[str, object] = {"responses": []}
            self.ask("ana", "POST", f"/attempts/{attempt_id}/submission", sent, Idempotency_Key=f"end-{attempt_id}")
            self.ask("ana", "POST", f"/attempts/{attempt_id}/submission", sent, Idempotency_Key=f"end-{attempt_id}")
            self.ask("ana", "GET", f"/attempts/{attempt_id}/result")
        return attempts

    def _answer(self, attempt: str, slot: dict[str, Any]) -> None:
        path = f"/attempts/{attempt}/answers/{slot['slot']}"
        response = some_answer(slot["question"])
        self.ask("ana", "PUT", path, {"response": response, "base_rev": 0})
        self.ask("ana", "PUT", path, {"response": None, "base_rev": 0})
        self.ask("ana", "POST", f"{path}/checks", {"response": response, "try": 1})
        self.ask("ana", "POST", f"{path}/checks", {"response": {"no": "answer"}, "try": 1})

    def see(self, attempt: str) -> bytes:
        """The result of an attempt, asked for without a place in the story."""
        return self.people["ana"].get(f"/attempts/{attempt}/result").get_data()


def some_answer(question: dict[str, Any]) -> dict[str, Any]:
    """An answer that can be read, worked out from what a student sees."""
    match question["kind"]:
        case "single_choice":
            return {"choice": question["choices"][0]["id"]}
        case "multiple_choice":
            return {"choices": [one["id"] for one in question["choices"][:2]]}
        case "true_false":
            return {"value": True}
        case "cloze":
            return {"gaps": {gap["id"]: _gap(gap) for gap in question["gaps"]}}
        case "matching":
            rights = question["rights"]
            return {"pairs": {left["id"]: rights[0]["id"] for left in question["lefts"]}}
        case "ordering":
            return {"order": [step["id"] for step in question["steps"]]}
        case "numeric":
            return {"text": "2"}
        case _:
            return {"text": "some words"}


def _gap(gap: dict[str, Any]) -> dict[str, Any]:
    if gap["kind"] == "single_choice":
        return {"choice": gap["choices"][0]["id"]}
    return {"text": "2"}


@contextmanager
def story(url: str, folder: Path, *, other: bool) -> Iterator[Story]:
    """A world: an empty database, seeded with one of the twins; the rest is the same to the last bit of chance."""
    world, database = TestWorld(seed=11), Database(url)
    schema.upgrade(database)
    seeding.seed(database, world, seeding.prepare(load_folder(write_twin(folder, other=other))))
    with database.write() as session:
        tokens = make_cast(session, world, "ai")
    settings = Settings(database_url=url, public_url="https://hornbook.example", log_level="error")
    app = create_app(settings, database=database, world=world)
    people = {name: Client(app, token) for name, token in tokens.items()} | {"nobody": Client(app)}
    try:
        yield Story(world, database, people, [])
    finally:
        database.close()


@dataclass(frozen=True)
class Comparison:
    """How the two stories compare: answers that differ before the reveal and after it, and canaries."""

    requests: int
    differing: Sequence[str]
    canaries: Sequence[str]
    revealed: int
    alike_afterwards: Sequence[str]
    told_of_never: int


def compare(urls: tuple[str, str], folder: Path) -> Comparison:
    """Tell the story in both worlds."""
    with story(urls[0], folder / "one", other=False) as one, story(urls[1], folder / "other", other=True) as other:
        taken = []
        for each in (one, other):
            each.look_around()
            taken.append(each.take_everything())
            each.look_around()
        differing = [a.asked for a, b in zip(one.told, other.told, strict=True) if a != b]
        canaries = [told.asked for told in (*one.told, *other.told) if CANARY in told.answer.decode()]
        if differing:
            return Comparison(len(one.told), differing, canaries, 0, [], 0)
        for each in (one, other):
            each.world.wait(days=120)
            for attempt in taken[0]["until-sent"]:
                each.people["ana"].post(f"/attempts/{attempt}/submission", {})
        never = taken[0].pop(NEVER)
        told = sum(one.see(attempt) != other.see(attempt) or CANARY.encode() in one.see(attempt) for attempt in never)
        attempts = [attempt for several in taken[0].values() for attempt in several]
        seen = {attempt: (one.see(attempt), other.see(attempt)) for attempt in attempts}
    return Comparison(
        requests=len(one.told),
        differing=differing,
        canaries=canaries,
        revealed=sum(text.decode().count(CANARY) for both in seen.values() for text in both),
        alike_afterwards=[attempt for attempt, (here, there) in seen.items() if here == there],
        told_of_never=told,
    )
