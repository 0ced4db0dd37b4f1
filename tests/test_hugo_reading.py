"""Pages of a Hugo site become units: what a line asks for, what a part is for, and what nobody may see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from service.content.documents import dump_document
from service.domain.documents import ChoiceGroup, Note, Reading, Task
from service.domain.outline import outline
from service.interchange.hugo import read_page
from service.interchange.reports import Fate, Imported

PAGE = """\
---
title: "Unit 4: Tides"
date: 2025-09-22
weight: 40
author: somebody
# key of the quiz: b a c
---

The sea comes and goes twice a day.

By Friday you should be able to answer these questions:

- TODO

## Preparation

- **Read** A first look at *gravity*: [Why the sea moves](https://sea.example/why)
- **Watch** Lecture 4 of [Oceans](http://oceans.example/) (skim Lecture 3 if needed)

We also look at bores. There is a [preface](https://sea.example/preface.pdf) to this [book](https://sea.example/book)
(in the library), and the author's [blog](https://blog.example/). ([code](https://github.com/sea/tides))

How do people live with tides? Pick the coast you like best and skim a recent paper:

- Mills
  - [Tide mills](https://arxiv.org/abs/2501.00001); extension: [More mills](https://arxiv.org/abs/2501.00002)
- Harbours
  - [Locks](https://arxiv.org/abs/2501.00003); extension: [Gates](https://arxiv.org/abs/2501.00004)
- Barrages
  - [La Rance | Abstract](https://arxiv.org/abs/2501.00005)

### Supplemental Material

- [A year of waves](https://waves.example/2025)
- [Some slides]([tides - tides.pdf](https://sea.example/slides/tides.pdf))

<!-- The answer to question 3 is the moon. -->

{{% next-year %}}
- Read [a secret](https://secret.example/)
{{% /next-year %}}

## Class Meetings

### Monday

### Wednesday

### Friday: Guest Lecture
"""


def read(text: str, path: str = "content/units/04tides/_index.md") -> Imported:
    """What a page makes."""
    return read_page(text, path)


def readings(line: str, heading: str = "## Preparation") -> list[Any]:
    """The items that a line under a heading makes."""
    return [item for section in read(f"{heading}\n\n{line}\n").unit.sections for item in section.items]


def title(imported: Imported, reading: Reading) -> str | None:
    """What a reading is called."""
    return reading.title or (imported.unit.resources[reading.resource].title if reading.resource else None)


def test_a_page_becomes_a_unit_with_everything_in_its_place() -> None:
    imported = read(PAGE)
    unit = imported.unit
    head = unit.unit
    assert (head.key, head.number, head.title, head.position, str(head.starts)) == (
        *("tides", "4", "Tides", 40),
        "2025-09-22",
    )
    assert head.summary == "The sea comes and goes twice a day." and head.status == "draft"
    assert unit.objectives == () and unit.objectives_intro == "By Friday you should be able to answer these questions:"
    placed = outline(unit)
    required = [one for one in placed.readings if one.counts and one.group is None]
    assert [(one.verb, one.reading.portion) for one in required] == [("read", None), ("watch", "Lecture 4")]
    (before,) = required[1].reading.before
    assert (before.verb, before.portion, before.condition) == ("skim", "Lecture 3", "if needed")
    (group,) = [item for section in unit.sections for item in section.items if isinstance(item, ChoiceGroup)]
    assert (group.verb, group.min, len(group.options)) == ("skim", 1, 3)
    inside = [one for option in group.options for one in option.items]
    assert [one.extension_of is not None for one in inside] == [False, True, False, True, False]
    (note,) = [item for section in unit.sections for item in section.items if isinstance(item, Note)]
    assert note.text.count("](http") == 4
    assert [one.importance for one in placed.readings[-2:]] == ["supplemental"] * 2
    assert [(one.day, one.title, one.kind) for one in unit.meetings] == [
        ("monday", None, "lecture"),
        ("wednesday", None, "lecture"),
        ("friday", "Guest Lecture", "guest"),
    ]
    assert json.dumps(dump_document(unit)).count("http") == 13


def test_the_report_says_what_became_of_every_line() -> None:
    report = read(PAGE).report
    fates = {number: fate for number, fate, _ in report.lines()}
    lines = PAGE.split("\n")
    assert [lines[number - 1][:9] for number, fate in fates.items() if fate is Fate.HIDDEN] == [
        *("author: s", "# key of ", "- TODO", "<!-- The ", "{{% next-", "- Read [a", "{{% /next"),
    ]
    assert Fate.NOT_UNDERSTOOD not in fates.values()
    warned = {lines[one.line - 1][:7]: one.message for one in report.findings}
    assert set(warned) == {"- TODO", "- [Some"}
    assert (
        "placeholder" in warned["- TODO"] and "[Some slides](https://sea.example/slides/tides.pdf)" in warned["- [Some"]
    )


@pytest.mark.parametrize(
    ("line", "verb", "what", "more"),
    [
        ("- Read [A](https://a.example)", "read", "A", {}),
        ("- **Read:** [A](https://a.example)", "read", "A", {}),
        ("- *Skim* [A](https://a.example), pp. 3-10", "skim", "A", {"pages": "3-10"}),
        ("- Watch [A](https://a.example) (15 min)", "watch", "A", {"minutes": 15}),
        ("- Video: [A](https://a.example) 3:20-15:00", "watch", "A", {"from": "3:20", "to": "15:00"}),
        ("- *optional*: Watch [A](https://a.example)", "watch", "A", {"importance": "optional"}),
        ("- (Optional) [A](https://a.example)", None, "A", {"importance": "optional"}),
        ("- *Recommended* skim [A](https://a.example)", "skim", "A", {"importance": "recommended"}),
        ("- Read [A](https://a.example) (optional)", "read", "A", {"importance": "optional"}),
        ("- Start reading [A](https://a.example)", "read", "A", {"portion": "the beginning"}),
        ("- Finish reading [A](https://a.example)", "read", "A", {"portion": "the rest"}),
        ("- Read chapters 2 and 3 of [A](https://a.example)", "read", "A", {"portion": "chapters 2 and 3"}),
        ("- The first 20 minutes of [A](https://a.example)", None, "A", {"portion": "The first 20 minutes"}),
        ("- Read the paper [here](https://a.example)", "read", "the paper", {}),
        ("- Exploring Tides Worksheet: [docx](tides.docx)", None, "Exploring Tides Worksheet", {}),
        ("- https://www.a.example/b/?utm=1", None, "a.example/b", {}),
        ("- If you are new to this, read [A](https://a.example)", "read", "A", {"importance": "optional"}),
        ("- Read [A](https://a.example) if you need it", "read", "A", {"condition": "if you need it"}),
        ("- Read [A](https://a.example), which follows [B](https://b.example)", "read", "A", {"note": "which follows"}),
        (
            "- Read Chapter 3 of Waves and Winds (pp. 9)",
            "read",
            "Waves and Winds",
            {"portion": "Chapter 3", "pages": "9"},
        ),
        ("- [Why?](https://youtu.be/x)", "watch", "Why?", {}),
        ("- Check out [A](https://a.example)", "browse", "A", {}),
        ("- Watch [A](https://a.example) (8:40)", "watch", "A", {"minutes": 9}),
        ("Read [A](https://a.example) before Monday.", "read", "A", {"note": "before Monday"}),
    ],
)
def test_a_line_asks_for_a_reading(line: str, verb: str | None, what: str, more: dict[str, Any]) -> None:
    imported = read(f"## Preparation\n\n{line}\n")
    (reading,) = imported.unit.sections[0].items
    assert isinstance(reading, Reading)
    assert (reading.verb, title(imported, reading)) == (verb, what)
    said = dump_document(reading) | dump_document(reading).get("locator", {})
    for name, value in more.items():
        assert str(said[name]).startswith(str(value)), said


@pytest.mark.parametrize(
    ("line", "kind", "what"),
    [
        ("- Complete the preparation quiz in Moodle.", "quiz", "Complete the preparation quiz in Moodle."),
        ("- Submit [Homework 3](https://m.example/3) by Friday", "homework", "Submit Homework 3 by Friday"),
        ("- Lab 5: getting started", "lab", "Lab 5: getting started"),
        ("**Homework:** [Sheet](s.pdf) due Friday", "homework", "Homework: Sheet due Friday"),
        ("- Post in the discussion forum", "discussion", "Post in the discussion forum"),
    ],
)
def test_a_line_asks_for_something_to_be_done_elsewhere(line: str, kind: str, what: str) -> None:
    (task,) = readings(line)
    assert isinstance(task, Task) and (task.kind, task.title) == (kind, what)


def test_a_list_of_references_asks_for_what_is_printed() -> None:
    lines = "- Ray Tide, *On Bores*, vol. 3\n- Waves (1972)\n- Nothing else.\n"
    first, second, rest = readings(lines.strip(), "## Required Reading")
    assert (first.title, first.verb, second.title) == ("Ray Tide, On Bores, vol. 3", "read", "Waves (1972)")
    assert rest.text == "- Nothing else."
    (note,) = readings(lines.strip(), "## Preparation")
    assert isinstance(note, Note)


def test_a_line_with_several_links_says_what_each_is_to_the_first() -> None:
    imported = read(
        "## Reading\n\n- Read [A](https://a.example) ([PDF](https://a.example/pdf)) and [B](https://b.example)\n"
    )
    first, second = imported.unit.sections[0].items
    assert isinstance(first, Reading) and isinstance(second, Reading)
    assert [link.label for link in imported.unit.resources["a"].links] == ["PDF"] and second.verb == "read"
    (choice,) = readings("- Read [A](https://a.example) or [B](https://b.example)")
    assert isinstance(choice, ChoiceGroup) and len(choice.options) == 2
    related = read("## Reading\n\n- [A](https://a.example), see also [B](https://b.example)\n").unit
    assert related.resources["a"].see_also == ("b",)


def test_what_is_below_a_line_is_a_remark_on_it_or_a_reading_of_its_own() -> None:
    items = readings(
        "- Read [A](https://a.example)\n  - Skip the end.\n  - Why?\n  - Watch [B](https://b.example)\n"
        "- For the brave\n  - [C](https://c.example)\n- Just a remark"
    )
    first, second, label, third, rest = items
    assert first.note == "- Skip the end.\n- Why?" and second.verb == "watch"
    assert (label.text, third.resource, rest.text) == ("For the brave", "c", "- Just a remark")


@pytest.mark.parametrize(
    ("heading", "importance"),
    [
        ("## Preparation", "required"),
        ("### Supplemental Material", "supplemental"),
        ("### Supplementary Materials", "supplemental"),
        ("### Optional Supplemental Material", "supplemental"),
        ("**Supplemental:**", "supplemental"),
        ("Supplemental readings:", "supplemental"),
        ("Further reading:", "supplemental"),
        ("## Optional", "optional"),
        ("## Recommended Readings", "recommended"),
        ("## Something of mine", None),
    ],
)
def test_a_title_says_how_important_what_is_below_it_is(heading: str, importance: str | None) -> None:
    imported = read(f"{heading}\n\n- Read [A](https://a.example)\n")
    assert imported.unit.sections[0].importance == importance
    bare = readings("- [A](https://a.example)", heading)
    assert isinstance(bare[0], Reading if importance else Note)


@pytest.mark.parametrize(
    ("title", "day", "date", "name", "kind"),
    [
        ("Monday", "monday", None, None, "lecture"),
        ("Monday Class Meeting: Introduction", "monday", None, "Introduction", "lecture"),
        ("Wednesday class", "wednesday", None, None, "lecture"),
        ("Friday Lab", "friday", None, "Lab", "lab"),
        ("Fri. Spring Break", "friday", None, "Spring Break", "no_class"),
        ("Tues, Sept 23: Midterm", None, "2025-09-23", "Midterm", "exam"),
        ("2025-09-24 — Kick-off", None, "2025-09-24", "Kick-off", "lecture"),
        ("24 September (Wed)", None, "2025-09-24", None, "lecture"),
        ("Monday, September 23", "monday", None, "September 23", "lecture"),
        ("Lecture 3 (Thursday): Bores", "thursday", None, "Bores", "lecture"),
    ],
)
def test_a_title_says_when_the_class_meets(
    title: str, day: str | None, date: str | None, name: str | None, kind: str
) -> None:
    for shape in (
        "## Class Meetings\n\n### {}\n\nAbout it.\n",
        '{{{{% details summary="{}" %}}}}\nAbout it.\n{{{{% /details %}}}}\n',
    ):
        text = "---\ndate: 2025-09-22\n---\n## Class Meetings\n\n" + shape.format(title)
        (meeting,) = read(text).unit.meetings
        when = meeting.date.isoformat() if meeting.date else None
        assert (meeting.day, when, meeting.title, meeting.kind) == (day, date, name, kind)
        assert meeting.note == "About it."


def test_a_meeting_has_its_materials_and_what_is_to_be_read_for_it_is_asked() -> None:
    imported = read(
        "## Class\n\n<details><summary>Monday</summary>\n\nGuest lecture by the harbour master\n\nLinks:\n\n"
        "- [Slides](/slides/1.html)\n- Talk about [moons](https://m.example)\n- Read [A](https://a.example)\n\n</details>\n"
    )
    (meeting,) = imported.unit.meetings
    assert [one.url for one in meeting.materials] == ["/slides/1.html"] and meeting.kind == "guest"
    assert meeting.note == "Guest lecture by the harbour master\n\n- Talk about [moons](https://m.example)"
    (section,) = imported.unit.sections
    assert (section.title, section.importance, section.items[0].verb) == ("Monday", "required", "read")  # type: ignore[union-attr]


def test_objectives_come_in_groups_and_as_questions() -> None:
    unit = read(
        "Students who complete this unit will demonstrate that they can:\n\n- Springs:\n  - Tell spring from neap.\n"
        "- Draw a tide table\n  with care\n\n## Learning Objectives\n\n1. Why two bulges?\n"
    ).unit
    assert [(one.text, one.group, one.kind) for one in unit.objectives] == [
        ("Tell spring from neap.", "Springs", "statement"),
        ("Draw a tide table\nwith care", None, "statement"),
        ("Why two bulges?", None, "question"),
    ]
    linked = read(
        "## Preparation\n\nIf you can, watch these, and you will be able to:\n\n- [A](https://a.example)\n"
    ).unit
    assert not linked.objectives
