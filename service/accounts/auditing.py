"""The audit trail: what was done under /admin and what was refused, written down and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, delete, func, insert, select
from sqlalchemy.orm import Session

from service.accounts.models import AuditEntry, User
from service.db import Database
from service.web.calls import Call, Endpoint, Media
from service.web.oversight import Refusal

REFUSED = (403, 404)
MOST_REFUSALS = 100
"""So many refusals of one caller are noted within a day: who asks all night long does not fill the disk."""
REFUSALS_KEPT = timedelta(days=90)
"""What was done is kept for good, what was refused for so long."""


def note_act(call: Call, path: Mapping[str, Any], status: int) -> None:
    """Note what the call did, in its transaction: either both happened or neither."""
    call.session.execute(
        insert(AuditEntry).values(
            at=call.arrived_at,
            actor=call.caller.name,
            course_id=call.course_id,
            action=call.endpoint.name,
            target=_plain(path),
            fields=_fields_of(call.endpoint, call.body),
            details=_plain(call.told),
            status=status,
            request_id=call.request_id,
        )
    )


def note_refusal(database: Database, refusal: Refusal) -> None:
    """Note what was refused, in a transaction of its own, unless the same caller had many refusals noted today."""
    with database.write() as session:
        refused = (AuditEntry.actor == refusal.actor, AuditEntry.status.in_(REFUSED))
        session.execute(delete(AuditEntry).where(*refused, AuditEntry.at < refusal.at - REFUSALS_KEPT))
        today = select(func.count()).where(*refused, AuditEntry.at > refusal.at - timedelta(days=1))
        if (session.scalar(today) or 0) >= MOST_REFUSALS:
            return
        session.execute(
            insert(AuditEntry).values(
                at=refusal.at,
                actor=refusal.actor,
                course_id=_course_in(refusal.path),
                action=refusal.endpoint.name,
                target=_plain(refusal.path),
                fields=[],
                details={},
                status=refusal.status,
                request_id=refusal.request_id,
            )
        )


def note_command(session: Session, now: datetime, action: str, **details: Any) -> None:
    """Note what the operator did by a command, in its transaction."""
    session.execute(
        insert(AuditEntry).values(
            at=now,
            actor="operator",
            course_id=details.pop("course_id", None),
            action=action,
            target={},
            fields=[],
            details=_plain(details),
            status=0,
            request_id="-",
        )
    )


@dataclass(frozen=True)
class Noted:
    """An entry, with the login of the person who acted, as far as it was one and is known, and the course's slug."""

    entry: AuditEntry
    login: str | None
    course: str | None


def list_entries(
    session: Session,
    *,
    course_id: int | None,
    actor: UUID | None = None,
    before: int | None = None,
    limit: int,
) -> Sequence[Noted]:
    """What was done and refused, in one course or everywhere, the newest first; at most `limit`."""
    courses = AuditEntry.metadata.tables["courses"]
    found = (
        select(AuditEntry, courses.c.slug)
        .join(courses, courses.c.id == AuditEntry.course_id, isouter=True)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if course_id is not None:
        found = found.where(AuditEntry.course_id == course_id)
    if actor is not None:
        found = found.where(AuditEntry.actor == f"user:{actor}")
    if before is not None:
        found = found.where(AuditEntry.id < before)
    rows = session.execute(found).all()
    logins = _logins(session, [entry for entry, _ in rows])
    return [Noted(entry, logins.get(entry.actor), slug) for entry, slug in rows]


def _logins(session: Session, entries: Sequence[AuditEntry]) -> dict[str, str]:
    """The logins of those who acted, by their names as principals."""
    people = {UUID(entry.actor[5:]) for entry in entries if entry.actor.startswith("user:")}
    if not people:
        return {}
    found = session.execute(select(User.id, User.login).where(User.id.in_(people)))
    return {f"user:{user_id}": login for user_id, login in found}


def _course_in(path: Mapping[str, Any]) -> ScalarSelect[Any] | None:
    """The course that the address names, if it does and there is one."""
    if "course" not in path:
        return None
    courses = AuditEntry.metadata.tables["courses"]
    return select(courses.c.id).where(courses.c.slug == path["course"]).scalar_subquery()


def _fields_of(endpoint: Endpoint, body: Mapping[str, Any]) -> list[str]:
    """The names of what was sent: they are ours, as a schema takes no others."""
    return [] if endpoint.takes is None or isinstance(endpoint.takes, Media) else sorted(body)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON has them."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}
