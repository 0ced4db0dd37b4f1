"""What the authors of a course are told of it: the linter's report over HTTP, and the coverage of its objectives."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from flask import Flask

from service.accounts import operations as accounts
from service.cli import main
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Scope
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from tests.cast import Client, answer_of
from tests.conftest import COURSES
from tests.lint_examples import CLEAN, COURSE
from tests.world import TestWorld

PRINTED = """\
tides: Why the sea rises twice a day
  explain-bulges
    readings  chapter, film
    questions how-many-bulges, moon-alone, which-are-tidal, word-for-low, words, half-a-day,
              in-your-words
    quizzes   prep-check, everything, shuffled
  compute-range
    readings  skim-spring
    questions range, fill-in, highest
    quizzes   prep-check, everything, shuffled

currents: Rivers in the sea
  name-currents
    readings  gulf-stream
    no question, no quiz

2 holes.
"""


def test_the_database_is_linted_by_its_newest_documents(ida: Client) -> None:
    said = answer_of(ida.get("/admin/courses/tides/lint"))
    assert {one["unit"] for one in said["findings"]} <= {"tides", "currents"}
    assert said["errors"] + said["warnings"] == len(said["findings"])
    (empty,) = (one for one in said["findings"] if one["code"] == "meeting-empty" and one["unit"] == "tides")
    assert (empty["pointer"], empty["severity"]) == ("/meetings/0", "warning")
    state = ida.get("/admin/courses/tides/units/tides")
    document = state.get_json()
    document["meetings"][0]["title"] = "Full moon"
    answer_of(ida.put("/admin/courses/tides/units/tides", document, If_Match=state.headers["ETag"]))
    again = answer_of(ida.get("/admin/courses/tides/lint"))
    assert len(again["findings"]) == len(said["findings"]) - 1


def test_coverage_is_counted_as_one_counts_by_hand(ida: Client) -> None:
    (tides, _) = answer_of(ida.get("/courses/tides/coverage"))["units"]
    bulges, ranges = tides["objectives"]
    assert (bulges["key"], bulges["readings"]) == ("explain-bulges", ["chapter", "film"])
    assert len(bulges["questions"]) == 7 and "half-a-day" in bulges["questions"]
    assert ranges["readings"] == ["skim-spring"]
    assert ranges["questions"] == ["range", "fill-in", "highest"]
    assert ranges["quizzes"] == ["prep-check", "everything", "shuffled"]
    assert tides["unused_readings"] == tides["loose_questions"] == tides["unanswered_questions"] == []


def test_coverage_prints_every_key_under_its_objective() -> None:
    assert CliRunner().invoke(main, ["coverage", str(COURSES / "tides")]).stdout == PRINTED


def test_coverage_names_every_hole(tmp_path: Path) -> None:
    (tmp_path / "units").mkdir()
    (tmp_path / "course.yaml").write_text(COURSE)
    (tmp_path / "units" / "01.yaml").write_text(
        CLEAN.replace("  - {key: explain-rising", "  - {key: bake, text: Bake.}\n  - {key: explain-rising")
        .replace("    objectives: [explain-rising]\n    items", "    items")
        .replace("    answers_from: [on-yeast]\n    accept", "    accept")
    )
    printed = CliRunner().invoke(main, ["coverage", str(tmp_path)]).stdout
    assert "  bake\n    no reading, no question, no quiz\n  explain-rising\n    readings  rye, wheat\n" in printed
    assert "readings that serve nothing: chapter\n" in printed
    assert "questions without a reading: food" in printed
    assert printed.endswith("5 holes.\n")


def test_who_writes_a_unit_is_told_at_once_what_to_mend(ida: Client) -> None:
    draft = {"format": "hornbook/unit@1", "unit": {"key": "waves", "title": "Waves", "summary": "TBD"}}
    made = answer_of(ida.post("/admin/courses/tides/units", draft), 201)
    assert [(one["pointer"], one["code"], one["severity"]) for one in made["lint"]] == [
        ("/unit", "objectives-none", "warning"),
        ("/unit/summary", "placeholder", "warning"),
    ]
    state = ida.get("/admin/courses/tides/units/waves")
    mended = {**draft, "objectives": [{"key": "ride", "text": "Ride a wave."}]}
    mended["unit"] = {"key": "waves", "title": "Waves"}
    saved = answer_of(ida.put("/admin/courses/tides/units/waves", mended, If_Match=state.headers["ETag"]))
    assert {one["code"] for one in saved["lint"]} == {"objective-question", "objective-reading"}
    assert "lint" not in state.get_json(), "it is no part of the document"


def test_what_only_other_units_tell_is_said_in_the_report_of_the_course(ida: Client) -> None:
    draft = {"format": "hornbook/unit@1", "unit": {"key": "waves", "title": "Waves", "position": 1}}
    made = answer_of(ida.post("/admin/courses/tides/units", draft), 201)
    assert "position-shared" not in {one["code"] for one in made["lint"]}
    whole = answer_of(ida.get("/admin/courses/tides/lint"))["findings"]
    assert {one["unit"] for one in whole if one["code"] == "position-shared"} == {"tides", "waves"}


def test_findings_come_in_the_order_of_the_document(ida: Client) -> None:
    objectives = [{"key": f"know-{n}", "text": f"Know {n}."} for n in range(12)]
    draft = {"format": "hornbook/unit@1", "unit": {"key": "waves", "title": "Waves"}, "objectives": objectives}
    made = answer_of(ida.post("/admin/courses/tides/units", draft), 201)
    vague = [one["pointer"] for one in made["lint"] if one["code"] == "objective-vague"]
    assert vague == [f"/objectives/{n}/text" for n in range(12)]


def test_of_the_course_itself_findings_lead_into_its_export(
    root: Client, database: Database, world: TestWorld, tmp_path: Path
) -> None:
    (tmp_path / "units").mkdir()
    ignore = "lint: [{ignore: link-tracking, at: new, because: it needs them}]\n"
    (tmp_path / "course.yaml").write_text(f"{COURSE}summary: TODO\n{ignore}")
    (tmp_path / "resources.yaml").write_text(
        "format: hornbook/resources@1\nresources:\n"
        '  old: {title: Old, url: "http://bread.example/old"}\n'
        '  new: {title: New, url: "https://bread.example/new?utm_source=x"}\n'
    )
    (tmp_path / "units" / "01.yaml").write_text(CLEAN)
    seeding.seed(database, world, seeding.prepare(load_folder(tmp_path)))
    said = answer_of(root.get("/admin/courses/bread/lint"))
    assert [(one["unit"], one["pointer"], one["code"]) for one in said["findings"]] == [
        (None, "/course/summary", "placeholder"),
        (None, "/resources/resources/old/url", "link-http"),
    ]
    exported = answer_of(root.get("/admin/courses/bread/export?format=json"))
    assert exported["course"]["summary"] == "TODO" and "old" in exported["resources"]["resources"]
    assert exported["course"]["lint"] == [{"ignore": "link-tracking", "at": "new", "because": "it needs them"}]


def test_a_system_that_may_write_content_reads_both_reports(app: Flask, database: Database, world: TestWorld) -> None:
    with database.write() as session:
        course = find_course(session, "tides")
        assert course is not None
        writer, reader = (
            accounts.issue_integration_token(session, world, label="x", scopes=[scope], course_ids=[course.id]).text
            for scope in (Scope.CONTENT_WRITE, Scope.UNITS_READ)
        )
    for path in ("/admin/courses/tides/lint", "/courses/tides/coverage"):
        known = Client(app, writer).get(path)
        assert known.status_code == 200
        assert Client(app, writer).get(path, If_None_Match=known.headers["ETag"]).status_code == 304
        assert Client(app, reader).get(path).status_code == 403
