"""The rows of reading: a unit, one that has not changed, a page of a thousand units, beside a bare Flask view."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from service.schema import shipped
from tests.bench.courses import write_course
from tests.bench.figures import Figure
from tests.bench.load import Load, Void, run
from tests.bench.processes import Served, cpu_seconds, free_port, serving
from tests.bench.stage import NAMES, Place, seeded

UNIT = "/api/v1/courses/ai/units/generation"
PROGRESS = "/api/v1/me/courses/large/progress"
UNITS = "/api/v1/courses/large/units?limit=200"
SERVE = ["-c", "from service.cli import main; main()", "serve", "--no-demo"]
CONNECTIONS = (4, 16)


@dataclass(frozen=True)
class Read:
    """What is asked, of which course, whether its tag is sent along, and the goal for each kind of database."""

    name: str
    path: str
    course: str
    known: bool
    goals: dict[str, float]


READS = (
    Read("unit-get", UNIT, "ai", False, {"sqlite": 0.80, "postgres": 0.55}),
    Read("unit-304", UNIT, "ai", True, {"sqlite": 0.80, "postgres": 0.50}),
    Read("unit-list-1000", UNITS, "large", False, {"sqlite": 0.60, "postgres": 0.60}),
    Read("progress", PROGRESS, "term", False, {"sqlite": 0.25, "postgres": 0.25}),
)


@dataclass(frozen=True)
class Effort:
    """How long to look: requests in a round, and rounds of each of the two."""

    requests: int
    rounds: int


@dataclass(frozen=True)
class Side:
    """One of the two servers: the load it gets, what it must answer, and whose CPU counts."""

    load: Load
    status: int
    roots: list[int]

    def round(self, connections: int, requests: int) -> tuple[float, float]:
        """Requests per second, and CPU seconds per request."""
        before = cpu_seconds(self.roots)
        load = Load(self.load.port, self.load.path, self.load.headers, connections, requests)
        rate = run(load, self.status)
        return rate, (cpu_seconds(self.roots) - before) / requests


def measure_read(read: Read, place: Place, effort: Effort) -> Iterator[Figure]:
    """The figures of one read, at few and at many connections."""
    url = place.new(read.name.replace("-", "_"))
    headers = {"Authorization": f"Bearer {_token(read, place, url)}", "Accept": "application/json"}
    port, floor_port = free_port(), free_port()
    ours = [*SERVE, "--port", str(port), "--workers", "2", "--database", url]
    with serving(ours, port, place.folder / "ours.log", HORNBOOK_THREADS="4") as served:
        body, tag = fetched(port, read.path, headers)
        kept = place.folder / "body.json"
        kept.write_bytes(body)
        bare = ["-m", "tests.bench.floor", str(floor_port), read.path.partition("?")[0], str(kept)]
        with serving(bare, floor_port, place.folder / "floor.log") as floor:
            known = {"If-None-Match": tag} if read.known else {}
            b = Side(Load(port, read.path, headers | known, 4, 1), 304 if read.known else 200, _roots(served, place))
            a = Side(Load(floor_port, read.path, headers | known, 4, 1), 200, _roots(floor))
            for connections in CONNECTIONS:
                yield _judged(read, place, connections, _rounds(a, b, connections, effort))


def _token(read: Read, place: Place, url: str) -> str:
    """The token of somebody who may ask for it, once it is there to be asked for."""
    if read.course == "term":
        return seeded(
            url, write_course(place.folder / "courses", units=13, readings=12, questions=20), "large", works=True
        )
    if read.course == "large":
        return seeded(url, write_course(place.folder / "courses", units=1000, readings=1, questions=0), "large")
    return seeded(url, shipped("seed") / "ai", "ai")


def _roots(served: Served, place: Place | None = None) -> list[int]:
    return [served.master, *(place.processes() if place else [])]


def _rounds(a: Side, b: Side, connections: int, effort: Effort) -> list[tuple[float, float, float, float]]:
    """(rate of A, CPU of A, rate of B, CPU of B) of each round, the two in turn."""
    for side in (a, b):
        side.round(connections, min(effort.requests, 400))
    return [
        (*a.round(connections, effort.requests), *b.round(connections, effort.requests)) for _ in range(effort.rounds)
    ]


def _judged(read: Read, place: Place, connections: int, rounds: list[tuple[float, float, float, float]]) -> Figure:
    rate_a, cpu_a, rate_b, cpu_b = (median(column) for column in zip(*rounds, strict=True))
    return Figure(
        name=read.name,
        setting=f"{NAMES[place.kind]}, {connections} connections",
        floor=f"{cpu_a * 1e6:.0f} µs CPU, {rate_a:.0f} req/s",
        ours=f"{cpu_b * 1e6:.0f} µs CPU, {rate_b:.0f} req/s",
        ratio=median(one[1] / one[3] for one in rounds),
        rate=median(one[2] / one[0] for one in rounds),
        goal=read.goals[place.kind],
        least=True,
    )


def fetched(port: int, path: str, headers: dict[str, str]) -> tuple[bytes, str]:
    """The answer's body and its tag; `Void` unless it is 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise Void(f"{path} answered {response.status}: {body[:200]!r}")
    return body, response.headers["ETag"]
