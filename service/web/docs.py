"""The API's description as a page to read and to try, with Swagger UI served from here and from nowhere else."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import flask
import flask_swagger_ui
from flask import Flask, redirect, send_from_directory

from service.errors import NotFound
from service.web.responses import Response

ADDRESS = "/api/docs"
OURS = {"docs.css": "text/css", "docs.js": "text/javascript"}
THEIRS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "favicon-32x32.png": "image/png"}
POLICY = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; "
    "img-src 'self' data:; script-src 'self'; style-src 'self'"
)
A_DAY = 24 * 60 * 60

_STATIC = Path(str(files("service.web") / "static"))
_DIST = Path(flask_swagger_ui.__file__).parent / "dist"


def install(app: Flask) -> None:
    """Serve the page at /api/docs, where the front door leads, and below it the few files it is made of."""
    app.add_url_rule("/", "docs.front", lambda: redirect(ADDRESS), methods=["GET"])
    app.add_url_rule(ADDRESS, "docs.page", page, methods=["GET"])
    app.add_url_rule(f"{ADDRESS}/<string(maxlength=40):name>", "docs.file", file, methods=["GET"])


def page() -> Response:
    """The page; it holds no script and no style of its own, so that the policy needs no exception."""
    content = (_STATIC / "docs.html").read_bytes()
    return Response(content, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})


def file(name: str) -> flask.Response:
    """One of the page's files."""
    if name not in OURS and name not in THEIRS:
        raise NotFound
    folder, media_type = (_STATIC, OURS[name]) if name in OURS else (_DIST, THEIRS[name])
    return send_from_directory(folder, name, mimetype=media_type, max_age=A_DAY)
