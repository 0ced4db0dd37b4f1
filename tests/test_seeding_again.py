"""Files that are those of the last time are not read again, and whatever might make them mean something else counts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from service.cli import main
from service.content.models import Unit
from service.db import Database
from service.schema import PACKAGE
from service.seeding import loader
from service.seeding import operations as seeding
from service.seeding.gate import name_of
from service.seeding.loader import LoadedCourse, SeedRefused, load_folder
from service.seeding.planning import Choices
from tests.cast import Client
from tests.conftest import COURSES
from tests.quizzing import statements
from tests.test_seeding import counts
from tests.test_three_way import put, set_title
from tests.world import TestWorld

RESOURCES = "format: hornbook/resources@1\nresources:\n  almanac: {kind: book, title: %s}\n"


@pytest.fixture
def folder(tmp_path: Path, database: Database, world: TestWorld) -> Path:
    """The course on tides as it was seeded, to be edited."""
    folder = shutil.copytree(COURSES / "tides", tmp_path / "tides")
    seed(database, folder, world)
    return folder


def load(database: Database, folder: Path) -> LoadedCourse:
    """The course as it is loaded to be seeded."""
    (course,) = load_folder(folder, seeded=lambda key: seeding.seeded_files(database, key))
    return course


def seed(database: Database, folder: Path, world: TestWorld, **choices: Any) -> dict[str | None, str]:
    """Seed, and tell what was done by unit."""
    prepared = seeding.prepare([load(database, folder)])
    return {one.unit: one.what for one in seeding.seed(database, world, prepared, Choices(**choices))}


def read_again(database: Database, folder: Path) -> set[str]:
    """The units whose files are read."""
    course = load(database, folder)
    assert {one.document.unit.key for one in course.units} | {one.key for one in course.unchanged} == {
        "tides",
        "currents",
    }
    return {one.document.unit.key for one in course.units}


def edit(file: Path, old: str, new: str) -> None:
    """Change one place in a file."""
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_an_unchanged_course_is_not_read_and_nothing_is_written(
    database: Database, folder: Path, world: TestWorld
) -> None:
    assert read_again(database, folder) == set()
    with statements(database) as seen:
        assert seed(database, folder, world) == {None: "unchanged", "tides": "unchanged", "currents": "unchanged"}
    assert not [one for one in seen if not one.startswith("SELECT")]
    assert len(seen) == 3


def test_only_the_file_that_changed_is_read(database: Database, folder: Path, world: TestWorld) -> None:
    edit(folder / "units" / "02-currents.yaml", "status: published", "status: published\n  group: Sea")
    assert read_again(database, folder) == {"currents"}
    assert seed(database, folder, world) == {None: "unchanged", "tides": "unchanged", "currents": "changed"}
    assert read_again(database, folder) == set()


def test_what_is_only_laid_out_otherwise_is_read_and_writes_nothing(
    database: Database, folder: Path, world: TestWorld
) -> None:
    file = folder / "units" / "01-tides.yaml"
    file.write_text("# The first week.\n" + file.read_text())
    with statements(database) as seen:
        assert set(seed(database, folder, world).values()) == {"unchanged"}
    assert not [one for one in seen if not one.startswith("SELECT")]
    assert read_again(database, folder) == {"tides"}


def test_shared_resources_are_part_of_what_a_file_means(database: Database, folder: Path, world: TestWorld) -> None:
    (folder / "resources.yaml").write_text(RESOURCES % "Almanac")
    assert read_again(database, folder) == {"tides", "currents"}
    seed(database, folder, world)
    assert read_again(database, folder) == set()
    (folder / "resources.yaml").write_text(RESOURCES % "Almanach")
    assert read_again(database, folder) == {"tides", "currents"}
    (folder / "resources.yaml").unlink()
    assert read_again(database, folder) == {"tides", "currents"}


def test_a_new_gate_reads_everything_again_once(
    database: Database, folder: Path, world: TestWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (loader, seeding):
        monkeypatch.setattr(module, "gate", lambda: "another")
    before = counts(database)
    assert read_again(database, folder) == {"tides", "currents"}
    assert set(seed(database, folder, world).values()) == {"unchanged"}
    assert read_again(database, folder) == set()
    assert counts(database) == before


def test_units_from_before_files_were_known_are_read_once(
    database: Database, database_url: str, folder: Path, ida: Client
) -> None:
    version = ida.get("/courses/tides").get_json()["version"]
    with database.write() as session:
        session.execute(update(Unit).values(file_digest=None))
    for options in (["--dry-run"], []):
        assert read_again(database, folder) == {"tides", "currents"}
        ran = CliRunner().invoke(main, ["seed", str(folder), "--database", database_url, *options])
        assert ran.exit_code == 0 and "2 unchanged" in ran.output
    assert read_again(database, folder) == set()
    assert ida.get("/courses/tides").get_json()["version"] == version


def test_what_was_edited_since_is_no_reason_to_forget_the_file_it_came_from(
    database: Database, folder: Path, world: TestWorld, ida: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ida, set_title("Why there are tides"))
    for module in (loader, seeding):
        monkeypatch.setattr(module, "gate", lambda: "another")
    assert set(seed(database, folder, world).values()) == {"unchanged"}
    assert read_again(database, folder) == {"tides"}, "its file says something else than its newest version"


def test_the_gate_has_another_name_when_the_code_behind_it_is_another(tmp_path: Path) -> None:
    for package in ("content", "domain", "web"):
        shutil.copytree(PACKAGE / package, tmp_path / package)
    before = name_of(tmp_path)
    (tmp_path / "web" / "paging.py").write_text("")
    (tmp_path / "domain" / "__pycache__").mkdir(exist_ok=True)
    (tmp_path / "domain" / "__pycache__" / "new.pyc").write_bytes(b"")
    assert name_of(tmp_path) == before
    (tmp_path / "domain" / "kinds" / "new.py").write_text("")
    assert name_of(tmp_path) == before, "nothing is in it"
    (tmp_path / "domain" / "kinds" / "new.py").write_text("NEW = 1")
    assert name_of(tmp_path) != before


def test_the_file_of_a_unit_under_the_name_of_another_kind_is_refused(database: Database, folder: Path) -> None:
    (folder / "units" / "02-currents.yaml").rename(folder / "units" / "course.yaml")
    with pytest.raises(SeedRefused, match="hornbook/course@1"):
        load(database, folder)


def test_an_edit_in_the_database_stays_while_the_file_does(
    database: Database, folder: Path, world: TestWorld, ida: Client
) -> None:
    put(ida, set_title("Why there are tides"))
    assert read_again(database, folder) == set()
    for choices in ({}, {"take": "files"}):
        assert set(seed(database, folder, world, **choices).values()) == {"unchanged"}
    assert ida.get("/courses/tides/units/tides").get_json()["title"] == "Why there are tides"


def test_a_file_may_have_another_name_and_not_a_twin(database: Database, folder: Path, world: TestWorld) -> None:
    units = folder / "units"
    (units / "02-currents.yaml").rename(units / "03-currents.yaml")
    assert set(seed(database, folder, world).values()) == {"unchanged"}
    shutil.copy(units / "03-currents.yaml", units / "04-currents.yaml")
    with pytest.raises(SeedRefused, match="The key “currents” is already that of"):
        load(database, folder)
    (units / "04-currents.yaml").write_text((units / "03-currents.yaml").read_text() + "\n# changed\n")
    with pytest.raises(SeedRefused, match="The key “currents” is already that of"):
        load(database, folder)


def test_a_unit_that_was_archived_comes_back_with_its_file(
    database: Database, folder: Path, world: TestWorld, ida: Client
) -> None:
    file = folder / "units" / "02-currents.yaml"
    text = file.read_text()
    file.unlink()
    assert seed(database, folder, world, archive=True)["currents"] == "archived"
    assert ida.get("/courses/tides/units/currents").status_code == 404
    file.write_text(text)
    assert seed(database, folder, world)["currents"] == "changed"
    assert ida.get("/courses/tides/units/currents").status_code == 200


def test_going_back_to_an_earlier_file_is_a_change(database: Database, folder: Path, world: TestWorld) -> None:
    file = folder / "units" / "01-tides.yaml"
    first = file.read_text()
    edit(file, "Why the sea rises twice a day", "Twice a day")
    assert seed(database, folder, world)["tides"] == "changed"
    file.write_text(first)
    assert seed(database, folder, world)["tides"] == "changed"
    assert read_again(database, folder) == set()
