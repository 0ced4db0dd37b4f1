"""A course that is seeded again and again while people read it, and what they saw of it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from service.db import Database
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.world import World
from tests.cast import Client, answer_of

READERS = 3
UNITS = ("01-tides", "02-currents")
TIDES = Path(__file__).parent / "courses" / "tides"


def states(folder: Path) -> tuple[Path, Path]:
    """Two states of the course, which differ in the title of every unit and in a question."""
    both = folder / "a", folder / "b"
    for name, path in zip("AB", both, strict=True):
        shutil.copytree(TIDES, path)
        for unit in UNITS:
            file = path / f"units/{unit}.yaml"
            lines = file.read_text().replace("How many bulges of water", f"How many {name} bulges").split("\n")
            lines = [f"  title: {name} {unit}" if line.startswith("  title:") else line for line in lines]
            file.write_text("\n".join(lines))
    return both


class Reader(threading.Thread):
    """Reads the course over and over; `mixed` tells what it saw of both states at once, or could not see at all."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.client = client
        self.done = threading.Event()
        self.seen: set[int] = set()
        self.mixed: list[str] = []

    def run(self) -> None:
        """Read until it is done."""
        try:
            while not self.done.wait(0.002):
                self.read()
        except BaseException as failure:  # noqa: BLE001  a thread's failure is the test's
            self.mixed.append(repr(failure))

    def read(self) -> None:
        """Read once: the list by itself is of one state; the units too, if the version stood still meanwhile."""
        before = answer_of(self.client.get("/courses/tides"))["version"]
        listed = answer_of(self.client.get("/courses/tides/units"))["items"]
        units = [answer_of(self.client.get(f"/courses/tides/units/{one['key']}")) for one in listed]
        after = answer_of(self.client.get("/courses/tides"))["version"]
        names = {one["title"][0] for one in [*listed, *(units if before == after else ())]}
        versions = {one["version"] for one in listed}
        if (len(listed), len(names), len(versions)) != (len(UNITS), 1, 1):
            self.mixed.append(f"{before}–{after}: {names}, {versions}")
        self.seen.add(before)


@contextmanager
def reading(app: Flask, token: str) -> Iterator[list[Reader]]:
    """Readers at work meanwhile."""
    readers = [Reader(Client(app, token)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        yield readers
    finally:
        for reader in readers:
            reader.done.set()
            reader.join()


@dataclass(frozen=True)
class Reseeded:
    """What readers saw of both states at once; how many versions each saw; turns that did not change both units."""

    mixed: list[str]
    seen: list[int]
    unlike: list[int]


def reseed_under_load(app: Flask, token: str, database: Database, world: World, folder: Path, times: int) -> Reseeded:
    """Seed the course on tides, now in one state and now in the other, while it is read."""
    prepared = [seeding.prepare(load_folder(path)) for path in states(folder)]
    seeding.seed(database, world, prepared[1])
    unlike = []
    with reading(app, token) as readers:
        for turn in range(times):
            changes = seeding.seed(database, world, prepared[turn % 2])
            if [one.what for one in changes if one.unit] != ["changed", "changed"]:
                unlike.append(turn)
    return Reseeded([told for one in readers for told in one.mixed], [len(one.seen) for one in readers], unlike)
