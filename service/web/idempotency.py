"""A POST with an Idempotency-Key happens once: repeats get the stored answer, byte for byte.

The key is claimed before the effect and its answer stored after it, all in the effect's own transaction. The
table's primary key decides between two at once: the second waits for the first to commit and then repeats its
answer, or goes ahead if the first was rolled back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.db import Base, Hash, Json, insert_unless_present
from service.errors import Conflict, Invalid, Unavailable
from service.web.calls import Answer, Call

KEPT = timedelta(days=7)
SWEPT_AT_ONCE = 500
FORM = re.compile(r"[\x21-\x7e]{1,200}")


class IdempotencyKey(Base):
    """A key that was used, by whom, for what, and what was answered."""

    __tablename__ = "idempotency_keys"

    fingerprint: Mapped[str] = mapped_column(Hash, primary_key=True)
    principal: Mapped[str] = mapped_column(String(80), index=True)
    route: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Hash)
    course_id: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    headers: Mapped[Any] = mapped_column(Json, nullable=True)
    created_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Claim:
    """One caller's key for one request: the caller, the route and the key make the fingerprint.

    `route` is the method and the path, `content` the query string and the body.
    """

    principal: str
    route: str
    key: str
    content: bytes

    @property
    def fingerprint(self) -> str:
        """Names the claim in the table; a fixed length, whatever the key and the path."""
        return _digest(f"{self.principal}\n{self.route}\n{self.key}".encode())

    def earlier_answer(self, call: Call) -> Answer | None:
        """Claim the key in the call's transaction, or return what was answered to it before.

        Raises `Invalid` when the key was used with another body, `Conflict` when the answer held a secret, and
        what `Call.admit` raises when the caller has lost the course since.
        """
        values = {
            "fingerprint": self.fingerprint,
            "principal": self.principal,
            "route": self.route,
            "digest": _digest(self.content),
            "created_at": call.arrived_at,
        }
        if insert_unless_present(call.session, IdempotencyKey, values):
            return None
        if self._forget_if_expired(call) and insert_unless_present(call.session, IdempotencyKey, values):
            return None
        return self._stored(call)

    def keep(self, call: Call, answer: Answer) -> None:
        """Store the answer, in the transaction of its effect."""
        call.session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.fingerprint == self.fingerprint)
            .values(
                status=answer.status,
                body=None if call.endpoint.secret and answer.status < 400 else answer.body,
                headers=answer.headers,
                course_id=call.course_id,
            )
        )
        # One claim in 256 clears away some of the expired, so that the table is bounded without a sweeper.
        if self.fingerprint.startswith("00"):
            sweep(call.session, call.arrived_at)

    def _forget_if_expired(self, call: Call) -> bool:
        gone = delete(IdempotencyKey).where(
            IdempotencyKey.fingerprint == self.fingerprint, IdempotencyKey.created_at < call.arrived_at - KEPT
        )
        return call.session.execute(gone.returning(IdempotencyKey.fingerprint)).first() is not None

    def _stored(self, call: Call) -> Answer:
        table = IdempotencyKey.__table__
        query = select(table.c.digest, table.c.course_id, table.c.status, table.c.body, table.c.headers)
        row = call.session.execute(query.where(table.c.fingerprint == self.fingerprint)).first()
        if row is None or row.status is None:
            raise Unavailable("The first request with this Idempotency-Key has only just ended.")
        if row.digest != _digest(self.content):
            raise Invalid("This Idempotency-Key was used before, with another body. Use a new key for a new request.")
        if row.course_id is not None:
            call.admit(row.course_id)
        if row.body is None:
            raise Conflict("This was already issued and is shown only once. Revoke it and repeat with a new key.")
        stored = tuple((name, value) for name, value in row.headers)
        return Answer(row.status, row.body, (*stored, ("Idempotency-Replayed", "true")))


def claim_of(call: Call, content: bytes) -> Claim | None:
    """The claim a POST makes with its Idempotency-Key; None without one. Raises `Invalid` for an unusable key."""
    key = call.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not FORM.fullmatch(key):
        raise Invalid("An Idempotency-Key is 1 to 200 visible ASCII characters.")
    if call.caller.is_anonymous:
        raise Invalid("An Idempotency-Key is kept for a caller: send a token with it.")
    return Claim(call.caller.name, f"POST {call.address}", key, call.query_string + b"\n" + content)


def was_answered(call: Call, content: bytes) -> bool:
    """Whether this POST was performed before under its Idempotency-Key, as far as can be seen without claiming it."""
    claim = claim_of(call, content) if call.endpoint.method == "POST" else None
    if claim is None:
        return False
    found = select(IdempotencyKey.status).where(
        IdempotencyKey.fingerprint == claim.fingerprint, IdempotencyKey.created_at >= call.arrived_at - KEPT
    )
    return call.session.scalar(found) is not None


def sweep(session: Session, now: datetime, most: int = SWEPT_AT_ONCE) -> int:
    """Remove expired keys, up to `most`, the oldest first; tells how many."""
    # Two sweepers at once must not wait for each other; SQLite has one writer and ignores the clause.
    expired = (
        select(IdempotencyKey.fingerprint)
        .where(IdempotencyKey.created_at < now - KEPT)
        .order_by(IdempotencyKey.created_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    gone = session.execute(
        delete(IdempotencyKey)
        .where(IdempotencyKey.fingerprint.in_(expired.scalar_subquery()))
        .returning(IdempotencyKey.fingerprint)
    )
    return len(gone.all())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
