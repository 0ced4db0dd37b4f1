"""What is written down of a request: one line of JSON on standard error, and another for a failure of ours.

Never a token, a body or a query string: the line has the route's rule, not the address that was asked for.
The lines are written as they are rather than through `logging`, whose records cost more than the rest of a line.
"""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy.exc import StatementError

from service.web.fields import written
from service.web.json import text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TRACE = "hornbook.trace"


@dataclass(slots=True)
class Trace:
    """What becomes known of one request on its way; kept in its WSGI environment."""

    request_id: str
    started: float
    caller: str = "anonymous"
    route: str | None = None
    status: int = 500
    statements: int = 0


AT_HAND: ContextVar[Trace | None] = ContextVar("hornbook_trace", default=None)
"""The trace of the request that this thread is at."""


def trace_of(environ: WSGIEnvironment) -> Trace:
    """The trace of the request; one made up where the app was entered by another door."""
    trace = environ.get(TRACE)
    return trace if isinstance(trace, Trace) else Trace("-", perf_counter())


def route_of(environ: WSGIEnvironment) -> str | None:
    """The rule that the request's address matched; known while the app answers, and not afterwards."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    return None if rule is None else str(rule.rule)


def request_ended(environ: WSGIEnvironment, trace: Trace) -> None:
    """Write the request's line."""
    _write(
        {
            "time": written(datetime.now(UTC)),
            "id": trace.request_id,
            "method": environ["REQUEST_METHOD"],
            "route": trace.route,
            "status": trace.status,
            "ms": round((perf_counter() - trace.started) * 1000, 2),
            "caller": trace.caller,
            "statements": trace.statements,
        }
    )


def failure(environ: WSGIEnvironment, error: Exception) -> None:
    """Write down a failure of ours with its traceback, in one line that names the request."""
    if isinstance(error, StatementError):
        # A statement's values are what people wrote.
        error.hide_parameters = True
    told = "".join(traceback.format_exception(error))
    _write({"time": written(datetime.now(UTC)), "id": trace_of(environ).request_id, "failure": told})


def refused(status: int, reason: str) -> None:
    """Write the line of something that could not be read as a request, and so has no route and no id."""
    _write({"time": written(datetime.now(UTC)), "status": status, "refused": reason[:200]})


def count_statement(statement: str) -> None:
    """Count a statement that is sent to the database for the line of the request it is sent for."""
    trace = AT_HAND.get()
    if trace is not None and not statement.startswith("BEGIN"):
        trace.statements += 1


def _write(members: dict[str, object]) -> None:
    # Nobody's request fails because nobody reads the log any more.
    with suppress(OSError, ValueError):
        sys.stderr.write(text(members) + "\n")
