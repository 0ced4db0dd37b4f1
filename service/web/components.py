"""The parts of the API's description that its endpoints share: problems, headers, the token."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from service.errors import Problem
from service.web import problems
from service.web.fields import String

HEADERS = {
    "ETag": "names this version of the answer; send it back in If-None-Match or If-Match",
    "Idempotency-Replayed": "`true` when this is the stored answer to an earlier request with the same key",
    "Link": '`rel="next"`: the address of the next page; absent on the last',
    "Retry-After": "seconds to wait before the next try",
}

PROBLEM: dict[str, object] = {
    "type": "object",
    "description": "What went wrong, in the one shape every failure has (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "description": "the kind of problem: an address that explains it"},
        "title": {"type": "string", "description": "the kind in words"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong this time, and how to mend it"},
        "errors": {
            "type": "array",
            "maxItems": problems.MOST_ERRORS,
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "a JSON pointer into the body; /query/… elsewhere"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


class KeyHeader(Schema):
    """What makes a POST happen once."""

    key = String(
        200,
        shortest=1,
        pattern="[!-~]+",
        data_key="Idempotency-Key",
        metadata={"description": "a repeat with the same key gets the stored answer instead of happening again"},
    )


class KnownHeader(Schema):
    """What spares a client an answer it holds."""

    tag = fields.String(
        data_key="If-None-Match", metadata={"description": "the ETag you hold: 304 while it is the present one"}
    )


class MatchHeader(Schema):
    """What keeps a client from overwriting what it has not seen."""

    tag = fields.String(
        data_key="If-Match", required=True, metadata={"description": "the ETag of the version you are changing"}
    )


def headers(*names: str) -> dict[str, Any] | None:
    """References to these headers of an answer."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names} or None


def add(spec: Any) -> None:
    """Put the parts into an apispec; of most, only what endpoints refer to ends up in the description."""
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "hb_…"})
    spec.components.schema("Problem", PROBLEM)
    by_status: dict[int, list[type[Problem]]] = {}
    for kind in problems.problem_kinds():
        by_status.setdefault(kind.status, []).append(kind)
    for status, kinds in by_status.items():
        spec.components.response(f"Problem{status}", _problem_response(kinds), lazy=True)
    for name, description in HEADERS.items():
        spec.components.header(name, {"description": description, "schema": {"type": "string"}}, lazy=True)


def _problem_response(kinds: list[type[Problem]]) -> dict[str, object]:
    response: dict[str, object] = {
        "description": "; ".join(f"`{kind.slug}`: {kind.title}" for kind in kinds),
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if kinds[0].status in {429, 503}:
        response["headers"] = headers("Retry-After")
    return response
