"""What arrived of an attempt: every line of its log with what became of it, for its student to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.roles import Principal
from service.quizzes.models import Entry
from service.quizzes.operations.closing import settle
from service.quizzes.operations.record import get_own_attempt, list_asked


def list_receipts(
    session: Session, caller: Principal, attempt_id: UUID, now: datetime, *, after: int | None, limit: int
) -> Sequence[Mapping[str, Any]]:
    """Everything that arrived, oldest first, what was stale or late included, as the student wrote it."""
    attempt = get_own_attempt(session, caller.user_id, attempt_id)
    settle(session, attempt, now)
    asked = {one.number: one for one in list_asked(session, attempt_id)}
    found = select(Entry).where(Entry.attempt_id == attempt_id).order_by(Entry.id).limit(limit)
    if after is not None:
        found = found.where(Entry.id > after)
    return [
        {
            "id": entry.id,
            "slot": entry.slot,
            "kind": entry.kind,
            "disposition": entry.disposition,
            "base_rev": entry.base_rev,
            "rev": entry.rev,
            "response": asked[entry.slot].show_response(entry.response),
            "digest": entry.digest,
            "received_at": entry.received_at,
        }
        for entry in session.scalars(found)
    ]
