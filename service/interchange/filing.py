"""Writes imported units as files of a course's folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from service.content.documents import dump_document, load_document
from service.domain.documents import ImportSource, Resource, ResourcesDocument, UnitDocument
from service.domain.mistakes import Rejected
from service.errors import Conflict
from service.interchange.importing import Planned
from service.seeding.emitting import emit
from service.seeding.events import read
from service.seeding.export import HandFormatted
from service.seeding.loader import COURSE, RESOURCES, UNITS


class CourseFolder:
    """The folder of a course. Raises `Conflict` unless it is one."""

    def __init__(self, folder: Path) -> None:
        if not (folder / COURSE).exists():
            raise Conflict(
                f"{folder} is no course yet, as there is no {COURSE}. Begin one with: hornbook new course {folder}"
            )
        self.folder = folder

    @cached_property
    def shared(self) -> Mapping[str, Resource]:
        """The resources of the course."""
        file = self.folder / RESOURCES
        return _read(file, ResourcesDocument).resources if file.exists() else {}

    @cached_property
    def _files(self) -> dict[str, tuple[Path, dict[str, Any]]]:
        """The files of units by the units' keys, and what each says of its unit."""
        files = {}
        for file in sorted((self.folder / UNITS).glob("*.yaml")):
            raw = read(file.read_bytes()).raw
            head = raw.get("unit") if isinstance(raw, dict) else None
            if isinstance(head, dict) and isinstance(head.get("key"), str):
                files[head["key"]] = (file, head)
        return files

    def present(self) -> Mapping[str, ImportSource | None]:
        """The keys of the units there are, each with where it was imported from, if it was."""
        return {key: _source(head.get("source")) for key, (_, head) in self._files.items()}

    def unit(self, key: str) -> UnitDocument:
        """A unit as its file says. Raises `Conflict` where that cannot be read."""
        unit: UnitDocument = _read(self._files[key][0], UnitDocument)
        return unit

    def file(self, unit: UnitDocument) -> Path:
        """The file of a unit: the one it has, or one named by its number and its key."""
        head = unit.unit
        if head.key in self._files:
            return self._files[head.key][0]
        number = head.number or ""
        name = f"{int(number):02d}-{head.key}" if re.fullmatch(r"[0-9]{1,4}", number) else head.key
        return self.folder / UNITS / f"{name}.yaml"

    def where(self, unit: UnitDocument) -> str:
        """The file of a unit."""
        return str(self.file(unit))

    def write(self, planned: Sequence[Planned], *, force: bool = False) -> None:
        """Write what is different.

        What a file says is kept, but its remarks cannot be: unless forced, raises `HandFormatted` before anything is
        written if there are some.
        """
        todo = [(self.file(one.unit), one) for one in planned if one.what != "unchanged"]
        by_hand = [file for file, _ in todo if not force and file.exists() and _has_remarks(file)]
        if by_hand:
            raise HandFormatted(by_hand)
        for file, one in todo:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(emit(dump_document(one.unit)), encoding="utf-8", newline="\n")


def _source(raw: object) -> ImportSource | None:
    """Where a file, which may have to be mended elsewhere, says that its unit was imported from."""
    if not isinstance(raw, dict) or not isinstance(raw.get("format"), str):
        return None
    path = raw.get("path")
    return ImportSource(format=raw["format"], path=path if isinstance(path, str) else None)


def _has_remarks(file: Path) -> bool:
    """Whether a line begins as a remark does; one that is within a text counts, to be on the safe side."""
    return re.search(r"^\s*#", file.read_text(encoding="utf-8"), re.MULTILINE) is not None


def _read(file: Path, document: Any) -> Any:
    source = read(file.read_bytes())
    try:
        if source.whole and not source.slips:
            return load_document(document, source.raw)
    except Rejected:
        pass
    raise Conflict(f"{file} has to be mended first: hornbook lint {file} says where.")
