"""Seeding over edits in the database: what one side changed is taken, what both changed is asked about."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from service.cli import main
from service.content.models import Course, Unit, UnitVersion
from service.db import Database
from service.domain.merging import Conflict
from service.domain.mistakes import Rejected
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.seeding.planning import Change, Choices
from tests.cast import Client, answer_of
from tests.conftest import COURSES
from tests.quizzing import statements
from tests.test_seeding import UNIT, counts, edit
from tests.world import TestWorld

TITLE = "Why the sea rises twice a day"
ADMIN = "/admin/courses/tides/units/tides"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The course on tides, to be edited."""
    return shutil.copytree(COURSES / "tides", tmp_path / "tides")


def seed(database: Database, folder: Path, world: TestWorld, **choices: Any) -> dict[str | None, Change]:
    """Seed, and tell what was done by unit."""
    prepared = seeding.prepare(load_folder(folder))
    return {one.unit: one for one in seeding.seed(database, world, prepared, Choices(**choices))}


def put(client: Client, change: Callable[[Any], None], *, publish: bool = True) -> None:
    """Edit the unit on tides through the API."""
    found = client.get(ADMIN)
    document = answer_of(found)
    change(document)
    edited = client.put(ADMIN, document, If_Match=found.headers["ETag"])
    answer_of(edited)
    if publish:
        answer_of(client.post(f"{ADMIN}/publication", If_Match=edited.headers["ETag"]))


def set_title(title: str) -> Callable[[Any], None]:
    """An edit of the unit's title."""
    return lambda document: document["unit"].update(title=title)


def newest(database: Database, unit: str = "tides") -> tuple[Any, list[str]]:
    """The newest document of a unit, and the origins of all its versions."""
    with database.read() as session:
        found = select(UnitVersion).join(Unit, Unit.id == UnitVersion.unit_id).where(Unit.key == unit)
        versions = session.scalars(found.order_by(UnitVersion.number)).all()
        return copy.deepcopy(versions[-1].document), [version.origin for version in versions]


