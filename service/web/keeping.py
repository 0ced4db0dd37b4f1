"""Answers that were given before, kept as bytes in each worker, and given again in front of everything else.

Whoever asks is looked at each time, in the same one statement that tells whether the answer still holds: a change, or
a token that was revoked, counts on every worker from the next request on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from service.db import Database
from service.errors import Problem
from service.web.caching import names
from service.web.calls import Answer, Endpoint, See
from service.web.log import trace_of
from service.web.oversight import Oversight
from service.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROOM = 32 * 1024 * 1024
"""Bytes of answers a worker keeps; what was asked for longest ago goes first."""


@dataclass(frozen=True)
class Kept:
    """An answer, and who tells whether it still holds: `see`, asked with the variables of the address."""

    see: See
    path: Mapping[str, Any]
    route: str
    answer: Answer

    @property
    def size(self) -> int:
        """Its bytes, and about as many as are around them."""
        return len(self.answer.body) + 2048


class KeptAnswers:
    """Answers by what of a request makes them what they are."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def find(self, environ: WSGIEnvironment) -> Kept | None:
        """What was answered to this request before."""
        if environ["REQUEST_METHOD"] != "GET":
            return None
        asked = _asked(environ)
        with self._lock:
            for key in (asked, _of_caller(asked, environ)):
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
        return None

    def keep(self, environ: WSGIEnvironment, endpoint: Endpoint, path: Mapping[str, Any], answer: Answer) -> None:
        """Keep what is answered to this request, in place of what was; an answer without a stamp is for once."""
        if endpoint.kept is None or answer.stamp is None:
            return
        asked, kept = _asked(environ), Kept(endpoint.kept, path, endpoint.rule, answer)
        if endpoint.personal:
            asked = _of_caller(asked, environ)
        with self._lock:
            before = self._kept.pop(asked, None)
            self._kept[asked] = kept
            self._room += (before.size if before else 0) - kept.size
            while self._room < 0:
                self._room += self._kept.popitem(last=False)[1].size


def _asked(environ: WSGIEnvironment) -> Hashable:
    get = environ.get
    return get("SCRIPT_NAME"), get("PATH_INFO"), get("QUERY_STRING"), get("HTTP_ACCEPT")


def _of_caller(asked: Hashable, environ: WSGIEnvironment) -> Hashable:
    """What is one caller's own is kept by what they send to be known by."""
    return asked, environ.get("HTTP_AUTHORIZATION")


@dataclass(frozen=True)
class Front:
    """A WSGI app before another: gives again what was given, and leaves everything else to the app behind it."""

    app: WSGIApplication
    kept: KeptAnswers
    database: Database
    world: World
    oversight: Oversight

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        kept = self.kept.find(environ)
        if kept is None:
            return self.app(environ, start_response)
        now = self.world.now()
        try:
            seen = kept.see(self.database, environ.get("HTTP_AUTHORIZATION"), now, kept.path)
        except (Problem, SQLAlchemyError):
            # The app meets the same refusal, and knows how to put it.
            return self.app(environ, start_response)
        if seen.stamp != kept.answer.stamp:
            return self.app(environ, start_response)
        self.oversight.note_use(seen.caller, now)
        trace = trace_of(environ)
        trace.caller, trace.route = seen.caller.name, kept.route
        answer = kept.answer
        if names(environ.get("HTTP_IF_NONE_MATCH"), answer.etag or ""):
            start_response("304 NOT MODIFIED", [*answer.unchanged.headers])
            return []
        start_response("200 OK", [*answer.headers, ("Content-Length", str(len(answer.body)))])
        return [answer.body]
