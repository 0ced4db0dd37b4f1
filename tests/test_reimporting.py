"""A page and its quiz change, and are imported again: keys, marks, attempts and what was written by hand stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.content.operations import find_course
from service.db import Database
from service.domain.documents import UnitDocument
from service.domain.keys import derived
from service.errors import PreconditionFailed
from service.interchange.formats import FORMATS
from service.interchange.importing import plan, read_sources
from service.interchange.storing import StoredCourse, prepare, store
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from tests.cast import Client, answer_of
from tests.quizzing import Taken, take
from tests.world import TestWorld

PAGE = """\
---
title: "Unit 2: Bores"
---

## Objectives

- Explain why a bore runs up a river

## Preparation

- Read [What a bore is](https://bores.example/what)
- Watch [The Severn](https://bores.example/severn) (10 min)

Choose one and skim it:

- [Qiantang](https://bores.example/qiantang)
- [Amazon](https://bores.example/amazon)

## Class

### Monday: Introduction

### Friday: On the river
"""
BANK = """\
::Direction:: Which way does a bore run? {=Upstream ~Downstream ~Both ways}

Which river has the largest bore of all? {=Qiantang ~Severn}

How high can a bore be, in metres? {#9:1}
"""
CHANGED_BANK = """\
How high can a bore become, in metres? {#9:1}

::Direction:: Which way does a bore run? {=Up the river ~Downstream ~Both ways}

What drives a bore? {=The tide ~The wind}

Which river has the largest bore of all? {=Qiantang ~Severn}
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A public course without units."""
    folder = tmp_path / "rivers"
    assert hornbook("new", "course", folder).exit_code == 0
    for file in (folder / "units").glob("*"):
        file.unlink()
    text = (folder / "course.yaml").read_text()
    (folder / "course.yaml").write_text(text.replace("status: draft", "status: published\nvisibility: public"))
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with the page of one unit, its quiz, and pages that are no unit's."""
    unit = tmp_path / "site" / "content" / "units" / "02bores"
    unit.mkdir(parents=True)
    (unit / "_index.md").write_text(PAGE)
    (unit / "quiz.gift").write_text(BANK)
    (unit.parent / "_index.md").write_text("---\ntitle: Units\n---\nAll of them.\n")
    return unit


def hornbook(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, list(map(str, arguments)))


def bring(course: Path, site: Path, database: Database, world: TestWorld) -> UnitDocument:
    """Import the page and its quiz into the course's files, and seed them."""
    page = hornbook("import", "hugo", site.parent, "--into", course)
    assert page.exit_code == 0 and "Left alone, as none of them is a unit's: 1 file" in page.output, page.output
    quiz = hornbook("import", "gift", site / "quiz.gift", "--into", course, "--unit", "bores")
    assert quiz.exit_code == 0, quiz.output
    (file,) = (course / "units").iterdir()
    if "status: published" not in file.read_text():
        file.write_text(file.read_text().replace("title: Bores\n", "title: Bores\n  status: published\n", 1))
    seeding.seed(database, world, seeding.prepare(load_folder(course)))
    return load_folder(course)[0].units[0].document


def test_keys_marks_and_attempts_survive_a_page_and_a_quiz_that_changed(
    course: Path, site: Path, database: Database, world: TestWorld, ana: Client, database_url: str
) -> None:
    first = bring(course, site, database, world)
    assert hornbook("enrol", "ana", "rivers", "--database", database_url).exit_code == 0
    unit = answer_of(ana.get("/courses/rivers/units/bores"))
    listed = answer_of(ana.get("/courses/rivers/units/bores/reading-list"))["readings"]
    answer_of(ana.put(f"/me/courses/rivers/readings/{listed[0]['reading']}", {"state": "done"}))
    taken = take(ana, unit["quizzes"][0]["id"], database)
    taken.answer_everything(right=True)
    graded = answer_of(taken.submit())
    assert {slot["status"] for slot in graded["slots"]} == {"correct"}

    page = PAGE.replace("bores.example/what", "bores.example/what-it-is").replace("### Friday", "### Wednesday")
    page = page.replace("- Explain why", "- Tell a bore from a wave\n- Explain why").replace(
        "The Severn]", "The Severn Bore]"
    )
    (site / "_index.md").write_text(page)
    (site / "quiz.gift").write_text(CHANGED_BANK)
    second = bring(course, site, database, world)

    assert {one.key for one in first.objectives} < {one.key for one in second.objectives}
    assert [one.key for one in second.meetings] == [one.key for one in first.meetings]
    assert [one.day for one in second.meetings] == ["monday", "wednesday"]
    assert set(first.resources) == set(second.resources)
    assert [item.key for item in second.sections[0].items] == [item.key for item in first.sections[0].items]
    assert {one.key for one in first.questions} < {one.key for one in second.questions}
    again = answer_of(ana.get("/courses/rivers/units/bores/reading-list"))["readings"]
    assert again[0]["reading"] == listed[0]["reading"] and "bores.example/what-it-is" in json.dumps(again[0])
    progress = answer_of(ana.get("/me/courses/rivers/units/bores/progress"))["readings"]
    assert next(one for one in progress if one["reading"] == listed[0]["reading"])["state"] == "done"
    kept = answer_of(taken.result())
    assert [slot["question"] for slot in kept["slots"]] == [slot["question"] for slot in graded["slots"]]
    assert kept["score"] == graded["score"]
    assert len(take(ana, unit["quizzes"][0]["id"], database).slots) == 4


def test_what_was_written_by_hand_stays_where_it_was(
    course: Path, site: Path, database: Database, world: TestWorld
) -> None:
    bring(course, site, database, world)
    (file,) = (course / "units").iterdir()
    text = file.read_text()
    (objective,) = [line.split(": ")[1] for line in text.split("\n") if "explain-why" in line and "key:" in line]
    text = text.replace(
        "        verb: read\n", f"        verb: read\n        minutes: 12\n        objectives: [{objective}]\n", 1
    )
    text = text.replace(
        "      - key: watch-the-severn\n",
        "      - note: Mind the mud.\n      - key: watch-the-severn\n",
    )
    text += "# Ours.\nterms:\n  - term: bore\n    text: A wave.\nlint:\n  - {ignore: link-http, because: ours}\n"
    file.write_text(text)
    assert hornbook("import", "hugo", site / "_index.md", "--into", course).output.count("unchanged") == 2
    (site / "_index.md").write_text(PAGE.replace("What a bore is", "What bores are").replace("(10 min)", "(12 min)"))
    refused = hornbook("import", "hugo", site / "_index.md", "--into", course)
    assert refused.exit_code == 1 and "formatted by hand" in refused.output and file.read_text() == text
    done = hornbook("import", "hugo", site / "_index.md", "--into", course, "--force")
    assert done.exit_code == 0, done.output
    unit = load_folder(course)[0].units[0].document
    read, note, watch, _ = unit.sections[0].items
    assert (read.minutes, read.objectives) == (12, (objective,))  # type: ignore[union-attr]
    assert note.text == "Mind the mud." and watch.minutes == 12  # type: ignore[union-attr]
    assert [one.term for one in unit.terms] == ["bore"] and unit.lint and len(unit.questions) == 3
    assert unit.unit.status == "published"


def test_what_is_gone_from_the_page_goes_and_its_key_is_given_to_nothing_else(
    course: Path, site: Path, database: Database, world: TestWorld
) -> None:
    first = bring(course, site, database, world)
    page = PAGE.replace("- Read [What a bore is](https://bores.example/what)\n", "")
    page = page.replace("- Explain why a bore runs up a river", "- Name three rivers")
    (site / "_index.md").write_text(page)
    second = bring(course, site, database, world)
    assert "what-a-bore-is" in first.resources and "what-a-bore-is" not in second.resources
    assert {one.key for one in first.objectives}.isdisjoint(one.key for one in second.objectives)


def test_a_course_in_the_database_takes_an_import_without_any_file(
    course: Path, site: Path, database: Database, world: TestWorld, database_url: str, root: Client
) -> None:
    seeding.seed(database, world, seeding.prepare(load_folder(course)))
    into = ("--course", "rivers", "--database", database_url)
    dry = hornbook("import", "hugo", site.parent, *into, "--dry-run")
    assert "added     rivers/bores" in dry.output and root.get("/admin/courses/rivers/units/bores").status_code == 404
    assert hornbook("import", "hugo", site.parent, *into).exit_code == 0
    assert hornbook("import", "gift", site / "quiz.gift", *into, "--unit", "bores").exit_code == 0
    written = answer_of(root.get("/admin/courses/rivers/units/bores"))
    assert len(written["questions"]) == 3 and written["unit"].get("status", "draft") == "draft"
    assert "1 unchanged" in hornbook("import", "hugo", site.parent, *into).output
    (site / "_index.md").write_text(PAGE.replace("### Friday", "### Thursday"))
    assert "1 changed" in hornbook("import", "hugo", site.parent, *into).output
    changed = answer_of(root.get("/admin/courses/rivers/units/bores"))
    assert [one["key"] for one in changed["meetings"]] == [one["key"] for one in written["meetings"]]
    assert changed["meetings"][1]["day"] == "thursday" and len(changed["questions"]) == 3
    assert "There is no course seas" in hornbook("import", "hugo", site.parent, "--course", "seas", *into[2:]).output


def test_the_command_says_what_it_cannot_do(course: Path, site: Path) -> None:
    for arguments, says in (
        (("gift", site / "quiz.gift", "--into", course, "--unit", "bore"), "There is no unit “bore”"),
        (("hugo", site.parent / "_index.md", "--into", course, "--course", "x"), "not both"),
        (("gift", site, "--into", course, "--vocabulary", site / "quiz.gift"), "no words of its own"),
    ):
        refused = hornbook("import", *arguments)
        assert refused.exit_code and says in refused.output, refused.output
    (site / "_index.md").write_text("Nothing here.\n")
    assert "Name one by itself" in hornbook("import", "hugo", site.parent, "--into", course).output
    by_name = hornbook("import", "hugo", site / "_index.md", "--into", course, "--format", "json")
    told = json.loads(by_name.output)
    assert [(one["unit"], one["what"], one["not_understood"]) for one in told["files"]] == [("bores", "added", [])]


def test_a_bank_named_as_a_page_takes_nothing_from_it_unless_it_is_put_into_it(course: Path, site: Path) -> None:
    assert hornbook("import", "hugo", site / "_index.md", "--into", course).exit_code == 0
    (file,) = (course / "units").iterdir()
    page = file.read_text()
    (site / "bores.gift").write_text(BANK)
    refused = hornbook("import", "gift", site / "bores.gift", "--into", course)
    assert refused.exit_code == 1 and "--unit bores" in refused.output, refused.output
    assert file.read_text() == page
    assert hornbook("import", "gift", site / "bores.gift", "--into", course, "--unit", "bores").exit_code == 0
    unit = load_folder(course)[0].units[0].document
    assert len(unit.questions) == 3 and len(unit.sections[0].items) == 3
    assert "1 unchanged" in hornbook("import", "hugo", site / "_index.md", "--into", course).output


def test_a_file_named_from_elsewhere_is_the_same_file(
    course: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = site.parent / "more"
    more.mkdir()
    (more / "quiz.gift").write_text("Is it? {T}\n")
    assert hornbook("import", "gift", site.parent, "--into", course).output.count("added ") == 2
    files = {file: file.read_text() for file in (course / "units").iterdir()}
    (more / "quiz.gift").unlink()
    monkeypatch.chdir(site.parent)
    again = hornbook("import", "gift", "02bores/quiz.gift", "--into", course)
    assert again.exit_code == 0 and "1 unchanged" in again.output, again.output
    assert {file: file.read_text() for file in (course / "units").iterdir()} == files


def test_pages_of_the_same_name_in_different_folders_are_different_pages(
    course: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hornbook("import", "hugo", site / "_index.md", "--into", course).exit_code == 0
    other = site.parent / "03waves"
    other.mkdir()
    (other / "_index.md").write_text(PAGE.replace("Unit 2: Bores", "Unit 3: Waves"))
    monkeypatch.chdir(other)
    done = hornbook("import", "hugo", "_index.md", "--into", course)
    assert done.exit_code == 0 and "1 added" in done.output, done.output


@pytest.fixture
def taken(course: Path, site: Path, database: Database, world: TestWorld, ana: Client, database_url: str) -> Taken:
    """The quiz as it was first imported, with every answer right, and submitted."""
    bring(course, site, database, world)
    assert hornbook("enrol", "ana", "rivers", "--database", database_url).exit_code == 0
    quiz = answer_of(ana.get("/courses/rivers/units/bores"))["quizzes"][0]["id"]
    taken = take(ana, quiz, database)
    taken.answer_everything(right=True)
    taken.submit()
    return taken


def test_a_bank_that_changed_goes_into_the_database_and_old_attempts_show_what_was_graded(
    course: Path, site: Path, taken: Taken, root: Client, database_url: str
) -> None:
    first = load_folder(course)[0].units[0].document
    graded = answer_of(taken.result())
    (site / "quiz.gift").write_text(CHANGED_BANK)
    into = ("--course", "rivers", "--unit", "bores", "--database", database_url)
    done = hornbook("import", "gift", site / "quiz.gift", *into)
    assert done.exit_code == 0 and "1 changed" in done.output, done.output
    assert "changed  questions/direction" in done.output and "added    questions/what-drives-a-bore" in done.output
    told = json.loads(hornbook("import", "gift", site / "quiz.gift", *into, "--format", "json").output)
    assert [(one["what"], one["differences"]) for one in told["files"]] == [("unchanged", [])]
    unit = "/admin/courses/rivers/units/bores"
    assert len(answer_of(root.get(f"{unit}/versions"))["items"]) == 2, "an import of the same writes none"
    quiz = answer_of(taken.client.get("/courses/rivers/units/bores"))["quizzes"][0]["id"]
    again = take(taken.client, quiz, taken.database)
    assert len(again.slots) == 3 and answer_of(taken.result()) == graded, "nobody sees it yet"
    answer_of(root.post(f"{unit}/publication", If_Match="*"))
    written = answer_of(root.get(unit))
    assert {one.key for one in first.questions} < {one["key"] for one in written["questions"]}
    upstream = next(one for one in written["questions"] if one["key"] == "direction")["choices"][0]
    assert upstream["key"] == derived("Upstream") and upstream["text"] == "Up the river"
    assert answer_of(taken.result()) == graded


def test_an_import_is_written_as_a_whole_or_not_at_all(
    course: Path, site: Path, database: Database, world: TestWorld, root: Client, database_url: str
) -> None:
    bring(course, site, database, world)
    waves = site.parent / "03waves"
    waves.mkdir()
    (waves / "_index.md").write_text(PAGE.replace("Unit 2: Bores", "Unit 3: Waves"))
    (site / "_index.md").write_text(PAGE.replace("### Friday", "### Thursday"))
    sources, _ = read_sources(site.parent, FORMATS["hugo"])
    with database.read() as session:
        rivers = find_course(session, "rivers")
        assert rivers is not None
        target = StoredCourse(session, rivers)
        planned = plan(sources[::-1], target)
        assert [one.what for one in planned] == ["added", "changed"]
        ready = prepare(target, planned)
    there = root.get("/admin/courses/rivers/units/bores")
    own = answer_of(there) | {"objectives_intro": "Ours, written meanwhile."}
    answer_of(root.put("/admin/courses/rivers/units/bores", own, If_Match=there.headers["ETag"]))
    with pytest.raises(PreconditionFailed), database.write() as session:
        store(session, world, rivers, ready)
    assert root.get("/admin/courses/rivers/units/waves").status_code == 404
    assert answer_of(root.get("/admin/courses/rivers/units/bores"))["objectives_intro"].startswith("Ours")


def test_two_pages_do_not_become_one_unit(course: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = site.parent / "more" / site.name / "_index.md"
    other.parent.mkdir(parents=True)
    (site / "_index.md").write_text(PAGE.replace("---\n", "---\nslug: bores\n", 1))
    monkeypatch.chdir(site.parent)
    assert hornbook("import", "hugo", site.name, "--into", course).exit_code == 0
    other.write_text(PAGE.replace("---\n", "---\nslug: waves\n", 1))
    both = hornbook("import", "hugo", ".", "--into", course)
    assert both.exit_code == 0 and "1 added, 0 changed, 1 unchanged" in both.output, both.output
    (site / "_index.md").write_text(PAGE.replace("---\n", "---\nslug: rivers\n", 1))
    third = site.parent / "far" / site.name / "_index.md"
    third.parent.mkdir(parents=True)
    third.write_text(PAGE.replace("---\n", "---\nslug: bores\n", 1))
    files = {file: file.read_text() for file in (course / "units").iterdir()}
    swapped = hornbook("import", "hugo", ".", "--into", course)
    assert swapped.exit_code == 1 and "would both become the unit “bores”" in swapped.output, swapped.output
    assert {file: file.read_text() for file in (course / "units").iterdir()} == files


def test_a_page_of_the_same_name_from_another_folder_does_not_take_a_units_place(
    course: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site)
    for name in ("pages", "labs", "moved/pages"):
        (site / name).mkdir(parents=True)
        (site / name / "tides.md").write_text(PAGE)
    assert hornbook("import", "hugo", "pages/tides.md", "--into", course).exit_code == 0
    (site / "labs" / "tides.md").write_text("---\ntitle: A Lab\n---\n## Readings\n- [Z](https://z.example/)\n")
    files = {file: file.read_text() for file in (course / "units").iterdir()}
    refused = hornbook("import", "hugo", "labs/tides.md", "--into", course)
    assert refused.exit_code == 1 and "it comes from pages/tides.md, not from labs/tides.md" in refused.output
    assert {file: file.read_text() for file in (course / "units").iterdir()} == files
    monkeypatch.chdir(site / "pages")
    for same in ("tides.md", "../moved/pages/tides.md"):
        done = hornbook("import", "hugo", same, "--into", course)
        assert done.exit_code == 0 and "0 added" in done.output, done.output
