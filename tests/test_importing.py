"""Question banks of Moodle become units of a course, and a quiz that can be taken; importing again changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.db import Database
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from tests.cast import Client, answer_of
from tests.quizzing import take
from tests.world import TestWorld

BANK = """\
$CATEGORY: bread/Rising

// [id:gas] [tag:yeast]
::Gas:: Which gas does yeast give off? {
=Carbon dioxide#Yes.
~Oxygen#It uses that.
}

How warm does it like it? {#32:3}

What is *proofing*? {=*}

::Broken:: How much? {#much}
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course without units."""
    folder = tmp_path / "bread"
    assert hornbook("new", "course", folder).exit_code == 0
    for file in (folder / "units").glob("*"):
        file.unlink()
    text = (folder / "course.yaml").read_text()
    (folder / "course.yaml").write_text(text.replace("status: draft", "status: published\nvisibility: public"))
    return folder


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A bank of questions, one of which cannot be taken."""
    file = tmp_path / "banks" / "rising.gift"
    file.parent.mkdir()
    file.write_text(BANK)
    return file


def hornbook(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_a_bank_becomes_a_unit_with_a_report_on_every_line(course: Path, bank: Path) -> None:
    dry = hornbook("import", "gift", bank, "--into", course, "--dry-run")
    assert not list((course / "units").glob("*")) and "Nothing was written" in dry.stdout
    done = hornbook("import", "gift", bank.parent, "--into", course)
    assert done.exit_code == 1, "one question could not be taken"
    (file,) = (course / "units").iterdir()
    assert f"added     {file}" in done.stdout
    assert f"{bank}:13:24: error: “much” is no number" in done.stdout
    keys = [one.key for one in load_folder(course)[0].units[0].document.questions]
    assert keys[0] == "gas" and len(keys) == 3
    told = json.loads(hornbook("import", "gift", bank, "--into", course, "--format", "json").stdout)["files"]
    assert [(one["what"], one["not_understood"]) for one in told] == [("unchanged", [13])]
    assert sum(told[0]["lines"].values()) == len(BANK.split("\n"))


def test_importing_again_keeps_keys_and_what_was_laid_out_by_hand(course: Path, bank: Path) -> None:
    hornbook("import", "gift", bank, "--into", course)
    (file,) = (course / "units").iterdir()
    first = load_folder(course)[0].units[0].document
    bank.write_text(BANK.replace("How warm", "::Warmth:: How warm").replace("~Oxygen", "~Pure oxygen"))
    hornbook("import", "gift", bank, "--into", course)
    second = load_folder(course)[0].units[0].document
    assert [one.key for one in second.questions if one.key == "gas"] == ["gas"]
    assert second.unit.key == first.unit.key
    file.write_text("# Ours.\n" + file.read_text())
    bank.write_text(BANK)
    refused = hornbook("import", "gift", bank, "--into", course)
    assert refused.exit_code == 1 and "formatted by hand" in refused.output and file.read_text().startswith("# Ours.")
    hornbook("import", "gift", bank, "--into", course, "--force")
    assert not file.read_text().startswith("# Ours.")


def test_what_was_imported_is_taken_as_a_quiz_and_goes_back_to_moodle(
    course: Path, bank: Path, database: Database, world: TestWorld, ana: Client, database_url: str
) -> None:
    hornbook("import", "gift", bank, "--into", course)
    (file,) = (course / "units").iterdir()
    file.write_text(file.read_text().replace("unit:\n", "unit:\n  status: published\n", 1))
    seeding.seed(database, world, seeding.prepare(load_folder(course)))
    assert hornbook("enrol", "ana", "bread", "--database", database_url).exit_code == 0
    (quiz,) = answer_of(ana.get("/courses/bread/units/rising"))["quizzes"]
    taken = take(ana, quiz["id"], database)
    taken.answer_everything(right=True)
    graded = answer_of(taken.submit())["slots"]
    statuses = {one["question"]["kind"]: one["status"] for one in graded}
    assert statuses == {"single_choice": "correct", "numeric": "correct", "open": "needs_review"}
    back = hornbook("export", "bread", course / "out", "--format", "gift", "--database", database_url)
    assert back.exit_code == 0, back.output
    written = course / "out" / "rising.gift"
    assert "Carbon dioxide" in written.read_text() and "[id:gas]" in written.read_text()
    written.write_text("// Ours.\n")
    again = ("export", "bread", course / "out", "--format", "gift", "--database", database_url)
    assert "say something else" in hornbook(*again).output and written.read_text() == "// Ours.\n"
    hornbook(*again, "--force")
    assert "Carbon dioxide" in written.read_text()


def test_a_bank_that_is_not_utf_8_is_read_and_says_so(course: Path, bank: Path) -> None:
    bank.write_bytes("Where is the caf\u00e9? {=here}\n".encode("cp1252"))
    done = hornbook("import", "gift", bank, "--into", course)
    assert "1:1: warning: This is not UTF-8" in done.stdout
    assert load_folder(course)[0].units[0].document.questions[0].stem == "Where is the caf\u00e9?"


def test_what_cannot_be_imported_is_said_in_a_sentence(course: Path, bank: Path, tmp_path: Path) -> None:
    for arguments, says in (
        (("gft", bank, "--into", course), "did you mean “gift”?"),
        (("gift", bank, "--into", tmp_path), "Begin one with: hornbook new course"),
        (("gift", course, "--into", course), "no file that ends in .gift or .txt"),
    ):
        refused = hornbook("import", *arguments)
        assert refused.exit_code == 1 and says in refused.output
    bank.unlink()
    for folder in ("first", "second"):
        (bank.parent / folder / "week").mkdir(parents=True)
        (bank.parent / folder / "week" / "rising.gift").write_text(BANK)
    twice = hornbook("import", "gift", bank.parent, "--into", course)
    assert "both make the unit" in twice.output and not list((course / "units").glob("*"))


def test_files_of_the_same_name_make_units_that_are_named_by_their_folders(course: Path, bank: Path) -> None:
    (bank.parent / "more").mkdir()
    (bank.parent / "more" / "rising.gift").write_text(BANK)
    for what in ("added", "unchanged"):
        done = hornbook("import", "gift", bank.parent, "--into", course)
        assert f"2 {what}" in done.stdout
    assert {file.stem for file in (course / "units").iterdir()} == {"banks-rising", "more-rising"}
