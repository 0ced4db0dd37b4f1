"""Who may touch what: every endpoint with an id in its address, about what is one's own, a peer's, another course's, or
missing.

The verdicts are written by hand: a row says whose business an endpoint is, and for which scope a system's as well.
What is served is `+` (test_access.py has its status), `x` is 403, `-` is 404 and `!` is 401.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from service.web.calls import JSON, Endpoint, Media
from tests.test_access import BODIES as EXAMPLES
from tests.test_access import QUERIES as EXAMPLE_QUERIES
from tests.test_access import row_of
from tests.two_courses import SYSTEMS, Scene, Things, address_of, endpoints, variables_of
from tests.wire import Asked, Heard, ask

PEOPLE = ("nobody", "eve", "ana", "ben", "mia", "cleo", "ida", "carl", "root")
"""No token · no course · students of tides (mia also runs rivers) · one of rivers · who run tides, rivers, and all."""

MIXERS = {"ana": 1, "ida": 1, "mia": 2, "root": 2, "all of both": 2}
"""Who might get through with an address that is of two courses: one that begins in tides, or in rivers as well."""

OWN, PEERS, FOREIGN, MISSING = "own", "a peer's", "another course's", "missing"
READ, STUDY, WORK, CARD, RUN, PERSON, ADMIN = "read", "study", "work", "card", "run", "person", "admin"

#                                    nobody · eve · ana ben mia · cleo · ida carl · root
KINDS: dict[str, dict[str, str]] = {
    # a course, for those in it
    READ:   {OWN: "!-+++-+-+", PEERS: "!-+++-+-+", FOREIGN: "!---++-++", MISSING: "!--------"},
    # a course, for its students
    STUDY:  {OWN: "!x+++-xxx", PEERS: "!x+++-xxx", FOREIGN: "!x--x+xxx", MISSING: "!x----xxx"},
    # a student's work: nobody else's business, an instructor's and an admin's included
    WORK:   {OWN: "!x+---xxx", PEERS: "!x-+--xxx", FOREIGN: "!x---+xxx", MISSING: "!x----xxx"},
    # a question that was met: Ben met Ana's as well
    CARD:   {OWN: "!x++--xxx", PEERS: "!x++--xxx", FOREIGN: "!x---+xxx", MISSING: "!x----xxx"},
    # a course and the work in it, for those who run it; to those who are in it otherwise it is not hidden
    RUN:    {OWN: "!xxxxx+-+", PEERS: "!xxxxx+-+", FOREIGN: "!xxx+x-++", MISSING: "!xxx-x---"},
    # what is a person's own in no course
    PERSON: {OWN: "!-+------", PEERS: "!--+-----", FOREIGN: "!----+---", MISSING: "!--------"},
    # people and tokens, which are admins' business
    ADMIN:  {OWN: "!xxxxxxx+", PEERS: "!xxxxxxx+", FOREIGN: "!xxxxxxx+", MISSING: "!xxxxxxx-"},
}  # fmt: skip

ROWS: dict[str, tuple[str, str | None]] = {
    "GET /courses/{course}": (READ, "units:read"),
    "GET /courses/{course}/units": (READ, "units:read"),
    "GET /courses/{course}/changes": (READ, "units:read"),
    "GET /courses/{course}/glossary": (READ, "units:read"),
    "GET /courses/{course}/calendar.ics": (READ, "units:read"),
    "GET /courses/{course}/units/{unit}": (READ, "units:read"),
    "GET /courses/{course}/units/{unit}/reading-list": (READ, "units:read"),
    "GET /courses/{course}/quizzes": (READ, "units:read"),
    "GET /quizzes/{quiz}": (READ, "units:read"),
    "POST /quizzes/{quiz}/attempts": (STUDY, None),
    "PUT /me/courses/{course}/readings/{reading}": (STUDY, None),
    "GET /me/courses/{course}/progress": (STUDY, None),
    "GET /me/courses/{course}/units/{unit}/progress": (STUDY, None),
    "POST /me/review/{card}/attempts": (CARD, None),
    "GET /attempts/{attempt}": (WORK, None),
    "PATCH /attempts/{attempt}/answers": (WORK, None),
    "PUT /attempts/{attempt}/answers/{slot}": (WORK, None),
    "POST /attempts/{attempt}/answers/{slot}/checks": (WORK, None),
    "POST /attempts/{attempt}/answers/{slot}/hints": (WORK, None),
    "POST /attempts/{attempt}/answers/{slot}/variants": (WORK, None),
    "PUT /attempts/{attempt}/answers/{slot}/self-assessment": (WORK, None),
    "PUT /attempts/{attempt}/answers/{slot}/ease": (WORK, None),
    "POST /attempts/{attempt}/submission": (WORK, None),
    "GET /attempts/{attempt}/result": (WORK, None),
    "GET /attempts/{attempt}/receipts": (WORK, None),
    "GET /attempts/{attempt}/proof": (WORK, None),
    "GET /courses/{course}/progress": (RUN, "progress:read"),
    "GET /courses/{course}/heat-map": (RUN, "progress:read"),
    "GET /courses/{course}/gradebook.csv": (RUN, "progress:read"),
    "GET /courses/{course}/statistics": (RUN, "progress:read"),
    "GET /courses/{course}/overview": (RUN, None),
    "GET /admin/questions/{question}/unmatched-answers": (RUN, None),
    "POST /admin/questions/{question}/unmatched-answers/{answer}/acceptance": (RUN, None),
    "GET /courses/{course}/coverage": (RUN, "content:write"),
    "GET /admin/courses/{course}": (RUN, "content:write"),
    "PUT /admin/courses/{course}": (RUN, "content:write"),
    "PATCH /admin/courses/{course}": (RUN, "content:write"),
    "PUT /admin/courses/{course}/units": (RUN, "content:write"),
    "DELETE /admin/courses/{course}": (ADMIN, None),
    "GET /admin/courses/{course}/units/{unit}": (RUN, "content:write"),
    "PATCH /admin/courses/{course}/units/{unit}": (RUN, "content:write"),
    "DELETE /admin/courses/{course}/units/{unit}": (RUN, "content:write"),
    "POST /admin/courses/{course}/units/{unit}/archival": (RUN, "content:write"),
    "POST /admin/courses/{course}/units/{unit}/revert": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/diff": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/preview": (RUN, "content:write"),
    "POST /admin/courses/{course}/units": (RUN, "content:write"),
    "PUT /admin/courses/{course}/units/{unit}": (RUN, "content:write"),
    "POST /admin/courses/{course}/units/{unit}/publication": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/versions": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/versions/{version}": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/readings": (RUN, "content:write"),
    "POST /admin/courses/{course}/units/{unit}/readings": (RUN, "content:write"),
    "PUT /admin/courses/{course}/units/{unit}/readings": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/readings/{reading}": (RUN, "content:write"),
    "PUT /admin/courses/{course}/units/{unit}/readings/{reading}": (RUN, "content:write"),
    "PATCH /admin/courses/{course}/units/{unit}/readings/{reading}": (RUN, "content:write"),
    "DELETE /admin/courses/{course}/units/{unit}/readings/{reading}": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/questions": (RUN, "content:write"),
    "POST /admin/courses/{course}/units/{unit}/questions": (RUN, "content:write"),
    "PUT /admin/courses/{course}/units/{unit}/questions": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/questions/{question}": (RUN, "content:write"),
    "PUT /admin/courses/{course}/units/{unit}/questions/{question}": (RUN, "content:write"),
    "PATCH /admin/courses/{course}/units/{unit}/questions/{question}": (RUN, "content:write"),
    "DELETE /admin/courses/{course}/units/{unit}/questions/{question}": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/quizzes": (RUN, "content:write"),
    "POST /admin/courses/{course}/units/{unit}/quizzes": (RUN, "content:write"),
    "PUT /admin/courses/{course}/units/{unit}/quizzes": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/quizzes/{quiz}": (RUN, "content:write"),
    "PUT /admin/courses/{course}/units/{unit}/quizzes/{quiz}": (RUN, "content:write"),
    "PATCH /admin/courses/{course}/units/{unit}/quizzes/{quiz}": (RUN, "content:write"),
    "DELETE /admin/courses/{course}/units/{unit}/quizzes/{quiz}": (RUN, "content:write"),
    "GET /admin/courses/{course}/export": (RUN, "content:write"),
    "GET /admin/courses/{course}/lint": (RUN, "content:write"),
    "POST /admin/courses/{course}/import": (RUN, "content:write"),
    "GET /admin/courses/{course}/units/{unit}/gift": (RUN, "content:write"),
    "POST /admin/attempts/{attempt}/void": (RUN, None),
    "POST /admin/attempts/{attempt}/reopening": (RUN, None),
    "PUT /admin/attempts/{attempt}/answers/{slot}/grade": (RUN, None),
    "PUT /admin/quizzes/{quiz}/extensions/{student}": (RUN, None),
    "POST /admin/questions/{question}/regrades": (RUN, None),
    "GET /admin/questions/{question}/regrades": (RUN, None),
    "GET /admin/courses/{course}/enrolments": (RUN, None),
    "POST /admin/courses/{course}/enrolments": (RUN, None),
    "POST /admin/courses/{course}/enrolments/import": (RUN, None),
    "PATCH /admin/courses/{course}/enrolments/{user}": (RUN, None),
    "DELETE /admin/courses/{course}/enrolments/{user}": (RUN, None),
    "GET /admin/courses/{course}/audit": (RUN, None),
    "GET /admin/users/{user}": (ADMIN, None),
    "PATCH /admin/users/{user}": (ADMIN, None),
    "DELETE /admin/users/{user}": (ADMIN, None),
    "POST /admin/users/{user}/erasure": (ADMIN, None),
    "GET /admin/tokens/{token}": (ADMIN, None),
    "PATCH /admin/tokens/{token}": (ADMIN, None),
    "DELETE /admin/tokens/{token}": (ADMIN, None),
    "DELETE /me/tokens/{token}": (PERSON, None),
}
"""Whose business what an address names is, and the scope with which it is a system's as well."""

