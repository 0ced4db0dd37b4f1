"""A world for tests: time that moves when it is told to, ids and chance that can be had again."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta

from service.world import World

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning in term."""


class TestWorld(World):
    """The same seed gives the same ids, secrets and draws in the same order."""

    __test__ = False

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._now = START

    def now(self) -> datetime:
        """The time it was set to, a millisecond later with each look: no two events at once."""
        self._now += timedelta(milliseconds=1)
        return self._now

    def wait(self, **by: float) -> None:
        """Let time pass: `world.wait(minutes=5)`."""
        self._now += timedelta(**by)

    def fresh_id(self) -> uuid.UUID:
        """The next id of this seed."""
        return uuid.UUID(int=self._random.getrandbits(128), version=4)

    def secret(self, size: int) -> bytes:
        """The next secret of this seed."""
        return self._random.randbytes(size)

    def chance(self) -> random.Random:
        """The next source of chance of this seed."""
        return random.Random(self._random.getrandbits(64))
