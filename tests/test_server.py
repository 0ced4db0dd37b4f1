"""The server as it is really run, and what it says to what is no request."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.processes import Served, free_port, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    """A server of one worker with a database of its own, and its log."""
    folder = tmp_path_factory.mktemp("served")
    url, port = f"sqlite:///{folder / 'hornbook.db'}", free_port()
    command = ["-m", "service", "serve", "--port", str(port), "--workers", "1"]
    with serving(command, port, folder / "log", HORNBOOK_DATABASE_URL=url) as running:
        yield running, folder / "log"


def say(port: int, words: bytes) -> tuple[bytes, dict[str, str], bytes]:
    """What the server answers to these bytes: status line, headers, body."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(words)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    return status, dict(header.decode().split(": ", 1) for header in headers), body


@pytest.mark.parametrize(
    ("words", "status", "slug"),
    [
        (b"GET /api/v1/courses?after=" + b"x" * 5000 + b" HTTP/1.1\r\nHost: h\r\n\r\n", 414, "address-too-long"),
        (b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X-Long: y\r\n" * 100 + b"\r\n", 431, "headers-too-large"),
        (b"Good morning!\r\n\r\n", 400, "unreadable"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nBad Header: x\r\n\r\n", 400, "unreadable"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: vapour\r\n\r\n", 400, "unreadable"),
    ],
)
def test_what_is_no_request_gets_a_problem_document(
    words: bytes, status: int, slug: str, served: tuple[Served, Path]
) -> None:
    running, log = served
    line, headers, body = say(running.port, words)
    problem = json.loads(body)
    assert line.startswith(f"HTTP/1.1 {status} ".encode())
    assert (problem["type"], problem["status"]) == (f"/problems/{slug}", status)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    refused = [json.loads(line) for line in log.read_text().splitlines() if '"refused"' in line]
    assert refused[-1]["status"] == status
