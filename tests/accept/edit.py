"""Two editors and a publisher at work on one unit while students take its quiz, and a course seeded over and over."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from service import schema
from service.accounts import operations as accounts
from service.app import create_app
from service.content.models import UnitVersion
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.settings import Settings
from service.world import World
from tests.accept.line import Heard, Line
from tests.accept.race import at_once
from tests.accept.row import Row, Try, Verdict
from tests.accept.stage import QUESTIONS, RIGHT, Stage, set_up
from tests.bench.processes import free_port
from tests.cast import make_cast
from tests.reseeding import TIDES, reseed_under_load

STUDENTS = 3
UNIT = "/admin/courses/clocks/units/pendulum"
LONGEST = 60.0
"""Seconds for which a student waits for the next publication."""


@dataclass
class Publications:
    """How many there were, for those who wait for the next."""

    number: int = 0
    over: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, *, over: bool = False) -> None:
        """One more, or the last."""
        with self.changed:
            self.number, self.over = self.number + (not over), over
            self.changed.notify_all()

    def wait(self, seen: int) -> bool:
        """Until there is a newer one; whether there is."""
        with self.changed:
            self.changed.wait_for(lambda: self.number > seen or self.over, LONGEST)
            return self.number > seen


@dataclass
class Sitter:
    """A student whose attempts each last beyond a publication: what was asked at the start is what is graded."""

    line: Line
    quiz: str
    publications: Publications
    attempts: int = 0
    across: int = 0
    surprises: list[str] = field(default_factory=list)

    def sit(self) -> None:
        """Take the quiz until nothing is published any more."""
        try:
            while not self.publications.over:
                self._take()
        except Exception as failure:  # noqa: BLE001  a thread tells nobody else
            self.surprises.append(f"{type(failure).__name__}: {failure}")
        finally:
            self.line.close()

    def _take(self) -> None:
        seen = self.publications.number
        attempt = self.line.ask("POST", f"/quizzes/{self.quiz}/attempts").json
        asked = [slot["question"] for slot in attempt["slots"]]
        for slot in range(1, QUESTIONS + 1):
            if slot == QUESTIONS // 2:
                self.across += self.publications.wait(seen)
            body = {"response": {"text": str(right(asked[slot - 1]))}, "try": 1}
            checked = self.line.ask("POST", f"/attempts/{attempt['id']}/answers/{slot}/checks", body)
            if checked.status != 200 or checked.json["outcome"]["status"] != "correct":
                self.surprises.append(f"a right answer was graded {checked.body[:200]!r}")
        after = self.line.ask("GET", f"/attempts/{attempt['id']}").json["slots"]
        if [slot["question"] for slot in after] != asked:
            self.surprises.append("an open attempt asks something else than it did")
        result = self.line.ask("POST", f"/attempts/{attempt['id']}/submission", {}).json
        if result["score"]["points"] != f"{QUESTIONS}.00":
            self.surprises.append(f"all was right, and it was worth {result['score']['points']}")
        self.attempts += 1


def stem(value: int) -> str:
    """A question that this is the answer to."""
    return f"What is half of {2 * value}?"


def right(question: dict[str, Any]) -> int:
    """The answer to a question as the student sees it."""
    found = re.fullmatch(r"What is half of (\d+)\?", question["stem"]["markdown"])
    return RIGHT if found is None else int(found[1]) // 2


@dataclass
class Editors:
    """Two who edit the same unit, and what became of it."""

    lines: tuple[Line, Line]
    publications: Publications
    verdict: Verdict
    served: int = 0
    pairs: int = 0
    statuses: Counter[int] = field(default_factory=Counter)

    def edit(self, pairs: int) -> None:
        """Edit in pairs with the same tag: at once, or one after the other; and publish what came of it."""
        for number in range(pairs):
            tag = self.lines[0].ask("GET", UNIT).etag
            for line in self.lines:
                line.headers["If-Match"] = tag
            acts = [partial(self._patch, line, number, who) for who, line in enumerate(self.lines)]
            answers: list[Heard] = [act() for act in acts] if number % 3 == 2 else at_once(acts)
            self._judge(number, answers)
            self.lines[0].headers["If-Match"] = "*"
            published = self.lines[0].ask("POST", f"{UNIT}/publication")
            self.verdict.demand(published.status == 200, f"a publication was answered {published.body[:200]!r}")
            self.publications.add()

    def _patch(self, line: Line, number: int, who: int) -> Heard:
        value = value_of(number, who)
        return line.ask("PATCH", question(number, who), {"stem": stem(value), "answer": {"value": value}})

    def _judge(self, number: int, answers: list[Heard]) -> None:
        """One is told 200, and that is kept; the other is told what is there now, and nothing of it is."""
        statuses = Counter(heard.status for heard in answers)
        self.statuses += statuses
        self.pairs += 1
        self.served += statuses[200]
        self.verdict.demand(statuses == {200: 1, 412: 1}, f"a pair was answered {dict(statuses)}")
        for who, heard in enumerate(answers):
            kept = self.lines[0].ask("GET", question(number, who)).json["stem"] == stem(value_of(number, who))
            self.verdict.demand(kept == (heard.status == 200), f"{heard.status} was said of what is kept: {kept}")
            if heard.status == 412:
                self.verdict.demand("current" in heard.json, "who came too late was not told what is there")


def question(number: int, who: int) -> str:
    """What one of the editors edits in a turn: now both the same question, now each their own."""
    return f"{UNIT}/questions/swing-{(number + who * (number % 2)) % QUESTIONS}"


def value_of(number: int, who: int) -> int:
    """What is never asked for twice."""
    return 100 + 2 * number + who


def edit(one: Try) -> Verdict:
    """Edits in pairs while students work, then seeds while students read."""
    verdict = Verdict("")
    stage, port, publications = set_up(one.place, "edit", students=STUDENTS), free_port(), Publications()
    sitters = [Sitter(Line(port, token), stage.quiz, publications) for token in stage.tokens]
    tokens = appoint(stage)
    editors = Editors((Line(port, tokens[0]), Line(port, tokens[1])), publications, verdict)
    with stage.serving(port), at_work([sitter.sit for sitter in sitters]):
        try:
            editors.edit(one.effort.pairs)
        finally:
            publications.add(over=True)
    for line in editors.lines:
        line.close()
    surprises = [surprise for sitter in sitters for surprise in sitter.surprises]
    attempts, across = (sum(getattr(sitter, what) for sitter in sitters) for what in ("attempts", "across"))
    verdict.demand(not surprises, next(iter(surprises), ""))
    verdict.demand(across >= one.effort.pairs // 10, f"only {across} attempts saw a publication")
    numbers = versions(stage)
    verdict.demand(numbers == list(range(1, editors.served + 2)), f"{len(numbers)} versions of {editors.served} edits")
    verdict.figures = (
        f"{editors.pairs} pairs, {editors.statuses[200]} × 200, {editors.statuses[412]} × 412; {attempts} attempts, "
        f"{across} of them across a publication, {len(surprises)} graded or asked otherwise; {reseed(one, verdict)}"
    )
    return verdict


@contextmanager
def at_work(acts: list[Callable[[], None]]) -> Iterator[None]:
    """Threads that are waited for in the end."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()


