"""Export: what is written is read back as equal, and says itself again byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from service import schema
from service.cli import main
from service.content.documents import Exact, dump_document, load_unit
from service.content.operations import find_course
from service.db import Database
from service.schema import shipped
from service.seeding import operations as seeding
from service.seeding.emitting import emit
from service.seeding.events import read
from service.seeding.export import ExportedCourse, HandFormatted, export_course, write_folder
from service.seeding.loader import load_folder
from tests.cast import Client
from tests.conftest import COURSES
from tests.quizzing import statements
from tests.test_three_way import put, set_title
from tests.world import TestWorld

NASTY = st.text(
    st.sampled_from("ab 01-+.:#,?!&*|>%@`'\"[]{}~=<\\/$()\t\né→😀\u00a0nuyes_")
    | st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"),
    min_size=1,
    max_size=40,
).filter(lambda text: "\r" not in text)
RAW = st.recursive(
    NASTY,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(NASTY, inside, max_size=4),
    max_leaves=12,
)


def as_read(value: Any) -> Any:
    """What the reader makes of it: a text in lines ends in a line break."""
    if isinstance(value, dict):
        return {name: as_read(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [as_read(entry) for entry in value]
    in_lines = "\n" in value and not value.endswith("\n\n") and value.strip("\n")
    return value + "\n" if in_lines and not value.endswith("\n") else value


@given(st.dictionaries(NASTY, RAW, min_size=1, max_size=4))
@example({"a": "- b", "c": "x: y", "d": "#", "e": "a #b", "f": "---", "g": "yes", "h": "1.5", "i": "'", "j": "a:"})
@example({"a": "  indented\nmore", "b": "\tx\ny", "c": "\n\nx", "d": "x\n\n\n", "e": ["\n  x", {"f": "  \ny"}]})
@example({"null": "~", "<<": "=", "1": "0x1F", "": " ", "a b": "c  "})
def test_whatever_is_written_is_read_back(document: dict[str, Any]) -> None:
    source = read(emit(document).encode())
    assert source.slips == ()
    assert source.raw == as_read(document), emit(document)


@given(NASTY, NASTY, NASTY)
def test_nasty_texts_come_back_through_the_gate(stem: str, title: str, name: str) -> None:
    raw: Any = {
        "format": "hornbook/unit@1",
        "unit": {"key": "u", "title": " ".join(title.split()) or "T", "number": "012"},
        "sections": [{"key": "s", "title": "S", "items": [{"note": {"text": f"x{stem}"}}]}],
        "questions": [
            {
                "key": "q",
                "kind": "short_text",
                "stem": f"{stem}?",
                "accept": [{"text": "yes"}, {"text": "1.50", "credit": "0.50"}, {"text": " ".join(name.split()) + "!"}],
            }
        ],
    }  # fmt: skip
    document = load_unit(raw)
    text = emit(dump_document(document))
    source = read(text.encode())
    assert source.slips == (), text
    assert load_unit(source.raw) == document, text
    assert emit(dump_document(load_unit(source.raw))) == text


def test_a_file_reads_like_one_that_somebody_wrote() -> None:
    document = {
        "format": "hornbook/unit@1",
        "unit": {"key": "u", "title": "Tides: high and low", "number": "1", "starts": Exact("2026-03-02")},
        "questions": [
            {
                "key": "q",
                "points": Exact("1.50"),
                "stem": "One.\n\n    code\n",
                "tags": ["yes", "a, b"],
                "shuffle": False,
            }
        ],
    }
    assert emit(document) == (
        "format: hornbook/unit@1\n"
        "\n"
        "unit:\n"
        "  key: u\n"
        "  title: 'Tides: high and low'\n"
        "  number: '1'\n"
        "  starts: 2026-03-02\n"
        "\n"
        "questions:\n"
        "  - key: q\n"
        "    points: 1.50\n"
        "    stem: |\n"
        "      One.\n"
        "\n"
        "          code\n"
        "    tags:\n"
        "      - 'yes'\n"
        "      - a, b\n"
        "    shuffle: false\n"
    )


def exported(database: Database, slug: str = "tides") -> ExportedCourse:
    """What the database holds."""
    with database.read() as session:
        course = find_course(session, slug)
        assert course is not None
        return export_course(session, course)


def seed(database: Database, folder: Path, world: TestWorld) -> set[str]:
    """Seed, and tell what was done."""
    return {one.what for one in seeding.seed(database, world, seeding.prepare(load_folder(folder)))}


@pytest.fixture
def other(empty_url: str) -> Iterator[Database]:
    """An empty database."""
    database = Database(empty_url)
    schema.upgrade(database)
    yield database
    database.close()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_seeding_an_export_writes_nothing_and_exporting_again_gives_the_same(
    ida: Client, database: Database, tmp_path: Path, world: TestWorld
) -> None:
    put(ida, set_title("Edited: over HTTP"))
    write_folder(exported(database), tmp_path)
    first = contents(tmp_path)
    assert sorted(first) == ["course.yaml", "units/01-tides.yaml", "units/02-currents.yaml"]
    with statements(database) as count:
        assert seed(database, tmp_path, world) == {"unchanged"}
    assert not [one for one in count if not one.startswith("SELECT")]
    assert {what for _, what in write_folder(exported(database), tmp_path)} == {"unchanged"}
    write_folder(exported(database), tmp_path, force=True)
    assert contents(tmp_path) == first
    write_folder(exported(database), tmp_path / "elsewhere")
    assert contents(tmp_path / "elsewhere") == first


def test_the_export_of_an_edited_course_is_the_same_course_in_an_empty_database(
    ida: Client, database: Database, other: Database, tmp_path: Path, world: TestWorld
) -> None:
    put(ida, set_title("Edited over HTTP"))
    shared = "format: hornbook/resources@1\nresources:\n  atlas: {title: An Atlas, see_also: []}\n"
    folder = shutil.copytree(COURSES / "tides", tmp_path / "tides")
    (folder / "resources.yaml").write_text(shared)
    seed(database, folder, world)
    before = exported(database)
    write_folder(before, tmp_path / "out")
    assert seed(other, tmp_path / "out", world) == {"added"}
    after = exported(other)
    assert after.digest == before.digest
    assert after.resources is not None and before.units[0]["unit"]["title"] == "Edited over HTTP"


def test_the_courses_that_come_along_survive_the_way_there_and_back(
    other: Database, tmp_path: Path, world: TestWorld
) -> None:
    for folder in (inner for inner in shipped("seed").iterdir() if inner.is_dir()):
        seed(other, folder, world)
        write_folder(exported(other, folder.name), tmp_path / folder.name)
        assert seed(other, tmp_path / folder.name, world) == {"unchanged"}


def test_a_file_that_says_the_same_is_left_as_its_author_laid_it_out(
    database: Database, tmp_path: Path, world: TestWorld
) -> None:
    folder = shutil.copytree(COURSES / "tides", tmp_path / "tides")
    before = contents(folder)
    assert {what for _, what in write_folder(exported(database), folder)} == {"unchanged"}
    assert contents(folder) == before


def test_a_file_formatted_by_hand_is_not_overwritten_unless_forced(
    ida: Client, database: Database, tmp_path: Path, world: TestWorld
) -> None:
    folder = shutil.copytree(COURSES / "tides", tmp_path / "tides")
    shutil.move(folder / "units/01-tides.yaml", folder / "units/my-tides.yaml")
    put(ida, set_title("Edited over HTTP"))
    before = contents(folder)
    with pytest.raises(HandFormatted) as refused:
        write_folder(exported(database), folder)
    assert [file.name for file in refused.value.files] == ["my-tides.yaml"], "under the name it has"
    assert contents(folder) == before, "nothing is written at all"
    write_folder(exported(database), folder, force=True)
    assert "Edited over HTTP" in (folder / "units/my-tides.yaml").read_text()
    assert seed(database, folder, world) == {"unchanged"}
    put(ida, set_title("Edited once more"))
    assert dict(write_folder(exported(database), folder))[folder / "units/my-tides.yaml"] == "written", "canonical now"


def test_the_command_exports_and_says_what_it_wrote(database_url: str, database: Database, tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        ran = CliRunner().invoke(main, ["export", *arguments, "--database", database_url])
        return ran.exit_code, ran.output

    code, told = run("tides", str(tmp_path / "out"))
    assert code == 0 and "3 written, 0 unchanged" in told and exported(database).digest[:16] in told
    assert run("tides", str(tmp_path / "out"))[1].startswith("0 written, 3 unchanged")
    assert run("nowhere", str(tmp_path))[0] == 1
    (tmp_path / "out/units/01-tides.yaml").write_text("# mine\nformat: hornbook/unit@1\n")
    code, told = run("tides", str(tmp_path / "out"))
    assert code == 1 and "01-tides.yaml" in told and "--force" in told
