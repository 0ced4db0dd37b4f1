"""Which rows there are, how each is measured, and what the command line may ask for."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, report, table, write_readme
from tests.bench.growth import measure_growth
from tests.bench.reads import READS, Effort, measure_read
from tests.bench.seeding import measure_seeding
from tests.bench.stage import Place, place
from tests.bench.starting import measure_memory, measure_start
from tests.bench.writes import WRITES, measure_write

NAMES = (*(read.name for read in READS), *(write.name for write in WRITES), "seed", "start", "memory", "growth")
MILLION = 1_000_000


def main() -> None:
    """Measure what was asked for, print the table, and exit with 1 where a goal is missed."""
    asked = arguments()
    if asked.readme:
        write_readme(asked.readme)
        return
    measured = []
    for figure in measurements(asked):
        measured.append(figure)
        print("  ".join(figure.cells), file=sys.stderr, flush=True)
    print(table(measured))
    if asked.json:
        asked.json.write_text(json.dumps(report(measured, quick=asked.quick), indent=1) + "\n")
    sys.exit(0 if all(figure.passed for figure in measured) else 1)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Hornbook beside a bare Flask.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all unless said")
    parser.add_argument("--db", choices=["sqlite", "postgres"], help="one kind of database; both unless said")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, a smaller course: figures to look at")
    parser.add_argument("--answers", type=int, default=MILLION, help="for growth: beside how many")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures down")
    parser.add_argument("--readme", type=Path, nargs="+", metavar="FILE", help="put such files into README, and end")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return asked


def measurements(asked: argparse.Namespace) -> Iterator[Figure]:
    """The figures of the rows that were asked for, on each kind of database."""
    for kind in [asked.db] if asked.db else ["sqlite", "postgres"]:
        for name in asked.names or NAMES:
            with tempfile.TemporaryDirectory(prefix="hornbook-bench-") as folder, place(kind, Path(folder)) as where:
                yield from measure(name, where, quick=asked.quick, answers=asked.answers)


def measure(name: str, place: Place, *, quick: bool, answers: int) -> Iterator[Figure]:
    """The figures of one row."""
    if name == "seed":
        yield from measure_seeding(place, units=100 if quick else 1000)
    elif name == "start":
        yield measure_start(place, rounds=3 if quick else 7)
    elif name == "memory":
        yield measure_memory(place)
    elif name == "growth":
        yield from measure_growth(place, Effort(400, 3) if quick else Effort(1200, 7), answers)
    elif write := next((write for write in WRITES if write.name == name), None):
        yield from measure_write(write, place, Effort(600, 3) if quick else Effort(1200, 7))
    else:
        read = next(read for read in READS if read.name == name)
        yield from measure_read(read, place, Effort(1500, 3) if quick else Effort(4000, 7))
