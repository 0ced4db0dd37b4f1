"""What a unit asks of a student: what is inherited, what counts, and that doing more never sets anybody back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.completion import Standing
from service.domain.documents import (
    Bundle,
    ChoiceGroup,
    Importance,
    Item,
    Note,
    Quiz,
    Reading,
    Resource,
    Section,
    Task,
    UnitDocument,
    UnitHead,
)
from service.domain.outline import Outline, PlacedReading, completion, outline
from service.domain.references import mistakes_across


def unit(*items: Item, quizzes: tuple[Quiz, ...] = (), **section: Any) -> UnitDocument:
    """A unit with one section that holds these."""
    return UnitDocument(
        format="hornbook/unit@1",
        unit=UnitHead(key="u", title="U"),
        resources={"film": Resource(kind="video", title="The Film", url="https://b.example/film")},
        sections=(Section(key="first", title="First", items=items, **section),),
        quizzes=quizzes,
    )


def reading(key: str, **fields: Any) -> Reading:
    """A reading of ten minutes."""
    return Reading(**{"key": key, "title": key.title(), "minutes": 10, **fields})


def choice(*options: tuple[Reading, ...], **fields: Any) -> ChoiceGroup:
    """A choice between bundles named `a`, `b` and so on."""
    bundles = tuple(Bundle(key="abcdef"[index], items=items) for index, items in enumerate(options))
    return ChoiceGroup(**{"key": "choice", "prompt": "Which?", "options": bundles, **fields})


def quiz(key: str, **fields: Any) -> Quiz:
    """A quiz that is required."""
    return Quiz(**{"key": key, "title": key.title(), "importance": "required", "questions": ("q",), **fields})


def placed(item: Item, **section: Any) -> PlacedReading:
    """The last reading of a unit that holds this alone."""
    return outline(unit(item, **section)).readings[-1]


def counting(*items: Item, **section: Any) -> list[str]:
    """The readings on which completion may depend."""
    return [one.key for one in outline(unit(*items, **section)).readings if one.counts]


# --------------------------------------------------------------------------------------------------- inheritance


@pytest.mark.parametrize(
    ("item", "section", "verb", "importance"),
    [
        (reading("r"), {}, "read", "required"),
        (reading("r"), {"verb": "skim", "importance": "supplemental"}, "skim", "supplemental"),
        (reading("r", verb="do", importance="required"), {"verb": "skim", "importance": "optional"}, "do", "required"),
        (choice((reading("r"),)), {"verb": "skim", "importance": "optional"}, "skim", "optional"),
        (choice((reading("r"),), verb="watch", importance="required"), {"importance": "optional"}, "watch", "required"),
        (choice((reading("r", verb="do"),), verb="watch"), {}, "do", "required"),
        (reading("r", extension_of="s"), {}, "read", "extension"),
        (reading("r", extension_of="s", importance="optional"), {}, "read", "optional"),
    ],
)
def test_what_a_reading_leaves_out_comes_from_its_choice_or_section(
    item: Item, section: dict[str, Any], verb: str, importance: str
) -> None:
    found = placed(item, **section)
    assert (found.verb, found.importance) == (verb, importance)


def test_objectives_of_reading_choice_and_section_add_up() -> None:
    found = placed(choice((reading("r", objectives=("own", "all")),), objectives=("group",)), objectives=("all",))
    assert found.objectives == ("own", "all", "group")


def test_what_is_read_before_is_optional_and_stands_before() -> None:
    earlier = reading("earlier", before=(reading("earliest"),))
    found = outline(unit(reading("r", before=(earlier,)), reading("s"))).readings
    assert [(one.key, one.parent, one.importance) for one in found] == [
        ("earliest", "earlier", "optional"),
        ("earlier", "r", "optional"),
        ("r", None, "required"),
        ("s", None, "required"),
    ]
    assert found[0].path == ("sections", 0, "items", 0, "before", 0, "before", 0)


def test_a_reading_knows_its_place() -> None:
    found = placed(choice((reading("r"),), (reading("s"),)))
    assert (found.section, found.section_title, found.group, found.option) == ("first", "First", "choice", "b")
    assert found.path == ("sections", 0, "items", 0, "choose", "options", 1, "items", 0)


def test_a_reading_has_its_resource_whoever_describes_it() -> None:
    film = placed(reading("r", resource="film", title=None))
    assert (film.resource_key, film.title) == ("film", "The Film")
    shared = {"film": Resource(title="Another"), "song": Resource(title="The Song")}
    both = outline(unit(reading("r", resource="film"), reading("s", resource="song", title=None)), shared).readings
    assert [one.resource.title for one in both if one.resource] == ["The Film", "The Song"]
    assert [one.title for one in both] == ["R", "The Song"]


def test_a_reading_with_an_address_of_its_own_has_a_resource_made_for_it() -> None:
    found = placed(reading("r", title=None, url="https://b.example/a"))
    assert found.resource == Resource(title="b.example/a", url="https://b.example/a")
    assert (found.resource_key, found.title) == ("r", "b.example/a")


def test_a_reading_without_any_resource_has_its_title() -> None:
    found = placed(reading("r", title="Chapter 3"))
    assert (found.resource_key, found.resource, found.title) == (None, None, "Chapter 3")


# ------------------------------------------------------------------------------------------------------ what counts


@pytest.mark.parametrize("importance", ["recommended", "optional", "supplemental", "extension"])
def test_only_what_is_required_counts(importance: Importance) -> None:
    assert counting(reading("r", importance=importance), reading("s")) == ["s"]
    assert counting(reading("r"), importance=importance) == []
    assert counting(choice((reading("r"), reading("s", importance=importance)))) == ["r"]
    assert counting(choice((reading("r"),), importance=importance)) == []
    assert counting(choice((reading("r", importance="required"),), importance=importance)) == []


def test_what_is_read_before_and_extensions_never_count() -> None:
    assert counting(reading("r", before=(reading("s", importance="required"),))) == ["r"]
    assert counting(reading("r"), reading("s", extension_of="r", importance="required")) == ["r"]


def test_notes_and_tasks_ask_for_nothing() -> None:
    assert outline(unit(Note(text="x"), Task(key="t", title="T", importance="required"))).requirements == []


def test_requirements_stand_in_the_order_of_the_page_and_quizzes_after_them() -> None:
    asked = outline(
        unit(
            reading("one"),
            choice((reading("two"), reading("more", importance="extension")), (reading("three"),)),
            reading("four", minutes=None),
            quizzes=(quiz("check"), quiz("extra", importance="optional"), quiz("later", status="draft")),
        )
    ).requirements
    assert asked == [
        {"kind": "reading", "id": "one", "title": "One", "min": 1, "options": [[{"id": "one", "minutes": 10}]]},
        {
            "kind": "group",
            "id": "choice",
            "title": "Which?",
            "min": 1,
            "options": [[{"id": "two", "minutes": 10}], [{"id": "three", "minutes": 10}]],
        },
        {"kind": "reading", "id": "four", "title": "Four", "min": 1, "options": [[{"id": "four", "minutes": 0}]]},
        {"kind": "quiz", "id": "check", "title": "Check", "min": 0, "options": []},
    ]


def test_a_choice_of_none_asks_for_nothing() -> None:
    assert outline(unit(choice((reading("r"),), min=0))).requirements == []


def test_an_option_in_which_nothing_counts_would_be_done_at_once_and_is_refused() -> None:
    idle = unit(choice((reading("r"),), (reading("s", importance="optional"),)))
    assert [one.path for one in mistakes_across(idle)] == [("sections", 0, "items", 0, "choose", "options", 1)]
    assert mistakes_across(unit(choice((reading("s", importance="optional"),), importance="optional"))) == []


# ------------------------------------------------------------------------------------------------------- completion

WEEK = outline(
    unit(
        reading("one"),
        reading("spare", importance="optional"),
        choice(
            (reading("two", minutes=30), reading("more", extension_of="two")),
            (reading("three"), reading("four", minutes=5)),
            (reading("five", minutes=40),),
            min=2,
        ),
        quizzes=(quiz("check"),),
    )
)


@pytest.mark.parametrize(
    ("done", "finished", "fulfilled", "minutes_left"),
    [
        ("", "", [], 10 + 15 + 30),
        ("one", "", ["one"], 45),
        ("spare more", "", [], 55),
        ("one three", "", ["one"], 5 + 30),
        ("one three four", "", ["one"], 30),
        ("one two five", "", ["one", "choice"], 0),
        ("one two three four", "", ["one", "choice"], 0),
        ("two three four five", "check", ["choice", "check"], 10),
        ("one two five", "check", ["one", "choice", "check"], 0),
        ("one two five", "other", ["one", "choice"], 0),
    ],
)
def test_completion_asks_for_readings_enough_options_and_quizzes(
    done: str, finished: str, fulfilled: list[str], minutes_left: int
) -> None:
    standing = completion(WEEK, set(done.split()), set(finished.split()))
    assert [one.id for one in standing.requirements if one.done] == fulfilled
    assert (standing.done, standing.total, standing.minutes_left) == (len(fulfilled), 3, minutes_left)
    assert standing.complete is (len(fulfilled) == 3)


def test_a_unit_that_asks_for_nothing_is_complete() -> None:
    assert completion(outline(unit(reading("r", importance="optional"))), set(), set()).complete


# ------------------------------------------------------------------------------------------------------- properties

IMPORTANCES = st.sampled_from([None, None, None, "required", "recommended", "optional", "supplemental", "extension"])


@st.composite
def units(draw: st.DrawFn) -> UnitDocument:
    """Units with readings (some after others) and choices, all keys different."""
    numbers = iter(range(1000))

    def one() -> Reading:
        before = tuple(reading(f"r{next(numbers)}") for _ in range(draw(st.integers(0, 1))))
        minutes = draw(st.none() | st.integers(0, 60))
        return reading(f"r{next(numbers)}", importance=draw(IMPORTANCES), minutes=minutes, before=before)

    def several() -> ChoiceGroup:
        options = [tuple(one() for _ in range(draw(st.integers(1, 3)))) for _ in range(draw(st.integers(1, 4)))]
        least = draw(st.integers(0, len(options)))
        return choice(*options, key=f"c{next(numbers)}", min=least, importance=draw(IMPORTANCES))

    items = [several() if draw(st.booleans()) else one() for _ in range(draw(st.integers(0, 5)))]
    quizzes = tuple(
        quiz(f"q{index}", importance=draw(IMPORTANCES) or "required") for index in range(draw(st.integers(0, 2)))
    )
    return unit(*items, quizzes=quizzes, importance=draw(IMPORTANCES))


def keys(asked: Outline) -> list[str]:
    return [one.key for one in asked.readings]


def not_worse(before: Standing, after: Standing) -> bool:
    pairs = list(zip(before.requirements, after.requirements, strict=True))
    return all(late.done >= early.done and late.minutes_left <= early.minutes_left for early, late in pairs)


@given(units(), st.data())
def test_doing_more_never_sets_anybody_back(document: UnitDocument, data: st.DataObject) -> None:
    asked = outline(document)
    done, more = (data.draw(st.sets(st.sampled_from(keys(asked) or ["x"]))) for _ in range(2))
    assert not_worse(completion(asked, done, {"q0"}), completion(asked, done | more, {"q0", "q1"}))


@given(units(), st.data())
def test_what_does_not_count_changes_nothing(document: UnitDocument, data: st.DataObject) -> None:
    asked = outline(document)
    done = data.draw(st.sets(st.sampled_from(keys(asked) or ["x"])))
    idle = {one.key for one in asked.readings if not one.counts}
    assert (
        completion(asked, done, set()) == completion(asked, done | idle, set()) == completion(asked, done - idle, set())
    )


@given(units())
def test_everything_done_is_complete_and_nothing_left(document: UnitDocument) -> None:
    asked = outline(document)
    standing = completion(asked, keys(asked), {"q0", "q1"})
    assert standing.complete
    assert standing.minutes_left == 0


@given(units())
def test_every_reading_is_placed_once_at_its_path(document: UnitDocument) -> None:
    asked = outline(document)
    assert len(set(keys(asked))) == len(keys(asked))
    for one in asked.readings:
        found: Any = document
        for step in one.path:
            found = found if step == "choose" else found[step] if isinstance(step, int) else getattr(found, step)
        assert found is one.reading


@given(units())
def test_a_unit_without_its_weaker_readings_asks_for_the_same(document: UnitDocument) -> None:
    (section,) = document.sections
    asked = outline(document)
    strong = tuple(item for item in section.items if not isinstance(item, Reading) or asked.placed[item.key].counts)
    assert outline(replace(document, sections=(replace(section, items=strong),))).requirements == asked.requirements
