"""Whether the process lives, and whether it can serve: for whoever restarts it and whoever sends it requests."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from service.errors import Unavailable
from service.web.calls import JSON, Answer
from service.web.json import dumps
from service.web.responses import Response, sent


def install(app: Flask, schema_is_current: Callable[[], bool]) -> None:
    """Serve /livez, which asks nobody, and /readyz, which asks the database."""

    def live() -> Response:
        return _well("alive")

    def ready() -> Response:
        # A database that cannot be reached raises here, and is answered with 503 like everywhere.
        if not schema_is_current():
            raise Unavailable("The database's schema is not the one this version needs.", retry_after=30)
        return _well("ready")

    app.add_url_rule("/livez", "health.live", live, methods=["GET"])
    app.add_url_rule("/readyz", "health.ready", ready, methods=["GET"])


def _well(status: str) -> Response:
    return sent(Answer(200, dumps({"status": status}), (("Content-Type", JSON),)))
