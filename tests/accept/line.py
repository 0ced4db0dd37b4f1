"""A student's line to the server: asks until there is an answer, and remembers what stood in the way."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

API = "/api/v1"
PAUSE = 0.02
"""Seconds after which a broken line is tried again."""
PATIENCE = 120.0
"""Seconds after which there is no answer."""


@dataclass(frozen=True)
class Heard:
    """An answer, with when its last sending began, and how often it had been sent before."""

    status: int
    body: bytes
    replayed: bool
    sent_at: datetime
    repeats: int
    etag: str = ""

    @property
    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)


@dataclass
class Line:
    """One student's connection; broken ones and refusals are counted, and asked again under the same key.

    Who is not patient takes a refusal for an answer; `headers` go with every request from now on.
    """

    port: int
    token: str
    patient: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    without_advice: int = 0
    kept: Callable[[], None] = lambda: None
    """Told as soon as the server has said that it has what was sent."""
    _connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: object = None, *, key: str | None = None, hang_up: bool = False
    ) -> Heard:
        """The answer to a request that is sent until there is one; with `hang_up` the first goes unheard."""
        started = time.monotonic()
        repeats = 0
        if hang_up:
            self._shout(method, path, body, key)
            repeats += 1
        while time.monotonic() - started < PATIENCE:
            sent_at = datetime.now(UTC)
            try:
                status, headers, content = self._send(method, path, body, key)
            except (OSError, http.client.HTTPException) as failure:
                self.errors[type(failure).__name__] += 1
                self.close()
                time.sleep(PAUSE)
            else:
                self.statuses[status] += 1
                if status < 500 or not self.patient:
                    replayed = headers["Idempotency-Replayed"] == "true"
                    return Heard(status, content, replayed, sent_at, repeats, headers["ETag"] or "")
                self.without_advice += "Retry-After" not in headers
                time.sleep(PAUSE)
            repeats += 1
        raise TimeoutError(f"{method} {path} had no answer in {PATIENCE:.0f} s")

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(
        self, method: str, path: str, body: object, key: str | None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = self._begin(method, path, body, key)
        response = connection.getresponse()
        content = response.read()
        if method != "GET" and response.status < 300:
            self.kept()
        return response.status, response.headers, content

    def _shout(self, method: str, path: str, body: object, key: str | None) -> None:
        """Send a request and leave before the answer comes, as a browser does that is closed."""
        try:
            self._begin(method, path, body, key)
            time.sleep(PAUSE)
        except OSError as failure:
            self.errors[type(failure).__name__] += 1
        self.close()

    def _begin(self, method: str, path: str, body: object, key: str | None) -> http.client.HTTPConnection:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", **self.headers}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, API + path, body=content, headers=headers)
        return self._connection
