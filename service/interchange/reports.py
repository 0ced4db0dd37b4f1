"""What became of every line of an imported file, so that nobody has to wonder what was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from service.domain.documents import UnitDocument


class Fate(Enum):
    """What became of a line."""

    USED = "used"
    NOTE = "note"
    HIDDEN = "hidden"
    NOT_UNDERSTOOD = "not understood"
    BLANK = "blank"


@dataclass(frozen=True, order=True)
class Finding:
    """A warning, or an error that kept something from being taken; line and column count from 1."""

    line: int
    column: int
    severity: str
    message: str


@dataclass
class Report:
    """What became of a file's lines, gathered while it is read.

    `path` is the file as it was named. Every line has exactly one fate once the importer is done: those that hold
    nothing but white space are `BLANK`, those that nobody claimed are `NOT_UNDERSTOOD`.
    """

    path: str
    text: str
    findings: list[Finding] = field(default_factory=list)
    fates: dict[int, Fate] = field(default_factory=dict)

    def account(self, fate: Fate, first: int, last: int | None = None) -> None:
        """The lines from `first` to `last`, both included and from 1, became this, whatever was said of them before."""
        for line in range(first, (last or first) + 1):
            self.fates[line] = fate

    def warn(self, line: int, message: str, *, column: int = 1) -> None:
        """Something that a person should look at; it was taken all the same."""
        self.findings.append(Finding(line, column, "warning", message))

    def refuse(self, line: int, message: str, *, column: int = 1) -> None:
        """Something that was not taken; the rest of the file was."""
        self.findings.append(Finding(line, column, "error", message))

    def lines(self) -> Iterator[tuple[int, Fate, str]]:
        """Every line with its number and its fate."""
        for number, line in enumerate(self.text.split("\n"), start=1):
            yield number, self.fates.get(number, Fate.NOT_UNDERSTOOD) if line.strip() else Fate.BLANK, line

    def counts(self) -> Mapping[Fate, int]:
        """How many lines became what."""
        return Counter(fate for _, fate, _ in self.lines())

    def as_json(self) -> dict[str, Any]:
        """{path, lines: {fate: count}, notes, hidden and not_understood: [line…], findings}."""
        counts = self.counts()
        of = {fate: [number for number, one, _ in self.lines() if one is fate] for fate in Fate}
        return {
            "path": self.path,
            "lines": {fate.value: counts.get(fate, 0) for fate in Fate},
            "notes": of[Fate.NOTE],
            "hidden": of[Fate.HIDDEN],
            "not_understood": of[Fate.NOT_UNDERSTOOD],
            "findings": [vars(finding) for finding in sorted(self.findings)],
        }

    def as_text(self) -> str:
        """The same for a person: a line of figures, then each finding and each line nobody understood at its place."""
        counts = self.counts()
        figures = ", ".join(f"{counts[fate]} {fate.value}" for fate in Fate if counts.get(fate))
        said = [f"{self.path}: {figures or 'empty'}"]
        said += [
            f"  {self.path}:{one.line}:{one.column}: {one.severity}: {one.message}" for one in sorted(self.findings)
        ]
        said += [
            f"  {self.path}:{number}: not understood: {line.strip()[:100]}"
            for number, fate, line in self.lines()
            if fate is Fate.NOT_UNDERSTOOD
        ]
        return "\n".join(said)


@dataclass(frozen=True)
class Imported:
    """What an importer makes of one file: a draft unit that has passed the gate, and the report."""

    unit: UnitDocument
    report: Report
