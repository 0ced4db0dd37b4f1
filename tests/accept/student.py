"""A student who takes a quiz again and again, asks until each answer is acknowledged, and writes down every ack."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from random import Random
from typing import Any

from tests.accept.line import Heard, Line
from tests.accept.stage import QUESTIONS, RIGHT

HANGS_UP = 0.05
"""How often a student's browser is gone before the answer comes."""


@dataclass(frozen=True)
class Ack:
    """An answer that the server said it had: which line of which slot's log, and what it was."""

    attempt: str
    slot: int
    rev: int
    kind: str
    digest: str
    response: dict[str, Any] | None


@dataclass
class Notebook:
    """What a student was told, to be compared with the tables; nothing in it was ever taken back."""

    acks: list[Ack] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    finished: dict[str, str] = field(default_factory=dict)
    keys: int = 0
    replays: int = 0
    surprises: list[str] = field(default_factory=list)

    @property
    def answers(self) -> int:
        """Everything that was acknowledged."""
        return len(self.acks) + len(self.started) + len(self.finished)


@dataclass
class Student:
    """One of those who are at it at the same time, each with a thread, a line and chance of their own."""

    name: str
    line: Line
    quiz: str
    chance: Random
    enough: threading.Event
    notes: Notebook = field(default_factory=Notebook)

    def study(self) -> None:
        """Take the quiz over and over, until it is enough and the attempt at hand is finished."""
        try:
            for number in count():
                if self.enough.is_set():
                    return
                self._take(f"{self.name}-{number}")
        except Exception as failure:  # noqa: BLE001  a thread tells nobody else
            self.notes.surprises.append(f"{type(failure).__name__}: {failure}")
        finally:
            self.line.close()

    def _take(self, name: str) -> None:
        path = f"/quizzes/{self.quiz}/attempts"
        began = self._post(path, None, f"{name}-start")
        if began.status != 201:
            raise AssertionError(f"a start was answered {began.status}")
        attempt = str(began.json["id"])
        self.notes.started.append(attempt)
        right = sum(self._answer(attempt, slot, f"{name}-{slot}") for slot in range(1, QUESTIONS + 1))
        done = self._post(f"/attempts/{attempt}/submission", {"responses": []}, f"{name}-submit")
        score = str(done.json["score"]["points"]) if done.status == 200 else f"status {done.status}"
        self.notes.finished[attempt] = score
        if score != f"{right}.00":
            self.notes.surprises.append(f"attempt {attempt} has {right} right answers and was given {score}")
        # What comes late, a proxy's second try say, must not begin anything anew.
        late = self._post(path, None, f"{name}-start", again=True)
        if late.body != began.body or not late.replayed:
            self.notes.surprises.append(f"a start that came twice was answered anew, with {late.status}")

    def _answer(self, attempt: str, slot: int, name: str) -> bool:
        """Save, check and save again; whether the last answer is right."""
        wrong = {"text": f"{self.chance.randrange(100, 10_000)}"}
        self._save(attempt, slot, wrong, base_rev=0)
        checked = self._post(
            f"/attempts/{attempt}/answers/{slot}/checks", {"response": wrong, "try": 1}, f"{name}-check"
        )
        self._note(attempt, slot, "check", wrong, checked, checked.json.get("receipt"))
        last = {"text": str(RIGHT)} if self.chance.random() < 0.5 else {"text": f"-{slot}"}
        self._save(attempt, slot, last, base_rev=2)
        return last["text"] == str(RIGHT)

    def _save(self, attempt: str, slot: int, response: dict[str, Any], *, base_rev: int) -> None:
        body = {"response": response, "base_rev": base_rev}
        heard = self.line.ask("PUT", f"/attempts/{attempt}/answers/{slot}", body, hang_up=self._hangs_up())
        self._note(attempt, slot, "save", response, heard, heard.json)

    def _note(self, attempt: str, slot: int, kind: str, response: dict[str, Any], heard: Heard, receipt: Any) -> None:
        if heard.status != 200:
            raise AssertionError(f"a {kind} was answered {heard.status}: {heard.body[:300]!r}")
        self.notes.acks.append(Ack(attempt, slot, receipt["rev"], kind, receipt["digest"], response))
        # Saved before it was sent this time: an earlier sending had arrived.
        saved_before = datetime.fromisoformat(receipt["saved_at"]) < heard.sent_at
        self.notes.replays += heard.repeats > 0 and saved_before and not heard.replayed

    def _post(self, path: str, body: object, key: str, *, again: bool = False) -> Heard:
        heard = self.line.ask("POST", path, body, key=key, hang_up=not again and self._hangs_up())
        self.notes.keys += not again
        self.notes.replays += heard.replayed and not again
        return heard

    def _hangs_up(self) -> bool:
        return self.chance.random() < HANGS_UP


@dataclass
class Class:
    """Students at work at once."""

    students: list[Student]
    threads: list[threading.Thread]
    enough: threading.Event

    @classmethod
    def of(
        cls, tokens: list[str], port: int, quiz: str, chance: Random, kept: Callable[[], None] = lambda: None
    ) -> Class:
        """One student for each token; whenever one is told that an answer is kept, `kept` is called at once."""
        enough = threading.Event()
        students = [
            Student(f"student-{number}", Line(port, token, kept=kept), quiz, Random(chance.random()), enough)
            for number, token in enumerate(tokens)
        ]
        return cls(students, [threading.Thread(target=one.study, daemon=True) for one in students], enough)

    def begin(self) -> None:
        """Everybody sets to work."""
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Everybody finishes what is begun."""
        self.enough.set()
        for thread in self.threads:
            thread.join()

    def __enter__(self) -> Class:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def answers(self) -> int:
        """What was acknowledged so far."""
        return sum(student.notes.answers for student in self.students)

    @property
    def errors(self) -> int:
        """Lines that broke so far."""
        return sum(student.line.errors.total() for student in self.students)

    @property
    def is_at_work(self) -> bool:
        """Whether anybody still is."""
        return any(thread.is_alive() for thread in self.threads)

    def surprises(self) -> Iterator[str]:
        """What nobody should have been told."""
        for student in self.students:
            yield from student.notes.surprises
