"""Everything that can go wrong on purpose, each with its HTTP status and a stable problem type.

Raised from an operation, an error rolls the transaction back. Returned from a view, it is an answer like any
other: the transaction commits (a stale answer is kept *and* refused).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from service.domain.mistakes import Mistake, Rejected


class WriteNeeded(Exception):
    """Raised while reading, when the state must first be moved on (a deadline has passed).

    The view is then run again from the start, inside a writing transaction.
    """


class Problem(Exception):
    """A refusal with a reason: RFC 9457's members as attributes.

    `extra` holds further members of the problem document (say, the current value in a conflict), `headers`
    what HTTP wants said beside it.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self,
        detail: str = "",
        errors: Iterable[Mistake] = (),
        *,
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


class Unreadable(Problem):
    """The request could not be read at all."""

    status, slug, title = 400, "unreadable", "The request could not be read"


class Unauthenticated(Problem):
    """No token, or one that is not valid (any more)."""

    status, slug, title = 401, "unauthenticated", "A valid token is needed"

    def __init__(self, detail: str = "Send a token in the header: Authorization: Bearer hb_…") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="hornbook"'})


class Forbidden(Problem):
    """The caller is known and may not do this."""

    status, slug, title = 403, "forbidden", "This is not yours to do"


class NotFound(Problem):
    """Missing, or not the caller's to see: the answer is the same, byte for byte."""

    status, slug, title = 404, "not-found", "There is nothing here for you"


class MethodNotAllowed(Problem):
    """The address exists, the method does not."""

    status, slug, title = 405, "method-not-allowed", "This address does not take that method"


class Conflict(Problem):
    """The state has moved on, or does not allow this."""

    status, slug, title = 409, "conflict", "This does not fit the present state"


class Gone(Problem):
    """It was here once and is not kept any longer."""

    status, slug, title = 410, "gone", "This is no longer available"


class PreconditionFailed(Problem):
    """If-Match named another version than the present one."""

    status, slug, title = 412, "precondition-failed", "Somebody changed this in the meantime"


class TooLarge(Problem):
    """The body is larger than the server takes."""

    status, slug, title = 413, "too-large", "The request is too large"


class AddressTooLong(Problem):
    """The address is longer than the server reads."""

    status, slug, title = 414, "address-too-long", "The address is too long"


class UnsupportedMediaType(Problem):
    """The body is not of a type this address takes."""

    status, slug, title = 415, "unsupported-media-type", "Send JSON"


class Invalid(Problem):
    """Read, understood and refused; `errors` names each field."""

    status, slug, title = 422, "invalid", "Some of this is not right yet"

    @classmethod
    def because(cls, rejected: Rejected, *under: str | int) -> Invalid:
        """The refusal of a document or a response, with its mistakes."""
        return cls(errors=[mistake.under(*under) for mistake in rejected.mistakes])


class PreconditionRequired(Problem):
    """A write of content without If-Match."""

    status, slug, title = 428, "precondition-required", "Say which version you are changing"


class TooManyRequests(Problem):
    """A limit on attempts was reached; Retry-After says when to come back."""

    status, slug, title = 429, "too-many-requests", "Too many tries"


class HeadersTooLarge(Problem):
    """There are more headers, or longer ones, than the server reads."""

    status, slug, title = 431, "headers-too-large", "The headers are too large"


class Unavailable(Problem):
    """The database cannot be reached or is busy; Retry-After says when to come back."""

    status, slug, title = 503, "unavailable", "Please try again in a moment"

    def __init__(self, detail: str = "", retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})
