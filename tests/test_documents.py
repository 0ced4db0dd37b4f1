"""The gate: what authors write is refused with every mistake at its place and in plain words."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.content.documents import dump_document, load_course, load_document, load_unit
from service.domain.documents import Resource, ResourcesDocument
from service.domain.mistakes import Rejected
from tests.bread import BREAD, CHOICE, FILM, GONE, Json, changed, pointer, refused

DAMAGE: list[tuple[str, tuple[str | int, ...], object, tuple[str | int, ...], str]] = [
    # what, where, what stands there then, where the mistake is, what it says
    ("another format", ("format",), "hornbook/unit@2", ("format",), "hornbook/unit@1"),
    ("no format", ("format",), GONE, ("format",), "`format` is missing"),
    ("no head", ("unit",), GONE, ("unit",), "`unit` is missing"),
    ("no title", ("unit", "title"), GONE, ("unit", "title"), "`title` is missing"),
    ("empty title", ("unit", "title"), None, ("unit", "title"), "`title` is missing"),
    ("blank title", ("unit", "title"), "  ", ("unit", "title"), "empty"),
    ("title on two lines", ("unit", "title"), "a\nb", ("unit", "title"), "one line"),
    ("title too long", ("unit", "title"), "x" * 301, ("unit", "title"), "301 characters, and at most 300"),
    ("NUL", ("unit", "title"), "a\x00b", ("unit", "title"), "U+0000"),
    ("half a pair", ("unit", "summary"), "a\ud800b", ("unit", "summary"), "U+D800"),
    ("bell", ("unit", "summary"), "a\x07b", ("unit", "summary"), "U+0007"),
    ("list for text", ("unit", "title"), ["a"], ("unit", "title"), "not a list"),
    ("truth for text", ("unit", "title"), True, ("unit", "title"), "not true or false"),
    ("unknown field", ("unit", "colour"), "red", ("unit", "colour"), "Unknown field `colour`; there are key,"),
    ("field with a slip", ("unit", "sumary"), "x", ("unit", "sumary"), "did you mean `summary`?"),
    ("unknown part", ("questoins",), [], ("questoins",), "did you mean `questions`?"),
    ("capital key", ("unit", "key"), "Bread Dough", ("unit", "key"), "“bread-dough” would be one"),
    ("unknown status", ("unit", "status"), "publishd", ("unit", "status"), "did you mean “published”?"),
    ("word for number", ("unit", "position"), "third", ("unit", "position"), "whole number"),
    ("decimal for whole", ("unit", "position"), "3.0", ("unit", "position"), "whole number"),
    ("truth for number", ("unit", "position"), True, ("unit", "position"), "whole number"),
    ("number too large", ("unit", "position"), "9" * 30, ("unit", "position"), "from -1000000 to 1000000"),
    ("no such day", ("unit", "starts"), "2026-02-30", ("unit", "starts"), "no such day"),
    ("date the other way", ("unit", "starts"), "02.03.2026", ("unit", "starts"), "like 2026-03-21"),
    ("far away", ("unit", "starts"), "0001-01-01", ("unit", "starts"), "between 1900 and 2200"),
    ("ends before it starts", ("unit", "ends"), "2026-03-01", ("unit", "ends"), "before the beginning (2026-03-02)"),
    ("number for a list", ("objectives",), "3", ("objectives",), "A list is needed"),
    ("empty entry", ("objectives", 2), None, ("objectives", 2), "This entry is empty"),
    ("text for fields", ("objectives", 2), "Bake.", ("objectives", 2), "Fields are needed here (`key`, `text`,"),
    ("objective twice", ("objectives", 2), {"key": "explain-yeast", "text": "x"}, ("objectives", 2, "key"), "its own"),
    ("list for names", ("resources",), [], ("resources",), "Names are needed here"),
    ("name without fields", ("resources", "x"), None, ("resources", "x"), "`x` is empty"),
    ("key of a resource", ("resources", "Rye Two"), {"title": "x"}, ("resources", "Rye Two"), "“rye-two” would be"),
    ("isbn", ("resources", "bread-book", "isbn"), "123", ("resources", "bread-book", "isbn"), "10 or 13 digits"),
    ("doi", ("resources", "rye-paper", "doi"), "doi:10", ("resources", "rye-paper", "doi"), "a DOI like"),
    ("no address", ("resources", "rye-paper", "url"), "b.example/x", ("resources", "rye-paper", "url"), "https://b.ex"),
    ("unknown relation", ("resources", "spelt-more", "extends"), "spelt-papr", ("resources", "spelt-more", "extends"),
     "did you mean “spelt-paper”?"),
    ("itself", ("resources", "rye-paper", "see_also"), ["rye-paper"], ("resources", "rye-paper", "see_also", 0),
     "itself"),
    ("bare text", ("sections", 0, "items", 5), "Hello", ("sections", 0, "items", 5), "Begin this with what it is"),
    ("choose with company", ("sections", 0, "items", 4, "title"), "x", CHOICE, "`choose` stands alone"),
    ("slip in choose", ("sections", 0, "items", 5), {"chose": {}}, ("sections", 0, "items", 5, "chose"), "`choose`?"),
    ("slip in a verb", ("sections", 0, "items", 5), {"wacth": "rye-paper"}, ("sections", 0, "items", 5, "wacth"),
     "`watch`?"),
    ("two verbs", (*FILM, "skim"), "rye-paper", (*FILM, "skim"), "does not go with the other fields"),
    ("verb with fields", ("sections", 0, "items", 5), {"read": {"title": "x"}}, ("sections", 0, "items", 5, "resource"),
     "A text is needed here, not fields"),
    ("verb with nothing", ("sections", 0, "items", 5), {"read": None}, ("sections", 0, "items", 5), "Say what to read"),
    ("nothing to read", (*FILM, "before", 0, "resource"), GONE, (*FILM, "before", 0), "Say what to read"),
    ("no key", ("sections", 0, "items", 0, "key"), GONE, ("sections", 0, "items", 0, "key"), "`key` is missing"),
    ("resource and address", (*FILM, "url"), "/x", (*FILM, "url"), "leave it out here"),
    ("unknown resource", ("sections", 0, "items", 0, "resource"), "yeast-chaptre",
     ("sections", 0, "items", 0, "resource"), "There is no resource “yeast-chaptre”; did you mean “yeast-chapter”?"),
    ("unknown objective", ("sections", 0, "items", 0, "objectives"), ["explain-yest"],
     ("sections", 0, "items", 0, "objectives", 0), "did you mean “explain-yeast”?"),
    ("objective named twice", ("sections", 0, "items", 0, "objectives"), ["explain-yeast", "explain-yeast"],
     ("sections", 0, "items", 0, "objectives", 1), "in this list twice"),
    ("too many minutes", (*FILM, "minutes"), "100000", (*FILM, "minutes"), "whole number of minutes"),
    ("required before", (*FILM, "before", 0, "importance"), "required", (*FILM, "before", 0, "importance"),
     "never counts"),
    ("required extension", (*CHOICE, "options", 1, "items", 1, "importance"), "required",
     (*CHOICE, "options", 1, "items", 1, "importance"), "An extension never counts"),
    ("derived key taken", ("sections", 0, "items", 5), {"read": "kneading-film"}, ("sections", 0, "items", 5, "key"),
     "Another reading has the key “kneading-film”"),
    ("extends nothing", (*CHOICE, "options", 1, "items", 1, "extension_of"), "skim-spellt",
     (*CHOICE, "options", 1, "items", 1, "extension_of"), "did you mean “skim-spelt”?"),
    ("extends itself", (*CHOICE, "options", 1, "items", 1, "extension_of"), "skim-more",
     (*CHOICE, "options", 1, "items", 1, "extension_of"), "extends itself"),
    ("more than there is", (*CHOICE, "min"), "3", (*CHOICE, "min"), "only 2 options"),
    ("max below min", (*CHOICE, "max"), "0", (*CHOICE, "max"), "`max` is at least `min`"),
    ("max above all", (*CHOICE, "max"), "9", (*CHOICE, "max"), "only 2 options"),
    ("option without readings", (*CHOICE, "options", 1, "items"), [], (*CHOICE, "options", 1, "items"), "empty"),
    ("option of extras", (*CHOICE, "options", 0), {"read": "rye-paper", "importance": "optional"},
     (*CHOICE, "options", 0), "Nothing here counts"),
    ("option twice", (*CHOICE, "options", 1, "key"), "rye-paper", (*CHOICE, "options", 1, "key"), "Another option"),
    ("no day", ("meetings", 0, "day"), GONE, ("meetings", 0), "Say when"),
    ("unknown day", ("meetings", 0, "day"), "mondy", ("meetings", 0, "day"), "did you mean “monday”?"),
    ("unknown material", ("meetings", 0, "materials", 0), "film", ("meetings", 0, "materials", 0, "resource"),
     "no resource"),
    ("datum of no name", ("stimuli", 0, "data", "a b"), ["1"], ("stimuli", 0, "data", "a b"), "small letters"),
    ("no kind", ("questions", 0, "kind"), GONE, ("questions", 0, "kind"), "`kind` is missing: write one of"),
    ("unknown kind", ("questions", 0, "kind"), "singel_choice", ("questions", 0, "kind"),
     "did you mean “single_choice”?"),
    ("field of another kind", ("questions", 0, "answer"), "x", ("questions", 0, "answer"), "Unknown field `answer`"),
    ("truth written loosely", ("questions", 0, "choices", 0, "correct"), "yes",
     ("questions", 0, "choices", 0, "correct"), "Write `true`, not “yes”"),
    ("nothing right", ("questions", 0, "choices", 0, "correct"), GONE, ("questions", 0, "choices"),
     "Exactly one choice"),
    ("decimal comma", ("questions", 2, "points"), "1,5", ("questions", 2, "points"), "decimal point"),
    ("infinity", ("questions", 2, "points"), "inf", ("questions", 2, "points"), "a number like 0.25"),
    ("exponent", ("questions", 2, "points"), "1e9999", ("questions", 2, "points"), "400"),
    ("unknown name", ("questions", 1, "answer", "expr"), "watr / 500", ("questions", 1, "answer", "expr"), "“water”?"),
    ("formula", ("questions", 1, "answer", "expr"), "water /", ("questions", 1, "answer", "expr"), "formula"),
    ("unknown stimulus", ("questions", 2, "stimulus"), "dough", ("questions", 2, "stimulus"), "did you mean “doughs”?"),
    ("unknown passage", ("questions", 0, "answers_from", 0, "reading"), "chapte",
     ("questions", 0, "answers_from", 0, "reading"), "no reading “chapte”; did you mean “chapter”?"),
    ("unknown group", ("questions", 1, "answers_from", 0, "reading_group"), "grains",
     ("questions", 1, "answers_from", 0, "reading_group"), "no choice group “grains”; did you mean “grain”?"),
    ("question twice", ("questions", 3), {"key": "gas", "kind": "open", "stem": "Why?"}, ("questions", 3, "key"),
     "Another question"),
    ("unknown question", ("quizzes", 0, "questions", 1), "hydratoin", ("quizzes", 0, "questions", 1), "“hydration”?"),
    ("asked twice", ("quizzes", 0, "questions", 1), "gas", ("quizzes", 0, "questions", 1), "in this list twice"),
    ("nothing asked", ("quizzes", 0, "questions"), GONE, ("quizzes", 0), "Say what is asked"),
    ("pool too small", ("quizzes", 1, "draw", 0, "take"), "3", ("quizzes", 1, "draw", 0, "take"),
     "cannot be drawn from 2"),
    ("few fit", ("quizzes", 1, "draw", 1, "take"), "2", ("quizzes", 1, "draw", 1, "take"), "only one question fits"),
    ("no pool", ("quizzes", 1, "draw", 0, "from"), GONE, ("quizzes", 1, "draw", 0), "Say where to draw from"),
    ("where nothing", ("quizzes", 1, "draw", 1, "where"), {}, ("quizzes", 1, "draw", 1, "where"),
     "Say which questions"),
    ("where no objective", ("quizzes", 1, "draw", 1, "where"), {"objectives": ["compute-hydratoin"]},
     ("quizzes", 1, "draw", 1, "where", "objectives", 0), "did you mean “compute-hydration”?"),
    ("where no kind", ("quizzes", 1, "draw", 1, "where"), {"kind": "numerc"},
     ("quizzes", 1, "draw", 1, "where", "kind", 0), "did you mean “numeric”?"),
    ("closes first", ("quizzes", 1, "closes"), "2026-03-01 09:00", ("quizzes", 1, "closes"), "before it opens"),
    ("zone on one side", ("quizzes", 1, "closes"), "2026-03-06T18:00Z", ("quizzes", 1, "closes"), "both without"),
    ("no time", ("quizzes", 1, "closes"), "2026-03-06", ("quizzes", 1, "closes"), "2026-03-06 09:00"),
    ("time limit", ("quizzes", 0, "time_limit"), "an hour", ("quizzes", 0, "time_limit"),
     "minutes, as in 90, 90m or 1h30m"),
    ("attempts", ("quizzes", 0, "attempts"), "many", ("quizzes", 0, "attempts"), "or `unlimited`"),
    ("penalty", ("quizzes", 0, "penalty"), "25", ("quizzes", 0, "penalty"), "share from 0 to 1"),
    ("reveals at no close", ("quizzes", 0, "reveal"), "after_close", ("quizzes", 0, "reveal"),
     "when the quiz `closes`"),
    ("term without text", ("terms", 0, "text"), GONE, ("terms", 0, "text"), "`text` is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("at", "to", "where", "says"), [row[1:] for row in DAMAGE], ids=[row[0] for row in DAMAGE])
def test_one_thing_wrong_is_one_mistake_at_its_place(
    at: tuple[str | int, ...], to: object, where: tuple[str | int, ...], says: str
) -> None:
    raw = changed(*at, to=to)
    (mistake,) = refused(raw)
    assert mistake.pointer == pointer(*where)
    assert says in mistake.message
    assert mistake.message[0] in "`“A" or mistake.message[0].isupper() or mistake.message[0].isdigit()
    assert mistake.message[-1] in ".?"


def test_a_field_that_was_meant_for_a_required_one_is_not_missing_as_well() -> None:
    raw = changed("unit", "titel", to=copy.deepcopy(BREAD)["unit"]["title"])
    del raw["unit"]["title"]
    (mistake,) = refused(raw)
    assert (mistake.pointer, mistake.message) == ("/unit/titel", "Unknown field `titel`: did you mean `title`?")


@pytest.mark.parametrize("raw", [None, "text", [], 3, True, [BREAD]])
def test_what_is_no_unit_at_all_is_one_mistake(raw: object) -> None:
    (mistake,) = refused(raw)
    assert mistake.path == ()
    assert "`format`, `unit`" in mistake.message


def test_everything_wrong_is_said_at_once_and_in_order() -> None:
    unit = copy.deepcopy(BREAD)
    del unit["unit"]["title"]
    unit["objectives"][0]["levl"] = "apply"
    del unit["objectives"][1]["text"]
    unit["sections"][0]["items"].insert(0, {"key": "Bad Key", "resource": "rye-paper"})
    unit["sections"][0]["items"][1]["resource"] = "yeast"
    unit["questions"].insert(0, {"key": "broken", "kind": "open"})
    unit["questions"][2]["require"] = ["water > 300"]
    unit["questions"][3]["stimulus"] = "nowhere"
    unit["quizzes"][0]["questions"] = ["gas", "broken"]
    unit["quizzes"][1]["shufle"] = "true"
    assert [mistake.pointer for mistake in refused(unit)] == [
        "/unit/title",
        "/objectives/0/levl",
        "/objectives/1/text",
        "/sections/0/items/0/key",
        "/sections/0/items/1/resource",
        "/questions/0/stem",
        "/questions/2/require/0",
        "/questions/3/stimulus",
        "/quizzes/1/shufle",
    ]


def test_what_refers_to_something_unreadable_is_not_blamed_for_it() -> None:
    for part, field in (("objectives", "text"), ("questions", "stem"), ("stimuli", "text"), ("resources", "title")):
        entries = BREAD[part]
        for key in entries if isinstance(entries, dict) else range(len(entries)):
            (mistake,) = refused(changed(part, key, field, to=GONE))
            assert mistake.pointer == pointer(part, key, field)
    (mistake,) = refused(changed("sections", 0, "title", to=GONE))
    assert mistake.pointer == "/sections/0/title"


def test_what_refers_to_nothing_is_blamed_even_beside_what_cannot_be_read() -> None:
    unit = changed("questions", 0, "stem", to=GONE)
    unit["quizzes"][0]["questions"] = [unit["questions"][0]["key"], "nowhere"]
    assert [mistake.pointer for mistake in refused(unit)] == ["/questions/0/stem", "/quizzes/0/questions/1"]
    unit = changed("sections", 0, "items", 0, "minutes", to="a while")
    unit["questions"][0]["answers_from"] = [{"reading": "nowhere"}]
    assert [mistake.pointer for mistake in refused(unit)] == [
        "/sections/0/items/0/minutes",
        "/questions/0/answers_from/0/reading",
    ]


def test_a_kind_with_a_slip_hides_no_other_mistake_of_its_question() -> None:
    unit = changed("questions", 1, "kind", to="numerc")
    unit["questions"][1]["points"] = "many"
    assert [mistake.pointer for mistake in refused(unit)] == ["/questions/1/kind", "/questions/1/points"]


@pytest.mark.parametrize(
    "kind",
    [10**5000, 1.5, True, [], {}, "x" * 300_000],
    ids=["a huge number", "a number", "a truth", "a list", "fields", "a long text"],
)
def test_a_kind_that_is_no_word_is_refused_like_any_other(kind: object) -> None:
    assert [mistake.pointer for mistake in refused(changed("questions", 1, "kind", to=kind))] == ["/questions/1/kind"]


def test_a_course_is_refused_with_every_mistake_at_once() -> None:
    course = {"format": "hornbook/course@1", "key": "baking", "language": "English", "time_zone": "Europe/Pariss"}
    with pytest.raises(Rejected) as caught:
        load_course(course)
    assert [mistake.pointer for mistake in caught.value.mistakes] == ["/title", "/language", "/time_zone"]


def test_a_question_that_takes_the_parameters_of_a_broken_one_is_not_blamed_for_it() -> None:
    unit = changed("questions", 1, "answer", "expr", to="water /")
    unit["questions"].append(
        {"key": "again", "kind": "numeric", "stem": "Again, {{ water }} g?", "parameters": {"same_as": "hydration"},
         "answer": {"expr": "water / 500", "tolerance": {"abs": "0.01"}}}
    )  # fmt: skip
    assert [mistake.pointer for mistake in refused(unit)] == ["/questions/1/answer/expr"]
    unit["questions"][1] = copy.deepcopy(BREAD)["questions"][1]
    assert load_unit(unit).questions[3].same_parameters_as == "hydration"
    unit["questions"][3]["parameters"]["same_as"] = "hydrations"
    (mistake,) = refused(unit)
    assert mistake.message == "There is no question “hydrations”; did you mean “hydration”?"


def test_readings_that_extend_each_other_in_a_circle_are_refused() -> None:
    unit = changed("sections", 0, "items", 0, "extension_of", to="shelf")
    unit["sections"][0]["items"][1]["before"][0]["extension_of"] = "chapter"
    assert [mistake.pointer for mistake in refused(unit)] == [
        "/sections/0/items/0/extension_of",
        "/sections/0/items/1/before/0/extension_of",
    ]


def test_a_resource_of_the_course_is_not_described_again() -> None:
    with pytest.raises(Rejected, match="The course has a resource “rye-paper” already"):
        load_unit(BREAD, {"rye-paper": Resource(title="On Rye")})


@pytest.mark.parametrize(
    ("resources", "at", "says"),
    [
        ({"a": {"title": "A", "part_of": "b"}}, "/resources/a/part_of", "There is no resource “b”"),
        ({"a": {"title": "A", "see_also": ["a"]}}, "/resources/a/see_also/0", "itself"),
        ({"a": {"titel": "A"}}, "/resources/a/titel", "did you mean `title`?"),
    ],
)
def test_resources_of_a_course_are_checked_among_themselves(resources: Json, at: str, says: str) -> None:
    with pytest.raises(Rejected) as caught:
        load_document(ResourcesDocument, {"format": "hornbook/resources@1", "resources": resources})
    (mistake,) = caught.value.mistakes
    assert mistake.pointer == at
    assert says in mistake.message


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("time_zone", "Europe/Pariss", "no time zone"),
        ("time_zone", "Europe", "no time zone"),
        ("time_zone", "../../etc/passwd", "a time zone like"),
        ("language", "English", "a language like"),
        ("visibility", "secret", "none of private, public"),
        ("ends", "2025-01-01", "before the beginning"),
        ("visibilty", "public", "did you mean `visibility`?"),
    ],
)
def test_a_course_with_a_mistake_is_refused(field: str, value: str, says: str) -> None:
    course = {"format": "hornbook/course@1", "key": "baking", "title": "Baking", "starts": "2026-01-01", field: value}
    with pytest.raises(Rejected) as caught:
        load_course(course)
    (mistake,) = caught.value.mistakes
    assert mistake.path == (field,)
    assert says in mistake.message


JUNK: list[Any] = [
    "", " ", None, True, 0, -1, 10**30, 1.5, float("nan"), "x", "\x00", "\ud800", [], {}, [None], {"a": 1}, "1e9999",
    "{{ x }}", "[[x]]", "x" * 30_000, ["x"] * 3000, {"expr": "1/0"}, "https://[", "9" * 5000, 10**5000,
    {"same_as": "x"},
    {"one_of": ["1", "2"]}, "2022-13-45", "unlimited", "99h", "500%", {"kind": "numeric"}, {1: 2}, (1, 2),
    b"x", {"\ud800": "x"},
]  # fmt: skip


def places(raw: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a document with every name or index in it."""
    inside = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for step, value in inside:
        yield raw, step
        yield from places(value)


