"""Workers killed at random while students answer: no acknowledged answer is lost, and none counts twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from random import Random

from service.db import Database
from tests.accept.ledger import audit, damage
from tests.accept.row import Row, Try, Verdict
from tests.accept.stage import Stage, set_up
from tests.accept.student import Class
from tests.bench.processes import Served, free_port

STUDENTS = 8
LOOK = 0.002
"""Seconds between two looks at how far the students are."""


def kill_workers(one: Try) -> Verdict:
    """SIGKILL for random workers of a server, one by one."""
    chance, stage = one.chance, set_up(one.place, "kill", students=STUDENTS)
    port, broken_by = free_port(), []
    with stage.serving(port) as served:
        students = Class.of(list(stage.tokens), port, stage.quiz, chance)
        with students:
            for number in range(one.effort.kills):
                wait_for_answers(students, one.effort.answers * number // one.effort.kills)
                before = students.errors
                strike(served, chance)
                wait_for_answers(students, students.answers + STUDENTS)
                broken_by.append(students.errors - before)
            wait_for_answers(students, one.effort.answers)
    verdict = judged(one, stage, students)
    struck = sum(broken > 0 for broken in broken_by)
    verdict.figures = f"{one.effort.kills} kills ({struck} broke lines), " + verdict.figures
    # A worker may be idle when it dies; half of them were not, or nothing was killed at all.
    verdict.demand(struck * 2 >= one.effort.kills, "most kills broke no line")
    return verdict


def strike(served: Served, chance: Random) -> None:
    """Kill one worker, at a moment nobody chose."""
    time.sleep(chance.random() * 0.02)
    workers = served.workers
    while not workers:
        time.sleep(LOOK)
        workers = served.workers
    os.kill(chance.choice(workers), signal.SIGKILL)


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


KILL = Row("kill", "an acknowledged answer is never lost and never counted twice, whatever worker dies", kill_workers)
