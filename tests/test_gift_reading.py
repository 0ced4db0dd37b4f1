"""Reading GIFT: every construct of the format, each trap at its line, and what becomes of the lines."""

from __future__ import annotations

from typing import Any

import pytest

from service.content.documents import dump_document
from service.content.rendering import render_markdown
from service.domain.documents import UnitDocument
from service.domain.splitting import split
from service.interchange.gift import read_bank
from service.interchange.reports import Fate, Imported
from tests.gifts import KINDS

BY_IMPORT = {"key", "source", "tags"}


def read(*lines: str, path: str = "bank.gift") -> Imported:
    return read_bank("\n".join(lines), path)


def questions(unit: UnitDocument) -> list[dict[str, Any]]:
    dumped = dump_document(unit).get("questions", [])
    return [{name: value for name, value in one.items() if name not in {"source"}} for one in dumped]


def only(*lines: str) -> dict[str, Any]:
    """The one question of a file, without what importing adds."""
    imported = read(*lines)
    assert [one.message for one in imported.report.findings if one.severity == "error"] == []
    (question,) = questions(imported.unit)
    return {name: value for name, value in question.items() if name not in BY_IMPORT}


def warned(*lines: str) -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in read(*lines).report.findings if one.severity == "warning"]


def refused(*lines: str) -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in read(*lines).report.findings if one.severity == "error"]


@pytest.mark.parametrize("written", KINDS)
def test_each_kind_is_told_in_moodles_order_and_taken_with_all_it_says(written: str) -> None:
    assert only(written) == KINDS[written]


TEXTS = {
    r"a \~ b \= c \# d \{ e \} f \: g {T}": "a ~ b = c # d { e } f : g",
    r"one\ntwo \\n three \alpha {T}": "one\ntwo \\n three \\alpha",
    "[markdown]*a* _b_ <b>c</b> {T}": "*a* _b_ <b>c</b>",
    "[moodle]*a* <b>c</b> x < y, List<String> {T}": "*a* **c** x < y, List<String>",
    "no format `<b>` <i>x</i><br>y {T}": "no format `<b>` *x*\\\ny",
    "[html]<p>2*3 &lt; x_1 &amp; y</p><ul><li>a</li><li>b</li></ul> {T}": "2\\*3 \\< x_1 & y\n\n- a\n- b",
    "[html]x<sup>2</sup>, \\\\(a_1 \\= b\\\\) {T}": "x², $a_1 = b$",
    "[plain]*a* $5 [b](c) {T}": "\\*a\\* \\$5 \\[b\\](c)",
    "[unknown]a {T}": "[unknown]a",
}


@pytest.mark.parametrize("written", TEXTS)
def test_texts_become_markdown_whatever_their_format(written: str) -> None:
    assert only(written)["stem"] == TEXTS[written]


def test_choices_and_feedback_have_the_format_of_the_question_unless_they_name_their_own() -> None:
    found = only("[html]<b>q</b> {=<i>a</i>#[plain]*x* ~[markdown]<i>b</i>}")
    assert found["choices"] == [
        {"text": "*a*", "correct": True, "feedback": "\\*x\\*"},
        {"text": "<i>b</i>"},
    ]


def test_nothing_unsafe_comes_out_of_broken_html() -> None:
    nasty = "[html]<script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>y</a>"
    found = only(f"{nasty}<svg onload=alert(4)><iframe src=//e.vil></iframe><b>z</i> \\{{ {{T}}")
    html = render_markdown(found["stem"])
    for evil in ("<script", "onerror", "javascript:", "onload", "<iframe", "alert(1)"):
        assert evil not in html
    assert "y" in html
    assert "z" in html


def test_a_question_over_several_lines_is_one_and_a_feedback_on_its_own_line_belongs_to_the_choice_before() -> None:
    found = only("::q1::Which?{", "  // not this", "  =a", "  ~b", "  # Because.", "####For all.", "}")
    assert found["choices"] == [{"text": "a", "correct": True}, {"text": "b", "feedback": "Because."}]
    assert found["feedback"] == {"general": "For all."}


def test_how_lines_are_indented_makes_no_difference_and_a_comment_leaves_no_gap() -> None:
    found = only("[markdown]one", "        two", "// not this", "  three {=a#x", "      y ~b}")
    assert found["stem"] == "one\ntwo\nthree"
    assert found["choices"][0]["feedback"] == "x\ny"


