"""The one way an answer becomes a response of Flask's."""

from __future__ import annotations

import flask

from service.web.calls import Answer


class Response(flask.Response):
    """A response that has a media type only where one was said: 204 and 304 have none."""

    default_mimetype = None


def sent(answer: Answer) -> Response:
    """The answer as Flask sends it."""
    return Response(answer.body, answer.status, list(answer.headers))