def test_what_was_edited_in_the_database_is_kept_while_the_file_stays(
    ida: Client, ana: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    put(ida, set_title("Why the sea rises"))
    before = counts(database)
    with statements(database) as count:
        assert seed(database, folder, world)["tides"].what == "unchanged"
    assert not [one for one in count if not one.startswith("SELECT")]
    assert counts(database) == before
    assert answer_of(ana.get("/courses/tides/units/tides"))["title"] == "Why the sea rises"


def test_edits_of_both_sides_come_together_again_and_again(
    ida: Client, ana: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    put(ida, set_title("Why the sea rises"))
    edit(folder, "answer: false", "answer: true")
    done = seed(database, folder, world)["tides"]
    assert [one.path for one in done.differences] == [("questions", "moon-alone")]
    document, origins = newest(database)
    assert document["unit"]["title"] == "Why the sea rises"
    assert next(one for one in document["questions"] if one["key"] == "moon-alone")["answer"] is True
    assert origins == ["seed", "api", "seed", "merge"], "what the file said is the next base"
    assert answer_of(ana.get("/courses/tides/units/tides"))["title"] == "Why the sea rises"
    assert seed(database, folder, world)["tides"].what == "unchanged"
    edit(folder, "title: At the harbour", "title: In the harbour")
    assert seed(database, folder, world)["tides"].what == "changed"
    assert newest(database)[0]["unit"]["title"] == "Why the sea rises", "still kept"


def test_a_conflict_stops_everything_and_names_the_field_and_both_values(
    ida: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    put(ida, set_title("Theirs"))
    edit(folder, f"title: {TITLE}", "title: Ours")
    currents = folder / "units/02-currents.yaml"
    currents.write_text(currents.read_text().replace("Rivers in the sea", "Rivers"))
    before = counts(database)
    with pytest.raises(seeding.Undecided) as undecided:
        seed(database, folder, world)
    conflicts = {one.unit: one.conflicts for one in undecided.value.changes}
    assert conflicts["tides"] == (Conflict(("unit", "title"), "Theirs", "Ours"),)
    assert counts(database) == before, "nothing at all is written, of other units neither"


@pytest.mark.parametrize(("take", "title"), [("files", "Ours"), ("database", "Theirs")])
def test_a_conflict_is_decided_once(
    take: str, title: str, ida: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    put(ida, lambda document: document["unit"].update(title="Theirs", summary="New."))
    edit(folder, f"title: {TITLE}", "title: Ours")
    assert seed(database, folder, world, take=take)["tides"].conflicts
    unit = answer_of(ida.get("/courses/tides/units/tides"))
    assert (unit["title"], unit["summary"]["markdown"]) == (title, "New.")
    assert seed(database, folder, world)["tides"].what == "unchanged", "it is not asked again"


def test_what_both_sides_changed_alike_writes_nothing(
    ida: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    put(ida, set_title("Same"))
    edit(folder, f"title: {TITLE}", "title: Same")
    before = counts(database)
    assert seed(database, folder, world)["tides"].what == "unchanged"
    assert counts(database) == before
    put(ida, set_title("Later"))
    assert seed(database, folder, world)["tides"].what == "unchanged", "the file has not moved since"
    assert newest(database)[0]["unit"]["title"] == "Later"


def test_a_draft_stays_a_draft_while_its_unit_is_seeded(
    ida: Client, ana: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    put(ida, set_title("Not yet"), publish=False)
    edit(folder, "answer: false", "answer: true")
    assert seed(database, folder, world)["tides"].what == "changed"
    document, origins = newest(database)
    assert (document["unit"]["title"], origins) == ("Not yet", ["seed", "api", "seed", "merge"])
    assert next(one for one in document["questions"] if one["key"] == "moon-alone")["answer"] is True
    assert answer_of(ana.get("/courses/tides/units/tides"))["title"] == TITLE
    found = ida.get(ADMIN)
    answer_of(ida.post(f"{ADMIN}/publication", If_Match=found.headers["ETag"]))
    assert answer_of(ana.get("/courses/tides/units/tides"))["title"] == "Not yet"


def test_a_merge_passes_the_gate_again(ida: Client, database: Database, folder: Path, world: TestWorld) -> None:
    def take_out(document: Any) -> None:
        document["objectives"] = [one for one in document["objectives"] if one["key"] != "compute-range"]
        for question in document["questions"]:
            if "objectives" in question:
                question["objectives"] = [key for key in question["objectives"] if key != "compute-range"]
        for option in document["sections"][0]["items"][3]["choose"]["options"]:
            for reading in option["items"]:
                reading.pop("objectives", None)
        document["quizzes"] = [one for one in document["quizzes"] if "draw" not in one]

    put(ida, take_out)
    edit(
        folder,
        "{key: tide-table, verb: browse, resource: table, minutes: 5}",
        "{key: tide-table, verb: browse, resource: table, minutes: 5, objectives: [compute-range]}",
    )
    before = counts(database)
    with pytest.raises(Rejected) as refused:
        seed(database, folder, world)
    assert "compute-range" in str(refused.value) and "tides" in refused.value.mistakes[0].path
    assert counts(database) == before


def test_a_unit_without_a_file_is_archived_only_when_that_is_asked_for(
    ana: Client, ida: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    file = folder / "units/02-currents.yaml"
    text = file.read_text()
    file.unlink()
    before = counts(database)
    assert seed(database, folder, world)["currents"].what == "missing"
    assert counts(database) == before
    assert seed(database, folder, world, archive=True)["currents"].what == "archived"
    assert ana.get("/courses/tides/units/currents").status_code == 404
    assert "currents" not in seed(database, folder, world, archive=True)
    file.write_text(text)
    assert seed(database, folder, world)["currents"].what == "changed"
    assert ana.get("/courses/tides/units/currents").status_code == 200


def test_a_unit_made_in_the_database_is_never_archived_for_want_of_a_file(
    ida: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    document = {"format": "hornbook/unit@1", "unit": {"key": "waves", "title": "Waves"}}
    answer_of(ida.post("/admin/courses/tides/units", document), 201)
    assert "waves" not in seed(database, folder, world, archive=True)


def test_one_file_alone_archives_no_other_unit(database: Database, folder: Path, world: TestWorld) -> None:
    assert set(seed(database, folder / UNIT, world, archive=True)) == {None, "tides"}


def test_shared_resources_are_kept_with_the_course(
    ida: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    (folder / "resources.yaml").write_text(
        'format: hornbook/resources@1\nresources:\n  atlas: {title: An Atlas, url: "https://sea.example/atlas"}\n',
        encoding="utf-8",
    )
    assert seed(database, folder, world)["tides"].what == "changed"
    with database.read() as session:
        assert session.scalars(select(Course.document)).one()["resources"] == {
            "atlas": {"title": "An Atlas", "url": "https://sea.example/atlas"}
        }

    def ask_for_atlas(document: Any) -> None:
        document["sections"][0]["items"].append({"key": "atlas", "resource": "atlas", "verb": "browse"})

    put(ida, ask_for_atlas)


def test_the_command_prints_the_plan_and_stops_at_conflicts(
    ida: Client, database_url: str, database: Database, folder: Path, world: TestWorld
) -> None:
    put(ida, set_title("Theirs"))
    edit(folder, f"title: {TITLE}", "title: Ours")
    edit(folder, "answer: false", "answer: true")

    def run(*options: str) -> tuple[int, str]:
        ran = CliRunner().invoke(main, ["seed", str(folder), "--database", database_url, *options])
        return ran.exit_code, ran.output

    for options in ([], ["--dry-run"]):
        code, told = run(*options)
        assert code == 3
        for line in ("changed  questions/moon-alone", "conflict unit/title", "database: Theirs", "files:    Ours"):
            assert line in told
        assert "--take" in told
    code, told = run("--take", "files", "--dry-run")
    assert code == 0 and "Nothing was changed" in told
    code, told = run("--take", "files")
    assert code == 0 and told.endswith("Done.\n")
    code, told = run()
    assert code == 0 and told.endswith("Nothing to do.\n")
