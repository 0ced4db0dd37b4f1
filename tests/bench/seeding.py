"""The row of seeding: a large course for the first time, and again unchanged, beside parsing its files alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from service import schema
from service.cli.seeding import seed_folder
from service.db import Database
from service.seeding.events import PARSER
from tests.bench.courses import write_course
from tests.bench.figures import Figure
from tests.bench.stage import NAMES, Place

FIRST, AGAIN = 20.0, 2.5


def measure_seeding(place: Place, *, units: int) -> Iterator[Figure]:
    """The time of the first and of the second seed in parsings of the same bytes."""
    folder = write_course(place.folder / "courses", units=units, readings=12, questions=20)
    files = [path.read_bytes() for path in sorted(folder.rglob("*.yaml"))]
    database = Database(place.new("seed"))
    schema.upgrade(database)
    floor = min(seconds(lambda: parse(files)) for _ in range(3))
    for name, goal in (("first", FIRST), ("unchanged", AGAIN)):
        taken = seconds(lambda: seed_folder(database, Path(folder)))
        yield Figure(
            name=f"seed, {name}",
            setting=f"{NAMES[place.kind]}, {units} units × 12 readings × 20 questions",
            floor=f"{floor:.2f} s",
            ours=f"{taken:.2f} s",
            ratio=taken / floor,
            goal=goal,
            least=False,
        )
    database.close()


def parse(files: list[bytes]) -> None:
    """Every event of these files, and nothing made of them."""
    for content in files:
        for _ in yaml.parse(content, Loader=PARSER):
            pass


def seconds(work: Callable[[], object]) -> float:
    """How long this takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
