"""What everything is measured against: a Flask view that returns bytes, under Hornbook's own gunicorn settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response
from gunicorn.app.base import BaseApplication

from service.server import gunicorn_settings
from service.settings import Settings


def bare_app(path: str, body: bytes) -> Flask:
    """One address that answers these bytes, and nothing else."""
    app = Flask("floor", static_folder=None)

    @app.get(path)
    def answer() -> Response:
        return Response(body, mimetype="application/json")

    return app


class Floor(BaseApplication):  # type: ignore[misc]
    """The bare app under gunicorn."""

    def __init__(self, app: Flask, settings: dict[str, Any]) -> None:
        self.app = app
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """The settings Hornbook is served with."""
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The app, loaded before the workers are forked."""
        return self.app


if __name__ == "__main__":
    port, path, file = sys.argv[1:]
    Floor(bare_app(path, Path(file).read_bytes()), gunicorn_settings(Settings(port=int(port)))).run()
