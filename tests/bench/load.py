"""Load from a process of its own: keep-alive connections that ask one thing over and over, and count the answers."""

from __future__ import annotations

import json
import re
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import repeat

LONGEST_WAIT = 60.0
"""Seconds after which a load that is not done is given up."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Load:
    """So many requests over so many connections at once: all the same, or those of `scripts`, one for a connection."""

    port: int
    path: str
    headers: dict[str, str]
    connections: int
    requests: int
    scripts: list[list[str]] | None = None

    def script(self, line: int) -> Iterator[bytes]:
        """What one of the connections sends, request by request."""
        if self.scripts is None:
            return repeat(written("GET", self.path, self.headers).encode())
        return (request.encode() for request in self.scripts[line])


def written(method: str, path: str, headers: Mapping[str, str], body: object = None) -> str:
    """A request as it is sent."""
    content = "" if body is None else json.dumps(body, separators=(",", ":"))
    sent = {"Host": "127.0.0.1", **headers}
    if body is not None:
        sent |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "\r\n".join([*lines, "", content])


@dataclass(frozen=True)
class Answered:
    """How long it took, in seconds, and how many answers had which status."""

    seconds: float
    statuses: dict[str, int]


class Void(Exception):
    """The measurement says nothing: an answer was not the one that is measured."""


def run(load: Load, status: int) -> float:
    """Requests per second under this load, asked from another process; `Void` if any answer has another status."""
    asked = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_WAIT * 2,
    )
    if asked.returncode != 0:
        raise Void(asked.stderr.strip().splitlines()[-1])
    answered = Answered(**json.loads(asked.stdout))
    if answered.statuses != {str(status): load.requests}:
        raise Void(f"{load.path} was to answer {status}, {load.requests} times; it answered {answered.statuses}")
    return load.requests / answered.seconds


def put_on(load: Load) -> Answered:
    """Send the requests of a load from this process."""
    selector = selectors.DefaultSelector()
    lines = [_Line(load, selector, number) for number in range(min(load.connections, load.requests))]
    statuses: Counter[str] = Counter()
    started = time.perf_counter()
    unsent = load.requests - len(lines)
    for line in lines:
        line.ask()
    while statuses.total() < load.requests:
        if time.perf_counter() - started > LONGEST_WAIT:
            raise TimeoutError(f"only {statuses.total()} of {load.requests} answers came in {LONGEST_WAIT:.0f} s")
        for key, _ in selector.select(timeout=1):
            status = key.data.hear()
            if status is not None:
                statuses[status] += 1
                if unsent and key.data.ask():
                    unsent -= 1
    return Answered(time.perf_counter() - started, dict(statuses))


class _Line:
    """One connection, on which one answer is awaited at a time."""

    def __init__(self, load: Load, selector: selectors.BaseSelector, number: int) -> None:
        self.script = load.script(number)
        self.socket = socket.create_connection(("127.0.0.1", load.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard = b""
        self.awaited = 0
        selector.register(self.socket, selectors.EVENT_READ, self)

    def ask(self) -> bool:
        """Send the next request, if there is one."""
        request = next(self.script, None)
        if request is None:
            return False
        self.heard, self.awaited = b"", 0
        self.socket.sendall(request)
        return True

    def hear(self) -> str | None:
        """Take in what has come; the status once the answer is whole."""
        chunk = self.socket.recv(1 << 18)
        if not chunk:
            raise ConnectionError("the server closed a connection")
        self.heard += chunk
        if not self.awaited:
            end = self.heard.find(b"\r\n\r\n")
            if end < 0:
                return None
            length = _LENGTH.search(self.heard, 0, end + 1)
            self.awaited = end + 4 + (int(length[1]) if length else 0)
        return self.heard[9:12].decode() if len(self.heard) >= self.awaited else None


if __name__ == "__main__":
    print(json.dumps(asdict(put_on(Load(**json.load(sys.stdin))))))
