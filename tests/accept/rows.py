"""Which rows there are, and what the command line may ask for."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.accept.abuse import MATRIX, NASTY
from tests.accept.damage import DAMAGE
from tests.accept.edit import EDIT
from tests.accept.fsync import FSYNC
from tests.accept.kill import KILL
from tests.accept.migrate import MIGRATE
from tests.accept.outage import OUTAGE
from tests.accept.race import RACE
from tests.accept.restart import RESTART
from tests.accept.row import TIERS, Row, Try, Verdict, line
from tests.accept.sabotage import board
from tests.accept.worlds import WORLDS
from tests.bench.stage import place

ROWS = {row.name: row for row in (KILL, RESTART, OUTAGE, RACE, FSYNC, MIGRATE, EDIT, WORLDS, MATRIX, NASTY, DAMAGE)}
SABOTAGE = "sabotage"


def main() -> None:
    """Try what was asked for, a line each, and exit with 1 where a promise is broken."""
    asked = arguments()
    # Whoever is told to stop puts away the servers it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    kinds = [asked.db] if asked.db else ["sqlite", "postgres"]
    names = asked.names or list(possible())
    kept = [
        tried(ROWS[name], kind, asked.tier, asked.seed)
        for name in names
        if name in ROWS
        for kind in kinds
        if kind in ROWS[name].kinds
    ]
    if SABOTAGE in names:
        kept.append(board(asked.only))
    sys.exit(0 if all(kept) else 1)


def possible() -> Iterator[str]:
    """The rows that can be tried on this machine; of the others it is said why not."""
    for name, row in ROWS.items():
        reason = row.hindrance()
        if reason is None:
            yield name
        else:
            print(f"{name} · not tried: {reason}", flush=True)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    known = [*ROWS, SABOTAGE]
    parser = argparse.ArgumentParser(prog="python -m tests.accept", description="What must hold whatever happens.")
    parser.add_argument("names", nargs="*", metavar="ID", help=f"of {', '.join(known)}; all but the last unless said")
    parser.add_argument("--tier", choices=[*TIERS], default="ci", help="how much is tried; ci unless said")
    parser.add_argument("--db", choices=["sqlite", "postgres"], help="one kind of database; both unless said")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is left to chance; 1 unless said")
    parser.add_argument("--only", metavar="TEXT", default="", help="of the sabotage, breakages whose names have this")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(known)}")
    return asked


def tried(row: Row, kind: str, tier: str, seed: int) -> bool:
    """Try one row on one kind of database and print its line; whether the promise held."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hornbook-accept-") as folder, place(kind, Path(folder)) as where:
        one = Try(where, TIERS[tier], seed)
        try:
            verdict = row.attempt(one)
        except Exception as failure:  # noqa: BLE001  a row that cannot be tried has not kept its promise
            verdict = Verdict("it broke off", [f"{type(failure).__name__}: {failure}"])
        print(line(row, one, verdict, time.monotonic() - started), flush=True)
    return not verdict.broken
