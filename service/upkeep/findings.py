"""What was found of an installation, in words for whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How a finding is: as it should be, worth a look, or a danger to what students sent."""

    OK = "ok"
    WARNING = "warning"
    UNSAFE = "unsafe"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is like and, unless that is as it should be, how to mend it."""

    name: str
    level: Level
    says: str
    mend: str = ""


def fine(name: str, says: object) -> Finding:
    """Something as it should be."""
    return Finding(name, Level.OK, str(says))


def judged(name: str, says: object, holds: bool, mend: str, level: Level = Level.UNSAFE) -> Finding:
    """Something that is as it should be if this holds, and else has to be mended like that."""
    return fine(name, says) if holds else Finding(name, level, str(says), mend)


def in_bytes(size: float) -> str:
    """A size as people read it."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
