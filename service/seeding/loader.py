"""Reads all files of a course and says everything that is wrong with them, each mistake at its line and column."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from service.content.documents import load_course, load_document, load_unit
from service.domain.documents import CourseDocument, Resource, ResourcesDocument, UnitDocument
from service.domain.mistakes import Mistake, Rejected
from service.seeding.decoding import LARGEST
from service.seeding.events import read
from service.seeding.gate import gate
from service.seeding.slips import shown
from service.seeding.sources import Raw, Source

COURSE, RESOURCES, UNITS = "course.yaml", "resources.yaml", "units"
FORMATS = {COURSE: "hornbook/course@1", RESOURCES: "hornbook/resources@1"}
UNIT_FORMAT = "hornbook/unit@1"
LONGEST_DIGEST = 64

Document = TypeVar("Document")


@dataclass(frozen=True, order=True)
class Located:
    """One mistake: the file as it was named, line and column from 1, what is wrong and how to mend it."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class SeedRefused(Rejected):
    """The files were refused; `located` says why, every mistake of every file, sorted by place."""

    def __init__(self, located: Iterable[Located]) -> None:
        self.located = tuple(sorted(set(located)))
        super().__init__(Mistake((one.file, one.line, one.column), one.message) for one in self.located)

    def __str__(self) -> str:
        return "\n".join(map(str, self.located))


class SeededFile(NamedTuple):
    """The unit that a file was seeded as; the file is known by its digest."""

    key: str
    title: str


Seeded = Callable[[str], Mapping[str, SeededFile]]
"""Of a course, by its key: what was seeded, by the digests of the files."""


@dataclass(frozen=True)
class LoadedUnit:
    """A unit's document, the file it came from, and the digest of that file and of what it means."""

    path: Path
    document: UnitDocument
    digest: str


@dataclass(frozen=True)
class LoadedCourse:
    """A course from the folder `path`: its document, what its units share, and its units in order of their files.

    `whole` says whether all its files were read, so that a unit that is missing here is gone. `unchanged` are the units
    whose files were not read, since they are those that were seeded last.
    """

    path: Path
    course: CourseDocument
    resources: Mapping[str, Resource]
    units: tuple[LoadedUnit, ...]
    whole: bool
    unchanged: tuple[SeededFile, ...] = ()


def load_folder(
    path: Path, progress: Callable[[Path], None] | None = None, seeded: Seeded | None = None
) -> tuple[LoadedCourse, ...]:
    """The courses at `path`: a course's folder, a folder of such folders, or one unit's file.

    `progress` is told each file once it was read. Files that were `seeded` as they are were accepted then, and are not
    read. Raises `SeedRefused`.
    """
    reading = _Reading(progress or (lambda _: None), seeded or (lambda _: {}))
    try:
        found = list(reading.courses(path))
    except OSError as error:
        raise SeedRefused([Located(str(path), 1, 1, _unreadable(error))]) from error
    courses = [course for folder, only in found if (course := reading.course(folder, only)) is not None]
    if reading.refused:
        raise SeedRefused(reading.refused)
    return tuple(courses)