@given(st.randoms(use_true_random=False))
def test_whatever_comes_is_taken_or_refused_with_words(chance: random.Random) -> None:
    raw = copy.deepcopy(BREAD)
    for _ in range(chance.choice([1, 1, 2, 4])):
        container, step = chance.choice(list(places(raw)))
        junk = copy.deepcopy(chance.choice(JUNK))
        if chance.random() < 0.3:
            del container[step]
        elif chance.random() < 0.3 and isinstance(container, dict):
            container[chance.choice(["key", "kind", "read", "choose", "titel", "\ud800", ""])] = junk
        else:
            container[step] = junk
    try:
        unit = load_unit(raw)
    except Rejected as rejected:
        mistakes = rejected.mistakes
    else:
        assert load_unit(dump_document(unit)) == unit
        return
    assert mistakes
    assert all((mistake.pointer + mistake.message).encode() for mistake in mistakes)


def test_a_flood_of_mistakes_is_cut_off_soon() -> None:
    many = [{"key": f"objective-number-{number}", "text": "x"} for number in range(2000)]
    lost = [{"key": f"q{n}", "kind": "open", "stem": "x", "objectives": [f"objective-numbr-{n}"]} for n in range(2000)]
    floods: list[Json] = [
        {**BREAD, **{f"field{number}": "x" for number in range(20_000)}},
        {**BREAD, "objectives": [{"key": f"o{n}", "text": "x", "level": "appli"} for n in range(2000)]},
        {**BREAD, "objectives": many, "questions": lost},
        {**BREAD, "terms": ["x"] * 50_000},
    ]
    for raw in floods:
        start = time.perf_counter()
        assert 0 < len(refused(raw)) <= 1000
        assert time.perf_counter() - start < 10


def test_a_key_of_thousands_of_digits_is_refused_like_any_other() -> None:
    named = {"key": 10**5000, "text": "x"}
    with pytest.raises(Rejected, match="too large"):
        load_unit({"format": "hornbook/unit@1", "unit": {"key": "u", "title": "U"}, "objectives": [named]})
