"""The JSON Schema of the files: other people's checkers agree with our gate about everything a schema can say."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from service.cli import main
from service.content.documents import load_document, load_unit
from service.content.json_schema import FILES, json_schema
from service.domain.documents import CourseDocument, ResourcesDocument
from service.domain.mistakes import Rejected
from service.seeding.events import read
from tests.bread import BREAD, FILM, Json, changed
from tests.test_documents import DAMAGE, JUNK, places

ROOT = Path(__file__).parent.parent
WRITTEN = sorted([*(ROOT / "seed").rglob("*.yaml"), *(ROOT / "tests" / "courses").rglob("*.yaml")])


@cache
def checker(file: str | None = None) -> Draft202012Validator:
    """A checker of one kind of file, or of all."""
    return Draft202012Validator(json_schema(file))


def typed(path: Path) -> Any:
    """A file as programs that type YAML's scalars read it."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=date.isoformat))


def paths(raw: object, file: str | None = "unit") -> list[str]:
    """Where the schema finds fault, the deepest place of each fault, as JSON pointers."""

    def deepest(error: Any) -> Any:
        inner = [deepest(one) for one in error.context or ()]
        return max([error, *inner], key=lambda one: len(one.absolute_path))

    errors = map(deepest, checker(file).iter_errors(raw))
    return ["".join(f"/{step}" for step in error.absolute_path) for error in errors]


def strings_after(name: str, inside: object) -> Iterator[str]:
    """Every text under this name, however deep."""
    members = inside.items() if isinstance(inside, dict) else enumerate(inside) if isinstance(inside, list) else ()
    for step, value in members:
        if step == name and isinstance(value, str):
            yield value
        yield from strings_after(name, value)


@pytest.mark.parametrize("file", [None, *FILES])
def test_it_is_a_schema_and_every_reference_leads_somewhere(file: str | None) -> None:
    schema = json_schema(file)
    Draft202012Validator.check_schema(schema)
    said = json.dumps(schema)
    assert all(f"#/$defs/{name}" in said for name in schema["$defs"])


def test_its_patterns_are_those_of_javascript_too() -> None:
    patterns = set(strings_after("pattern", json_schema()))
    assert len(patterns) > 10
    for pattern in patterns:
        # With JavaScript's flag u only these may be escaped, and groups have no names as in Python.
        assert set(re.findall(r"\\(.)", pattern)) <= set("sSd.[]\\")
        assert "(?P" not in pattern


@pytest.mark.parametrize("path", WRITTEN, ids=[path.name for path in WRITTEN])
def test_every_file_of_ours_passes_with_typed_scalars_and_without(path: Path) -> None:
    file = path.stem if path.stem in FILES else "unit"
    for raw in (typed(path), read(path.read_bytes()).raw):
        assert paths(raw, file) == []
        assert paths(raw, None) == []
        for other in FILES.keys() - {file}:
            assert paths(raw, other)


FAULTS = [
    # of the gate's own table of damage, what a schema can see
    "another format", "no format", "no head", "no title", "title too long", "list for text", "unknown field",
    "field with a slip", "unknown part", "capital key", "unknown status", "word for number", "number for a list",
    "text for fields", "list for names", "key of a resource", "doi", "no address", "bare text", "choose with company",
    "slip in choose", "slip in a verb", "verb with fields", "no key", "too many minutes", "unknown day", "no kind",
    "unknown kind", "field of another kind", "truth written loosely", "decimal comma", "infinity", "where no kind",
    "no time", "time limit", "attempts", "term without text", "date the other way",
]  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_broken_fails_and_is_refused_by_the_gate_as_well(name: str) -> None:
    ((_, at, to, _, _),) = [row for row in DAMAGE if row[0] == name]
    if at[-1] == "minutes":
        to = 100_000  # of a text a pattern cannot tell how large the number is
    broken = changed(*at, to=to)
    (fault,) = dict.fromkeys(paths(broken))
    place = "".join(f"/{step}" for step in at)
    assert place.startswith(fault) or fault.startswith(place)
    with pytest.raises(Rejected):
        load_unit(broken)


