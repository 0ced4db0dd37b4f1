"""Master and workers killed together, again and again, while students answer; the file is looked at each time."""

from __future__ import annotations

import os
import signal
import time

from service.db import Database
from tests.accept.kill import STUDENTS, judged, wait_for_answers
from tests.accept.ledger import damage
from tests.accept.row import Row, Try, Verdict
from tests.accept.stage import set_up
from tests.accept.student import Class
from tests.bench.processes import free_port

FIRST_ANSWER = 3.0
"""Seconds after a restart within which an answer is promised; a noisy machine may take ten times as long."""


def kill_everything(one: Try) -> Verdict:
    """SIGKILL for the master and all its workers at once, again and again; the file is looked at each time."""
    chance, stage = one.chance, set_up(one.place, "restart", students=STUDENTS)
    port, times, found = free_port(), list[float](), list[str]()
    students = Class.of(list(stage.tokens), port, stage.quiz, chance)
    started = time.monotonic()
    database = Database(stage.url)
    for number in range(one.effort.restarts + 1):
        with stage.serving(port) as served:
            times.append(time.monotonic() - started)
            if number == 0:
                students.begin()
            if number == one.effort.restarts:
                students.end()
                break
            wait_for_answers(students, students.answers + STUDENTS)
            time.sleep(chance.random() * 0.02)
            os.killpg(served.master, signal.SIGKILL)
        found += damage(database, stage.url)
        started = time.monotonic()
    database.close()
    verdict = judged(one, stage, students)
    again = sorted(times[1:])
    slowest = f"first answer after {again[len(again) // 2]:.1f} s, at most {again[-1]:.1f} s"
    verdict.figures = f"{one.effort.restarts} restarts, {verdict.figures}, {slowest}"
    verdict.demand(not found, f"damage: {next(iter(found), '')}")
    verdict.demand(again[-1] < FIRST_ANSWER * 10, "the first answer took more than ten times as long as promised")
    return verdict


RESTART = Row("restart", "the same when master and workers die together", kill_everything)
