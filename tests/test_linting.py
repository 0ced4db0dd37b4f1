"""The linter finds what is not wrong and yet not meant, at its line; what is meant can be said in the file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.domain.linting import RULES
from tests.cast import Client, answer_of
from tests.conftest import COURSES

COURSE = "format: hornbook/course@1\nkey: bread\ntitle: Bread\nstarts: 2026-03-02\nends: 2026-05-29\n"

CLEAN = """\
format: hornbook/unit@1
unit:
  key: yeast
  title: Yeast
  position: 1
  starts: 2026-03-02
  ends: 2026-03-06
  status: published
  summary: What makes dough rise.
objectives:
  - {key: explain-rising, text: Explain why dough rises.}
resources:
  book: {kind: book, title: The Bread Book, authors: [A. Baker], publisher: Oven Press}
  page: {kind: article, title: On Yeast, url: "https://bread.example/yeast"}
sections:
  - key: before
    title: Before class
    objectives: [explain-rising]
    items:
      - {key: on-yeast, read: page, minutes: 20}
      - {key: chapter, read: book, minutes: 30, due: 2026-03-04}
      - choose:
          key: rye-or-wheat
          prompt: Choose one.
          objectives: [explain-rising]
          options:
            - {key: rye, read: "https://bread.example/rye", minutes: 10}
            - {key: wheat, read: "https://bread.example/wheat", minutes: 10}
      - note: |
          See [the notes on dough](https://bread.example/dough).
          - first
meetings:
  - {key: monday, date: 2026-03-02, title: Kneading}
questions:
  - key: gas
    kind: single_choice
    stem: Which gas does yeast give off?
    objectives: [explain-rising]
    answers_from: [on-yeast]
    choices:
      - {text: Carbon dioxide, correct: true}
      - {text: Oxygen from the air, feedback: It uses that.}
      - {text: None of these, anchor: last, feedback: It does.}
  - key: how-warm
    kind: numeric
    stem: How many degrees suit it best?
    objectives: [explain-rising]
    answers_from: [on-yeast]
    answer: {value: 32.5, tolerance: {abs: 3}}
  - key: food
    kind: short_text
    stem: What does yeast live on?
    objectives: [explain-rising]
    answers_from: [on-yeast]
    accept: [sugar, sugars]
  - key: alive
    kind: true_false
    stem: Yeast is alive.
    answer: true
    objectives: [explain-rising]
    answers_from: [on-yeast]
quizzes:
  - key: check
    title: Check
    questions: [gas, how-warm, food, alive]
"""

FOUR = "".join(
    f"  - {{key: more-{n}, kind: single_choice, stem: Which is number {n}?, shuffle: false, "
    f"objectives: [explain-rising], answers_from: [on-yeast], "
    f"feedback: {{incorrect: No.}}, choices: [{{text: %s, correct: true}}, two, three]}}\n"
    for n in range(4)
)
ASKED = "    questions: [more-0, more-1, more-2, more-3, gas, how-warm, food, alive]"

WHEAT = '- {key: wheat, read: "https://bread.example/wheat", minutes: 10}'

BROKEN: list[tuple[str, str, str, str]] = [
    # The rule, what stood there, what stands there now, and how the line begins at which it is found.
    ("link-malformed", "(https://bread.example/dough)", "([dough.pdf](https://bread.example/dough))", "      - note"),
    ("link-malformed", "(https://bread.example/dough)", "(https://bread.example/dough", "      - note"),
    ("link-duplicate", "publisher: Oven Press}", 'url: "https://www.bread.example/yeast/"}', "  page:"),
    ("link-text", "the notes on dough", "here", "      - note"),
    ("link-text", "the notes on dough", "https://bread.example/dough", "      - note"),
    ("link-http", '"https://bread.example/yeast"', '"http://bread.example/yeast"', "  page:"),
    ("link-internal", "(https://bread.example/dough)", "(../dough/)", "      - note"),
    ("link-swallowed", "- first", "- first\n          [second](https://bread.example/2)", "      - note"),
    ("link-tracking", "bread.example/yeast", "bread.example/yeast?utm_source=mail", "  page:"),
    ("placeholder", "What makes dough rise.", "TODO", "  summary:"),
    ("objectives-none", "x", "x", "unit:"),
    ("meeting-empty", ", title: Kneading", "", "  - {key: monday"),
    ("date-order", "date: 2026-03-02", "date: 2026-04-02", "  - {key: monday"),
    ("date-order", "due: 2026-03-04", "due: 2026-03-01", "      - {key: chapter"),
    ("date-order", "  ends: 2026-03-06", "  ends: 2026-06-06", "  ends:"),
    ("text-hidden", "What makes dough rise.", "What makes dough rise. <!-- gas -->", "  summary:"),
    ("shortcode-unknown", "What makes dough rise.", '"{{< youtube abc >}}"', "  summary:"),
    ("reading-uncited", "authors: [A. Baker], publisher: Oven Press", "year: 1999", "      - {key: chapter"),
    ("group-single", f"            {WHEAT}\n", "", "      - choose"),
    ("reading-estimate", "book, minutes: 30", "book", "      - {key: chapter"),
    ("reading-unreferenced", "    objectives: [explain-rising]\n    items", "    items", "      - {key: chapter"),
    ("objective-question", "objectives:\n  -", "objectives:\n  - {key: bake, text: Bake.}\n  -", "  - {key: bake"),
    ("objective-reading", "x", "x", "  - {key: explain-rising"),
    ("objective-vague", "Explain why dough rises.", "Understand why dough rises.", "  - {key: explain-rising"),
    ("choice-feedback", "Oxygen from the air, feedback: It uses that.", "Oxygen from the air", "      - {text: Oxygen"),
    ("question-duplicate", "How many degrees suit it best?", "What does yeast live on?", "    stem: What does yeast"),
    ("choice-above", "None of these, anchor: last", "None of the above", "      - {text: None"),
    ("stem-negative", "Which gas does yeast give off?", "Which gas does yeast not give off?", "    stem: Which gas"),
    ("stem-negative", "Yeast is alive.", "Yeast is not alive.", "    stem: Yeast is"),
    ("question-reading", "    answers_from: [on-yeast]\n    accept", "    accept", "  - key: food"),
    ("question-objective", "    answer: true\n    objectives: [explain-rising]", "    answer: true", "  - key: alive"),
    ("tolerance-none", "tolerance: {abs: 3}", "tolerance: exact", "    answer: {value: 32.5"),
    ("tolerance-near-zero", "32.5, tolerance: {abs: 3}", "0.0005, tolerance: {rel: 0.1}", "    answer: {value"),
    ("accepts-anything", "tolerance: {abs: 3}", "tolerance: {rel: 2}", "    answer: {value: 32.5"),
    ("key-in-stem", "What does yeast live on?", "What sugar does yeast live on?", "    accept:"),
    ("quiz-objective", "x", "x", "  - {key: explain-rising"),
    ("choice-letter", "x", "x", "      - {text: a) Carbon"),
    ("choice-longest", "quizzes:", FOUR % (("a long answer indeed",) * 4) + "quizzes:", "  - key: check"),
    ("choice-first", "quizzes:", FOUR % (("one",) * 4) + "quizzes:", "  - key: check"),
    ("position-shared", "x", "x", "  position:"),
    ("ignore-unknown", "x", "x", "  - {ignore: link-htp"),
    ("ignore-unused", "x", "x", "  - {ignore: link-http"),
    ("not-loaded", "  title: Yeast", "  titel: Yeast", "  titel:"),
]  # fmt: skip


def damaged(code: str, old: str, new: str) -> str:
    """The clean unit, changed so that the rule finds something; some need more than one change."""
    if code == "objectives-none":
        return re.sub(r"objectives:\n.*\n", "", re.sub(r" +objectives: .*\n", "", CLEAN))
    if code == "objective-reading":
        return re.sub(r" +objectives: \[explain-rising\]\n( +)(items|options)", r"\1\2", CLEAN)
    if code == "quiz-objective":
        return CLEAN[
            : CLEAN.index("quizzes:")
        ] + "quizzes:\n  - {key: check, title: Check, questions: [other]}\n".replace(
            "quizzes:",
            "  - {key: other, kind: open, stem: Write., answers_from: [on-yeast], objectives: [two]}\nquizzes:",
        )
    if code == "choice-letter":
        said = CLEAN.replace("text: Carbon", "text: a) Carbon").replace("text: Oxygen", "text: b) Oxygen")
        return said.replace("text: None of these, anchor: last", "text: c) Steam")
    if code.startswith("ignore-"):
        rule = "link-htp" if code == "ignore-unknown" else "link-http"
        return f"{CLEAN}lint:\n  - {{ignore: {rule}, because: it was so}}\n"
    if code.startswith("choice-") and new.startswith("  - {key: more-0"):
        return CLEAN.replace(old, new).replace("    questions: [gas, how-warm, food, alive]", ASKED)
    if code == "position-shared":
        return CLEAN
    assert CLEAN.count(old) == 1, f"{old} is there {CLEAN.count(old)} times"
    return CLEAN.replace(old, new)


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
    if code == "position-shared":
        (folder / "units" / "02.yaml").write_text(CLEAN.replace("key: yeast", "key: salt"))
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


def test_our_own_course_is_clean() -> None:
    result = lint("seed")
    assert (result.exit_code, result.stdout) == (0, "0 errors, 0 warnings.\n")
    assert "0 holes." in CliRunner().invoke(main, ["coverage", "seed"]).stdout


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
    printed = CliRunner().invoke(main, ["coverage", str(COURSES / "tides")]).stdout
    assert "explain-bulges         2          7        3" in printed


def test_coverage_names_every_hole(folder: Path) -> None:
    file = folder / "units" / "01.yaml"
    file.write_text(
        CLEAN.replace("  - {key: explain-rising", "  - {key: bake, text: Bake.}\n  - {key: explain-rising")
        .replace("    objectives: [explain-rising]\n    items", "    items")
        .replace("    answers_from: [on-yeast]\n    accept", "    accept")
    )
    printed = CliRunner().invoke(main, ["coverage", str(folder)]).stdout
    assert "  bake                   0          0        0  no reading, no question, no quiz\n" in printed
    assert "readings that serve nothing: chapter\n" in printed
    assert "questions without a reading: food" in printed
    assert printed.endswith("5 holes.\n")
