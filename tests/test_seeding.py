"""Seeding: unchanged content writes nothing, an edit changes what it says and no student's work."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.content.models import AnswerKey, Course, Question, QuestionRevision, Reading, Unit, UnitVersion
from service.db import Base, Database
from service.schema import shipped
from service.seeding import operations as seeding
from service.seeding.loader import SeedRefused, load_folder
from tests.cast import Client, answer_of
from tests.conftest import COURSES
from tests.quizzing import Taken, statements
from tests.world import TestWorld

UNIT = Path("units/01-tides.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The course on tides, to be edited."""
    return shutil.copytree(COURSES / "tides", tmp_path / "tides")


def edit(folder: Path, old: str, new: str) -> None:
    """Change one place of the first unit's file."""
    text = (folder / UNIT).read_text()
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    (folder / UNIT).write_text(text.replace(old, new))


def seed(database: Database, folder: Path, world: TestWorld) -> dict[str | None, str]:
    """Seed, and say what was done to the course (None) and to each unit."""
    return {one.unit: one.what for one in seeding.seed(database, world, seeding.prepare(load_folder(folder)))}


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(t)) or 0 for name, t in Base.metadata.tables.items()
        }


def test_seeding_again_writes_nothing(database: Database, folder: Path, world: TestWorld) -> None:
    with statements(database) as count:
        assert seed(database, folder, world) == {None: "unchanged", "tides": "unchanged", "currents": "unchanged"}
    assert not [one for one in count if not one.startswith("SELECT")]


def test_a_dry_run_tells_and_does_nothing(database: Database, folder: Path, world: TestWorld) -> None:
    edit(folder, "title: Why the sea rises twice a day", "title: Why the sea rises")
    before = counts(database)
    with database.read() as session:
        changes = seeding.plan(session, seeding.prepare(load_folder(folder)))
    assert {one.unit: one.what for one in changes}["tides"] == "changed"
    assert counts(database) == before


