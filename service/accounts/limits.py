"""Who fails too often to say who they are has to wait: counted in the database, for each address of a client.

Nothing here touches a request that succeeds. A valid token is served from wherever it comes, so that nobody can lock
out a whole campus by failing behind the same address; a token's secret cannot be guessed by trying.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from service.accounts.models import FailedTries
from service.db import Database, insert_unless_present
from service.errors import TooManyRequests
from service.statements import Lookup

WINDOW = timedelta(minutes=5)
KEPT = timedelta(hours=1)
NOBODY_KNOWS = "unknown"

_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):[0-9]{1,5}")
_TRIES = Lookup(
    select(FailedTries.since, FailedTries.count.label("tries")).where(FailedTries.client == bindparam("client"))
)


def client_of(address: str | None) -> str:
    """What is counted as one client: an IPv4 address, or the network of 64 bits that an IPv6 address lies in.

    Somebody with one IPv6 connection has all of its addresses. What is no address (a socket in the file system, a
    proxy that writes something else) is counted together.
    """
    with_port = _PORT.fullmatch(address or "")
    text = (with_port[1] or with_port[2]) if with_port else address or ""
    try:
        known: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return NOBODY_KNOWS
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is None:
            return str(ip_network((known, 64), strict=False))
        known = known.ipv4_mapped
    return str(known)


def count_failed_try(database: Database, address: str | None, now: datetime, most: int) -> None:
    """Count one more failure of this address, in a transaction of its own: the refusal must not undo it.

    Raises `TooManyRequests` beyond `most` of them within `WINDOW`; while that lasts, nothing is written any more.
    """
    client = client_of(address)
    known = database.look_up(_TRIES, client=client)
    if known and known[0].since > now - WINDOW and known[0].tries >= most:
        raise _too_many(known[0].since, now)
    with database.write() as session:
        since, tries = _one_more(session, client, now)
    if tries > most:
        raise _too_many(since, now)


def _one_more(session: Session, client: str, now: datetime) -> tuple[datetime, int]:
    """Since when, and how many with this one."""
    # Whoever has been quiet for long is forgotten, so that the table holds those of the last hour.
    quiet = select(FailedTries.client).where(FailedTries.since <= now - KEPT).with_for_update(skip_locked=True)
    session.execute(delete(FailedTries).where(FailedTries.client.in_(quiet.scalar_subquery())))
    session.execute(
        update(FailedTries)
        .where(FailedTries.client == client, FailedTries.since <= now - WINDOW)
        .values(since=now, count=0)
    )
    insert_unless_present(session, FailedTries, {"client": client, "since": now, "count": 0})
    counted = session.execute(
        update(FailedTries)
        .where(FailedTries.client == client)
        .values(count=FailedTries.count + 1)
        .returning(FailedTries.since, FailedTries.count)
    ).one()
    return counted[0], counted[1]


def _too_many(since: datetime, now: datetime) -> TooManyRequests:
    wait = max(1, math.ceil((since + WINDOW - now).total_seconds()))
    return TooManyRequests(
        f"Too many requests from your address came with a token that is not valid. Check the token, and try again in "
        f"{wait} seconds; one that is valid is served at any time.",
        headers={"Retry-After": str(wait)},
    )
