"""Serves the API's description, which is written when somebody first asks for it: hardly any worker ever does."""

from __future__ import annotations

import json
from threading import Lock

from flask import Flask

from service.settings import Settings
from service.web.calls import JSON, Answer
from service.web.responses import Response, sent
from service.web.routes import PREFIX, Routes

ADDRESS = f"{PREFIX}/openapi.json"


class Description:
    """The API's description as text, written once."""

    def __init__(self, app: Flask, routes: tuple[Routes, ...], settings: Settings) -> None:
        self.app = app
        self.routes = routes
        self.settings = settings
        self._lock = Lock()
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The file, as it is served and committed."""
        with self._lock:
            if self._text is None:
                self._text = json.dumps(self._written(), ensure_ascii=False, indent=2) + "\n"
            return self._text

    def _written(self) -> object:
        from service.web.describing import described  # noqa: PLC0415  what it needs takes long to load

        return described(self.app, self.routes, self.settings)


def install(app: Flask, routes: tuple[Routes, ...], settings: Settings) -> None:
    """Serve the description at /api/v1/openapi.json."""
    description = app.extensions["hornbook.openapi"] = Description(app, routes, settings)

    def serve() -> Response:
        return sent(Answer(200, description.text.encode(), (("Content-Type", JSON), ("Cache-Control", "no-cache"))))

    app.add_url_rule(ADDRESS, "openapi.serve", serve, methods=["GET"])


def openapi_text(app: Flask) -> str:
    """The description of an app's API: the text of the committed file."""
    description: Description = app.extensions["hornbook.openapi"]
    return description.text
