"""The rows of writing: an answer, a check, a submission of twenty questions, beside one INSERT and COMMIT in Flask."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import text

from service import schema
from service.accounts import operations as accounts
from service.app import create_app
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.settings import Settings
from service.world import World
from tests.bench.figures import Figure
from tests.bench.load import Load, run, written
from tests.bench.processes import cpu_seconds, free_port, serving
from tests.bench.reads import CONNECTIONS, SERVE, Effort
from tests.bench.stage import NAMES, Place

QUESTIONS = 20
WARMING_UP = 2
"""Rounds that do not count: every thread of every worker opens its connections and prepares its statements in them."""
INSERT = "/insert"
API = "/api/v1"

Requests = Iterator[str]
"""What one connection sends, one after the other."""


@dataclass(frozen=True)
class Write:
    """What is written, how an attempt is written to, and the goal for each kind of database."""

    name: str
    requests: Callable[[str, Iterator[str]], Requests]
    goals: dict[str, float]
    lightly: int = 1
    """How many times fewer requests are sent than to the floor: each of them costs as much as several."""


def header(token: str) -> dict[str, str]:
    """What a student's client sends along."""
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def _answers(token: str, attempts: Iterator[str]) -> Requests:
    attempt = next(attempts)
    for number in count():
        slot, rev = number % QUESTIONS + 1, number // QUESTIONS
        body = {"response": {"text": f"{number}.5"}, "base_rev": rev}
        yield written("PUT", f"{API}/attempts/{attempt}/answers/{slot}", header(token), body)


def _checks(token: str, attempts: Iterator[str]) -> Requests:
    attempt = next(attempts)
    for number in count():
        slot, tried = number % QUESTIONS + 1, number // QUESTIONS
        body = {"response": {"text": f"{number}.5"}, "try": tried + 1}
        yield written("POST", f"{API}/attempts/{attempt}/answers/{slot}/checks", header(token), body)


def _submissions(token: str, attempts: Iterator[str]) -> Requests:
    last = [{"slot": slot, "response": {"text": f"{slot}"}, "base_rev": 0} for slot in range(1, QUESTIONS + 1)]
    for attempt in attempts:
        yield written("POST", f"{API}/attempts/{attempt}/submission", header(token), {"responses": last})


WRITES = (
    Write("answer", _answers, {"sqlite": 0.50, "postgres": 0.40}),
    Write("check", _checks, {"sqlite": 0.40, "postgres": 0.30}),
    Write("submit-20", _submissions, {"sqlite": 0.20, "postgres": 0.20}, lightly=5),
)


class Classroom:
    """A course with a quiz of twenty numbers, and as many students as connections, each with a token."""

    def __init__(self, url: str, folder: Path, students: int) -> None:
        (folder / "units").mkdir(parents=True)
        (folder / "course.yaml").write_text("format: hornbook/course@1\nkey: sums\ntitle: Sums\nstatus: published\n")
        (folder / "units" / "01-sums.yaml").write_text(_unit())
        self.url, self.database, self.world = url, Database(url), World()
        schema.upgrade(self.database)
        seeding.seed(self.database, self.world, seeding.prepare(load_folder(folder)))
        with self.database.write() as session:
            session.execute(text("CREATE TABLE floor (body TEXT)"))
            course = find_course(session, "sums")
            assert course is not None
            self.tokens = [self._student(session, course.id, number) for number in range(students)]
        # What this process asks for is no part of what is measured.
        logging.disable(logging.INFO)
        self.client = create_app(Settings(database_url=url), database=self.database).test_client()
        listed = self.client.get(f"{API}/courses/sums/quizzes?limit=200", headers=header(self.tokens[0])).get_json()
        self.quizzes = [quiz["id"] for quiz in listed["items"]]

    def _student(self, session: Any, course_id: int, number: int) -> str:
        person = accounts.create_user(session, self.world, login=f"student-{number}", name=f"Student {number}")
        accounts.enrol(session, self.world, person, course_id, Role.STUDENT)
        return accounts.issue_personal_token(session, self.world, person, label="bench").text

    def attempts(self, token: str) -> Iterator[str]:
        """One attempt after the other, each started when it is asked for, at quizzes of the same questions.

        Over and over: by the time a quiz comes again, its last attempt was submitted in an earlier round.
        """
        for quiz in cycle(self.quizzes):
            started = self.client.post(f"{API}/quizzes/{quiz}/attempts", headers=header(token))
            yield started.get_json()["id"]


