"""What everything is measured against, under Hornbook's own gunicorn settings: Flask views of one line.

One returns bytes; one writes what it is sent into a table of its own, one INSERT and one COMMIT, and says so.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from gunicorn.app.base import BaseApplication

from service.db import Database
from service.server import gunicorn_settings
from service.settings import Settings


def bare_app(path: str, body: bytes) -> Flask:
    """One address that answers these bytes, and nothing else."""
    app = Flask("floor", static_folder=None)

    @app.get(path)
    def answer() -> Response:
        return Response(body, mimetype="application/json")

    return app


def writing_app(path: str, url: str) -> Flask:
    """One address at which a row is inserted and committed by the driver alone, on a connection of the thread."""
    app = Flask("floor", static_folder=None)
    database = Database(url)
    own = threading.local()
    mark = "?" if database.is_sqlite else "%s"

    @app.post(path)
    def insert() -> Response:
        if not hasattr(own, "cursor"):
            own.connection = database.engine.raw_connection()
            own.cursor = own.connection.cursor()
        body = request.get_data(as_text=True)
        if database.is_sqlite:
            own.cursor.execute("BEGIN IMMEDIATE")
        own.cursor.execute(f"INSERT INTO floor (body) VALUES ({mark})", (body,))
        own.connection.commit()
        return Response(b'{"saved":true}', mimetype="application/json")

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
    port, path, what = sys.argv[1:]
    app = writing_app(path, what) if "://" in what else bare_app(path, Path(what).read_bytes())
    Floor(app, gunicorn_settings(Settings(port=int(port)))).run()
