"""Twenty at once on one attempt, at its start, its answers and its end: one order, one finish, and nothing lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from service.db import Database
from service.quizzes.models import Attempt, Entry, Grade
from tests.accept.line import Heard, Line
from tests.accept.row import Row, Try, Verdict
from tests.accept.stage import QUESTIONS, Stage, set_up
from tests.bench.processes import free_port

TABS = 20
FINISHERS = 2
"""How many of them submit while the others save."""
EACH = 20
"""Answers of each tab, every second one a check: 400 together."""


@dataclass
class Tab:
    """One of many windows of the same student, with what it has seen of the attempt."""

    number: int
    line: Line
    chance: Random
    revs: dict[int, int] = field(default_factory=dict)
    used: dict[int, int] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)
    checks: int = 0

    def answer(self, attempt: str) -> None:
        """Bring every one of my answers in, however often somebody else was faster."""
        self.look(attempt)
        for number in range(EACH):
            slot = self.chance.randint(1, QUESTIONS)
            text = f"{self.number + 100}{number:02}"
            bring = self.check if number % 2 else self.save
            while not bring(attempt, slot, text):
                self.stale.append(text)
        # Others may take longer than the server keeps an idle line.
        self.line.close()

    def save(self, attempt: str, slot: int, text: str) -> bool:
        """Save on top of what I have seen; whether that was the newest."""
        body = {"response": {"text": text}, "base_rev": self.revs[slot]}
        heard = self._ask("PUT", f"/attempts/{attempt}/answers/{slot}", body)
        self.revs[slot] = heard.json["rev"] if heard.status == 200 else heard.json["current"]["rev"]
        return heard.status == 200

    def check(self, attempt: str, slot: int, text: str) -> bool:
        """Check as the next try I know of; whether it was that."""
        body = {"response": {"text": text}, "try": self.used[slot] + 1}
        # With a key for some: then it is not done at once but in a transaction.
        key = None if self.checks % 2 else f"{text}-{len(self.stale)}"
        heard = self._ask("POST", f"/attempts/{attempt}/answers/{slot}/checks", body, key)
        if heard.status != 200:
            self.look(attempt)
            return False
        self.revs[slot], self.used[slot] = heard.json["rev"], heard.json["tries"]["used"]
        self.checks += 1
        return True

    def look(self, attempt: str) -> None:
        """See how the attempt stands."""
        for slot in self._ask("GET", f"/attempts/{attempt}").json["slots"]:
            self.revs[slot["slot"]], self.used[slot["slot"]] = slot["rev"], slot["tries"]["used"]

    def _ask(self, method: str, path: str, body: object = None, key: str | None = None) -> Heard:
        """An answer: done, or somebody else was faster; nobody is sent away."""
        heard = self.line.ask(method, path, body, key=key)
        if heard.status != 200 and "current" not in heard.json:
            raise AssertionError(f"{method} was answered {heard.status} among twenty at once")
        return heard


def race(one: Try) -> Verdict:
    """Answers, then starts and finishes, all by twenty tabs of one student."""
    stage, port, chance = set_up(one.place, "race", students=1), free_port(), one.chance
    verdict = Verdict("")
    with stage.serving(port):
        tabs = [
            Tab(number, Line(port, stage.tokens[0], patient=False), Random(chance.random())) for number in range(TABS)
        ]
        answers = answer_at_once(stage, tabs, verdict)
        for number in range(one.effort.finishes):
            start_and_finish(stage, tabs, verdict, number)
        saves = sum(save_and_finish(stage, tabs, verdict) for _ in range(one.effort.finishes // 2))
        told = tabs[0].line.ask("GET", f"/quizzes/{stage.quiz}").json["attempts"]
        for tab in tabs:
            tab.line.close()
    count_finished(stage, verdict, told, one.effort.finishes + one.effort.finishes // 2 + 1)
    statuses: Counter[int] = sum((tab.line.statuses for tab in tabs), Counter())
    verdict.demand(not sum(tab.line.errors.total() for tab in tabs), "a line broke")
    verdict.demand(set(statuses) <= {200, 201, 409}, f"answered {dict(statuses)}")
    verdict.demand(saves > 0, "no save came in before the finish it raced")
    verdict.figures = (
        f"{answers}, {one.effort.finishes} starts and finishes by {TABS} tabs at once, "
        f"{saves} saves acknowledged beside a finish and all graded"
    )
    return verdict


def answer_at_once(stage: Stage, tabs: Sequence[Tab], verdict: Verdict) -> str:
    """All tabs answer one attempt; every total that follows from the answers must be theirs exactly."""
    attempt = started(tabs[0], stage).json["id"]
    at_once([lambda tab=tab: tab.answer(attempt) for tab in tabs])  # type: ignore[misc]
    slots = tabs[0].line.ask("GET", f"/attempts/{attempt}").json["slots"]
    wanted, stale = TABS * EACH, [text for tab in tabs for text in tab.stale]
    totals = {
        "revisions": (sum(slot["rev"] for slot in slots), wanted),
        "tries": (sum(slot["tries"]["used"] for slot in slots), wanted // 2),
    }
    log = entries_of(stage, attempt)
    accepted = [entry for entry in log if entry.disposition == "accepted"]
    totals["accepted lines"] = (len(accepted), wanted)
    for what, (found, meant) in totals.items():
        verdict.demand(found == meant, f"{found} {what} instead of {meant}")
    for slot in range(1, QUESTIONS + 1):
        revs = [entry.rev for entry in accepted if entry.slot == slot]
        verdict.demand(revs == list(range(1, len(revs) + 1)), f"the revisions of slot {slot} are out of order")
    kept = Counter((entry.response or {}).get("text") for entry in log if entry.disposition == "stale")
    verdict.demand(kept == Counter(stale), "a stale text was not kept, or kept twice")
    tabs[0].line.ask("POST", f"/attempts/{attempt}/submission", {})
    return f"{len(accepted)} answers, {len(stale)} came too late and were kept"


def start_and_finish(stage: Stage, tabs: Sequence[Tab], verdict: Verdict, number: int) -> None:
    """All tabs start, then all submit, each with a last answer of its own."""
    starts = at_once([lambda tab=tab: started(tab, stage) for tab in tabs])  # type: ignore[misc]
    statuses = Counter(one.status for one in starts)
    if statuses != {201: 1, 200: len(tabs) - 1}:
        verdict.demand(False, f"starts were answered {dict(statuses)}")
        return
    attempts = {one.json["id"] for one in starts}
    verdict.demand(len(attempts) == 1, "two attempts were open at once")
    attempt = starts[0].json["id"]
    texts = {tab.number: f"{number}{tab.number:02}" for tab in tabs}

    def submitted(tab: Tab) -> Heard:
        last = {"slot": 1, "response": {"text": texts[tab.number]}, "base_rev": 0}
        return tab.line.ask("POST", f"/attempts/{attempt}/submission", {"responses": [last]})

    ends = at_once([lambda tab=tab: submitted(tab) for tab in tabs])  # type: ignore[misc]
    verdict.demand({one.status for one in ends} == {200}, f"finishes were answered {[one.status for one in ends]}")
    verdict.demand(len({one.body for one in ends}) == 1, "one finish had several results")
    log = entries_of(stage, attempt)
    kept = sorted(str((entry.response or {}).get("text")) for entry in log)
    verdict.demand(kept == sorted(texts.values()), "a last answer was lost or doubled")
    verdict.demand([entry.disposition for entry in log].count("accepted") == 1, "not one last answer counts")


def save_and_finish(stage: Stage, tabs: Sequence[Tab], verdict: Verdict) -> int:
    """Two tabs submit while the others save; how many saves were acknowledged, each of which is graded."""
    attempt = started(tabs[0], stage).json["id"]

    def act(tab: Tab) -> Heard:
        if tab.number < FINISHERS:
            # So that some of the others come before, and some after.
            tab.look(attempt)
            return tab.line.ask("POST", f"/attempts/{attempt}/submission", {})
        body = {"response": {"text": str(tab.number)}, "base_rev": 0}
        return tab.line.ask("PUT", f"/attempts/{attempt}/answers/{tab.number % QUESTIONS + 1}", body)

    heard = at_once([lambda tab=tab: act(tab) for tab in tabs])  # type: ignore[misc]
    slots = tabs[0].line.ask("GET", f"/attempts/{attempt}/result").json["slots"]
    graded = {slot["slot"]: (slot["response"] or {}).get("text") for slot in slots}
    savers = list(zip(tabs, heard, strict=True))[FINISHERS:]
    acknowledged = [(tab, one) for tab, one in savers if one.status == 200]
    for tab, one in acknowledged:
        verdict.demand(graded[one.json["slot"]] == str(tab.number), "an acknowledged answer was not graded")
    return len(acknowledged)


def count_finished(stage: Stage, verdict: Verdict, told: Sequence[Any], finishes: int) -> None:
    """As many attempts, finishes and grades as there were."""
    database = Database(stage.url)
    with database.read() as session:
        states = Counter(session.scalars(select(Attempt.state)))
        grades = session.scalar(select(func.count()).select_from(Grade))
    database.close()
    verdict.demand(states == {"finished": finishes}, f"attempts are {dict(states)} instead of {finishes} finished")
    verdict.demand(grades == finishes * QUESTIONS, f"{grades} grades instead of {finishes * QUESTIONS}")
    verdict.demand(len(told) == finishes, f"the student is told of {len(told)} attempts instead of {finishes}")


def started(tab: Tab, stage: Stage) -> Heard:
    """A start."""
    return tab.line.ask("POST", f"/quizzes/{stage.quiz}/attempts")


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of them comes to, all begun at the same moment."""
    gate = threading.Barrier(len(acts))

    def act(one: Callable[[], Any]) -> Any:
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


def entries_of(stage: Stage, attempt: str) -> list[Entry]:
    """The log of an attempt, oldest first."""
    database = Database(stage.url)
    with database.read() as session:
        found = session.scalars(select(Entry).where(Entry.attempt_id == UUID(attempt)).order_by(Entry.id)).all()
    database.close()
    return list(found)


RACE = Row("race", "400 concurrent answers make totals of exactly 400; one order, one open attempt, one finish", race)
