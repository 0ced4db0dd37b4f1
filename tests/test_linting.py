"""The linter finds what is not wrong and yet not meant, at its line; what is meant can be said in the file."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.domain.linting import RULES, Course, Unit, lint_unit
from service.seeding.loader import load_folder
from tests.lint_examples import BROKEN, CLEAN, COURSE, FINE, OTHERS, REFUSED, damaged


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course with nothing to mend."""
    course = tmp_path / "bread"
    (course / "units").mkdir(parents=True)
    (course / "course.yaml").write_text(COURSE)
    (course / "units" / "01.yaml").write_text(CLEAN)
    return course


def lint(*arguments: object) -> Result:
    """Run `hornbook lint`."""
    return CliRunner().invoke(main, ["lint", *map(str, arguments)])


def findings(folder: Path) -> list[dict[str, object]]:
    """What is found in a folder."""
    found: list[dict[str, object]] = json.loads(lint(folder, "--format", "json").stdout)["findings"]
    return found


def test_there_is_nothing_to_say_of_a_clean_course(folder: Path) -> None:
    result = lint(folder)
    assert (result.exit_code, result.stdout) == (0, "0 errors, 0 warnings.\n")


@pytest.mark.parametrize(("code", "old", "new", "line"), BROKEN, ids=[f"{one[0]}-{n}" for n, one in enumerate(BROKEN)])
def test_each_rule_finds_what_it_is_for_at_its_line(code: str, old: str, new: str, line: str, folder: Path) -> None:
    file = folder / "units" / "01.yaml"
    file.write_text(damaged(code, old, new))
    if code in OTHERS:
        (folder / "units" / "02.yaml").write_text(OTHERS[code])
    if code == "quiz-objective":
        file.write_text(
            file.read_text().replace("  - {key: explain-rising", "  - {key: two, text: Do.}\n  - {key: explain-rising")
        )
    lines = file.read_text().splitlines()
    found = [one for one in findings(folder) if one["code"] == code and str(one["file"]).endswith("01.yaml")]
    assert found, findings(folder)
    assert {lines[int(str(one["line"])) - 1][: len(line)] for one in found} == {line}
    assert {one["severity"] for one in found} <= {"error", "warning"}
    assert lint(folder).exit_code == (1 if any(one["severity"] == "error" for one in findings(folder)) else 0)


@pytest.mark.parametrize(("old", "new", "line", "said"), REFUSED, ids=[one[3] for one in REFUSED])
def test_what_seeding_refuses_the_linter_says_at_the_same_line(
    old: str, new: str, line: str, said: str, folder: Path
) -> None:
    assert CLEAN.count(old) == 1
    file = folder / "units" / "01.yaml"
    file.write_text(CLEAN.replace(old, new))
    (found,) = findings(folder)
    assert (found["code"], found["severity"]) == ("not-loaded", "error")
    assert file.read_text().splitlines()[int(str(found["line"])) - 1].startswith(line)
    assert said in str(found["message"])


@pytest.mark.parametrize(("old", "new"), FINE, ids=[str(n) for n in range(len(FINE))])
def test_what_only_looks_like_something_to_mend_is_left_alone(old: str, new: str, folder: Path) -> None:
    assert CLEAN.count(old) == 1
    (folder / "units" / "01.yaml").write_text(CLEAN.replace(old, new))
    assert findings(folder) == []


def test_every_rule_has_its_example_here_and_explains_itself() -> None:
    assert {code for code, *_ in BROKEN} == set(RULES)
    told = lint("--explain", "all").stdout
    for rule in RULES.values():
        assert f"{rule.code} ({rule.severity})" in told and rule.why in told and rule.title in told
    assert lint("--explain", "link-http").stdout.count("\n") == 5
    refused = lint("--explain", "link-htp")
    assert refused.exit_code == 1 and "did you mean “link-http”?" in refused.output


def test_a_placeholder_is_an_error_only_once_students_read_it(folder: Path) -> None:
    file = folder / "units" / "01.yaml"
    for status, severity in (("published", "error"), ("draft", "warning")):
        file.write_text(
            CLEAN.replace("What makes dough rise.", "TBD").replace("status: published", f"status: {status}")
        )
        assert [one["severity"] for one in findings(folder)] == [severity]


def test_what_is_meant_can_be_said_in_the_file_with_its_reason(folder: Path) -> None:
    file = folder / "units" / "01.yaml"
    two = CLEAN.replace("https://bread.example/yeast", "http://bread.example/yeast").replace(
        "(https://bread.example/dough)", "(http://bread.example/dough)"
    )
    file.write_text(f"{two}lint: [{{ignore: link-http, at: page, because: the archive has no certificate}}]\n")
    assert [one["code"] for one in findings(folder)] == ["link-http"], "only what has this key is spared"
    file.write_text(f"{two}lint: [{{ignore: link-http, because: the archive has no certificate}}]\n")
    assert findings(folder) == []
    file.write_text(f"{two}lint: [{{ignore: link-http}}]\n")
    (found,) = findings(folder)
    assert (found["code"], found["message"]) == ("not-loaded", "`because` is missing.")


