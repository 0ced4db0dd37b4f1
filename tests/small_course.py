"""A course of small units made on the spot, for tests that need many of them or one with something special in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from service.db import Database
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from tests.world import TestWorld

COURSE = "format: hornbook/course@1\nkey: flood\ntitle: Floods, and how to live with them\nstatus: published\n"


class SmallCourse:
    """A folder with a course that anybody may read, and what is in it: units by key, as YAML below `unit:`."""

    def __init__(self, folder: Path, more: str = "visibility: public\n") -> None:
        self.folder = folder
        (folder / "units").mkdir(parents=True)
        (folder / "course.yaml").write_text(COURSE + more)

    def write(self, key: str, status: str = "published", title: str = "A unit", rest: str = "") -> Path:
        """Write the file of a unit."""
        file = self.folder / "units" / f"{key}.yaml"
        head = f"unit:\n  key: {key}\n  title: {title}\n  starts: 2026-03-02\n  status: {status}\n"
        file.write_text(f"format: hornbook/unit@1\n{head}{rest}")
        return file

    def seed(self, database: Database, world: TestWorld, only: Path | None = None) -> Mapping[str | None, str]:
        """Bring everything, or one unit's file, into the database, and tell what was done by unit."""
        prepared = seeding.prepare(load_folder(only or self.folder))
        return {one.unit: one.what for one in seeding.seed(database, world, prepared)}
