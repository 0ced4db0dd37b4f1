"""Everything nasty at every endpoint, in two databases at once: refused in words, alike in both, and nothing written.

What is only odd may be taken; all else must be refused. No answer may be a failure of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import quote

import marshmallow as ma

from service.domain.roles import Role
from service.settings import Settings
from service.web.calls import JSON, Endpoint, Media
from service.web.fields import OneOf, String
from tests.nasty import BAD_IDS, BODIES, DOCUMENTS, MEDIA_TYPES, TABLES, TEXTS
from tests.quizzing import statements
from tests.test_access import BODIES as EXAMPLES
from tests.test_access import QUERIES, row_of
from tests.two_courses import Scene, address_of, variables_of
from tests.wire import Asked, Heard, ask
from tests.wrong_values import Wrong, strange_to, unknown_fields, wrong_bodies, wrong_parameters

REFUSALS = frozenset({400, 413, 415, 422})
YAML, CSV, TEXT = "application/yaml", "text/csv", "text/plain"
WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b")
LENGTHS = ("abc", "-1", "0x10", "1e3", "\u0661")
"""What no length of a body is; taken for none."""


@dataclass(frozen=True)
class Attack:
    """What is sent, how it is called, and what it may be answered with; a pointer that is asked for must be named."""

    name: str
    asked: Asked
    expected: frozenset[int] | None = REFUSALS
    pointer: str = ""


@dataclass
class Found:
    """How much was sent, and what was not answered as it should be."""

    sent: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Count those in."""
        self.sent += other.sent
        self.wrong += other.wrong


def bombard(scenes: Mapping[str, Scene], endpoint: Endpoint, *, every: int = 1, first: int = 0) -> Found:
    """All that must be refused by one endpoint (or of it one in `every`, from the `first`), in every scene at once."""
    found = Found()
    with ExitStack() as stack:
        seen = [stack.enter_context(statements(one.database)) for one in scenes.values()]
        for attack in islice(refused(endpoint, next(iter(scenes.values()))), first, None, every):
            _try(scenes, endpoint, attack, found)
    written = [statement for one in seen for statement in one if WRITES.search(statement)]
    found.wrong += [f"{endpoint.name} wrote: {statement}" for statement in written]
    return found


def perplex(scenes: Mapping[str, Scene], endpoint: Endpoint) -> Found:
    """All that is merely odd."""
    found = Found()
    for attack in odd(endpoint, next(iter(scenes.values()))):
        _try(scenes, endpoint, attack, found)
    return found


def refused(endpoint: Endpoint, scene: Scene) -> Iterator[Attack]:
    """What must be refused."""
    address = address_of(endpoint, scene.own)
    yield from _addresses(endpoint, scene)
    yield from _queries(endpoint, address)
    if endpoint.writes:
        for name, asked in _bodies(endpoint, address):
            yield Attack(name, asked)
        yield from _fields(endpoint, address)


def odd(endpoint: Endpoint, scene: Scene) -> Iterator[Attack]:
    """Texts that may be taken, each in every place for a text; and where any text is a file, everything."""
    schema, example = endpoint.reads_body, EXAMPLES.get(row_of(endpoint))
    address = address_of(endpoint, scene.own)
    if isinstance(schema, Media) and TEXT in schema.types:
        for name, body in BODIES.items():
            yield Attack(f"{name} as {TEXT}", _asked(endpoint, address, body, TEXT), expected=None)
    if not isinstance(schema, ma.Schema) or not isinstance(example, dict):
        return
    texts = {
        name: taken
        for name, taken in schema.load_fields.items()
        if isinstance(taken, String) and not isinstance(taken, OneOf)
    }
    bounded = [name for name, taken in texts.items() if taken.pattern is not None]
    for names in filter(None, (bounded, [name for name in texts if name not in bounded])):
        for kind, text in TEXTS.items():
            asked = _asked(endpoint, address, _json({**example, **dict.fromkeys(names, text)}))
            yield Attack(f"{kind} in {', '.join(names)}", asked, expected=None)


def _try(scenes: Mapping[str, Scene], endpoint: Endpoint, attack: Attack, found: Found) -> None:
    """Send it to all of them, and note what is wrong with the answers."""
    who = _caller(endpoint)
    heard = [ask(scene.app, scene.tokens[who], attack.asked) for scene in scenes.values()]
    found.sent += len(heard)
    said = f"{endpoint.method} {attack.asked.address[:80]}, {attack.name}"
    found.wrong += [f"{said}: {complaint}" for complaint in _complaints(heard, attack)]