@dataclass
class _Reading:
    """One pass over the files: what was refused so far, and in which file a key of a course or unit was seen."""

    progress: Callable[[Path], None]
    seeded: Seeded
    refused: list[Located] = field(default_factory=list)
    keys: dict[tuple[Path | None, str], Path] = field(default_factory=dict)

    def courses(self, path: Path) -> Iterator[tuple[Path, Path | None]]:
        """The folder of each course, with the one unit's file that is asked for or None for all of them."""
        if path.is_file():
            folder = path.parent.parent if path.parent.name == UNITS else path.parent
            if path.name in FORMATS:
                self.refuse(path, f"This file alone is no course; give its folder, {path.parent}.")
            elif not (folder / COURSE).exists():
                self.refuse(path, f"The course this unit belongs to is missing: there is no {folder / COURSE}.")
            else:
                yield folder, path
        elif path.name == UNITS and (path.parent / COURSE).exists():
            self.refuse(path, f"These are only the units of a course; give its folder, {path.parent}.")
        elif (path / COURSE).exists() or (path / UNITS).is_dir():
            yield path, None
        else:
            folders = [inner for inner in sorted(path.iterdir()) if (inner / COURSE).exists()]
            if not folders:
                self.refuse(path, f"There is no {COURSE} here, nor in a folder one level below.")
            yield from ((folder, None) for folder in folders)

    def course(self, folder: Path, only: Path | None) -> LoadedCourse | None:
        """All there is in a course's folder, or None once something of it was refused."""
        before = len(self.refused)
        course = self.load_file(folder, folder / COURSE, load_course)
        resources = self.resources(folder)

        def make(raw: Raw) -> UnitDocument | None:
            return None if resources is None else load_unit(raw, shared_resources=resources)

        shared = self.content(folder, folder / RESOURCES) if (folder / RESOURCES).exists() else b""
        known = self.seeded(course.key) if course else {}
        units: list[LoadedUnit] = []
        unchanged: list[SeededFile] = []
        for file in [only] if only else self.unit_files(folder):
            content = self.content(folder, file)
            if content is None:
                continue
            digest = _digest(shared or b"", content)
            # A file of another name is a unit's by its content alone.
            if file.name not in FORMATS and (seeded := known.get(digest)):
                self.claim_key(folder, file, seeded.key)
                self.progress(file)
                unchanged.append(seeded)
            elif (document := self.load(folder, file, content, make)) is not None:
                units.append(LoadedUnit(file, document, digest))
        if course is None or resources is None or len(self.refused) > before:
            return None
        return LoadedCourse(folder, course, resources, tuple(units), only is None, tuple(unchanged))

    def resources(self, folder: Path) -> Mapping[str, Resource] | None:
        """What the units of a course share; of a refused file the names alone, so that units can be judged by them.

        None where not even these can be told.
        """
        names: dict[str, Resource] | None = None

        def make(raw: Raw) -> dict[str, Resource]:
            nonlocal names
            written = raw.get("resources") if isinstance(raw, dict) else None
            names = {name: Resource(title=name) for name in written} if isinstance(written, dict) else {}
            return load_document(ResourcesDocument, raw).resources

        file = folder / RESOURCES
        if not file.exists():
            return {}
        resources = self.load_file(folder, file, make)
        return names if resources is None else resources

    def unit_files(self, folder: Path) -> Iterator[Path]:
        """The files of a course's units, in order of their names."""
        if not (folder / UNITS).is_dir():
            return
        for file in sorted((folder / UNITS).iterdir()):
            if file.suffix == ".yml":
                self.refuse(file, "Name this file .yaml like the others; under this name it is not read.")
            elif file.suffix == ".yaml" and not file.name.startswith("."):
                yield file

    def content(self, folder: Path, file: Path) -> bytes | None:
        """What a file holds, or None once it was refused."""
        try:
            return _content(folder, file)
        except _NotOurs as error:
            self.refuse(file, str(error))
        except OSError as error:
            self.refuse(file, _unreadable(error))
        return None

    def load_file(self, folder: Path, file: Path, make: Callable[[Raw], Document | None]) -> Document | None:
        """The document that `make` makes of a file, or None once it was refused."""
        content = self.content(folder, file)
        return None if content is None else self.load(folder, file, content, make)

    def load(self, folder: Path, file: Path, content: bytes, make: Callable[[Raw], Document | None]) -> Document | None:
        """The document that `make` makes of what a file holds, or None once all that is wrong with it was refused."""
        source = read(content)
        self.progress(file)
        self.refused += [Located(str(file), slip.line, slip.column, slip.message) for slip in source.slips]
        if not source.whole or not self.is_of_format(file, source):
            return None
        self.remember_key(folder, file, source)
        try:
            return make(source.raw)
        except Rejected as rejected:
            self.refuse_all(file, source, rejected)
            return None

    def is_of_format(self, file: Path, source: Source) -> bool:
        """Whether a file is, or but for saying so could be, of the format its place asks for."""
        wanted = FORMATS.get(file.name, UNIT_FORMAT)
        given = source.raw.get("format") if isinstance(source.raw, dict) else None
        if given is None:
            self.refuse(file, f"This file lacks its first line, “format: {wanted}”.")
        elif given != wanted:
            self.refuse(file, f"The format here is {wanted}, not {shown(str(given))}.", source, "format")
        return isinstance(source.raw, dict) and given in (None, wanted)

    def remember_key(self, folder: Path, file: Path, source: Source) -> None:
        """Refuse the key of a course that another course has, and that of a unit that another unit of it has."""
        scope, path = (None, ("key",)) if file.name == COURSE else (folder, ("unit", "key"))
        key = source.raw
        for step in path:
            key = key.get(step) if isinstance(key, dict) else None
        if isinstance(key, str):
            self.claim_key(scope, file, key, source, *path)

    def claim_key(
        self, scope: Path | None, file: Path, key: str, source: Source | None = None, *path: str | int
    ) -> None:
        """Refuse a key that another file of the scope has."""
        first = self.keys.setdefault((scope, key), file)
        if first != file:
            self.refuse(file, f"The key {shown(key)} is already that of {first}; keys differ.", source, *path)

    def refuse_all(self, file: Path, source: Source, rejected: Rejected) -> None:
        """Note what is wrong with a document, except where its file was refused for another reason already."""
        known = {(slip.line, slip.column) for slip in source.slips}
        for mistake in rejected.mistakes:
            if mistake.path != ("format",) and source.locate(mistake.path) not in known:
                self.refuse(file, mistake.message, source, *mistake.path)

    def refuse(self, file: Path, message: str, source: Source | None = None, *path: str | int) -> None:
        """Note one mistake, at a place in a file or at its beginning."""
        line, column = source.locate(path) if source else (1, 1)
        self.refused.append(Located(str(file), line, column, message))


class _NotOurs(Exception):
    """The file is not one to be read; the argument says why."""


def _content(folder: Path, file: Path) -> bytes:
    """What a file holds, or just more than is ever read. Raises `_NotOurs`, `OSError`."""
    if not file.resolve(strict=True).is_relative_to(folder.resolve()):
        raise _NotOurs("This is a link that leads out of the course's folder; put the file itself here.")
    if not stat.S_ISREG(file.stat().st_mode):
        raise _NotOurs("This is no ordinary file.")
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _digest(shared: bytes, content: bytes) -> str:
    """Of a unit's file and of what it may refer to; it begins with how both are understood."""
    digest = hashlib.sha256(b"%d\n" % len(shared))
    digest.update(shared)
    digest.update(content)
    return f"{gate()}-{digest.hexdigest()}"[:LONGEST_DIGEST]


def _unreadable(error: OSError) -> str:
    return f"This cannot be read: {error.strerror or error}."
