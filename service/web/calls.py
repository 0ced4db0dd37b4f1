"""What passes between the web and a feature: the declaration of an endpoint, a call of it, and its reply."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import IO, Any, TypedDict

from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers, MIMEAccept
from werkzeug.http import parse_accept_header

from service.db import Database
from service.domain.roles import Allow, Principal
from service.errors import Forbidden, NotFound, Problem
from service.settings import Settings
from service.web import caching
from service.web.fields import Query
from service.web.writing import Write, writer_of
from service.world import World

JSON = "application/json"


@dataclass(frozen=True)
class Media:
    """A body that is not JSON of one schema: its media types, how long it may be, and how it is read.

    `read` turns the bytes and their media type into `call.body`, before a write begins; it raises a Problem or
    `Rejected`. `longest` None means the limit for every body.
    """

    types: tuple[str, ...]
    longest: int | None = None
    read: Callable[[bytes, str], dict[str, Any]] = lambda content, media: {"content": content, "media_type": media}


@dataclass(frozen=True)
class Seen:
    """Who asks, and a stamp of all that an answer depends on beside its address: the same stamp, the same answer."""

    caller: Principal
    stamp: Hashable


See = Callable[[Database, str | None, datetime, Mapping[str, Any]], Seen]
"""Given the Authorization header, the time and the variables of the address: who may see what is asked for, and its
stamp. Raises what the endpoint would."""


class Facts(TypedDict, total=False):
    """What a declaration may say beside its address and its `allow`."""

    takes: type[Schema] | Media
    """The request body; without it, no body is taken."""
    query: type[Query]
    """The query string; without it, no parameters are taken."""
    gives: type[Schema] | Media | tuple[type[Schema] | Media, ...]
    """The answer's body, in each of its media types."""
    status: int | tuple[int, ...]
    """The answer's status; of several, the first is the usual one."""
    problems: tuple[type[Problem], ...]
    """Refusals of this endpoint's own, for the documentation: Conflict, Gone, TooManyRequests."""
    prepares: Callable[..., Any]
    """What is worked out between the body and the write, as `call.prepared`: it takes what the view takes, reads in a
    transaction of its own, and may be slow."""
    secret: bool
    """The answer shows a secret once: no copy of it is kept for a repeated Idempotency-Key."""
    tagged: bool
    """The answer has an ETag, and If-None-Match is honoured. Where the view gives no tag, it is over the bytes."""
    guarded: bool
    """If-Match is required."""
    kept: See
    """The answer is the same for everybody who may see it: it is kept, and given again while this tells its stamp."""
    personal: bool
    """What is kept is one caller's own: it is given to nobody else, and its `see` tells who asks on every way."""
    at_once: bool
    """The view may be tried without a transaction first: it then does what it does in one statement at its end, or
    raises `WriteNeeded` and has done nothing."""
    audited: bool
    """Who did it is noted; under /admin this is so of every write, without saying it."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One declaration: where, who, what goes in and out, and the view that answers."""

    group: str
    method: str
    rule: str
    allow: Allow
    view: Callable[..., object]
    takes: type[Schema] | Media | None = None
    query: type[Query] | None = None
    gives: tuple[type[Schema] | Media, ...] = ()
    statuses: tuple[int, ...] = (200,)
    problems: tuple[type[Problem], ...] = ()
    prepares: Callable[..., Any] | None = None
    secret: bool = False
    tagged: bool = False
    guarded: bool = False
    kept: See | None = None
    personal: bool = False
    at_once: bool = False
    audited: bool = False

    @property
    def name(self) -> str:
        """The view's name within its group: `quizzes.submit_attempt`."""
        return f"{self.group}.{self.view.__name__}"

    @property
    def writes(self) -> bool:
        """Whether the view runs in a writing transaction."""
        return self.method not in {"GET", "HEAD"}

    @cached_property
    def is_audited(self) -> bool:
        """Whether who does it, or is refused it, is noted. Students' work is not: it has a log of its own."""
        return self.writes and (self.audited or "/admin/" in self.rule)

    @cached_property
    def is_answering(self) -> bool:
        """Whether it is a student's work at an attempt, which is kept free of everything that can wait."""
        return "/attempts/<" in self.rule and not self.is_audited

    @cached_property
    def reads_body(self) -> Schema | Media | None:
        """What reads the body: the schema at work, or the media type."""
        return self.takes if self.takes is None or isinstance(self.takes, Media) else self.takes()

    @cached_property
    def reads_query(self) -> Query | None:
        """The schema at work for the query string."""
        return None if self.query is None else self.query()

    @cached_property
    def write_answer(self) -> Write | None:
        """What writes the answer, as its schema has it."""
        return next((writer_of(given()) for given in self.gives if not isinstance(given, Media)), None)


