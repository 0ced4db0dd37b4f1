"""What is noted of those who use the service: failed tries, acts and refusals, and when tokens were used last."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, update
from sqlalchemy.exc import SQLAlchemyError

from service.accounts import auditing, limits
from service.accounts.models import Token
from service.db import Database
from service.domain.roles import Principal
from service.settings import Settings
from service.web.calls import Call
from service.web.oversight import Oversight, Refusal

AT_MOST_EVERY = timedelta(hours=1)


class Overseer(Oversight):
    """The oversight of one worker.

    No read ever writes: a worker remembers when each token was used, and writes that down at most once an hour, in a
    short transaction after somebody's write to anything but an attempt. What a worker remembers when it stops is
    forgotten, so a token was used last when it says or later.
    """

    def __init__(self) -> None:
        self._uses: dict[UUID, datetime] = {}
        self._kept_at: datetime | None = None
        self._lock = Lock()

    def note_failed_try(self, database: Database, address: str | None, now: datetime, settings: Settings) -> None:
        """Count it; see `limits`."""
        limits.count_failed_try(database, address, now, settings.failed_tries)

    def note_act(self, call: Call, path: Mapping[str, Any], status: int) -> None:
        """Add it to the trail; see `auditing`."""
        auditing.note_act(call, path, status)

    def note_refusal(self, database: Database, refusal: Refusal) -> None:
        """Add it to the trail."""
        auditing.note_refusal(database, refusal)

    def note_use(self, caller: Principal, now: datetime) -> None:
        """Remember it."""
        if caller.token_id is not None:
            self._uses[caller.token_id] = now

    def keep_uses(self, database: Database, now: datetime) -> None:
        """Write down when tokens were used, if that was not done within the hour."""
        with self._lock:
            if not self._uses or (self._kept_at is not None and now - self._kept_at < AT_MOST_EVERY):
                return
            self._kept_at, uses, self._uses = now, self._uses, {}
        # What was asked for is done by now: it is not to fail for want of this. There is another time.
        with suppress(SQLAlchemyError):
            _keep(database, uses)


_USED = (
    update(Token)
    .where(Token.id == bindparam("token"))
    .where(or_(Token.last_used_at.is_(None), Token.last_used_at < bindparam("moment")))
    .values(last_used_at=bindparam("moment"))
)


def _keep(database: Database, uses: Mapping[UUID, datetime]) -> None:
    with database.write() as session:
        # Always in the same order, so that two workers never wait for each other.
        rows = [{"token": token, "moment": uses[token]} for token in sorted(uses)]
        session.connection().execute(_USED, rows)
