"""Serving with gunicorn: every setting it is run with, in one place, and what it says to what is no HTTP."""

from __future__ import annotations

import gc
import socket
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import (
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.gthread import ThreadWorker

from service.db import Database
from service.errors import AddressTooLong, HeadersTooLarge, Problem, Unreadable
from service.settings import Settings
from service.web import log
from service.web.headers import DEFAULTS
from service.web.problems import answer_of

OURS = (InvalidResponseHeader, InvalidResponseHeaderName)
"""What gunicorn finds wrong with an answer, not with a request."""
LONGEST_LINE = 4094
"""Characters of the first line of a request: method, address and version."""
GRACEFUL_SECONDS = 20
"""How long a worker that is asked to stop may finish what it has begun."""


class Server(BaseApplication):  # type: ignore[misc]
    """The application under gunicorn: workers with threads, forked from one that has already loaded everything."""

    def __init__(self, app: Flask, database: Database, settings: Settings) -> None:
        self.app = app
        self.database = database
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn asks for its configuration; nothing is read from its own files or environment."""
        for name, value in gunicorn_settings(self.settings).items():
            self.cfg.set(name, value)
        # What was loaded stays: the collector need not look at it, and so does not copy its pages into each worker.
        self.cfg.set("when_ready", lambda server: gc.freeze())
        # A connection must not be shared between processes: each worker opens its own.
        self.cfg.set("post_fork", lambda server, worker: self.database.forget_connections())

    def load(self) -> Flask:
        """The application, loaded before the workers are forked so that they share its memory."""
        return self.app


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's worker with threads, with problem documents where it would answer in HTML."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Refuse what could not be read as a request; the app never hears of it."""
        if not isinstance(exc, ParseException) or isinstance(exc, OURS):
            super().handle_error(req, client, addr, exc)
            return
        problem = refusal_of(exc)
        log.refused(problem.status, str(exc))
        # Who sends such things may not wait for the answer.
        with suppress(OSError):
            client.sendall(as_http(problem))


def refusal_of(error: ParseException) -> Problem:
    """What is wrong with something that is no request."""
    if isinstance(error, LimitRequestLine):
        return AddressTooLong(f"An address has at most {LONGEST_LINE} characters here; shorten the query.")
    if isinstance(error, LimitRequestHeaders):
        return HeadersTooLarge("Send fewer or shorter headers.")
    return Unreadable("This is not an HTTP request as the server reads it.")


def as_http(problem: Problem) -> bytes:
    """The problem as a whole response, after which the connection ends."""
    answer = answer_of(problem)
    own = (("Connection", "close"), ("Content-Length", str(len(answer.body))))
    head = "".join(f"{name}: {value}\r\n" for name, value in (*answer.headers, *DEFAULTS, *own))
    return f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n{head}\r\n".encode() + answer.body


def gunicorn_settings(settings: Settings) -> dict[str, Any]:
    """What gunicorn is told: `gthread` workers, limits on what a request may look like, a quiet log of its own."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "worker_class": Worker,
        "workers": settings.workers,
        "threads": settings.threads,
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": GRACEFUL_SECONDS,
        "keepalive": 15,
        "limit_request_line": LONGEST_LINE,
        "limit_request_fields": 60,
        "limit_request_field_size": 8190,
        # Requests are logged by the service itself, one JSON line each.
        "accesslog": None,
        "loglevel": "warning",
        "control_socket_disable": True,
        "proc_name": "hornbook",
        "forwarded_allow_ips": "",
    }