BODIES: dict[str, object] = {"PATCH /admin/courses/{course}/enrolments/{user}": {"role": "student"}}
"""Where the example of test_access.py is of what only an admin may do."""

QUERIES: dict[str, tuple[str, ...]] = {
    "GET /courses/{course}/progress": ("student=uuid:student", "unit=slug:unit"),
    "GET /courses/{course}/heat-map": ("student=uuid:student", "unit=slug:unit"),
    "GET /courses/{course}/statistics": ("unit=slug:unit", "quiz=uuid:quiz"),
}
"""What a query may name, and of which variable's kind."""


def touching() -> dict[str, Endpoint]:
    """Every endpoint with an id in its address."""
    return {name: endpoint for name, endpoint in endpoints().items() if variables_of(endpoint)}


def example(name: str, endpoint: Endpoint) -> object:
    """A body that the endpoint takes."""
    return BODIES.get(name, EXAMPLES.get(row_of(endpoint)))


@dataclass(frozen=True)
class Cell:
    """Somebody asking something about a thing, and the verdict that was written down."""

    who: str
    whose: str
    verdict: str


@dataclass
class Found:
    """How many cells were tried, and which were not as written."""

    cells: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Count those in."""
        self.cells += other.cells
        self.wrong += other.wrong


def cells(name: str) -> Iterator[Cell]:
    """The verdicts of a row, on people and on systems."""
    kind, scope = ROWS[name]
    for whose, verdicts in KINDS[kind].items():
        yield from (Cell(who, whose, verdict) for who, verdict in zip(PEOPLE, verdicts, strict=True))
        if whose != PEERS:
            yield from (Cell(system, whose, _of_system(kind, scope, whose, system)) for system in SYSTEMS)


def _of_system(kind: str, scope: str | None, whose: str, system: str) -> str:
    """What a system may do hangs on its token's scopes and courses, and on nothing else."""
    scopes, courses = SYSTEMS[system]
    if scope not in scopes:
        # Content is there for anybody who may see it; the rest says at once that it is for others.
        return "-" if kind == READ else "x"
    course = {OWN: "tides", FOREIGN: "rivers", MISSING: None}[whose]
    return "+" if course in courses else "-"


