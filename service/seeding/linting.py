"""Linting and coverage of a course, from its files with every finding at its line, or from what the database holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from service.content.documents import load_course, load_document
from service.domain.coverage import Coverage, coverage
from service.domain.documents import CourseDocument, Resource, ResourcesDocument, UnitDocument
from service.domain.linting import RULES, Finding, Severity, Siblings, Unit, lint_unit
from service.domain.mistakes import Mistake
from service.seeding.events import read
from service.seeding.export import ExportedCourse
from service.seeding.loader import LoadedCourse, SeedRefused, load_folder


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


def lint_folder(path: Path, progress: Callable[[Path], None] | None = None) -> Iterator[Placed]:
    """What is to be said of the courses at `path`, file by file; `progress` is told each unit's file once it is done.

    Files that cannot be loaded are all that is spoken of while there are any.
    """
    try:
        courses = load_folder(path)
    except SeedRefused as refused:
        severity = RULES["not-loaded"].severity
        for one in refused.located:
            yield Placed(one.file, one.line, one.column, "not-loaded", severity, one.message)
        return
    for course in courses:
        siblings = siblings_of(course.course, [unit.document for unit in course.units])
        for unit in course.units:
            yield from _located(unit.path, lint_unit(Unit(unit.document, course.resources, siblings)))
            if progress:
                progress(unit.path)


def _located(file: Path, findings: Sequence[Finding]) -> Iterator[Placed]:
    """The findings at their places; a file nothing is said of is not read again."""
    if not findings:
        return
    source = read(file.read_bytes())
    placed = [(source.locate(one.path), one) for one in findings]
    yield from sorted(Placed(str(file), *at, one.code, one.severity, one.message) for at, one in placed)


def siblings_of(course: CourseDocument, units: Iterable[UnitDocument]) -> Siblings:
    """What the rules are told of a unit's course."""
    return Siblings({one.unit.key: one.unit.position for one in units}, course.starts, course.ends)


def coverage_of_files(course: LoadedCourse) -> list[Coverage]:
    """The coverage of each unit, in order."""
    units = sorted((one.document for one in course.units), key=lambda one: one.unit.position)
    return [coverage(one, course.resources) for one in units]


def lint_exported(exported: ExportedCourse) -> list[dict[str, Any]]:
    """What is to be said of the newest documents in the database: {unit, pointer, code, severity, message}."""
    course, shared, units = _documents(exported)
    siblings = siblings_of(course, units)
    return [
        {"unit": unit.unit.key, "pointer": Mistake(one.path, "").pointer, **_said(one)}
        for unit in units
        for one in lint_unit(Unit(unit, shared, siblings))
    ]


def _said(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "severity": finding.severity, "message": finding.message}


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