def test_a_text_without_answers_is_a_stimulus_for_the_questions_that_follow_until_the_next_one_or_category() -> None:
    unit = read(
        *("::before::q {T}", "", "::text::Look at this.", "", "::one::q {T}", "", "::two::q {F}", ""),
        *("::other::And at that.", "", "::three::q {F}", "", "$CATEGORY: c", "", "::four::q {T}"),
    ).unit
    assert [(one.key, one.text) for one in unit.stimuli] == [("text", "Look at this."), ("other", "And at that.")]
    assert [one.stimulus for one in unit.questions] == [None, "text", "text", "other", None]


def test_the_only_category_names_the_unit_and_several_become_tags() -> None:
    one = read("$CATEGORY: $course$/top/Unit 11//a", "", "q {T}", path="x/week 1.gift").unit
    assert (one.unit.key, one.unit.title, one.questions[0].tags) == ("week-1", "Unit 11/a", ())
    two = read("$CATEGORY: a/b", "", "// [tag:own]", "q {T}", "", "$CATEGORY: c", "", "r {F}", path="w.gift").unit
    assert (two.unit.title, [one.tags for one in two.questions]) == ("w", [("own", "a/b"), ("c",)])
    assert two.quizzes[0].questions == tuple(one.key for one in two.questions)


def test_ids_come_before_names_and_names_before_words_and_none_of_them_is_a_position() -> None:
    lines = ["// [id:My ID\\] 1] [tag:x y] [tag:z]", "::name::q {T}", "", "::A name::q {F}", "", "What is it here? {T}"]
    first = read(*lines).unit.questions
    assert [one.key for one in first][:2] == ["my-id-1", "a-name"]
    assert first[2].key.startswith("what-is-it-here-")
    assert first[0].tags == ("x y", "z")
    moved = read("Something new. {T}", "", *lines[5:], "", *lines[:5]).unit.questions
    assert {one.key for one in first} < {one.key for one in moved}


def test_questions_of_the_same_name_keep_their_keys_when_they_change_places() -> None:
    one, other = "::n::first {T}", "::n::second {F}"
    keys = {question.stem: question.key for question in read(one, "", other).unit.questions}
    assert len(set(keys.values())) == 2
    assert keys == {question.stem: question.key for question in read(other, "", one).unit.questions}
    assert [line for line, message in warned(one, "", other) if "is the name of several" in message] == [1, 3]
    assert len({question.key for question in read(one, "", one, "", one).unit.questions}) == 3


def test_a_question_says_from_which_lines_of_which_file_it_comes() -> None:
    source = read("", "// c", "q {", "=a", "~b }", path="d/f.gift").unit.questions[0].source
    assert source is not None
    assert (source.format, source.path, source.first_line, source.last_line) == ("gift", "d/f.gift", 3, 5)
    again = read("q {", "  =a", "~b }").unit.questions[0].source
    assert again is not None
    assert again.content_hash == source.content_hash


def test_where_a_question_stands_is_no_part_of_what_is_asked_or_of_its_key() -> None:
    lines = ("::t::Look.", "", "::q::q {=a ~b}")
    here, there = (read(*before, *lines).unit for before in ((), ("// moved", "")))
    assert here.questions != there.questions
    assert split(here.questions[0], here.stimuli[0]) == split(there.questions[0], there.stimuli[0])
    assert "bank.gift" not in str(split(here.questions[0], here.stimuli[0]))


def test_a_byte_order_mark_and_other_systems_line_ends_change_nothing() -> None:
    imported = read_bank("\ufeffq {\r\n=a\r\n~b}\r\n\r\nr {T}\rs", "b.gift")
    assert [one.stem for one in imported.unit.questions] == ["q", "r _____\ns"]


WARNINGS = {
    ("q {true}",): (1, "write {TRUE}"),
    ("q", "{=a ~b", "=c}"): (3, "second right choice"),
    ("q {=a*x = b", "~c}"): (1, "second right choice"),
    ("q {~%100%a=b ~c}",): (1, "right choice, as in Moodle"),
    ("q {=E=mc^2}",): (1, "begins another accepted answer"),
    ("", "$CATEGORY: a", "q {T}"): (2, "swallow the question"),
    ("q {T}", "r {F}"): (2, "No blank line before this"),
    (r"q $\nabla f$ {T}",): (1, "\\nabla"),
    (r"q $\neq$ {T}",): (1, "\\neq"),
    ("q", r"{=$\nu$ ~b}"): (2, "\\nu"),
    ("q {=*}",): (1, "accepts anything"),
    ("q {~=a ~b}",): (1, "one sign too many"),
    ("q {x =a ~b}",): (1, "stands before the first"),
    ("q {=a ~%-50%b}",): (1, "taken as 0"),
    ("q {~%33%a ~%33%b ~%33%c}",): (1, "shares they are near to"),
    ("q {Paris}",): (1, "No = begins this answer"),
    ("q {=a =A}",): (1, "there already"),
    ("q {=a -> b#c =d -> e}",): (1, "no feedback"),
    ("// [id:x]", "", "q {T}"): (1, "blank line parts"),
    ("q {=%50%a =%50%b ~c}",): (1, "Moodle shows a weight behind ="),
    ("q", r"\{\{ x \}\} {T}"): (1, "space was put"),
}


