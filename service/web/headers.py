"""What every response says, whoever made it: what a browser must not do with it, and the request's id.

Done around the whole app rather than inside it, so that no failure escapes it; the log line is written here for
the same reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any

from service.web.log import AT_HAND, TRACE, Trace, request_ended, route_of
from service.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

DEFAULTS: tuple[tuple[str, str], ...] = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
"""Said unless the response says otherwise itself."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NAMES = tuple((name.lower(), (name, value)) for name, value in DEFAULTS)


class Envelope:
    """A WSGI app around another that completes its headers and writes the log."""

    def __init__(self, app: WSGIApplication, world: World, *, logs_requests: bool) -> None:
        self.app = app
        self.world = world
        self.logs_requests = logs_requests

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        trace = Trace(self._request_id(environ), perf_counter())
        environ[TRACE] = trace
        AT_HAND.set(trace)

        def start(status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None) -> Any:
            trace.status, trace.route = int(status[:3]), trace.route or route_of(environ)
            said = {name.lower() for name, _ in headers}
            missing = [pair for name, pair in _NAMES if name not in said]
            return start_response(status, [*headers, *missing, ("X-Request-Id", trace.request_id)], exc_info)

        try:
            return self.app(environ, start)
        finally:
            if self.logs_requests:
                request_ended(environ, trace)

    def _request_id(self, environ: WSGIEnvironment) -> str:
        """The id the client or the proxy gave, if it is fit to be written in a log; else a fresh one."""
        given = environ.get("HTTP_X_REQUEST_ID", "")
        return given if _REQUEST_ID.fullmatch(given) else self.world.fresh_id().hex
