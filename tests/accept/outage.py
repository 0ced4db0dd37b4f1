"""PostgreSQL killed in the middle of its work: students are told to come back, and nothing else ever."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.accept.kill import STUDENTS, judged, wait_for_answers
from tests.accept.line import Line
from tests.accept.row import Row, Try, Verdict
from tests.accept.stage import set_up
from tests.accept.student import Class
from tests.bench.processes import free_port, tree_of
from tests.postgres import OwnCluster

BACK = 2.0
"""Seconds after PostgreSQL is ready within which students are answered; a noisy machine may take ten times as long."""
LOG_OF_A_FAILURE = 1024
"""Bytes of log that a failed request may cost."""
AWAY = 0.5
"""Seconds that PostgreSQL stays away."""
GLANCE = 0.02
GOOD = re.compile(rb'"status": ?[234]')


@dataclass
class Onlooker:
    """Somebody who asks for the same thing all the time, to see when the service is back."""

    line: Line
    path: str
    enough: threading.Event = field(default_factory=threading.Event)
    answered_at: float = 0.0
    thread: threading.Thread | None = None

    def __enter__(self) -> Onlooker:
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.enough.set()
        if self.thread is not None:
            self.thread.join()
        self.line.close()

    def _look(self) -> None:
        while not self.enough.is_set():
            self.line.ask("GET", self.path)
            self.answered_at = time.monotonic()
            time.sleep(GLANCE)

    def back_after(self, ready: float) -> float:
        """Seconds from then until the first answer."""
        while self.answered_at <= ready:
            time.sleep(GLANCE)
        return self.answered_at - ready


def kill_postgres(one: Try) -> Verdict:
    """SIGKILL for all of PostgreSQL's processes, and a new start half a second later."""
    cluster = one.place.cluster
    if not isinstance(cluster, OwnCluster):
        return Verdict("not tried", ["only a PostgreSQL of our own may be killed: unset HORNBOOK_TEST_POSTGRES"])
    stage, port, back = set_up(one.place, "outage", students=STUDENTS), free_port(), list[float]()
    with stage.serving(port):
        students = Class.of(list(stage.tokens), port, stage.quiz, one.chance)
        onlooker = Onlooker(Line(port, stage.tokens[0]), "/courses/clocks/quizzes")
        with students, onlooker:
            for number in range(one.effort.outages):
                wait_for_answers(students, 60 * (number + 1))
                for pid in tree_of(cluster.master):
                    os.kill(pid, signal.SIGKILL)
                time.sleep(AWAY)
                cluster.start_again()
                back.append(onlooker.back_after(time.monotonic()))
            wait_for_answers(students, students.answers + 60)
    verdict = judged(one, stage, students)
    everybody = [*(student.line for student in students.students), onlooker.line]
    statuses: Counter[int] = sum((line.statuses for line in everybody), Counter())
    refused = statuses[503]
    # Whatever is not the line of a request that went well.
    written = (said for said in stage.log.read_bytes().splitlines(keepends=True) if not GOOD.search(said))
    per_failure = sum(map(len, written)) / max(refused, 1)
    verdict.figures = (
        f"{one.effort.outages} outages, {refused} × 503, {statuses[500]} × 500, back {max(back):.2f} s after it was "
        f"ready, {per_failure:.0f} bytes of log for each failure, {verdict.figures}"
    )
    verdict.demand(refused >= one.effort.outages, "nobody noticed that PostgreSQL was gone")
    verdict.demand(not sum(line.without_advice for line in everybody), "a refusal without Retry-After")
    verdict.demand(not sum(line.errors.total() for line in everybody), "a line broke")
    verdict.demand(max(back) <= BACK * 10, "it was not back within ten times the time")
    verdict.demand(per_failure <= LOG_OF_A_FAILURE, "the log grows faster than promised")
    return verdict


OUTAGE = Row(
    "postgres", "PostgreSQL killed -9 is a 503 with Retry-After, and soon over", kill_postgres, kinds=("postgres",)
)
