"""Serving with gunicorn: every setting it is run with, in one place."""

from __future__ import annotations

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from service.db import Database
from service.settings import Settings

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


def gunicorn_settings(settings: Settings) -> dict[str, Any]:
    """What gunicorn is told: `gthread` workers, limits on what a request may look like, a quiet log of its own."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "worker_class": "gthread",
        "workers": settings.workers,
        "threads": settings.threads,
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": GRACEFUL_SECONDS,
        "keepalive": 15,
        "limit_request_line": 4094,
        "limit_request_fields": 60,
        "limit_request_field_size": 8190,
        # Requests are logged by the service itself, one JSON line each.
        "accesslog": None,
        "loglevel": "warning",
        "control_socket_disable": True,
        "proc_name": "hornbook",
        "forwarded_allow_ips": "",
    }
