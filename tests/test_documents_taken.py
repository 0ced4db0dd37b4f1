"""What authors write is taken whole, in any of its forms, and written again so that it means the same."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.content.documents import dump_document, load_course, load_document, load_unit, schema_for
from service.domain.documents import (
    ChoiceGroup,
    CourseDocument,
    Meeting,
    Note,
    Objective,
    Quiz,
    Reading,
    ResourcesDocument,
    Section,
    Task,
    Term,
    UnitDocument,
)
from service.domain.mistakes import Rejected
from tests.bread import BREAD, changed, refused


def test_a_unit_with_one_of_everything_is_taken() -> None:
    unit = load_unit(BREAD)
    assert unit.unit.number == "3B"
    assert unit.unit.title == "Why dough rises"
    assert [type(item) for item in unit.sections[0].items] == [Reading, Reading, Note, Task, ChoiceGroup]
    assert unit.quizzes[1].penalty == Decimal("0.25")
    assert [question.key for question in unit.questions] == ["gas", "hydration", "wettest"]


def test_a_short_form_says_the_same_as_its_long_form() -> None:
    section = load_unit(BREAD).sections[0]
    film, choice = section.items[1], section.items[4]
    assert isinstance(film, Reading)
    assert isinstance(choice, ChoiceGroup)
    assert (film.key, film.verb, film.resource, film.minutes) == ("kneading-film", "watch", "kneading-film", 12)
    assert choice.options[0].items == (Reading(key="rye-paper", resource="rye-paper"),)
    assert load_unit(changed("sections", 0, "items", 2, to={"note": {"text": "Bring an **apron**."}})) == load_unit(
        BREAD
    )


@pytest.mark.parametrize(
    ("written", "key", "field"),
    [
        ("rye-paper", "rye-paper", "resource"),
        ("https://b.example/flour/Types%20of%20flour.html?x=1#top", "types-20of-20flour-html", "url"),
        ("https://b.example/", "b-example", "url"),
        ("/handouts/oven.pdf", "oven-pdf", "url"),
        ("Chapter 3 of the Bread Book", "chapter-3-of-the-bread-book", "title"),
    ],
)
def test_a_short_reading_takes_its_key_from_what_it_names(written: str, key: str, field: str) -> None:
    section = load_document(Section, {"key": "s", "title": "S", "items": [{"skim": written}]})
    assert section.items == (Reading(key=key, verb="skim", **{field: written}),)  # type: ignore[arg-type]


def test_a_title_in_another_script_has_a_key_all_the_same() -> None:
    section = load_document(
        Section, {"key": "s", "title": "S", "items": [{"read": "Хлеб и вода"}, {"read": "Вода и хлеб"}]}
    )
    first, second = section.items
    assert first.key != second.key
    assert load_document(Section, {"key": "s", "title": "S", "items": [{"read": "Хлеб и вода"}]}).items[0] == first


@pytest.mark.parametrize(
    ("written", "minutes"), [("90", 90), ("90m", 90), ("90 min", 90), ("1h30m", 90), ("1 h 30 min", 90), ("2h", 120)]
)
def test_a_time_limit_is_minutes_or_a_duration(written: str, minutes: int) -> None:
    assert (
        load_document(Quiz, {"key": "q", "title": "Q", "questions": ["a"], "time_limit": written}).time_limit == minutes
    )


def test_a_pass_mark_may_be_a_percentage() -> None:
    quiz = {"key": "q", "title": "Q", "questions": ["a"]}
    assert load_document(Quiz, {**quiz, "pass_mark": "60%"}).pass_mark == Decimal("0.6")
    assert load_document(Quiz, {**quiz, "pass_mark": "0.6"}).pass_mark == Decimal("0.6")


def test_a_deferred_quiz_reveals_after_submission_unless_it_says_otherwise() -> None:
    quiz = {"key": "q", "title": "Q", "questions": ["a"], "mode": "deferred"}
    assert load_document(Quiz, quiz).reveal == "after_submission"
    assert load_document(Quiz, {**quiz, "reveal": "never"}).reveal == "never"


def test_texts_that_other_readers_of_yaml_would_type_stay_as_written() -> None:
    for written in ("No", "1.50", "0123", "1:30", "=", "null", "2026-03-02", "yes"):
        assert load_unit(changed("unit", "title", to=written)).unit.title == written


def test_text_is_kept_as_written_but_for_empty_lines_around_it() -> None:
    written = "\n\n    code first\n\ttab\r\nand more  \n\n"
    assert load_document(Note, written).text == "    code first\n\ttab\nand more"


def test_json_with_its_own_types_says_the_same_as_text() -> None:
    assert load_unit(typed(BREAD)) == load_unit(BREAD)
    # Through real JSON, as the API gets it.
    assert load_unit(json.loads(json.dumps(typed(BREAD)))) == load_unit(BREAD)


def typed(raw: Any) -> Any:
    """The same with numbers and truths as JSON types them."""
    if isinstance(raw, dict):
        return {name: typed(value) for name, value in raw.items()}
    if isinstance(raw, list):
        return [typed(entry) for entry in raw]
    if raw in ("true", "false"):
        return raw == "true"
    for kind in (int, float):
        try:
            return kind(raw)
        except ValueError:
            continue
    return raw


def test_what_is_left_empty_is_left_out() -> None:
    unit = changed("unit", "summary", to=None)
    unit["terms"] = None
    assert load_unit(unit).unit.summary is None
    assert load_unit(unit).terms == ()


def test_a_unit_may_use_the_resources_of_its_course() -> None:
    resources = {"oven-manual": {"title": "The Oven", "see_also": ["oven-film"]}, "oven-film": {"title": "The Film"}}
    shared = load_document(ResourcesDocument, {"format": "hornbook/resources@1", "resources": resources}).resources
    unit = changed("sections", 0, "items", 0, "resource", to="oven-manual")
    assert load_unit(unit, shared).sections
    assert [mistake.pointer for mistake in refused(unit)] == ["/sections/0/items/0/resource"]


def test_a_course_is_taken() -> None:
    course = load_course(
        {"format": "hornbook/course@1", "key": "baking", "title": "Baking", "time_zone": "Europe/Paris"}
    )
    assert course == CourseDocument(
        format="hornbook/course@1", key="baking", title="Baking", time_zone="Europe/Paris", visibility="private"
    )


def test_documents_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_unit(BREAD).unit.title = "x"  # type: ignore[misc]


def test_a_meeting_is_on_a_day_or_a_date() -> None:
    assert load_document(Meeting, {"key": "m", "date": "2026-03-04"}).date is not None
    with pytest.raises(Rejected, match="A `week` goes with a `day`"):
        load_document(Meeting, {"key": "m", "date": "2026-03-04", "week": "2"})


def test_a_term_has_a_key_made_of_it() -> None:
    assert load_document(Term, {"term": "Baker’s percentage", "text": "x"}).key == "bakers-percentage"


def test_what_was_taken_is_written_so_that_it_is_taken_again() -> None:
    unit = load_unit(BREAD)
    written = dump_document(unit)
    assert load_unit(written) == unit
    assert load_unit(json.loads(json.dumps(written))) == unit
    assert dump_document(load_unit(written)) == written
    assert "status" not in written["quizzes"][0]
    assert written["quizzes"][1]["draw"][0]["from"] == ["gas", "wettest"]
    assert written["quizzes"][1]["penalty"] == "0.25"
    assert written["questions"][0]["kind"] == "single_choice"


def test_a_decimal_is_written_as_it_was() -> None:
    for points in ("1", "1.0", "1.50", "0.5"):
        written = dump_document(load_unit(changed("questions", 2, "points", to=points)))
        assert written["questions"][2].get("points", "1") == points


KEYS = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,3}){0,2}", fullmatch=True)
LINES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30).map(
    lambda text: text.strip()
).filter(bool)  # fmt: skip
WORDS = st.sampled_from(["required", "recommended", "optional", "supplemental"])
MINUTES = st.none() | st.integers(0, 300)
READINGS = st.builds(
    Reading,
    key=KEYS,
    resource=st.none(),
    title=LINES,
    url=st.none() | st.sampled_from(["https://b.example/a", "/a"]),
    verb=st.none() | st.sampled_from(["read", "skim", "do"]),
    importance=st.none() | WORDS,
    portion=st.none() | LINES,
    locator=st.none(),
    note=st.none() | LINES,
    minutes=MINUTES,
    condition=st.none() | LINES,
    due=st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    guiding_questions=st.lists(LINES, max_size=2).map(tuple),
    objectives=st.lists(KEYS, max_size=2).map(tuple),
    extension_of=st.none(),
    before=st.just(()),
    source=st.none(),
)
SECTIONS = st.builds(
    Section,
    key=KEYS,
    title=LINES,
    intro=st.none() | LINES,
    verb=st.none(),
    importance=st.none() | WORDS,
    objectives=st.just(()),
    items=st.lists(
        READINGS
        | st.builds(Note, key=st.none() | KEYS, text=LINES, source=st.none())
        | st.builds(Task, key=KEYS, title=LINES, url=st.none(), note=st.none(), due=st.none(), source=st.none()),
        max_size=4,
    ).map(tuple),
    source=st.none(),
)
QUIZZES = st.builds(
    Quiz,
    key=KEYS,
    title=LINES,
    intro=st.none() | LINES,
    mode=st.sampled_from(["immediate", "practice"]),
    reveal=st.sampled_from(["after_each", "after_submission", "never"]),
    tries=st.none() | st.integers(1, 9),
    penalty=st.decimals(0, 1, places=2),
    attempts=st.none() | st.integers(1, 9),
    questions=st.lists(KEYS, min_size=1, max_size=3, unique=True).map(tuple),
    draw=st.just(()),
    opens=st.none()
    | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)),  # noqa: DTZ001
    closes=st.none(),
    time_limit=st.none() | st.integers(1, 600),
    pass_mark=st.none() | st.decimals(0, 1, places=3),
    source=st.none(),
)


@given(SECTIONS | QUIZZES)
def test_whatever_can_be_written_is_read_back_the_same(document: Section | Quiz) -> None:
    written = dump_document(document)
    again = load_document(type(document), json.loads(json.dumps(written)))
    assert again == document
    assert dump_document(again) == written


def test_the_schema_of_a_document_is_marshmallows_and_has_its_name() -> None:
    schema = schema_for(UnitDocument)
    assert schema is schema_for(UnitDocument)
    assert issubclass(schema, ma.Schema)
    assert schema.__name__ == "UnitDocument"
    assert schema().load(BREAD) == load_unit(BREAD)


def test_the_schema_refuses_in_marshmallows_way() -> None:
    with pytest.raises(ma.ValidationError) as caught:
        schema_for(Objective)().load({"key": "Bake It", "text": "Bake.", "kind": "x"})
    assert isinstance(caught.value.messages, dict)
    assert caught.value.messages["key"]["_schema"] == [
        "A key has small letters, digits and hyphens; “bake-it” would be one."
    ]
    assert "none of statement, question" in caught.value.messages["kind"]["_schema"][0]


def test_no_two_classes_of_documents_share_a_name() -> None:
    seen: dict[str, type] = {}
    waiting: list[type[Any]] = [UnitDocument, CourseDocument, ResourcesDocument]
    while waiting:
        document = waiting.pop()
        assert seen.setdefault(document.__name__, document) is document
        for field in schema_for(document)().fields.values():
            waiting += [one for one in inside(field) if seen.get(one.__name__) is not one]
    assert {"Reading", "ChoiceGroup", "NumericQuestion", "ShortTextPart", "Meeting", "Term"} <= seen.keys()


def inside(field: Any) -> list[type[Any]]:
    """The document classes a field may hold."""
    if hasattr(field, "inner"):
        return inside(field.inner)
    if hasattr(field, "value_field"):
        return inside(field.value_field)
    parts = [getattr(field, "part", None), getattr(field, "bare", None)]
    parts += [*getattr(field, "kinds", {}).values(), *getattr(field, "wrapped", {}).values()]
    return [part().document for part in parts if part is not None]
