"""What is noted beside serving requests: who fails to say who they are, who did or was refused what, what was used.

Here nothing is noted. What keeps accounts of people derives from it, and the app hands it in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.db import Database
from service.domain.roles import Principal
from service.settings import Settings
from service.web.calls import Call, Endpoint


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A write that was asked for and refused: by whom (a principal's name), what, where, how and in which request."""

    actor: str
    endpoint: Endpoint
    path: Mapping[str, Any]
    status: int
    at: datetime
    request_id: str


class Oversight:
    """Notes nothing; each part may be done by who derives from it."""

    def note_failed_try(self, database: Database, address: str | None, now: datetime, settings: Settings) -> None:
        """Somebody at this address sent no valid token. Raises `TooManyRequests` when it happened too often."""

    def note_act(self, call: Call, path: Mapping[str, Any], status: int) -> None:
        """Something audited was done; noted in the transaction of the act."""

    def note_refusal(self, database: Database, refusal: Refusal) -> None:
        """Something audited was refused; noted in a transaction of its own."""

    def note_use(self, caller: Principal, now: datetime) -> None:
        """A request was let in. Comes with every one of them: it may remember, and must not touch the database."""

    def keep_uses(self, database: Database, now: datetime) -> None:
        """A write has ended: the moment to write down what was remembered, if it is time to."""
