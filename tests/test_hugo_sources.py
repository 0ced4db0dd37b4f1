"""What Hugo pages are written in: shortcodes, links, hidden text, what they say of themselves, which are units."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.content.documents import dump_document
from service.domain.documents import Note
from service.interchange.hugo import is_unit_page, load_vocabulary, read_page
from service.seeding.loader import SeedRefused
from tests.test_hugo_reading import PAGE, read


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ('{{< fastbook num="2" nbname="02.ipynb" >}}', "https://github.com/fastai/fastbook/blob/master/02.ipynb"),
        ('[Lab]({{< ref "lab" >}})', "/units/04tides/lab"),
        ('[Lab]({{< relref "../05moons/_index.md" >}})', "/units/05moons/"),
        ("[sheet](sheet.docx)", "/units/04tides/sheet.docx"),
        ("{{< youtube abc >}}", "https://www.youtube.com/watch?v=abc"),
        ("[a][b]\n\n[b]: https://b.example 'B'", "https://b.example"),
        ("[[a](https://b.example)](https://c.example)", "https://b.example"),
        ("[a]([b.pdf](https://b.example/b.pdf))", "https://b.example/b.pdf"),
        ("[a]( [b c](https://b.example/b.pdf) )", "https://b.example/b.pdf"),
        ("[a] (https://b.example)", "https://b.example"),
        ("(a)[https://b.example]", "https://b.example"),
        ("[a](https://b.example/c d.pdf)", "https://b.example/c%20d.pdf"),
        ('<a href="https://b.example">a</a>', "https://b.example"),
        ('<iframe src="https://b.example/v"></iframe>', "https://b.example/v"),
        ("www: <https://b.example>", "https://b.example"),
    ],
)
def test_links_and_shortcodes_lead_where_they_were_meant_to(written: str, becomes: str) -> None:
    unit = read(f"## Preparation\n\n- Read {written}\n").unit
    assert [one.url for one in unit.resources.values()] == [becomes]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("<!-- SECRET", "no end"),
        ("{{% next-year %}}\nSECRET", "no end"),
        ("{{% next-year %}}{{% next-year %}}a{{% /next-year %}}SECRET{{% /next-year %}}", None),
        ("<!-- {{% next-year %}} -->SECRET{{% /next-year %}}", None),
        ('{{< todo "SECRET" >}}', None),
        ('<p style="display: none">SECRET</p>', None),
        ("[//]: # (SECRET)", None),
        ("```html\n<!-- SECRET -->\n```", None),
        ('<a href="javascript:SECRET">a</a>', None),
    ],
)
def test_what_is_hidden_is_never_shown(written: str, told: str | None) -> None:
    imported = read(f"## Preparation\n\n- Read [A](https://a.example)\n\n{written}\n")
    said = json.dumps(dump_document(imported.unit))
    assert "SECRET" not in said.replace("javascript:SECRET", "") and "a.example" in said
    assert [one.message for one in imported.report.findings if told and told in one.message] or told is None


def test_an_unknown_shortcode_is_a_warning_at_its_line_and_stays_as_a_text() -> None:
    imported = read('## Preparation\n\n{{< chart "tides" >}}\n\n{{% wide %}}Inside.{{% /wide %}}\n')
    assert [(one.line, "not known here" in one.message) for one in imported.report.findings] == [(3, True), (5, True)]
    (note,) = imported.unit.sections[0].items
    assert isinstance(note, Note) and note.text == '`{{< chart "tides" >}}`\n\nInside.'


@pytest.mark.parametrize(
    ("front", "number", "title", "starts"),
    [
        ('---\ntitle: "Week 3 - Moons"\n---\n', "3", "Moons", None),
        ("+++\ntitle = 'Module 2: Moons'\ndate = 2025-01-02T10:00:00Z\n+++\n", "2", "Moons", "2025-01-02"),
        ('{\n"title": "W1D2: Moons"\n}\n', "W1D2", "Moons", None),
        ("# Lecture 7: Moons\n", "7", "Moons", None),
        ("---\ntitle: Moons: an overview\nweight: 9\n---\n", "4", "Moons: an overview", None),
        ("---\ntitle: *broken\n", "4", "04tides", None),
    ],
)
def test_a_page_says_its_number_and_title(front: str, number: str, title: str, starts: str | None) -> None:
    head = read(front + "\nText.\n").unit.unit
    assert (head.number, head.title, head.starts and str(head.starts)) == (number, title, starts)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("content/units/11generation/_index.md", "generation"),
        ("unit-11-generation.md", "generation"),
        ("week03/index.en.md", "week03"),
        ("units/introduction/_index.md", "introduction"),
        ("2A.md", "2a"),
    ],
)
def test_the_key_of_a_unit_is_what_its_page_is_called(path: str, key: str) -> None:
    assert read_page("Text.\n", path).unit.unit.key == key


def test_sections_of_the_same_title_are_told_apart_by_what_they_are_in_and_never_by_their_order() -> None:
    weeks = [
        "## Ebb\n\n### Readings\n\n- [A](https://a.example)\n",
        "## Flow\n\n### Readings\n\n- [B](https://b.example)\n",
    ]
    first, second = (read("\n".join(order)).unit.sections for order in (weeks, weeks[::-1]))
    assert {one.key for one in first} == {one.key for one in second} and len({one.key for one in first}) == 4
    by_key = {one.key: one.items for one in second}
    assert all(by_key[one.key] == () or by_key[one.key][0].key == one.items[0].key for one in first)


def test_pages_of_units_are_told_from_others() -> None:
    assert is_unit_page(PAGE, "x/_index.md") and is_unit_page("## Readings\n\n- [A](https://a.example)\n", "x.md")
    assert is_unit_page("---\ntitle: Week 2\n---\n\n- Read [A](https://a.example)\n", "x.md")
    assert not is_unit_page("---\ntitle: Units\n---\n\nAll units.\n", "_index.md")
    assert not is_unit_page("# Syllabus\n\n## Grading\n\nFair.\n", "syllabus.md")


def test_other_words_are_given_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("format: hornbook/vocabulary@1\nverbs:\n  - {means: read, words: [lies]}\n")
    vocabulary = load_vocabulary(file)
    imported = read_page("## Preparation\n\n- Lies [A](https://a.example)\n", "x.md", vocabulary)
    assert imported.unit.sections[0].items[0].verb == "read"  # type: ignore[union-attr]
    file.write_text("format: hornbook/vocabulary@1\nverbs:\n  - {means: eat, words: [isst]}\n")
    with pytest.raises(SeedRefused) as refused:
        load_vocabulary(file)
    assert str(refused.value).startswith(f"{file}:3:")
