"""What a row of acceptance is given, and what it has to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.bench.stage import NAMES, Place


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is tried, by counts: a run ends when they are reached, however long it takes."""

    kills: int
    answers: int
    restarts: int
    outages: int
    finishes: int
    upgrades: int
    pairs: int
    reseeds: int
    damaged: int


_CI = {"kills": 20, "answers": 600, "restarts": 20, "outages": 5, "finishes": 20}
_SOAK = {"kills": 1000, "answers": 100_000, "restarts": 200, "outages": 50, "finishes": 500}
TIERS = {
    "ci": Effort(**_CI, upgrades=10, pairs=30, reseeds=100, damaged=10_000),
    "soak": Effort(**_SOAK, upgrades=500, pairs=1000, reseeds=1000, damaged=100_000),
}


@dataclass(frozen=True)
class Try:
    """One row tried once: where its databases are, how much is tried, and the seed of all its chance."""

    place: Place
    effort: Effort
    seed: int

    @property
    def chance(self) -> Random:
        """Chance that can be had again."""
        return Random(self.seed)


@dataclass
class Verdict:
    """What was counted, as it is read, and what was not as promised."""

    figures: str
    broken: list[str] = field(default_factory=list)

    def demand(self, holds: bool, otherwise: str) -> None:
        """Note what is said `otherwise` unless it holds."""
        if not holds:
            self.broken.append(otherwise)


@dataclass(frozen=True)
class Row:
    """A promise and how it is tried, on which kinds of database."""

    name: str
    promise: str
    attempt: Callable[[Try], Verdict]
    kinds: tuple[str, ...] = ("sqlite", "postgres")
    hindrance: Callable[[], str | None] = lambda: None
    """Why it cannot be tried on this machine, if so."""


def line(row: Row, one: Try, verdict: Verdict, seconds: float) -> str:
    """The one line that is printed of a row."""
    said = "PASS" if not verdict.broken else "FAIL (" + "; ".join(verdict.broken) + ")"
    return (
        f"{row.name} · {NAMES[one.place.kind]} · {row.promise}: {verdict.figures} · {said} · "
        f"seed {one.seed}, {seconds:.0f} s"
    )