@dataclass(kw_only=True)
class Call:
    """One call of an endpoint, checked and read: everything a view may know of the request.

    `address` is what was asked for, without the query, as a client can ask for it again.
    """

    endpoint: Endpoint
    session: Session = field(init=False)
    caller: Principal
    world: World
    settings: Settings
    arrived_at: datetime
    headers: Headers
    address: str
    query_string: bytes
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    prepared: Any = None
    is_repeat: bool = False
    course_id: int | None = None
    request_id: str = "-"
    told: dict[str, Any] = field(default_factory=dict)

    def tell(self, **details: Any) -> None:
        """Add to what is noted of an audited act: ids, keys, roles and counts; never a secret or what people wrote."""
        self.told.update(details)

    def admit(self, course_id: int) -> None:
        """Raise unless the endpoint's rule serves the caller in this course.

        To somebody with no part in the course it does not exist. The course is remembered: before a stored
        answer is repeated under an Idempotency-Key, the same question is asked again.
        """
        if not self.endpoint.allow.permits_in(self.caller, course_id):
            is_known_there = self.caller.role_in(course_id) is not None or course_id in self.caller.courses
            raise Forbidden() if is_known_there else NotFound()
        self.course_id = course_id

    def prefers(self, *media_types: str) -> str | None:
        """The one of these media types that the client's Accept header ranks highest, if above JSON."""
        accepted = parse_accept_header(self.headers.get("Accept"), MIMEAccept)
        best = accepted.best_match([JSON, *media_types])
        return None if best == JSON else best

    def must_match(self, etag: str) -> None:
        """Raise unless If-Match names the present version (412); a missing header was refused before (428)."""
        caching.require_match(self.headers.get("If-Match"), etag)


@dataclass(kw_only=True)
class Reply:
    """An answer that says more than its body.

    `body` is a value for the endpoint's schema, a `Page` of a list, or bytes that are sent as they are; `file` is what
    is too long to be held in memory, sent in its place from the beginning and then closed; `etag` is the opaque part of
    a strong tag; `status` None is the endpoint's usual one; `stamp` is what the answer was made
    under, where it may be kept (see `Facts.kept`).
    """

    body: object = None
    status: int | None = None
    etag: str | None = None
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    stamp: Hashable = None
    file: IO[bytes] | None = None


@dataclass(frozen=True)
class Answer:
    """An answer as it goes out, and as it is kept under an Idempotency-Key; ``etag` where If-None-Match counts."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str | None = None
    stamp: Hashable = None
    file: IO[bytes] | None = None

    def unless_known(self, if_none_match: str | None) -> Answer:
        """The answer, or 304 to a client that holds it already."""
        is_known = self.status == 200 and self.etag is not None and caching.names(if_none_match, self.etag)
        return self.unchanged if is_known else self

    @cached_property
    def unchanged(self) -> Answer:
        """What is said to a client that holds it already."""
        return Answer(304, b"", tuple(header for header in self.headers if header[0] != "Content-Type"))
