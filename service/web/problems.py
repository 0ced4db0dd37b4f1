"""Every failure in its one shape: RFC 9457 problem documents, whoever raised it and wherever.

A problem's `type` is the address `/problems/<slug>`, and the address tells what it means.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as NoSuchMethod

from service import errors
from service.domain.mistakes import Rejected
from service.errors import Invalid, MethodNotAllowed, NotFound, Problem, Unreadable
from service.web import log
from service.web.calls import Answer
from service.web.failures import meaning_of
from service.web.json import dumps
from service.web.responses import Response, sent

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100
"""A body can hold more mistakes than anybody reads; the answer stays smaller than the question."""

KINDS: dict[str, type[Problem]] = {
    kind.slug: kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, Problem)
}
"""Every type of problem by its slug."""

_BY_STATUS = {kind.status: kind for kind in KINDS.values()}


def answer_of(problem: Problem) -> Answer:
    """The problem as it is sent: its document, and the headers that belong to it."""
    return Answer(problem.status, dumps(document_of(problem)), (("Content-Type", MEDIA_TYPE), *problem.headers.items()))


def document_of(problem: Problem) -> dict[str, object]:
    """The problem document: type, title, status, detail, errors, and what else the problem brings."""
    return {
        "type": f"/problems/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": str(problem),
        "errors": [{"pointer": m.pointer, "detail": m.message} for m in problem.errors[:MOST_ERRORS]],
        **problem.extra,
    }


def install(app: Flask) -> None:
    """Answer everything that goes wrong in this app with a problem document."""
    app.register_error_handler(Problem, lambda problem: sent(answer_of(problem)))
    app.register_error_handler(Rejected, lambda rejected: sent(answer_of(Invalid.because(rejected))))
    app.register_error_handler(HTTPException, lambda error: sent(answer_of(_problem_of(error))))
    app.register_error_handler(SQLAlchemyError, _database_failed)
    app.register_error_handler(Exception, _unforeseen)
    app.add_url_rule("/problems/<slug:slug>", "problems.explain", explain, methods=["GET"])


def explain(slug: str) -> Response:
    """What this type of problem means."""
    kind = KINDS.get(slug)
    if kind is None:
        raise NotFound
    meaning = {"type": f"/problems/{slug}", "title": kind.title, "status": kind.status, "meaning": inspect.getdoc(kind)}
    return sent(Answer(200, dumps(meaning), (("Content-Type", "application/json"),)))


def _problem_of(error: HTTPException) -> Problem:
    if isinstance(error, NoSuchMethod):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return MethodNotAllowed(f"This address takes {allowed}.", headers={"Allow": allowed})
    usual = Problem if (error.code or 500) >= 500 else Unreadable
    return _BY_STATUS.get(error.code or 500, usual)()


def _database_failed(error: SQLAlchemyError) -> Response:
    problem = meaning_of(error)
    return _unforeseen(error) if problem is None else sent(answer_of(problem))


def _unforeseen(error: Exception) -> Response:
    log.failure(request.environ, error)
    return sent(answer_of(Problem("The fault is ours. The X-Request-Id of this answer finds it in the log.")))


def problem_kinds() -> Iterator[type[Problem]]:
    """Every type of problem, by status: for the documentation."""
    yield from sorted(KINDS.values(), key=lambda kind: (kind.status, kind.slug))
