"""Which rows there are, and how each is measured."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.reads import READS, Effort, measure_read
from tests.bench.seeding import measure_seeding
from tests.bench.stage import Place
from tests.bench.starting import measure_memory, measure_start

NAMES = (*(read.name for read in READS), "seed", "start", "memory")


def measure(name: str, place: Place, *, quick: bool) -> Iterator[Figure]:
    """The figures of one row."""
    if name == "seed":
        yield from measure_seeding(place, units=100 if quick else 1000)
    elif name == "start":
        yield measure_start(place, rounds=3 if quick else 7)
    elif name == "memory":
        yield measure_memory(place)
    else:
        read = next(read for read in READS if read.name == name)
        yield from measure_read(read, place, Effort(1500, 3) if quick else Effort(4000, 7))