def things(scene: Scene) -> dict[str, Things]:
    """What the addresses are about."""
    return {OWN: scene.own, PEERS: scene.peers, FOREIGN: scene.foreign, MISSING: scene.missing}


def request(name: str, endpoint: Endpoint, about: Things) -> Asked:
    """What somebody asks who means it."""
    address, body = address_of(endpoint, about) + EXAMPLE_QUERIES.get(row_of(endpoint), ""), example(name, endpoint)
    guard = {"If-Match": "*"} if endpoint.guarded else {}
    if isinstance(body, bytes):
        assert isinstance(endpoint.takes, Media)
        return Asked(endpoint.method, address, body, endpoint.takes.types[0], guard)
    return Asked(endpoint.method, address, b"" if body is None else json.dumps(body).encode(), JSON, guard)


def try_refusals(scene: Scene, name: str, endpoint: Endpoint) -> Found:
    """Every cell of a row, except those where something would be written."""
    found = Found()
    about = things(scene)
    heard: dict[tuple[str, str], Heard] = {}
    for cell in cells(name):
        if cell.verdict != "+" or not endpoint.writes:
            asked = request(name, endpoint, about[cell.whose])
            heard[cell.who, cell.whose] = told = ask(scene.app, scene.tokens.get(cell.who), asked)
            judge(name, cell, told, found)
    # What is hidden is hidden to the byte.
    for (who, whose), one in heard.items():
        missing = heard[who, MISSING]
        if one.status in (401, 404) and one.told != missing.told:
            found.wrong.append(f"{name}: to {who}, what is {whose} is not quite missing: {one}, {missing}")
    for who in MIXERS:
        _mix(scene, name, endpoint, who, found)
    return found