def _complaints(heard: Sequence[Heard], attack: Attack) -> Iterator[str]:
    first = heard[0]
    shown = f"{first.status} {first.body[:200]!r}"
    expected = range(500) if attack.expected is None else attack.expected
    if first.status not in expected or (first.status >= 400 and not first.is_problem):
        yield shown
    elif attack.pointer and not any(error["pointer"].startswith(attack.pointer) for error in first.json["errors"]):
        yield f"{attack.pointer} is not named: {shown}"
    for other in heard[1:]:
        if other.told != first.told:
            yield f"{shown}, but elsewhere {other.status} {other.body[:200]!r}"


def _caller(endpoint: Endpoint) -> str:
    """Somebody who may call it."""
    roles = endpoint.allow.roles
    if roles and Role.STUDENT not in roles:
        return "ida" if Role.INSTRUCTOR in roles else "root"
    return "ana"


def _asked(endpoint: Endpoint, address: str, body: bytes = b"", media_type: str = JSON, **headers: str) -> Asked:
    guard = {"If-Match": "*"} if endpoint.guarded else {}
    return Asked(endpoint.method, address, body, media_type, {**guard, **headers})


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _addresses(endpoint: Endpoint, scene: Scene) -> Iterator[Attack]:
    for variable in variables_of(endpoint):
        for bad in BAD_IDS[variable.partition(":")[0]]:
            things = type(scene.own)({**scene.own, variable: bad})
            asked = _asked(endpoint, address_of(endpoint, things), b"" if endpoint.takes is None else b"{}")
            yield Attack(f"{bad[:40]} for {variable}", asked, frozenset({404}))


def _queries(endpoint: Endpoint, address: str) -> Iterator[Attack]:
    queries = {"no-such=1": "/query/no-such", "%ff=1": "", "=": "", "%00=%00": "", "a" * 5_000: ""}
    for name, taken in {} if endpoint.reads_query is None else endpoint.reads_query.load_fields.items():
        key = taken.data_key or name
        for text in wrong_parameters(taken):
            queries[f"{key}={quote(text)}"] = f"/query/{key}"
        queries[f"{key}=%ff"] = ""
        if not isinstance(taken, ma.fields.List):
            queries[f"{key}=1&{key}=2"] = f"/query/{key}"
    for query, pointer in queries.items():
        yield Attack(f"?{query[:60]}", _asked(endpoint, f"{address}?{query}"), pointer=pointer)


def _bodies(endpoint: Endpoint, address: str) -> Iterator[tuple[str, Asked]]:
    """Bodies that no endpoint takes, by the name of what is wrong with them."""
    takes = endpoint.takes
    longest = takes.longest if isinstance(takes, Media) and takes.longest is not None else Settings().max_body_bytes
    for name, body in BODIES.items():
        yield name, _asked(endpoint, address, body)
    too_long = b'{"a": "' + b"x" * longest + b'"}'
    yield "too long", _asked(endpoint, address, too_long)
    yield "said to be too long", _asked(endpoint, address, b"{", **{"Content-Length": "99999999999999999999"})
    yield "said to be longer", _asked(endpoint, address, b'{"a": 1}', **{"Content-Length": "500"})
    yield "said to be shorter", _asked(endpoint, address, b'{"a": 1}', **{"Content-Length": "4"})
    if takes is None:
        return
    taken = takes.types if isinstance(takes, Media) else ()
    for media_type in [one for one in MEDIA_TYPES if one not in taken]:
        yield f"as {media_type[:40]}", _asked(endpoint, address, b'{"a": 1}', media_type)
    yield "packed", _asked(endpoint, address, BODIES["gzip"], **{"Content-Encoding": "gzip"})
    for kind, corpus in ((YAML, DOCUMENTS), (CSV, TABLES)):
        if isinstance(takes, Media) and kind in takes.types:
            for name, body in {**corpus, "too long": too_long}.items():
                yield f"{name} as {kind}", _asked(endpoint, address, body, kind)


def _fields(endpoint: Endpoint, address: str) -> Iterator[Attack]:
    """Every field with every mistake; and fields that there are not."""
    schema = endpoint.reads_body
    if isinstance(schema, ma.Schema):
        for wrong in (*wrong_bodies(schema), *unknown_fields(schema)):
            yield _refusing(endpoint, address, wrong)
        if any(taken.required for taken in schema.load_fields.values()):
            for length in LENGTHS:
                asked = _asked(endpoint, address, b'{"a": 1}', **{"Content-Length": length})
                yield Attack(f"a length of {length}", asked)
    example = EXAMPLES.get(row_of(endpoint))
    if isinstance(endpoint.takes, Media) and isinstance(example, dict):
        for wrong in strange_to(example):
            yield _refusing(endpoint, address + QUERIES.get(row_of(endpoint), ""), wrong)


def _refusing(endpoint: Endpoint, address: str, wrong: Wrong) -> Attack:
    body = _json(wrong.body)
    return Attack(f"{body[:80]!r}", _asked(endpoint, address, body), pointer=wrong.pointer)