def _unit() -> str:
    names = [f"sum-{number}" for number in range(QUESTIONS)]
    questions = "".join(
        f"  - key: {name}\n    kind: numeric\n    stem: How much is that?\n    answer: {{value: -{number}.25, "
        "tolerance: {abs: 0}}\n"
        for number, name in enumerate(names, start=1)
    )
    asked = ", ".join(names)
    quizzes = "".join(
        f"  - {{key: quiz-{number}, title: Quiz {number}, tries: 100, questions: [{asked}]}}\n" for number in range(250)
    )
    head = "format: hornbook/unit@1\nunit: {key: sums, title: Sums, status: published}\n"
    return f"{head}questions:\n{questions}quizzes:\n{quizzes}"


def measure_write(write: Write, place: Place, effort: Effort) -> Iterator[Figure]:
    """The figures of one write, at few and at many connections."""
    url = place.new(write.name.replace("-", "_"))
    room = Classroom(url, place.folder / "sums", sum(CONNECTIONS))
    port, floor_port = free_port(), free_port()
    ours = [*SERVE, "--port", str(port), "--workers", "2", "--database", url]
    bare = ["-m", "tests.bench.floor", str(floor_port), INSERT, url]
    students = iter(room.tokens)
    with (
        serving(ours, port, place.folder / "ours.log", HORNBOOK_THREADS="4") as served,
        serving(bare, floor_port, place.folder / "floor.log") as floor,
    ):
        for connections in CONNECTIONS:
            tokens = list(islice(students, connections))
            lines = [write.requests(token, room.attempts(token)) for token in tokens]
            inserts = [iter(lambda: written("POST", INSERT, {}, {"text": "1.5"}), None) for _ in tokens]
            requests = effort.requests // connections
            rounds = []
            for number in range(effort.rounds + WARMING_UP):
                a = _round(floor_port, [floor.master, *place.processes()], inserts, requests)
                b = _round(port, [served.master, *place.processes()], lines, requests // write.lightly)
                if number >= WARMING_UP:
                    rounds.append((*a, *b))
            yield _judged(write, place, connections, rounds)


def _round(port: int, roots: list[int], lines: list[Any], requests: int) -> tuple[float, float]:
    """Requests per second, and CPU seconds per request, of the next requests of each connection."""
    scripts = [list(islice(line, requests)) for line in lines]
    sent = sum(map(len, scripts))
    before = cpu_seconds(roots)
    rate = run(Load(port, "", {}, len(lines), sent, scripts), 200)
    return rate, (cpu_seconds(roots) - before) / sent


def _judged(write: Write, place: Place, connections: int, rounds: list[tuple[float, float, float, float]]) -> Figure:
    rate_a, cpu_a, rate_b, cpu_b = (median(column) for column in zip(*rounds, strict=True))
    return Figure(
        name=write.name,
        setting=f"{NAMES[place.kind]}, {connections} connections",
        floor=f"{cpu_a * 1e6:.0f} µs CPU, {rate_a:.0f} req/s",
        ours=f"{cpu_b * 1e6:.0f} µs CPU, {rate_b:.0f} req/s",
        ratio=median(one[1] / one[3] for one in rounds),
        rate=median(one[2] / one[0] for one in rounds),
        goal=write.goals[place.kind],
        least=True,
    )
