"""What helps authors: files to begin with that load as they are, and questions shown before anybody is asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from service.content.previews import preview
from service.content.questions import prepare_questions
from service.domain.kinds import KINDS
from service.domain.parameters import variant_count
from service.seeding.loader import load_folder
from tests import seeded
from tests.conftest import COURSES
from tests.test_json_schema import paths, typed


def run(*arguments: str) -> str:
    """What a command prints that must succeed."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    """What a command prints that must fail."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1, result.output
    assert result.output.startswith("Error: ")
    return result.output


# ------------------------------------------------------------------------------------------------- files to begin with


def test_a_new_course_loads_as_it_is_and_is_a_draft(tmp_path: Path) -> None:
    folder = tmp_path / "Graph Theory"
    assert run("new", "course", str(folder)).count("Wrote") == 2
    (course,) = load_folder(folder)
    assert (course.course.key, course.course.title, course.course.status) == ("graph-theory", "Graph theory", "draft")
    (loaded,) = course.units
    assert (loaded.document.unit.key, loaded.document.unit.status) == ("first-unit", "draft")
    assert "$e^{i\\pi} = -1$" in (course.course.summary or "")


def test_a_new_unit_is_called_as_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("new", "course", str(tmp_path))
    run("new", "unit", str(tmp_path / "units" / "03-Shortest paths.yaml"))
    monkeypatch.chdir(tmp_path)
    assert "04-new-unit.yaml" in run("new", "unit")
    (course,) = load_folder(tmp_path)
    heads = [loaded.document.unit for loaded in course.units]
    assert [(head.key, head.number, head.position) for head in heads] == [
        ("first-unit", "1", 1),
        ("shortest-paths", "3", 3),
        ("new-unit", "4", 4),
    ]
    assert heads[1].title == "Shortest paths"


@pytest.mark.parametrize(("name", "key"), [("graphs.yaml", "graphs"), ("07.yaml", "unit-7"), ("Ü-Ω.yaml", "unit-1")])
def test_a_unit_by_any_name_loads_and_passes_the_schema(name: str, key: str, tmp_path: Path) -> None:
    file = tmp_path / "units" / name
    (tmp_path / "course.yaml").write_text("format: hornbook/course@1\nkey: c\ntitle: C\n")
    assert "new course" not in run("new", "unit", str(file))
    (course,) = load_folder(file)
    (loaded,) = course.units
    assert loaded.document.unit.key == key
    assert not re.search(r"TODO|TBD|FIXME", file.read_text())
    assert paths(typed(file)) == []


def test_what_is_commented_out_works_when_it_is_not(tmp_path: Path) -> None:
    run("new", "course", str(tmp_path))
    for file in (tmp_path / "course.yaml", tmp_path / "units" / "01-first-unit.yaml"):
        lines = file.read_text().splitlines()
        fields = re.compile(r"( *)# ((?: *- )?(?: *)(?:[a-z_]+: ?\S*.*|choose:|options:|prompt: .*)|(?: +- \S+))$")
        told = [fields.sub(r"\1\2", line) if ", " not in line and "`" not in line else line for line in lines]
        assert told != lines
        file.write_text("\n".join(told) + "\n")
    (course,) = load_folder(tmp_path)
    assert course.course.term == "Spring 2027"
    (loaded,) = course.units
    assert str(loaded.document.unit.starts) == "2027-01-11"
    assert len(loaded.document.sections[0].items) == 3


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    run("new", "course", str(tmp_path))
    mine = tmp_path / "units" / "01-first-unit.yaml"
    mine.write_text("mine")
    assert "exists already" in refused("new", "unit", str(mine))
    assert "exists already" in refused("new", "course", str(tmp_path))
    assert mine.read_text() == "mine"


def test_a_place_where_no_unit_can_be_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no course.yaml here" in refused("new", "unit")
    assert "graphs.yaml" in refused("new", "unit", "graphs.yml")
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refused("new", "unit", str(tmp_path / "file" / "graphs.yaml"))
    assert "beside a course.yaml" in run("new", "unit", "lone.yaml")


# ----------------------------------------------------------------------------------------------------- questions shown


@pytest.mark.parametrize("key", ["transformers", "generation", "reinforcement-learning"])
def test_every_question_can_be_shown_and_no_placeholder_is_left(key: str) -> None:
    document = seeded.unit(key)
    assert {question.kind for question in document.questions} == set(KINDS)
    for question, prepared in zip(document.questions, prepare_questions(document), strict=True):
        variants = variant_count(prepared.revision)
        for variant in {1, variants}:
            text = preview(question, prepared, variant)
            student, author = text.split("for its author")
            assert "{{" not in text
            assert "Right: " in author or question.kind == "open"
            assert "To read:" in author
            assert ("variant" in student.splitlines()[1]) == (variants > 1)
            assert not any(hint.text[:30] in student for hint in question.hints)


def test_a_variant_is_shown_with_its_own_numbers() -> None:
    first, last = (
        run("preview", "greedy-probability", "--variant", variant, "--course", str(seeded.SEED))
        for variant in ("1", "45")
    )
    assert "variant 1 of 45: p_paints = 0.46, q_poems = 0.7, q_slowly = 0.36" in first
    assert "Right: 0.1656 (accepted: 0.1646 to 0.1666)" in first
    assert "best-pair (0.308): That is the best pair of all." in first
    assert "Right: 0.2376" in last


def test_the_same_variant_is_always_shown_alike() -> None:
    shown = [run("preview", "generation/gan-roles", "--course", str(seeded.SEED / "ai")) for _ in range(3)]
    assert len(set(shown)) == 1
    assert re.search(r"Right: a–[e-i], b–[e-i], c–[e-i], d–[e-i]\n", shown[0])


def test_a_mistake_that_is_none_is_said_to_be_none() -> None:
    shown = run("preview", "temperature-two-tokens", "--variant", "2", "--course", str(seeded.SEED))
    assert "variant 2 of 3: t = 1" in shown
    assert "multiplied (none in this variant)" in shown


def test_what_cannot_be_shown_is_refused_in_words(tmp_path: Path) -> None:
    seed, tides = str(seeded.SEED), str(COURSES / "tides")
    assert "did you mean “gan-roles”" in refused("preview", "gan-rols", "--course", seed)
    assert "no variants" in refused("preview", "gan-roles", "--variant", "2", "--course", seed)
    assert "from 1 to 45" in refused("preview", "greedy-probability", "--variant", "46", "--course", seed)
    assert "no question “tides/nothing”" in refused("preview", "tides/nothing", "--course", tides)
    run("new", "course", str(tmp_path))
    run("new", "unit", str(tmp_path / "units" / "02-second.yaml"))
    both = refused("preview", "first-question", "--course", str(tmp_path))
    assert "first-unit/first-question or second/first-question" in both
    assert "variant 1 of 9" in run("preview", "second/second-question", "--course", str(tmp_path))