SHORT_FORMS: list[tuple[tuple[str | int, ...], object]] = [
    (("sections", 0, "items", 5), {"listen": "bread-book"}),
    (("sections", 0, "items", 5), {"read": "https://b.example/new", "key": "new", "minutes": 5}),
    (("sections", 0, "items", 5), {"note": "Only a note."}),
    (("sections", 0, "items", 5), {"task": "Wash your hands"}),
    ((*FILM, "locator"), "Kneading by hand"),
    ((*FILM, "before", 0), "A book of one's own"),
    (("resources", "rye-paper", "links"), ["https://b.example/rye.pdf"]),
    (("sections", 0, "items", 4, "choose", "options", 0), {"skim": "rye-paper"}),
    (("sections", 0, "items", 4, "choose", "options", 0), {"key": "r", "resource": "rye-paper"}),
    (("meetings", 0, "materials"), [{"resource": "rye-paper"}, {"url": "/x"}, "/y"]),
    (("questions", 0, "answers_from"), ["chapter"]),
    (("questions", 0, "hints"), ["It is in the air."]),
    (("questions", 0, "shuffle"), False),
    (("questions", 0, "points"), 1.5),
    (("questions", 3), {"key": "n", "kind": "numeric", "stem": "{{ water }}", "parameters": {"same_as": "hydration"},
                        "answer": {"expr": "water", "tolerance": {"rel": 0.01}}}),
    (("questions", 2, "answer"), {"range": {"from": 79, "to": {"expr": "80 + 1"}}}),
    (("quizzes", 0, "shuffle"), False),
    (("quizzes", 0, "shuffle"), "true"),
    (("quizzes", 0, "attempts"), 3),
    (("quizzes", 0, "time_limit"), "1h30m"),
    (("quizzes", 0, "time_limit"), 90),
    (("quizzes", 0, "pass_mark"), "60%"),
    (("quizzes", 0, "pass_mark"), 0.6),
    (("quizzes", 1, "draw", 1, "where"), {"kind": "numeric", "objectives": ["compute-hydration"]}),
    (("unit", "number"), 3),
    (("unit", "position"), -2),
    (("terms", 0, "key"), "own"),
    (("questions", 3), {"key": "m", "kind": "matching", "stem": "Match.", "pairs": {"a": "1", "b": "2"}}),
    (("questions", 3), {"key": "c", "kind": "cloze", "stem": "[[x]]",
                        "parts": {"x": {"kind": "short_text", "accept": ["a", {"re": "b+"}]}}}),
    (("questions", 3), {"key": "s", "kind": "ordering", "stem": "Order.", "steps": ["a", {"text": "b"}, "c"]}),
]  # fmt: skip


@pytest.mark.parametrize(("at", "to"), SHORT_FORMS)
def test_every_short_form_passes_as_it_does_the_gate(at: tuple[str | int, ...], to: object) -> None:
    raw = changed(*at, to=to)
    load_unit(raw)
    assert paths(raw) == []


@given(st.randoms(use_true_random=False))
def test_what_the_gate_takes_is_never_refused(chance: random.Random) -> None:
    raw = copy.deepcopy(BREAD)
    for _ in range(chance.choice([1, 1, 2])):
        container, step = chance.choice(list(places(raw)))
        if chance.random() < 0.4:
            del container[step]
        else:
            # Neither YAML nor JSON gives a tuple, which the gate takes for a list and a JSON Schema does not.
            junk = [one for one in JUNK if one is not None and not isinstance(one, tuple)]
            container[step] = copy.deepcopy(chance.choice(junk))
    try:
        load_unit(raw)
    except Rejected:
        return
    assert paths(raw) == []


def test_courses_and_resources_are_told_apart_by_their_format() -> None:
    course: Json = {"format": "hornbook/course@1", "key": "c", "title": "C", "starts": "2026-01-01"}
    resources: Json = {"format": "hornbook/resources@1", "resources": {"a": {"title": "A", "year": 1999}}}
    load_document(CourseDocument, course)
    load_document(ResourcesDocument, resources)
    assert paths(course, None) == paths(resources, None) == []
    assert paths({**course, "visibility": "secret"}, None) == ["/visibility"]
    assert paths({**resources, "resources": {"a": {"titel": "A"}}}, None)
    assert paths({**course, "format": "hornbook/corse@1"}, None) == ["/format"]


def test_the_command_prints_it() -> None:
    for arguments in ((), ("unit",), ("course",), ("resources",)):
        result = CliRunner().invoke(main, ["schema", *arguments])
        assert result.exit_code == 0
        assert json.loads(result.output) == json_schema(*arguments)
