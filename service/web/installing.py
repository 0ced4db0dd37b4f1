"""Putting it together: what an application needs so that its features are served, in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, Unpack

from flask import Flask, Request, request
from werkzeug.middleware.proxy_fix import ProxyFix

from service.db import Database
from service.settings import Settings
from service.web import addresses, docs, health, log, openapi, problems
from service.web.calls import Endpoint
from service.web.dispatch import Authenticate, Desk
from service.web.headers import Envelope
from service.web.keeping import Front
from service.web.oversight import Oversight
from service.web.responses import Response
from service.web.routes import Routes
from service.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Equipment(TypedDict):
    """What every request is served with."""

    settings: Settings
    database: Database
    world: World
    authenticate: Authenticate
    oversight: NotRequired[Oversight]


@dataclass(frozen=True)
class Installed:
    """What is installed in an app, at `app.extensions["hornbook"]`: the whole access matrix."""

    routes: tuple[Routes, ...]
    desk: Desk

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every declared endpoint, group by group."""
        return tuple(endpoint for group in self.routes for endpoint in group.endpoints)


def install(
    app: Flask, *, routes: Sequence[Routes], schema_is_current: Callable[[], bool], **equipment: Unpack[Equipment]
) -> Installed:
    """Serve the declared endpoints, their documentation, the health checks and every failure from this app."""
    installed = Installed(tuple(routes), Desk(**equipment))
    app.extensions["hornbook"] = installed
    addresses.install(app)
    problems.install(app)
    health.install(app, schema_is_current)
    for endpoint in installed.endpoints:
        _serve(app, endpoint, installed.desk)
    openapi.install(app, installed.routes, installed.desk.settings)
    docs.install(app)
    watchers = installed.desk.database.watchers
    if log.count_statement not in watchers:
        watchers.append(log.count_statement)
    _wrap(app, installed.desk)
    return installed


def _serve(app: Flask, endpoint: Endpoint, desk: Desk) -> None:
    def view(**path: Any) -> Response:
        # The request itself: asking the proxy for it at every turn adds up.
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        return desk.serve(asked, endpoint, path)

    # flask-smorest expects the defaults of a rule to be there, as a blueprint leaves them: empty.
    app.add_url_rule(endpoint.rule, endpoint.name, view, methods=[endpoint.method], defaults={})


def _wrap(app: Flask, desk: Desk) -> None:
    """Outermost the envelope, which misses nothing; below it what undoes the proxies in front; then what was kept."""
    inner: WSGIApplication = Front(app.wsgi_app, desk.kept, desk.database, desk.world, desk.oversight)
    hops = desk.settings.proxy_hops
    if hops:
        inner = ProxyFix(inner, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)
    app.wsgi_app = Envelope(inner, desk.world, logs_requests=desk.settings.log_level == "info")  # type: ignore[method-assign]  # as Flask's documentation has it
