"""`python -m tests.bench [NAME …]`: what Hornbook costs beside a bare Flask, each figure against its goal."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.figures import Figure

if not __package__:  # started by its path, from whatever folder
    sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)

from service._bootstrap import ensure


def main() -> None:
    """Measure what was asked for, print the table, and exit with 1 where a goal is missed."""
    ensure("requirements-dev.lock", "tests.bench")
    from tests.bench import figures

    asked = arguments()
    if asked.readme:
        figures.write_readme(asked.readme)
        return
    measured = []
    for figure in measurements(asked):
        measured.append(figure)
        print("  ".join(figure.cells), file=sys.stderr, flush=True)
    print(figures.table(measured))
    if asked.json:
        asked.json.write_text(json.dumps(figures.report(measured, quick=asked.quick), indent=1) + "\n")
    sys.exit(0 if all(figure.passed for figure in measured) else 1)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    from tests.bench.rows import NAMES

    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all unless said")
    parser.add_argument("--db", choices=["sqlite", "postgres"], help="one kind of database; both unless said")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, a smaller course: figures to look at")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures down")
    parser.add_argument("--readme", type=Path, nargs="+", metavar="FILE", help="put such files into README, and end")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return asked


def measurements(asked: argparse.Namespace) -> "Iterator[Figure]":
    """The figures of the rows that were asked for, on each kind of database."""
    from tests.bench import rows
    from tests.bench.stage import place

    names = asked.names or rows.NAMES
    for kind in [asked.db] if asked.db else ["sqlite", "postgres"]:
        for name in names:
            with tempfile.TemporaryDirectory(prefix="hornbook-bench-") as folder, place(kind, Path(folder)) as where:
                yield from rows.measure(name, where, quick=asked.quick)


if __name__ == "__main__":
    main()
