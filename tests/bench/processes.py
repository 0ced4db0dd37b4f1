"""Servers as they are really run, each a tree of processes, and what such a tree has used."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SOON = 60.0
"""Seconds within which a server must answer, or be gone after it was asked to stop."""


@dataclass(frozen=True)
class Served:
    """A running server: its port, and the process its workers are children of."""

    port: int
    master: int

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        return [pid for pid in tree_of(self.master) if pid != self.master]


@contextmanager
def serving(command: Sequence[str], port: int, log: Path, **variables: str) -> Iterator[Served]:
    """A server started by this command, gone when the block ends; what it says is in `log`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HORNBOOK_")}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, *command], stdout=said, stderr=said, env={**kept, **variables}, start_new_session=True
        )
    try:
        wait_for(port, process)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(SOON)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(SOON)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when somebody answers at this port."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=SOON) as line:
                line.sendall(b"GET /livez HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                if line.recv(1):
                    return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"no server at port {port}: {' '.join(map(str, process.args))}")  # type: ignore[arg-type]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree_of(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {pid: _stat(pid) for pid in (int(path.name) for path in Path("/proc").glob("[0-9]*"))}
    children: dict[int, list[int]] = {}
    for pid, stat in parents.items():
        if stat:
            children.setdefault(int(stat[1]), []).append(pid)
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def parent_of(pid: int) -> int:
    """The process that started this one."""
    return int(_stat(pid)[1])


def cpu_seconds(roots: Sequence[int]) -> float:
    """The processor time these trees have used so far, that of children who are gone included."""
    return sum(sum(map(int, _stat(pid)[11:15])) for root in roots for pid in tree_of(root) if _stat(pid)) / TICKS


def _stat(pid: int) -> list[str]:
    """What the system says of a process from its state on; nothing of one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def unique_bytes(pid: int) -> int:
    """The memory that is this process's alone: what its end would give back."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes: Mapping[str, int] = {
        line.split(":")[0]: int(line.split()[1]) for line in lines[1:] if line.split(":")[0].startswith("Private")
    }
    return sum(sizes.values()) * 1024
