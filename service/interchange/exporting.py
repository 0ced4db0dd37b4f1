"""Exporting: a course's questions in another format, with what that format cannot say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from service.content.documents import load_document
from service.domain.documents import UnitDocument
from service.errors import Conflict
from service.interchange.gift import write_bank
from service.interchange.reports import Finding
from service.seeding.export import ExportedCourse


def write_banks(exported: ExportedCourse, folder: Path, *, force: bool = False) -> Mapping[Path, Sequence[Finding]]:
    """Write a GIFT file for each unit that has questions; what could not be said in each.

    Raises `Conflict` before anything is written if a file is there that says something else, unless forced.
    """
    units = [load_document(UnitDocument, raw) for raw in exported.units]
    banks = {folder / f"{unit.unit.key}.gift": write_bank(unit) for unit in units if unit.questions}
    others = [file for file, (text, _) in banks.items() if file.exists() and file.read_bytes() != text.encode()]
    if others and not force:
        named = "\n".join(f"  {file}" for file in others)
        raise Conflict(f"These files say something else, and --force would overwrite them:\n{named}")
    folder.mkdir(parents=True, exist_ok=True)
    for file, (text, _) in banks.items():
        file.write_text(text, encoding="utf-8", newline="\n")
    return {file: findings for file, (_, findings) in banks.items()}