def test_an_edit_is_a_new_version_of_its_unit_alone(
    ana: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    before = ana.get("/courses/tides/units/tides")
    edit(folder, "title: Why the sea rises twice a day", "title: Why the sea rises")
    assert seed(database, folder, world) == {None: "unchanged", "tides": "changed", "currents": "unchanged"}
    after = ana.get("/courses/tides/units/tides")
    assert (after.get_json()["title"], after.get_json()["version"]) == ("Why the sea rises", 2)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert answer_of(ana.get("/courses/tides"))["version"] == 2
    assert after.get_json()["sections"] == before.get_json()["sections"], "the ids are the same"


def test_an_edited_key_makes_a_key_and_an_edited_stem_a_revision(
    database: Database, folder: Path, world: TestWorld
) -> None:
    def how_many(key: str) -> tuple[int, int]:
        with database.read() as session:
            revisions = select(QuestionRevision.id).join(Question, Question.id == QuestionRevision.question_id)
            ids = session.scalars(revisions.where(Question.key == key)).all()
            keys = session.scalar(select(func.count()).select_from(AnswerKey).where(AnswerKey.revision_id.in_(ids)))
            return len(ids), keys or 0

    edit(folder, "CANARY-one forgets the far side.", "CANARY-one is half of it.")
    seed(database, folder, world)
    assert how_many("how-many-bulges") == (1, 2)
    edit(folder, "How many bulges of water does the Moon raise?", "How many bulges are there?")
    seed(database, folder, world)
    assert how_many("how-many-bulges") == (2, 3)
    assert how_many("moon-alone") == (1, 1)


def test_an_open_attempt_keeps_the_question_and_the_key_it_began_with(
    taken: Taken, database: Database, folder: Path, world: TestWorld
) -> None:
    slot = taken.slot("single_choice")
    right = taken.right(slot)
    edit(folder, "text: Two, correct: true", "text: Two")
    edit(folder, "{text: Four,", "{text: Four, correct: true,")
    edit(folder, "How many bulges of water does the Moon raise?", "How many bulges are there?")
    seed(database, folder, world)
    assert "does the Moon raise" in taken.look(slot)["question"]["stem"]["markdown"]
    assert answer_of(taken.check(slot, right, 1))["outcome"]["status"] == "correct"


def test_what_is_gone_from_a_file_is_archived_and_can_come_back(
    ana: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    listed = answer_of(ana.get("/courses/tides/units/tides/reading-list"))["readings"]
    table = next(one["reading"] for one in listed if one["title"] == "A Tide Table")
    answer_of(ana.put(f"/me/courses/tides/readings/{table}", {"state": "done"}))
    text = (folder / UNIT).read_text()
    without = text.replace(
        "      - {key: tide-table, verb: browse, resource: table, minutes: 5}\n", "      - note: Gone.\n"
    )
    (folder / UNIT).write_text(
        without.replace("answers_from: [{reading: tide-table}]", "answers_from: [{reading: film}]")
    )
    seed(database, folder, world)
    with database.read() as session:
        archived = session.scalars(select(Reading).where(Reading.archived_at.is_not(None))).all()
    assert [str(reading.id) for reading in archived] == [table]
    answer_of(ana.put(f"/me/courses/tides/readings/{table}", {"state": "done"}), 404)
    (folder / UNIT).write_text(text)
    seed(database, folder, world)
    states = {
        one["reading"]: one["state"] for one in answer_of(ana.get("/me/courses/tides/units/tides/progress"))["readings"]
    }
    assert states[table] == "done"


def test_a_unit_made_a_draft_again_is_no_longer_there_for_students(
    ana: Client, database: Database, folder: Path, world: TestWorld
) -> None:
    edit(
        folder,
        "  position: 1\n  starts: 2026-03-02\n  status: published",
        "  position: 1\n  starts: 2026-03-02\n  status: draft",
    )
    seed(database, folder, world)
    assert ana.get("/courses/tides/units/tides").status_code == 404
    with database.read() as session:
        assert session.scalars(select(Unit.status).where(Unit.key == "tides")).one() == "draft"


def test_one_mistake_anywhere_and_nothing_is_seeded(database: Database, folder: Path, world: TestWorld) -> None:
    edit(folder, "answer: false", "answer: perhaps")
    (folder / "units/02-currents.yaml").write_text("format: hornbook/unit@1\nunit: {key: currents}\n")
    before = counts(database)
    with pytest.raises(SeedRefused) as refused:
        seed(database, folder, world)
    files = {Path(one.file).name for one in refused.value.located}
    assert files == {"01-tides.yaml", "02-currents.yaml"}, "all mistakes of all files at once"
    assert counts(database) == before


def test_the_founding_unit_has_what_its_page_has(database: Database, world: TestWorld) -> None:
    """13 addresses, a required choice of 3 papers with 2 extensions, a guest lecture, 16 questions, two quizzes."""
    seeding.seed(database, world, seeding.prepare(load_folder(shipped("seed"))))
    with database.read() as session:
        found = select(UnitVersion.document).join(Unit, Unit.id == UnitVersion.unit_id)
        document = session.scalars(found.where(Unit.key == "generation")).one()
        assert session.scalar(select(Course.status).where(Course.slug == "ai")) == "published"
    addresses = {one for one in re.findall(r"https?://[^\s\"')]+", str(document)) if "example" not in one}
    assert len(addresses) == 13, sorted(addresses)
    assert (len(document["questions"]), len(document["quizzes"])) == (16, 2)
    groups = {item["choose"]["key"]: item["choose"] for item in document["sections"][0]["items"] if "choose" in item}
    assert groups["gan-diffusion-background"]["min"] == 0
    papers = groups["control-paper"]
    assert len(papers["options"]) == 3
    assert sum("extension_of" in one for option in papers["options"] for one in option["items"]) == 2
    assert [(one["title"], one["kind"]) for one in document["meetings"] if "title" in one] == [
        ("Guest Lecture", "guest")
    ]
