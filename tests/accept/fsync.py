"""Each answer is on the disk before its student is told so: the system calls of one who answers are watched."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from tests.accept.line import Line
from tests.accept.row import Row, Try, Verdict
from tests.accept.stage import QUESTIONS, set_up
from tests.bench.processes import free_port, tree_of

SOON = 10.0
"""Seconds within which strace has hold of a process, or never."""
GLANCE = 0.01
KEPT = re.compile(rb"^\d+ +(?:<\.\.\. )?f(?:data)?sync\b.*= 0$", re.MULTILINE)
"""A line of strace's about a sync that has happened."""


def watch_syncs(one: Try) -> Verdict:
    """One student answers; before each acknowledgement something was synced, or it could be lost with the power."""
    stage, port, fewest, acks, syncs = set_up(one.place, "fsync", students=1), free_port(), list[int](), 0, 0
    roots = one.place.processes()
    with stage.serving(port) as served, closing(Line(port, stage.tokens[0])) as line:
        attempt = str(line.ask("POST", f"/quizzes/{stage.quiz}/attempts", None, key="begin").json["id"])
        # What answers writes SQLite's file itself, and has PostgreSQL write.
        writers = [pid for root in roots for pid in tree_of(root)] or served.workers
        with _traced(writers, one.place.folder / "syncs") as trace:
            revs = dict.fromkeys(range(1, QUESTIONS + 1), 0)
            for number in range(one.effort.answers // 10):
                slot = number % QUESTIONS + 1
                before = _count(trace)
                body = {"response": {"text": str(number)}, "base_rev": revs[slot]}
                heard = line.ask("PUT", f"/attempts/{attempt}/answers/{slot}", body)
                fewest.append(_count(trace) - before)
                revs[slot] += 1
                acks += heard.status == 200
            syncs = _count(trace)
    verdict = Verdict(f"{acks} acks, {syncs} syncs, at least {min(fewest)} before each")
    verdict.demand(acks == one.effort.answers // 10, "an answer was not taken")
    verdict.demand(min(fewest) >= 1, f"{fewest.count(0)} answers were acknowledged before anything was synced")
    return verdict


@contextmanager
def _traced(processes: Sequence[int], log: Path) -> Iterator[Path]:
    """The log of every sync by these processes and by what they start; it is written before they go on."""
    whom = [word for pid in processes for word in ("-p", str(pid))]
    watcher = subprocess.Popen(
        ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(log), *whom], stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + SOON
        while not all(map(_is_traced, processes)):
            if watcher.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"strace cannot look: {watcher.communicate()[1].decode()[:200]}")
            time.sleep(GLANCE)
        yield log
    finally:
        watcher.send_signal(signal.SIGINT)
        watcher.communicate()


def _is_traced(pid: int) -> bool:
    return not re.search(r"^TracerPid:\s+0$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)


def _count(log: Path) -> int:
    return len(KEPT.findall(log.read_bytes())) if log.exists() else 0


@cache
def hindrance() -> str | None:
    """Why nobody's system calls can be watched here, if so."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return "strace is not installed"
    with subprocess.Popen(["sleep", "60"]) as somebody:
        try:
            look = ["strace", "-qq", "-o", "/dev/null", "-p", str(somebody.pid)]
            with subprocess.Popen(look, stderr=subprocess.DEVNULL) as watcher:
                deadline = time.monotonic() + SOON
                while not _is_traced(somebody.pid) and watcher.poll() is None and time.monotonic() < deadline:
                    time.sleep(GLANCE)
                allowed = _is_traced(somebody.pid)
                watcher.send_signal(signal.SIGINT)
        finally:
            somebody.kill()
    return None if allowed else "strace may not watch other processes here"


FSYNC = Row("fsync", "an answer is on the disk before it is acknowledged", watch_syncs, hindrance=hindrance)
