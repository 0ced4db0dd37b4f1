"""Whether anything gets slower as answers pile up: the same requests beside ten thousand and beside a million."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from service.db import Base
from service.statements import Addition
from tests.bench.figures import Figure
from tests.bench.load import Load, run, written
from tests.bench.processes import Served, cpu_seconds, free_port, serving
from tests.bench.reads import SERVE, Effort
from tests.bench.stage import NAMES, Place
from tests.bench.writes import API, WRITES, Classroom, Requests, header

FEW = 10_000
GOAL = 1.2
CONNECTIONS = 4
ATTEMPTS_EACH = 10
"""Attempts of each student who is made up."""
AT_ONCE = 500
"""Attempts that are written in one transaction."""

OF_ATTEMPT = ("slots", "responses", "grades", "first_tries")


def _progress(token: str, _attempts: Iterator[str]) -> Requests:
    return repeat(written("GET", f"{API}/me/courses/sums/progress", header(token)))


def _unit(token: str, _attempts: Iterator[str]) -> Requests:
    return repeat(written("GET", f"{API}/courses/sums/units/sums", header(token)))


ASKED: Mapping[str, Callable[[str, Iterator[str]], Requests]] = {
    "unit-get": _unit,
    **{write.name: write.requests for write in WRITES},
    "progress": _progress,
}


@dataclass(frozen=True)
class Side:
    """A server over a database with so many answers in it, and students who ask it."""

    room: Classroom
    served: Served
    port: int
    place: Place

    def lines(self, requests: Callable[[str, Iterator[str]], Requests], tokens: Sequence[str]) -> list[Requests]:
        """What each connection sends, of these students."""
        return [requests(token, self.room.attempts(token)) for token in tokens]

    def round(self, lines: list[Requests], requests: int) -> tuple[float, float]:
        """Requests per second, and CPU seconds per request."""
        scripts = [list(islice(line, requests)) for line in lines]
        sent, roots = sum(map(len, scripts)), [self.served.master, *self.place.processes()]
        before = cpu_seconds(roots)
        rate = run(Load(self.port, "", {}, len(lines), sent, scripts), 200)
        return rate, (cpu_seconds(roots) - before) / sent


def measure_growth(place: Place, effort: Effort, many: int) -> Iterator[Figure]:
    """A figure for each kind of request: CPU and time beside many answers, against beside few."""
    students = CONNECTIONS * len(ASKED)
    rooms = []
    for answers in (FEW, many):
        room = Classroom(place.new(f"with_{answers}"), place.folder / f"with-{answers}", students + 1)
        fill(room, answers)
        rooms.append(room)
    ports = [free_port(), free_port()]
    with (
        serving(_ours(ports[0], rooms[0]), ports[0], place.folder / "few.log", HORNBOOK_THREADS="4") as few,
        serving(_ours(ports[1], rooms[1]), ports[1], place.folder / "many.log", HORNBOOK_THREADS="4") as full,
    ):
        sides = [Side(room, served, port, place) for room, served, port in zip(rooms, (few, full), ports, strict=True)]
        for number, (name, requests) in enumerate(ASKED.items()):
            mine = slice(number * CONNECTIONS, (number + 1) * CONNECTIONS)
            lines = [side.lines(requests, side.room.tokens[mine]) for side in sides]
            lightly = 10 if name == "submit-20" else 1
            each = max(1, effort.requests // CONNECTIONS // lightly)
            rounds = [
                [value for side, line in zip(sides, lines, strict=True) for value in side.round(line, each)]
                for _ in range(effort.rounds + 1)
            ][1:]
            yield _judged(name, place, many, rounds)


def _ours(port: int, room: Classroom) -> list[str]:
    return [*SERVE, "--port", str(port), "--workers", "2", "--database", room.url]


def _judged(name: str, place: Place, many: int, rounds: Sequence[Sequence[float]]) -> Figure:
    rate_a, cpu_a, rate_b, cpu_b = (median(column) for column in zip(*rounds, strict=True))
    return Figure(
        name=f"growth: {name}",
        setting=f"{NAMES[place.kind]}, {FEW:,} and {many:,} answers",
        floor=f"{cpu_a * 1e6:.0f} µs CPU, {rate_a:.0f} req/s",
        ours=f"{cpu_b * 1e6:.0f} µs CPU, {rate_b:.0f} req/s",
        # Each round's two came one after the other; connections wait for their answers, so the rate tells the time.
        ratio=max(median(one[3] / one[1] for one in rounds), median(one[0] / one[2] for one in rounds)),
        goal=GOAL,
        least=False,
    )


def fill(room: Classroom, answers: int) -> None:
    """Multiply one student's attempt until there are so many answers, each in an attempt of somebody who is made up."""
    attempt = UUID(next(room.attempts(room.tokens[-1])))
    last = [{"slot": slot, "response": {"text": f"{slot}"}, "base_rev": 0} for slot in range(1, 21)]
    sent = room.client.post(
        f"{API}/attempts/{attempt}/submission", headers=header(room.tokens[-1]), json={"responses": last}
    )
    if sent.status_code != 200:
        raise RuntimeError(sent.get_data(as_text=True))
    with room.database.read() as session:
        template = _Template.of(session, attempt)
    copies = range(max(1, answers // len(template.rows["responses"])))
    for begin in copies[::AT_ONCE]:
        with room.database.write() as session:
            template.copy(session, copies[begin : begin + AT_ONCE])
    if not room.database.is_sqlite:
        with room.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


@dataclass(frozen=True)
class _Template:
    """A finished attempt with all that belongs to it, and its student, as rows."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]

    @classmethod
    def of(cls, session: Session, attempt: UUID) -> _Template:
        rows: dict[str, Sequence[Mapping[str, Any]]] = {}
        for name in OF_ATTEMPT:
            table = _table(name)
            rows[name] = [
                dict(row) for row in session.execute(select(table).where(table.c.attempt_id == attempt)).mappings()
            ]
        attempts, users, enrolments = _table("attempts"), _table("users"), _table("enrolments")
        rows["attempts"] = [dict(session.execute(select(attempts).where(attempts.c.id == attempt)).mappings().one())]
        student = rows["attempts"][0]["user_id"]
        rows["users"] = [dict(session.execute(select(users).where(users.c.id == student)).mappings().one())]
        found = select(enrolments).where(enrolments.c.user_id == student)
        rows["enrolments"] = [dict(session.execute(found).mappings().one())]
        return cls(rows)

    def copy(self, session: Session, numbers: range) -> None:
        """Write that many copies, each `ATTEMPTS_EACH` of one student."""
        students = [uuid4() for _ in numbers[::ATTEMPTS_EACH]]
        new: dict[str, list[Mapping[str, Any]]] = {
            name: [] for name in ("users", "enrolments", "attempts", *OF_ATTEMPT)
        }
        for student in students:
            new["users"].append({**self.rows["users"][0], "id": student, "login": f"made-up-{student}"})
            new["enrolments"].append({**self.rows["enrolments"][0], "user_id": student})
        for at, _ in enumerate(numbers):
            student, attempt = students[at // ATTEMPTS_EACH], uuid4()
            new["attempts"].append({**self.rows["attempts"][0], "id": attempt, "user_id": student})
            for name in OF_ATTEMPT:
                theirs = {"attempt_id": attempt} | ({"user_id": student} if name == "first_tries" else {})
                new[name] += [{**row, **theirs} for row in self.rows[name]]
        for name, rows in new.items():
            Addition(_table(name)).add(session, rows)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
