"""The description of the API, OpenAPI 3.1, made from the declarations: what is served is what is described.

flask-smorest and apispec write it; their wrappers are put around stand-ins that are never called, so that
describing an endpoint costs its requests nothing. It is written when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import flask_smorest
from flask import Flask
from marshmallow import Schema
from marshmallow.fields import Field
from werkzeug.routing import IntegerConverter

from service.domain.roles import Allow
from service.settings import Settings
from service.web import components
from service.web import json as strict
from service.web.addresses import LONGEST, SLUG, SlugConverter
from service.web.calls import JSON, Endpoint, Media
from service.web.idempotency import KEPT
from service.web.paging import Cursor
from service.web.routes import Routes

VERSION = "3.1.0"
ALWAYS = (400, 401, 422, 429, 500, 503)
"""Refusals any endpoint may answer with: bytes that are no text, a bad token, an unknown parameter, too many bad
tokens, a fault of ours, a busy database."""

INTRODUCTION = """\
Reading guides and self-check quizzes.

Every failure is a problem document (RFC 9457) with a pointer to each mistake. A list holds `items` and `next`,
the cursor of the next page. Times are RFC 3339 in UTC. Unknown fields and parameters are refused.
"""


class _Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's, as far as it describes: it answers nothing and handles no error."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Failures are answered by `problems`."""


def described(app: Flask, routes: tuple[Routes, ...], settings: Settings) -> dict[str, Any]:
    """The description as JSON."""
    title = {"title": "Hornbook", "version": "1", "openapi_version": VERSION}
    about = {"info": {"description": INTRODUCTION}, "x-limits": limits(settings)}
    api = _Api(app, spec_kwargs={**title, **about})
    api.ma_plugin.converter.add_attribute_function(_number_as_text)
    api.register_converter(SlugConverter, _slug_parameter)
    api.register_converter(IntegerConverter, _count_parameter)
    components.add(api.spec)
    for group in routes:
        _blueprint(group).register_views_in_doc(api, app, api.spec, name=group.name, parameters=None)
        api.spec.tag({"name": group.name, "description": group.description})
    return _tidied(api.spec.to_dict())


def limits(settings: Settings) -> dict[str, int]:
    """What holds for every request."""
    return {
        "body_bytes": settings.max_body_bytes,
        "json_depth": strict.DEEPEST,
        "whole_number": strict.LARGEST,
        "idempotency_key_days": KEPT.days,
    }


def statuses_of(endpoint: Endpoint) -> list[int]:
    """Every status the endpoint may refuse with."""
    possible = {
        403: not endpoint.allow.anyone,
        404: "<" in endpoint.rule,
        409: endpoint.writes,
        412: endpoint.guarded,
        413: endpoint.writes,
        415: endpoint.takes is not None,
        428: endpoint.guarded,
    }
    own = {problem.status for problem in endpoint.problems}
    return sorted({*ALWAYS, *own, *(status for status, holds in possible.items() if holds)})


def _tidied(written: dict[str, Any]) -> dict[str, Any]:
    """The description without flask-smorest's own schemas of failures and pages, and with answers in order."""
    for name in ("Error", "PaginationMetadata"):
        written["components"]["schemas"].pop(name, None)
    for path in written["paths"].values():
        for operation in (path[method] for method in path if method != "parameters"):
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return written


def _blueprint(group: Routes) -> Any:
    """The group as flask-smorest knows it; never registered, so it serves nothing."""
    blueprint = flask_smorest.Blueprint(group.name, __name__)
    for endpoint in group.endpoints:
        described = _stand_in(endpoint)
        for decorate in _decorators(blueprint, endpoint):
            described = decorate(described)
        blueprint.add_url_rule(endpoint.rule, endpoint.view.__name__, described, methods=[endpoint.method])
    return blueprint


def _stand_in(endpoint: Endpoint) -> Callable[[], None]:
    def described() -> None:
        """Never called."""

    described.__doc__ = endpoint.view.__doc__
    return described


