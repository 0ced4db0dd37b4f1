"""The rows of being there: how long until the app is ready to answer, and the memory one more worker needs."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median

from service.schema import shipped
from tests.bench.figures import Figure
from tests.bench.load import Load, run
from tests.bench.processes import Served, free_port, serving, unique_bytes
from tests.bench.reads import SERVE, UNIT, fetched
from tests.bench.seeding import seconds
from tests.bench.stage import NAMES, Place, seeded

LIBRARIES = "import flask, sqlalchemy, marshmallow"
READY = "import wsgi; assert wsgi.app.test_client().get('/livez').status_code == 200"
WARM = 400
"""Requests after which a worker's memory is looked at."""


def measure_start(place: Place, *, rounds: int) -> Figure:
    """The time from nothing to a first answer, beside importing what it is made of."""
    url = place.new("start")
    seeded(url, shipped("seed") / "ai", "ai")
    times = [
        (seconds(lambda: python(LIBRARIES)), seconds(lambda: python(READY, HORNBOOK_DATABASE_URL=url)))
        for _ in range(rounds)
    ]
    return Figure(
        name="start",
        setting=NAMES[place.kind],
        floor=f"{median(one[0] for one in times):.2f} s",
        ours=f"{median(one[1] for one in times):.2f} s",
        ratio=median(b / a for a, b in times),
        goal=2.0,
        least=False,
    )


def python(code: str, **variables: str) -> None:
    """Run this in a fresh Python."""
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, **variables})


def measure_memory(place: Place) -> Figure:
    """The memory that is a worker's alone, after the same requests to both servers."""
    url = place.new("memory")
    headers = {"Authorization": f"Bearer {seeded(url, shipped('seed') / 'ai', 'ai')}"}
    port, floor_port = free_port(), free_port()
    ours = [*SERVE, "--port", str(port), "--workers", "2", "--database", url]
    with serving(ours, port, place.folder / "ours.log", HORNBOOK_THREADS="4") as served:
        body = place.folder / "body.json"
        body.write_bytes(fetched(port, UNIT, headers)[0])
        bare = ["-m", "tests.bench.floor", str(floor_port), UNIT, str(body)]
        with serving(bare, floor_port, place.folder / "floor.log") as floor:
            a, b = _memory(floor, headers), _memory(served, headers)
    return Figure(
        name="memory",
        setting=NAMES[place.kind],
        floor=f"{a / 2**20:.1f} MiB",
        ours=f"{b / 2**20:.1f} MiB",
        ratio=b / a,
        goal=2.5,
        least=False,
    )


def _memory(served: Served, headers: dict[str, str]) -> float:
    run(Load(served.port, UNIT, headers, 16, WARM), 200)
    return median(unique_bytes(pid) for pid in served.workers)
