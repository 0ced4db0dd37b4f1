"""Requests as bare as they come: whatever bytes, headers and addresses, without a client that would mend them first."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask

PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Heard:
    """An answer: its status, its headers as they came, its body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def told(self) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        """All that a client learns from it: of the headers, all but the request's id."""
        return self.status, tuple(sorted(pair for pair in self.headers if pair[0] != "X-Request-Id")), self.body

    @property
    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)

    @property
    def is_problem(self) -> bool:
        """Whether it is a refusal in the one form that they have, and says what is wrong."""
        if dict(self.headers).get("Content-Type") != PROBLEM:
            return False
        problem = self.json
        return problem["status"] == self.status and bool(problem["title"] and (problem["detail"] or problem["errors"]))


@dataclass(frozen=True)
class Asked:
    """A request: its method, its address with its query, its body as bytes, and headers beside those usual."""

    method: str
    address: str
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def ask(app: Flask, token: str | None, asked: Asked) -> Heard:
    """What the app answers to that, from whoever has the token."""
    path, _, query = asked.address.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": asked.media_type,
        "CONTENT_LENGTH": str(len(asked.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(asked.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if token is not None:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    for name, value in asked.headers.items():
        plain = name.upper().replace("-", "_")
        environ[plain if plain == "CONTENT_LENGTH" else f"HTTP_{plain}"] = value
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Any:
        begun[:] = [(status, headers)]

    sent = app.wsgi_app(environ, start)
    try:
        body = b"".join(sent)
    finally:
        getattr(sent, "close", lambda: None)()
    status, headers = begun[0]
    return Heard(int(status[:3]), tuple(headers), body)