def judge(name: str, cell: Cell, heard: Heard, found: Found) -> None:
    """Whether the answer is the verdict."""
    found.cells += 1
    shown = {401: "!", 403: "x", 404: "-"}.get(heard.status, "+")
    if shown != cell.verdict or heard.status >= 500:
        found.wrong.append(f"{name} of {cell.whose} by {cell.who}: {heard.status}, not {cell.verdict}: {heard.body!r}")


def _mix(scene: Scene, name: str, endpoint: Endpoint, who: str, found: Found) -> None:
    """An address that begins in one course and ends in another is one of nothing."""
    token = scene.tokens.get(who)
    variables = [variable for variable in variables_of(endpoint) if not variable.startswith("int:")]
    directions = ((scene.own, scene.foreign), (scene.foreign, scene.own))
    for mine, theirs in directions[: MIXERS[who]]:
        # An author's keys may be the same in both: that is no mixture.
        for variable in (one for one in variables[1:] if mine[one] != theirs[one]):
            mixed, missing = (
                ask(scene.app, token, request(name, endpoint, Things({**mine, variable: other[variable]})))
                for other in (theirs, scene.missing)
            )
            found.cells += 1
            if mixed.told != missing.told or mixed.status < 400:
                found.wrong.append(f"{name} by {who}, {variable} of another course: {mixed}, not {missing}")
