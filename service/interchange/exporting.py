"""Exporting: a course's questions in another format, with what that format cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from service.content.documents import load_document
from service.domain.documents import UnitDocument
from service.interchange.gift import write_bank
from service.interchange.reports import Finding
from service.seeding.export import ExportedCourse


def write_banks(exported: ExportedCourse, folder: Path) -> Iterator[tuple[Path, Sequence[Finding]]]:
    """Write a GIFT file for each unit that has questions; each file with what could not be said in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for raw in exported.units:
        unit = load_document(UnitDocument, raw)
        if unit.questions:
            text, findings = write_bank(unit)
            file = folder / f"{unit.unit.key}.gift"
            file.write_text(text, encoding="utf-8", newline="\n")
            yield file, findings