def test_a_report_names_file_line_rule_and_what_to_do(folder: Path) -> None:
    file = folder / "units" / "01.yaml"
    file.write_text(CLEAN.replace("text: Explain", "text: Know"))
    result = lint(file)
    assert result.stdout.splitlines() == [
        f"{file}:11:27: objective-vague warning: How would one see it? Instead of “know” say what a student can do.",
        "0 errors, 1 warning.",
    ]


def test_a_finding_in_a_long_text_is_told_where_it_stands_there(folder: Path) -> None:
    file = folder / "units" / "01.yaml"
    file.write_text(CLEAN.replace("- first", "- first\n          - second: [dough](http://bread.example/)"))
    line = next(n for n, said in enumerate(file.read_text().splitlines(), start=1) if "second" in said)
    (found,) = findings(folder)
    assert (found["line"], found["column"]) == (line, 29)


@pytest.mark.parametrize("name", ["slides.pdf", "slides.pdf - slides.pdf"])
def test_a_repair_is_told_ready_to_be_pasted(name: str, folder: Path) -> None:
    nested = f"[Some slides]([{name}](https://bread.example/slides.pdf))"
    (folder / "units" / "01.yaml").write_text(CLEAN.replace("What makes dough rise.", f'"{nested}"'))
    (found,) = findings(folder)
    assert found["message"] == "A link inside a link; write [Some slides](https://bread.example/slides.pdf)."


def test_a_single_file_is_not_told_what_only_its_course_knows(folder: Path) -> None:
    file = folder / "units" / "01.yaml"
    said = "lint:\n  - {ignore: link-internal, because: it is elsewhere}\n  - {ignore: position-shared, because: so}\n"
    file.write_text(CLEAN.replace("(https://bread.example/dough)", "(../salt/)"))
    (folder / "units" / "02.yaml").write_text(OTHERS["unit-order"].replace("position: 0", "position: 2"))
    assert findings(folder) == findings(file) == []
    file.write_text(CLEAN + said)
    assert [one["code"] for one in findings(folder)] == ["ignore-unused", "ignore-unused"]
    assert findings(file) == []


def test_the_course_and_what_its_units_share_are_linted_and_ignored_as_the_course_says(folder: Path) -> None:
    (folder / "resources.yaml").write_text(
        "format: hornbook/resources@1\nresources:\n"
        '  old: {kind: book, title: An Old Book, url: "http://bread.example/old"}\n'
        '  yeast: {kind: article, title: Yeast, url: "https://bread.example/yeast"}\n'
    )
    (folder / "course.yaml").write_text(f"{COURSE}summary: TODO\n")
    found = [(Path(str(one["file"])).name, one["line"], one["code"]) for one in findings(folder)]
    assert found == [
        ("course.yaml", 6, "placeholder"),
        ("resources.yaml", 3, "link-http"),
        ("01.yaml", 14, "link-duplicate"),
    ]
    ignore = "lint: [{ignore: link-http, at: old, because: there is no other}, {ignore: placeholder, because: soon}]\n"
    (folder / "course.yaml").write_text(f"{COURSE}summary: TODO\n{ignore}")
    assert [one["code"] for one in findings(folder)] == ["link-duplicate"]
    (folder / "course.yaml").write_text(f"{COURSE}{ignore}")
    assert [one["code"] for one in findings(folder)] == ["ignore-unused", "link-duplicate"]


def test_nothing_that_can_be_written_holds_the_linter_up(folder: Path) -> None:
    pieces = (
        "`",
        "` ",
        "[",
        "[a](",
        "[a](x",
        "(a)[",
        "[[a](b)",
        "$",
        "{{< ",
        "<!--",
        "[a](x ",
        "* ",
        "[a](b)]",
        "<http://",
    )
    texts = [(piece * 20_000)[:19_000] for piece in pieces] + [
        start + " " * 18_000 for start in ("{{<", "[a](x", "[a]")
    ]
    notes = "".join(f"      - note: {json.dumps(text)}\n" for text in texts)
    (folder / "units" / "01.yaml").write_text(CLEAN.replace("meetings:", f"{notes}meetings:"))
    (unit,) = load_folder(folder)[0].units
    begun = time.process_time()
    lint_unit(Unit(unit.document, Course(load_folder(folder)[0].course)))
    assert time.process_time() - begun < 5


def test_readme_names_every_rule() -> None:
    _, _, section = Path("README.md").read_text().partition("| about | rules |")
    table, _, _ = section.partition("\n\n")
    assert sorted(re.findall(r"`([a-z-]+)`", table)) == sorted(RULES)


def test_what_cannot_be_found_is_said_in_a_sentence(tmp_path: Path) -> None:
    for command in ("lint", "coverage"):
        result = CliRunner().invoke(main, [command, str(tmp_path)])
        assert result.exit_code == 1 and "There is no course.yaml here" in result.output


def test_our_own_course_is_clean() -> None:
    result = lint("seed")
    assert (result.exit_code, result.stdout) == (0, "0 errors, 0 warnings.\n")
    assert "0 holes." in CliRunner().invoke(main, ["coverage", "seed"]).stdout