@pytest.mark.parametrize("lines", WARNINGS)
def test_a_trap_is_told_at_its_line_and_the_question_taken(lines: tuple[str, ...]) -> None:
    at, said = WARNINGS[lines]
    assert {line for line, message in warned(*lines) if said in message} == {at}
    assert read(*lines).unit.questions
    assert refused(*lines) == []


def test_what_accepts_anything_is_an_open_question() -> None:
    assert only("Name two. {=*}") == {"kind": "open", "stem": "Name two."}


def test_questions_without_a_blank_line_between_them_are_two() -> None:
    assert [one.stem for one in read("q {T}", "::n::r {F}", "$CATEGORY: c", "s {T}").unit.questions] == ["q", "r", "s"]


REFUSALS = {
    ("good {T}", "", "q {#abc}"): (3, "is no number"),
    ("q {#3,14}",): (1, "decimal point"),
    ("q", "{#=1 =x:2}"): (2, "is no number"),
    ("q {#*}",): (1, "is no number"),
    ("q {", "=a", "", "~b }"): (1, "never closed"),
    ("q }",): (1, "closes nothing"),
    ("q } {",): (1, "closes nothing"),
    ("q $\\frac{1}{2}$ {T}",): (1, "A second {"),
    ("q {=$\\frac{1}{2}$ ~b}",): (1, "A second {"),
    ("q", "{=x^{2} ~b}"): (2, "closed before this }"),
    ("q {~a ~b}",): (1, "No choice is right"),
    ("q {~%20%a ~b}",): (1, "come to 20 %"),
    ("q {=a ~a}",): (1, "twice"),
    ("q {=a -> b =c}",): (1, "no ->"),
    ("q {=a -> b}",): (1, "2 to 30 pairs"),
    ("q {=%50%a}",): (1, "full credit"),
    ("q {=a =%50%*}",): (1, "part of the points"),
    ("q {~%--5%a ~b}",): (1, "no weight"),
    ("{T}",): (1, "text is empty"),
    ("a {1:MR:=b~c}",): (1, "MR cannot stand in a gap"),
    ("a", "{1:SA:=b} {=c}"): (2, "Embedded answers"),
    ("a {1:NM:=x}",): (1, "is no number"),
    ("", "q\x01 {T}"): (2, "invisible character"),
    ("q {= ~b}",): (1, "text is empty"),
    ("q {#2..1}",): (1, "ends before it begins"),
}


@pytest.mark.parametrize("lines", REFUSALS)
def test_what_cannot_be_taken_is_an_error_at_its_line_and_the_rest_still_loads(lines: tuple[str, ...]) -> None:
    imported = read(*lines, "", "::after::Still here? {T}")
    at, said = REFUSALS[lines]
    errors = [one for one in imported.report.findings if one.severity == "error"]
    assert {one.line for one in errors} == {at}
    assert any(said in one.message for one in errors)
    assert "after" in [one.key for one in imported.unit.questions]
    assert imported.report.counts()[Fate.NOT_UNDERSTOOD] > 0


def test_a_mistake_the_gate_finds_is_told_at_the_answer_it_is_in() -> None:
    assert [line for line, _ in refused("q {", "=a", "~b", "~b", "}")] == [4]


def test_questions_fall_with_the_text_they_look_at() -> None:
    found = refused("::t::" + "x" * 20_001, "", "q {T}", "", "$CATEGORY: c", "", "r {T}")
    assert [line for line, _ in found] == [1, 3]


def test_every_line_has_a_fate() -> None:
    report = read(
        "$CATEGORY: c", "// hidden", "// [id:x]", "q {T}", "", "bad }", "", "text", "// [tag:t] and more"
    ).report
    assert [fate.value for _, fate, _ in report.lines()] == [
        *("used", "hidden", "used", "used", "blank", "not understood", "blank", "used", "used"),
    ]


def test_a_file_without_questions_makes_a_unit_without_a_quiz() -> None:
    for text in ("", "\n\n", "// nothing", "}{", "\x00"):
        unit = read_bank(text, "").unit
        assert (unit.questions, unit.quizzes) == ((), ())