def _decorators(blueprint: Any, endpoint: Endpoint) -> Iterator[Callable[[Any], Any]]:
    if endpoint.query is not None:
        yield blueprint.arguments(endpoint.query, location="query")
    if endpoint.takes is not None and not isinstance(endpoint.takes, Media):
        needed = any(field.required for field in endpoint.takes().fields.values())
        yield blueprint.arguments(endpoint.takes, location="json", required=needed)
    for header in _headers_read_by(endpoint):
        yield blueprint.arguments(header, location="headers")
    for status in endpoint.statuses:
        yield from _answers(blueprint, endpoint, status)
    if endpoint.tagged:
        yield blueprint.alt_response(304, description="You have it already", headers=components.headers("ETag"))
    for status in statuses_of(endpoint):
        yield blueprint.alt_response(status, response=f"Problem{status}")
    yield blueprint.doc(**_by_hand(endpoint))


def _answers(blueprint: Any, endpoint: Endpoint, status: int) -> Iterator[Callable[[Any], Any]]:
    about = {"description": "Done", "headers": components.headers(*_headers_of(endpoint))}
    if not endpoint.gives:
        yield blueprint.alt_response(status, success=True, **about)
    for given in endpoint.gives:
        if not isinstance(given, Media):
            yield blueprint.alt_response(status, schema=given, success=True, **about)
            continue
        for media_type in given.types:
            content = {"type": "object" if media_type == JSON else "string"}
            yield blueprint.alt_response(status, schema=content, content_type=media_type, success=True, **about)


def _headers_read_by(endpoint: Endpoint) -> Iterator[type[Schema]]:
    if endpoint.method == "POST" and not endpoint.allow.anyone:
        yield components.KeyHeader
    if endpoint.tagged:
        yield components.KnownHeader
    if endpoint.guarded:
        yield components.MatchHeader


def _headers_of(endpoint: Endpoint) -> Iterator[str]:
    if endpoint.tagged or endpoint.guarded:
        yield "ETag"
    if endpoint.reads_query is not None and any(isinstance(f, Cursor) for f in endpoint.reads_query.fields.values()):
        yield "Link"
    if endpoint.method == "POST":
        yield "Idempotency-Replayed"


def _by_hand(endpoint: Endpoint) -> dict[str, Any]:
    """What the decorators cannot know: who may call it, and bodies that are not JSON."""
    token: list[dict[str, list[str]]] = [{"token": []}]
    written: dict[str, Any] = {
        "operationId": endpoint.name,
        "security": [{}, *token] if endpoint.allow.anyone else token,
        "x-allow": _allow(endpoint.allow),
    }
    if isinstance(endpoint.takes, Media):
        # Nothing is said of the content: its format has a name, and its schema is not JSON's.
        written["requestBody"] = {"required": True, "content": {media: {} for media in endpoint.takes.types}}
        if endpoint.takes.longest is not None:
            written["requestBody"]["x-max-bytes"] = endpoint.takes.longest
    return written


def _allow(allow: Allow) -> dict[str, object]:
    return {
        "anyone": allow.anyone,
        "person": allow.person,
        "roles": sorted(allow.roles),
        "scope": allow.scope,
    }


def _number_as_text(_converter: object, field: Field[Any], ret: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """A number that is written as text, so that no reader rounds it, is described as text."""
    if not getattr(field, "as_string", False):
        return {}
    nullable = isinstance(ret.get("type"), list)
    return {"type": ["string", "null"] if nullable else "string", "format": "decimal"}


def _slug_parameter(_converter: SlugConverter) -> dict[str, object]:
    return {"type": "string", "pattern": f"^{SLUG}$", "maxLength": LONGEST}


def _count_parameter(_converter: IntegerConverter) -> dict[str, object]:
    return {"type": "integer", "minimum": 0, "maximum": 10**9 - 1}
