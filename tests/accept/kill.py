"""Workers killed while students answer: no acknowledged answer is lost, and none counts twice.

Half of the kills come at a moment nobody chose, the others when somebody has just been told that an answer is kept:
whatever would still have to be done by then is never done.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from service.db import Database
from tests.accept.ledger import audit, damage
from tests.accept.row import Row, Try, Verdict
from tests.accept.stage import Stage, set_up
from tests.accept.student import Class
from tests.bench.processes import Served, free_port

STUDENTS = 8
LOOK = 0.002
"""Seconds between two looks at how far the students are."""
GLANCE = 0.1
"""Seconds between two looks at whether they are still there."""


def kill_workers(one: Try) -> Verdict:
    """SIGKILL for workers of a server: for one at random, and for all upon an acknowledgement, in turns."""
    chance, stage = one.chance, set_up(one.place, "kill", students=STUDENTS)
    port, broken_by = free_port(), []
    with stage.serving(port) as served:
        ambush = Ambush(served)
        students = Class.of(list(stage.tokens), port, stage.quiz, chance, kept=ambush.spring)
        with students:
            for number in range(one.effort.kills):
                wait_for_answers(students, one.effort.answers * number // one.effort.kills)
                before = students.errors
                if number % 2:
                    ambush.lay()
                    while students.is_at_work and not ambush.sprung.wait(GLANCE):
                        pass
                else:
                    time.sleep(chance.random() * 0.02)
                    kill(chance.choice(some_workers(served)))
                wait_for_answers(students, students.answers + STUDENTS)
                broken_by.append(students.errors - before)
            wait_for_answers(students, one.effort.answers)
    verdict = judged(one, stage, students)
    struck = sum(broken > 0 for broken in broken_by)
    verdict.figures = f"{one.effort.kills} kills ({struck} broke lines), " + verdict.figures
    # A worker may be idle when it dies; half of them were not, or nothing was killed at all.
    verdict.demand(struck * 2 >= one.effort.kills, "most kills broke no line")
    return verdict


@dataclass
class Ambush:
    """Waits for an answer to be acknowledged and kills every worker at once, the one that has just spoken included.

    It is sprung by the student who was told, in the student's own thread: no time passes between hearing and killing.
    """

    served: Served
    sprung: threading.Event = field(default_factory=threading.Event)
    _waiting: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lay(self) -> None:
        """Wait from now on, for those who are at work now."""
        self.sprung.clear()
        # Looked up beforehand: that takes longer than a commit.
        self._waiting = some_workers(self.served)

    def spring(self) -> None:
        """Somebody was told that an answer is kept."""
        if not self._waiting:
            return
        with self._lock:
            workers, self._waiting = self._waiting, []
        for worker in workers:
            kill(worker)
        if workers:
            self.sprung.set()


def kill(worker: int) -> None:
    """End a worker as a power cut would; one that is gone already stays so."""
    with suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)


def some_workers(served: Served) -> list[int]:
    """The workers there are, at least one."""
    while not (workers := served.workers):
        time.sleep(LOOK)
    return workers


def wait_for_answers(students: Class, answers: int) -> None:
    """Return when so many were acknowledged."""
    while students.answers < answers and students.is_at_work:
        time.sleep(LOOK)


def judged(one: Try, stage: Stage, students: Class) -> Verdict:
    """What the students' notes and the tables say."""
    notebooks = [student.notes for student in students.students]
    database = Database(stage.url)
    found = audit(database, notebooks)
    damaged = damage(database, stage.url)
    database.close()
    replays = sum(notes.replays for notes in notebooks)
    refused = sum(student.line.statuses[503] for student in students.students)
    verdict = Verdict(
        f"{students.answers} acks, {students.errors} broken lines, {refused} × 503, {replays} replays, "
        f"lost {len(found.lost)}, doubled {len(found.doubled)}"
    )
    found.into(verdict)
    verdict.demand(not damaged, f"damage: {next(iter(damaged), '')}")
    surprises = list(students.surprises())
    verdict.demand(not surprises, next(iter(surprises), ""))
    verdict.demand(replays > 0, "no answer was repeated: the keys were not put to the test")
    failures = unexpected(students)
    verdict.demand(not failures, f"answered {failures}")
    return verdict


def unexpected(students: Class) -> Sequence[int]:
    """Failures other than 503."""
    return sorted({status for one in students.students for status in one.line.statuses if status >= 500} - {503})


KILL = Row(
    "kill", "an acknowledged answer is never lost and never counted twice, whatever worker dies and when", kill_workers
)
