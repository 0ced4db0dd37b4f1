"""Time and chance of one simulated student: what happens to one does not depend on what happened to another."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from uuid import UUID

from service.world import World


class SimulatedWorld(World):
    """A clock that is moved by hand, and ids and chance that are the same for the same name.

    Secrets are real ones: nobody is to guess the token of anybody.
    """

    def __init__(self, name: str, now: datetime) -> None:
        self._name = name
        self._now = now
        self._given = 0

    def now(self) -> datetime:
        """The time it was set to, a millisecond later with each look: no two events at once."""
        self._now += timedelta(milliseconds=1)
        return self._now

    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self._now += timedelta(minutes=minutes)

    def wait_until(self, moment: datetime) -> None:
        """Let time pass until then, if it is still to come."""
        self._now = max(self._now, moment)

    def fresh_id(self) -> UUID:
        """The next id of this name."""
        return UUID(bytes=sha256(self._next().encode()).digest()[:16], version=4)

    def chance(self) -> Random:
        """The next source of chance of this name."""
        return Random(self._next())

    def _next(self) -> str:
        self._given += 1
        return f"{self._name}/{self._given}"
