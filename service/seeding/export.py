"""Export: what the database holds of a course, as files that seeding reads back without a change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.content.documents import dump_document, load_course, load_document
from service.content.models import Course, Unit, UnitVersion
from service.content.publishing import RESOURCES as STORED_RESOURCES
from service.content.publishing import course_of
from service.content.staging import STAGED
from service.db import digest_of
from service.domain.documents import CourseDocument, ResourcesDocument, UnitDocument
from service.domain.mistakes import Rejected
from service.errors import Conflict
from service.seeding.emitting import emit
from service.seeding.events import read
from service.seeding.loader import COURSE, FORMATS, RESOURCES, UNITS

Json = Mapping[str, Any]
Kind = type[CourseDocument] | type[ResourcesDocument] | type[UnitDocument]


@dataclass(frozen=True)
class ExportedCourse:
    """A course as its newest versions say it, drafts and archived units included, the units in order."""

    course: Json
    resources: Json | None
    units: tuple[Json, ...]

    @property
    def digest(self) -> str:
        """The hash of all that it says: equal courses have equal ones, in whatever database."""
        return digest_of([self.course, self.resources, sorted(self.units, key=lambda unit: str(unit["unit"]["key"]))])

    def files(self) -> Iterator[tuple[Path, str | None, Json]]:
        """The files of a folder of its own: path, the unit's key (None: no unit's), and what it says."""
        yield Path(COURSE), None, self.course
        if self.resources is not None:
            yield Path(RESOURCES), None, self.resources
        for position, unit in enumerate(self.units, start=1):
            head = unit["unit"]
            number = str(head.get("number", ""))
            begin = int(number) if re.fullmatch(r"[0-9]{1,4}", number) else position
            yield Path(UNITS) / f"{begin:02d}-{head['key']}.yaml", head["key"], unit


def export_course(session: Session, course: Course) -> ExportedCourse:
    """What the database holds of the course."""
    document, shared = course_of(course.document)
    resources = None
    if shared:
        raw = {"format": FORMATS[RESOURCES], "resources": course.document[STORED_RESOURCES]}
        resources = dump_document(load_document(ResourcesDocument, raw))
    newest = (
        select(UnitVersion.unit_id, func.max(UnitVersion.number).label("number"))
        .where(UnitVersion.origin != STAGED)
        .group_by(UnitVersion.unit_id)
        .subquery()
    )
    found = (
        select(UnitVersion.document)
        .join(newest, (newest.c.unit_id == UnitVersion.unit_id) & (newest.c.number == UnitVersion.number))
        .join(Unit, Unit.id == UnitVersion.unit_id)
        .where(Unit.course_id == course.id)
        .order_by(Unit.sort, Unit.id)
    )
    units = tuple(dump_document(load_document(UnitDocument, raw)) for raw in session.scalars(found))
    return ExportedCourse(dump_document(document), resources, units)


What = Literal["written", "unchanged"]


class HandFormatted(Conflict):
    """Some files were written by hand, and would lose how they are laid out; `files` names them."""

    def __init__(self, files: Sequence[Path]) -> None:
        named = "\n".join(f"  {file}" for file in files)
        super().__init__(f"These files are formatted by hand, and --force would overwrite that:\n{named}")
        self.files = tuple(files)


def write_folder(exported: ExportedCourse, folder: Path, *, force: bool = False) -> list[tuple[Path, What]]:
    """Write the course into the folder; a unit that has a file there keeps its name.

    A file that says the same already is left alone, however it is formatted. Raises `HandFormatted` before anything
    is written if a file that would change is not canonical, unless forced.
    """
    names = unit_files(folder / UNITS)
    planned = [(folder / names.get(key or "", path), said) for path, key, said in exported.files()]
    todo = [(file, said) for file, said in planned if force or not says(file, said)]
    changed = [(file, text) for file, said in todo if not _is(file, text := emit(said))]
    by_hand = [file for file, _ in changed if not force and file.exists() and not is_canonical(file)]
    if by_hand:
        raise HandFormatted(by_hand)
    for file, text in changed:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    written = {file for file, _ in changed}
    return [(file, "written" if file in written else "unchanged") for file, _ in planned]


def unit_files(units: Path) -> dict[str, Path]:
    """The files of units that are there already, by the units' keys."""
    names = {}
    for file in sorted(units.glob("*.yaml")) if units.is_dir() else ():
        raw = read(file.read_bytes()).raw
        head = raw.get("unit") if isinstance(raw, dict) else None
        key = head.get("key") if isinstance(head, dict) else None
        if isinstance(key, str):
            names[key] = Path(UNITS) / file.name
    return names


def _is(file: Path, text: str) -> bool:
    return file.exists() and file.read_bytes() == text.encode()


def says(file: Path, said: Json) -> bool:
    """Whether the file says this already, in whatever way."""
    return file.exists() and _said(file) == said


def is_canonical(file: Path) -> bool:
    """Whether the file is laid out as an export would lay out what it says."""
    said = _said(file)
    return said is not None and _is(file, emit(said))


def _said(file: Path) -> Json | None:
    """What a file says, or None where it cannot be read."""
    source = read(file.read_bytes())
    if source.slips:
        return None
    try:
        if file.name == COURSE:
            return dump_document(load_course(source.raw))
        return dump_document(load_document(ResourcesDocument if file.name == RESOURCES else UnitDocument, source.raw))
    except Rejected:
        return None


def as_json(exported: ExportedCourse) -> bytes:
    """The course in one JSON document: {"course", "resources", "units"}."""
    said = {"course": exported.course, "resources": exported.resources, "units": exported.units}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def as_archive(exported: ExportedCourse) -> bytes:
    """The files as a ZIP archive, the same bytes for the same course."""
    archive = BytesIO()
    folder = Path(exported.course["key"])
    with ZipFile(archive, "w", ZIP_DEFLATED) as files:
        for path, _, said in exported.files():
            files.writestr(ZipInfo((folder / path).as_posix()), emit(said), ZIP_DEFLATED)
    return archive.getvalue()
