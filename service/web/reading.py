"""Reading a request: its body and its query string, refused before anything is done about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

import marshmallow as ma
from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from service.domain.mistakes import Mistake
from service.errors import Invalid, TooLarge, Unreadable, UnsupportedMediaType
from service.web import json
from service.web.calls import JSON, Endpoint, Media
from service.web.fields import Query


def content_of(request: Request, endpoint: Endpoint, limit: int) -> bytes:
    """The body's bytes, off the socket, whether its length was announced or it came in chunks; 413 beyond the limit."""
    if not endpoint.writes:
        return b""
    if isinstance(endpoint.takes, Media) and endpoint.takes.longest is not None:
        limit = endpoint.takes.longest
    # A body in chunks is cut off at the maximum without a word: one byte more is let in, and looked for.
    request.max_content_length = limit + 1
    too_large = TooLarge(f"This address takes at most {limit} bytes.")
    try:
        content = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise too_large from None
    if len(content) > limit:
        raise too_large
    return content


def body_of(request: Request, endpoint: Endpoint, content: bytes) -> dict[str, Any]:
    """The body as the endpoint takes it; raises 415, 400 or 422 for what it does not take."""
    reads = endpoint.reads_body
    if reads is None:
        if content.strip() not in (b"", b"{}"):
            raise Invalid("This address takes no body.")
        return {}
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("Send the body without a Content-Encoding.")
    if isinstance(reads, Media):
        if request.mimetype not in reads.types:
            raise UnsupportedMediaType(f"Send {' or '.join(reads.types)}.")
        return reads.read(content, request.mimetype)
    if content and (request.mimetype != JSON or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8"):
        raise UnsupportedMediaType(f"Send the body as {JSON}.")
    # A body of which everything may be left out may be left out altogether.
    return loaded(reads, json.read(content) if content else {})


def query_of(request: Request, endpoint: Endpoint) -> dict[str, Any]:
    """The query string as the endpoint takes it; raises 400, or 422 with pointers below `/query`."""
    schema = endpoint.reads_query
    if not request.query_string and schema is None:
        return {}
    try:
        # Strictly, as `args` reads a byte that is no text for some other text.
        unquote_to_bytes(request.query_string).decode()
        asked = request.args
    except UnicodeDecodeError:
        raise Unreadable("The query string is not UTF-8: percent-encode what is not ASCII.") from None
    known = _NO_QUERY if schema is None else schema
    lists = {field.data_key or name for name, field in known.load_fields.items() if isinstance(field, ma.fields.List)}
    given = {
        # A parameter given twice stays a list, which no other field takes.
        name: values if name in lists or len(values) > 1 else values[0]
        for name, values in asked.lists()
    }
    return loaded(known, given, "query")


def loaded(schema: ma.Schema, value: Any, *under: str) -> dict[str, Any]:
    """What the schema makes of the value; raises `Invalid` with all mistakes, in order of their place."""
    try:
        taken: dict[str, Any] = schema.load(value)
    except ma.ValidationError as error:
        raise Invalid(errors=sorted(mistakes_in(error.messages, under), key=_place)) from None
    return taken


def mistakes_in(messages: Any, path: tuple[str | int, ...] = ()) -> Iterator[Mistake]:
    """Marshmallow's nested messages as mistakes, each with its place."""
    if isinstance(messages, dict):
        for step, inner in messages.items():
            yield from mistakes_in(inner, path if step == ma.exceptions.SCHEMA else (*path, step))
    elif isinstance(messages, list):
        for inner in messages:
            yield from mistakes_in(inner, path)
    else:
        yield Mistake(path, str(messages))


def _place(mistake: Mistake) -> list[tuple[int, str]]:
    """Indexes in order of their number, names in order of their letters."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in mistake.path]


class _NoQuery(Query):
    """Takes no parameters."""


_NO_QUERY = _NoQuery()
