"""What was measured, judged by its goal, and written down: a table on the screen, JSON, and README's."""

from __future__ import annotations

import json
import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

README = Path(__file__).parent.parent.parent / "README.md"
SLACK = 0.8
"""Requests per second wander on a shared machine: they must reach this share of a goal that CPU reaches in full."""

BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the table: A is the floor, B is ours, each as it is read (`410 µs`), and B's relation to A.

    `ratio` is judged against `goal`: at least it when `least`, at most it otherwise. `rate` is the ratio of requests
    per second, where there are any; then `ratio` is that of CPU per request, A's to B's.
    """

    name: str
    setting: str
    floor: str
    ours: str
    ratio: float
    goal: float
    least: bool
    rate: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the goal is met."""
        if not self.least:
            return self.ratio <= self.goal
        return self.ratio >= self.goal and (self.rate is None or self.rate >= SLACK * self.goal)

    @property
    def cells(self) -> list[str]:
        """The row, in the order of `HEADINGS`."""
        rate = "" if self.rate is None else f"{self.rate:.2f}"
        goal = f"{'≥' if self.least else '≤'} {self.goal:.2f}"
        verdict = "PASS" if self.passed else "FAIL"
        return [self.name, self.setting, self.floor, self.ours, f"{self.ratio:.2f}", rate, goal, verdict]


HEADINGS = ["name", "setting", "floor", "Hornbook", "ratio", "req/s ratio", "goal", "verdict"]


def table(figures: Sequence[Figure]) -> str:
    """The figures as a table of Markdown, which is read as well on a screen."""
    rows = [HEADINGS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def report(figures: Sequence[Figure], *, quick: bool) -> dict[str, Any]:
    """The figures with when and where they were taken, for JSON."""
    return {
        "commit": _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain") else ""),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {_processor()}, {platform.system()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "quick": quick,
        "figures": [asdict(figure) for figure in figures],
    }


def write_readme(reports: Sequence[Path]) -> None:
    """Put the tables of these reports in place of README's."""
    said = []
    for path in reports:
        told = json.loads(path.read_text(encoding="utf-8"))
        said.append("Commit {commit}, {date}; {machine}; Python {python}, SQLite {sqlite}".format(**told))
        said.append(f"{'; a quick run' if told['quick'] else ''}.\n\n")
        said.append(table([Figure(**figure) for figure in told["figures"]]) + "\n")
    readme = README.read_text(encoding="utf-8")
    measured = BEGIN + "".join(said).rstrip() + "\n" + END
    README.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: measured, readme, flags=re.DOTALL), encoding="utf-8")


def _git(*command: str) -> str:
    said = subprocess.run(["git", *command], cwd=README.parent, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*: (.+)", told.read_text()) if told.exists() else None
    return named[1] if named else platform.machine()
