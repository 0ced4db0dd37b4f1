"""Linting and coverage of a course, from its files with every finding at its line, or from what the database holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from service.content.documents import load_course, load_document
from service.domain.coverage import Coverage, coverage
from service.domain.documents import CourseDocument, Resource, ResourcesDocument, UnitDocument
from service.domain.linting import RULES, Course, Finding, Severity, Unit, lint_course, lint_unit
from service.domain.mistakes import Mistake
from service.seeding.events import read
from service.seeding.export import ExportedCourse
from service.seeding.loader import COURSE, RESOURCES, UNITS, LoadedCourse, SeedRefused, load_folder


@dataclass(frozen=True, order=True)
class Placed:
    """A finding in a file: line and column from 1."""

    file: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.severity}: {self.message}"


def count_files(path: Path) -> int:
    """How many files there are to be linted at `path`: a course's folder, a folder of such folders, or one file."""
    if path.is_file():
        return 1
    folders = [path] if (path / COURSE).exists() else [file.parent for file in path.glob(f"*/{COURSE}")]
    return sum(1 for folder in folders for _ in folder.glob(f"{UNITS}/*.yaml"))


def lint_folder(path: Path, progress: Callable[[Path], None] | None = None) -> Iterator[Placed]:
    """What is to be said of the courses at `path`, file by file; `progress` is told each unit's file twice, once it
    was read and once it is done.

    Files that cannot be loaded are all that is spoken of while there are any. Of a single unit's file what only its
    whole course tells is not said.
    """
    tell = progress or (lambda _: None)
    try:
        courses = load_folder(path, lambda file: tell(file) if file.parent.name == UNITS else None)
    except SeedRefused as refused:
        severity = RULES["not-loaded"].severity
        for one in refused.located:
            yield Placed(one.file, one.line, one.column, "not-loaded", severity, one.message)
        return
    for loaded in courses:
        course = facts_of(loaded)
        if loaded.whole:
            of_course, of_resources = lint_course(course)
            yield from _located(loaded.path / COURSE, of_course)
            yield from _located(loaded.path / RESOURCES, of_resources)
        for unit in loaded.units:
            yield from _located(unit.path, lint_unit(Unit(unit.document, course)))
            tell(unit.path)


def _located(file: Path, findings: Sequence[Finding]) -> Iterator[Placed]:
    """The findings at their places; a file nothing is said of is not read again."""
    if not findings:
        return
    source = read(file.read_bytes())
    placed = [(source.locate_text(one.path, one.excerpt), one) for one in findings]
    yield from sorted(Placed(str(file), *at, one.code, one.severity, one.message) for at, one in placed)


def facts_of(loaded: LoadedCourse) -> Course:
    """What the rules are told of the course of files."""
    heads = {one.document.unit.key: one.document.unit for one in loaded.units} if loaded.whole else None
    return Course(loaded.course, loaded.resources, heads)


def coverage_of_files(course: LoadedCourse) -> list[Coverage]:
    """The coverage of each unit, in order."""
    units = sorted((one.document for one in course.units), key=lambda one: one.unit.position)
    return [coverage(one, course.resources) for one in units]


def lint_exported(exported: ExportedCourse) -> list[dict[str, Any]]:
    """What is to be said of the newest documents in the database: {unit, pointer, code, severity, message}.

    Of the course itself `unit` is None, and the pointer leads into its export as JSON.
    """
    document, shared, units = _documents(exported)
    course = Course(document, shared, {one.unit.key: one.unit for one in units})
    of_course, of_resources = lint_course(course)
    return [
        *(_said(one, None, "course") for one in of_course),
        *(_said(one, None, "resources") for one in of_resources),
        *(_said(one, unit.unit.key) for unit in units for one in lint_unit(Unit(unit, course))),
    ]


def lint_document(unit: UnitDocument, course: CourseDocument, shared: Mapping[str, Resource]) -> list[dict[str, Any]]:
    """The same of one unit, but for what only the course's other units tell."""
    return [_said(one, unit.unit.key) for one in lint_unit(Unit(unit, Course(course, shared)))]


def _said(finding: Finding, unit: str | None, *above: str) -> dict[str, Any]:
    pointer = Mistake((*above, *finding.path), "").pointer
    said = {"code": finding.code, "severity": finding.severity, "message": finding.message}
    return {"unit": unit, "pointer": pointer, **said}


def coverage_of_exported(exported: ExportedCourse) -> list[dict[str, Any]]:
    """The coverage of each unit of the database's newest documents, as JSON."""
    _, shared, units = _documents(exported)
    return [as_json(coverage(unit, shared)) for unit in units]


def as_json(covered: Coverage) -> dict[str, Any]:
    """A unit's coverage as JSON, with what each objective lacks."""
    said = asdict(covered)
    for written, one in zip(said["objectives"], covered.objectives, strict=True):
        written["missing"] = list(one.missing)
    return {**said, "holes": covered.holes}


def _documents(exported: ExportedCourse) -> tuple[CourseDocument, Mapping[str, Resource], list[UnitDocument]]:
    shared = load_document(ResourcesDocument, exported.resources).resources if exported.resources else {}
    units = [load_document(UnitDocument, unit) for unit in exported.units]
    return load_course(exported.course), shared, units