def appoint(stage: Stage) -> list[str]:
    """The tokens of two instructors."""
    database, world = Database(stage.url), World()
    with database.write() as session:
        course = find_course(session, "clocks")
        assert course is not None
        tokens = []
        for login in ("ida", "ivo"):
            person = accounts.create_user(session, world, login=login, name=login.title())
            accounts.enrol(session, world, person, course.id, Role.INSTRUCTOR)
            tokens.append(accounts.issue_personal_token(session, world, person, label="acceptance").text)
    database.close()
    return tokens


def versions(stage: Stage) -> list[int]:
    """The numbers of the unit's versions, in order."""
    database = Database(stage.url)
    with database.read() as session:
        numbers = list(session.scalars(select(UnitVersion.number).order_by(UnitVersion.number)))
    database.close()
    return numbers


def reseed(one: Try, verdict: Verdict) -> str:
    """Seed a course over and over while it is read; what to say of it."""
    url = one.place.new("reseed")
    database, world = Database(url, pool_size=8), World()
    schema.upgrade(database)
    seeding.seed(database, world, seeding.prepare(load_folder(TIDES)))
    with database.write() as session:
        token = make_cast(session, world, "tides")["ana"]
    app = create_app(Settings(database_url=url, log_level="error"), database=database, world=world)
    folder = Path(one.place.folder, "reseed")
    folder.mkdir()
    found = reseed_under_load(app, token, database, world, folder, one.effort.reseeds)
    database.close()
    verdict.demand(not found.mixed, f"a mixture was read: {next(iter(found.mixed), '')}")
    verdict.demand(not found.unlike, "a seed changed other than it should")
    verdict.demand(min(found.seen) > 3, "the readers saw no change")
    return f"{one.effort.reseeds} reseeds, {sum(found.seen)} versions seen, {len(found.mixed)} mixed reads"


EDIT = Row("edit", "of two editors exactly one is served, and no edit changes what an open attempt is graded on", edit)
