"""The one way an answer becomes a response of Flask's."""

from __future__ import annotations

from collections.abc import Iterator
from io import SEEK_END
from typing import IO

import flask

from service.web.calls import Answer

PIECE = 64 * 1024
"""Bytes of a file that are sent at once."""


class Response(flask.Response):
    """A response that has a media type only where one was said: 204 and 304 have none."""

    default_mimetype = None


def sent(answer: Answer) -> Response:
    """The answer as Flask sends it."""
    if answer.file is None:
        return Response(answer.body, answer.status, list(answer.headers))
    length = answer.file.seek(0, SEEK_END)
    answer.file.seek(0)
    response = Response(_pieces(answer.file), answer.status, [*answer.headers, ("Content-Length", str(length))])
    response.call_on_close(answer.file.close)
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
