"""The one seam to what differs from run to run: the time, fresh ids and chance."""

from __future__ import annotations

import random
import secrets
import uuid
from datetime import UTC, datetime


class World:
    """What operations may take from outside. Tests hand in one of their own; nothing else asks the system."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC, to the microsecond."""
        return datetime.now(UTC)

    def fresh_id(self) -> uuid.UUID:
        """A random id that tells nothing about what it names."""
        return uuid.uuid4()

    def secret(self, size: int) -> bytes:
        """`size` bytes that nobody can guess."""
        return secrets.token_bytes(size)

    def chance(self) -> random.Random:
        """A source of chance for draws and orders; only its `random()` is stable across Pythons."""
        return random.Random(secrets.randbits(64))
