"""The way of one request, from the socket to the answer: the same for every endpoint."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Request

from service.db import Database
from service.domain.roles import Principal
from service.errors import Forbidden, NotFound, PreconditionRequired, Problem, Unauthenticated, Unavailable, WriteNeeded
from service.settings import Settings
from service.web import caching, idempotency, log, problems, reading
from service.web.calls import Answer, Call, Endpoint, Reply
from service.web.json import dumps
from service.web.keeping import KeptAnswers
from service.web.oversight import Oversight, Refusal
from service.web.paging import Cursor, Page
from service.web.responses import Response, sent
from service.world import World

Authenticate = Callable[[Database, str | None, datetime], Principal]
"""Who sent this Authorization header, now? Nobody without one; raises `Unauthenticated` for a bad one."""


@dataclass(frozen=True)
class Desk:
    """Where requests are served, and what every one of them is served with."""

    settings: Settings
    database: Database
    world: World
    authenticate: Authenticate
    oversight: Oversight = field(default_factory=Oversight)
    kept: KeptAnswers = field(default_factory=KeptAnswers)

    def serve(self, request: Request, endpoint: Endpoint, path: dict[str, Any]) -> Response:
        """Serve one request; a refusal of something audited is noted."""
        try:
            return self._served(request, endpoint, path)
        except (Forbidden, NotFound) as refused:
            if endpoint.is_audited:
                self._note_refusal(request, endpoint, path, refused)
            raise

    def _note_refusal(self, request: Request, endpoint: Endpoint, path: dict[str, Any], refused: Problem) -> None:
        trace = log.trace_of(request.environ)
        refusal = Refusal(
            actor=trace.caller,
            endpoint=endpoint,
            path=path,
            status=refused.status,
            at=self.world.now(),
            request_id=trace.request_id,
        )
        self.oversight.note_refusal(self.database, refusal)

    def _served(self, request: Request, endpoint: Endpoint, path: dict[str, Any]) -> Response:
        """Serve one request: one transaction, one commit, before anything is sent; raising rolls back.

        What can be done in one statement is done at once, and takes the transaction where something is in its way. The
        body has left the socket before a connection is held, and all that a client can get wrong is found before a
        write begins.
        """
        arrived_at = self.world.now()
        content = reading.content_of(request, endpoint, self.settings.max_body_bytes)
        caller, stamp = self._seen(request, endpoint, arrived_at, path)
        call = self._admitted(request, endpoint, caller, arrived_at)
        if not endpoint.writes:
            try:
                with self.database.read() as call.session:
                    answer = _perform(call, path)
                    if stamp is not None:
                        answer = replace(answer, stamp=stamp)
            except WriteNeeded:
                pass
            else:
                self.kept.keep(request.environ, endpoint, path, answer)
                return sent(answer.unless_known(request.headers.get("If-None-Match")))
        call.body = reading.body_of(request, endpoint, content)
        if endpoint.at_once and not (endpoint.method == "POST" and "Idempotency-Key" in request.headers):
            with suppress(WriteNeeded), self.database.at_once() as call.session:
                return sent(_perform(call, path))
        if endpoint.prepares is not None:
            with self.database.read() as call.session:
                # What was done before is not made ready once more: it may be impossible now, because it was done.
                call.is_repeat = idempotency.was_answered(call, content)
                call.prepared = None if call.is_repeat else endpoint.prepares(call, **path)
        with self.database.write() as call.session:
            answer = self._perform_once(call, path, content)
        if not endpoint.is_answering:
            self.oversight.keep_uses(self.database, arrived_at)
        return sent(answer)

    def _seen(
        self, request: Request, endpoint: Endpoint, arrived_at: datetime, path: dict[str, Any]
    ) -> tuple[Principal, Hashable]:
        """Who asks, and the stamp that what is the caller's own has before it is read: it may be newer, never older."""
        authorization = request.headers.get("Authorization")
        try:
            if endpoint.personal and endpoint.kept is not None:
                seen = endpoint.kept(self.database, authorization, arrived_at, path)
                return seen.caller, seen.stamp
            return self.authenticate(self.database, authorization, arrived_at), None
        except Unauthenticated:
            # To send no token is no failure: whoever only looks what there is does not have to wait.
            if authorization is not None:
                self.oversight.note_failed_try(self.database, request.remote_addr, arrived_at, self.settings)
            raise

    def _admitted(self, request: Request, endpoint: Endpoint, caller: Principal, arrived_at: datetime) -> Call:
        """The call, once its caller is allowed to make it, and its query is understood."""
        self.oversight.note_use(caller, arrived_at)
        trace = log.trace_of(request.environ)
        trace.caller = caller.name
        if not endpoint.allow.permits(caller):
            raise Unauthenticated() if caller.is_anonymous else Forbidden()
        if endpoint.guarded and "If-Match" not in request.headers:
            raise PreconditionRequired(caching.HOW_TO_MATCH)
        return Call(
            endpoint=endpoint,
            caller=caller,
            world=self.world,
            settings=self.settings,
            arrived_at=arrived_at,
            headers=request.headers,
            address=(self.settings.public_url or request.root_path) + request.path,
            query_string=request.query_string,
            query=reading.query_of(request, endpoint),
            request_id=trace.request_id,
        )

    def _perform_once(self, call: Call, path: dict[str, Any], content: bytes) -> Answer:
        """Perform a write; a POST that was performed before under its Idempotency-Key gets its answer again."""
        claim = None
        if call.endpoint.method == "POST":
            claim = idempotency.claim_of(call, content)
        if claim is None:
            return self._perform_noted(call, path)
        answer = claim.earlier_answer(call)
        if answer is None:
            if call.is_repeat:
                raise Unavailable("What was answered to this Idempotency-Key has just expired.")
            answer = self._perform_noted(call, path)
            claim.keep(call, answer)
        return answer

    def _perform_noted(self, call: Call, path: dict[str, Any]) -> Answer:
        """Perform a write, and note what is audited; what was only tried out (`dry_run`) did not happen."""
        answer = _perform(call, path)
        if call.endpoint.is_audited and not call.query.get("dry_run"):
            self.oversight.note_act(call, path, answer.status)
        return answer


def _perform(call: Call, path: dict[str, Any]) -> Answer:
    """Run the view and write down what it returned; a problem that was returned is an answer like any other."""
    result = call.endpoint.view(call, **path)
    if isinstance(result, Problem):
        return problems.answer_of(result)
    reply = result if isinstance(result, Reply) else Reply(body=result)
    if isinstance(reply.body, Page):
        reply = _paged(call, reply, reply.body)
    return _answer(call, reply)


def _paged(call: Call, reply: Reply, page: Page) -> Reply:
    """The reply with the page as its object, and with a link to the next."""
    if page.last is None:
        return replace(reply, body={"items": page.rows, "next": None, **page.beside})
    schema = call.endpoint.reads_query
    cursor = schema.fields.get("after") if schema is not None else None
    if not isinstance(cursor, Cursor):
        raise TypeError(f"{call.endpoint.name} returns pages; its query needs `after = Cursor(…)`")
    after = cursor.write(page.last)
    asked = parse_qsl(call.query_string.decode(), keep_blank_values=True)
    query = urlencode([*(pair for pair in asked if pair[0] != "after"), ("after", after)])
    headers = {**reply.headers, "Link": f'<{call.address}?{query}>; rel="next"'}
    return replace(reply, body={"items": page.rows, "next": after, **page.beside}, headers=headers)


def _answer(call: Call, reply: Reply) -> Answer:
    """The reply as it goes out."""
    endpoint = call.endpoint
    status = reply.status or endpoint.statuses[0]
    if status not in endpoint.statuses:
        raise ValueError(f"{endpoint.name} answers {status}, which it does not declare")
    headers = [*reply.headers.items()]
    if endpoint.tagged and reply.etag is None:
        body = _body(endpoint, reply.body)
        reply = replace(reply, body=body, etag=caching.etag_of(body))
    if reply.etag is not None:
        headers.append(("ETag", caching.quoted(reply.etag)))
        if endpoint.tagged:
            headers.extend(caching.REVALIDATE.items())
    if not endpoint.gives:
        return Answer(status, b"", tuple(headers))
    headers.append(("Content-Type", reply.media_type))
    if reply.file is not None:
        return Answer(status, b"", tuple(headers), file=reply.file)
    return Answer(
        status, _body(endpoint, reply.body), tuple(headers), reply.etag if endpoint.tagged else None, reply.stamp
    )


def _body(endpoint: Endpoint, body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    if endpoint.write_answer is None:
        raise TypeError(f"{endpoint.name} declares no schema; it must return bytes")
    return dumps(endpoint.write_answer(body))
