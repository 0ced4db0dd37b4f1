"""Importing: files of another format become units of a course, each with a report on every line.

Where they go to is somebody else's: a folder of files (`filing.py`) or a database (`storing.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from service.content.documents import dump_document
from service.domain.documents import ImportSource, Resource, UnitDocument
from service.domain.documents.words import slug
from service.domain.expressions import meant
from service.domain.merging import Difference, differences
from service.domain.mistakes import Rejected
from service.errors import Conflict
from service.interchange.formats import Format
from service.interchange.origins import is_same_file, is_told_apart
from service.interchange.rematching import fitted, put_into, rematch
from service.interchange.reports import Imported, Report

What = Literal["added", "changed", "unchanged"]
Progress = Callable[[Path], None]
Join = Callable[[UnitDocument, UnitDocument, Mapping[str, Resource]], UnitDocument]
MOST_TOLD = 5
"""Mistakes that are told of one file."""


@dataclass(frozen=True)
class Found:
    """A file that was imported: the unit it makes, and what becomes of its lines."""

    source: Path
    unit: UnitDocument
    report: Report


@dataclass(frozen=True)
class Planned:
    """A unit as it is to be written, where, and what is different there then (but for the lines things came from)."""

    source: Path
    unit: UnitDocument
    what: What
    where: str
    report: Report
    differences: Sequence[Difference] = ()


class Target(Protocol):
    """Where imported units go to."""

    @property
    def shared(self) -> Mapping[str, Resource]:
        """The resources of the course."""

    def present(self) -> Mapping[str, ImportSource | None]:
        """The keys of the units there are, each with where it was imported from, if it was."""

    def unit(self, key: str) -> UnitDocument:
        """A unit as it is there. Raises `Conflict` where it cannot be read."""

    def where(self, unit: UnitDocument) -> str:
        """Where a unit is written to, in words."""


def find_sources(path: Path, format_: Format) -> list[Path]:
    """The file itself, or the files of this format below a folder. Raises `Conflict` where there are none."""
    if path.is_file():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in format_.suffixes and file.is_file())
    if not found:
        endings = " or ".join(format_.suffixes)
        raise Conflict(f"There is no file that ends in {endings} in {path}.")
    return found


def read_sources(path: Path, format_: Format, progress: Progress = lambda _: None) -> tuple[list[Found], list[Path]]:
    """What the file makes, or what each of those of a folder does that is meant; and those that are not.

    Raises `Conflict` where two make the same unit, and where there is none.
    """
    found, others = [], []
    for source in find_sources(path, format_):
        text, is_usual = _text(source.read_bytes())
        if source != path and not format_.is_meant(text, str(source)):
            others.append(source)
        else:
            found.append(_found(source, format_.read(text, str(source)), is_usual=is_usual))
        progress(source)
    if not found:
        message = f"None of the {len(others)} files in {path} is one of a unit."
        raise Conflict(f"{message} Name one by itself if it is all the same.")
    return _with_keys(found), others


def read_content(content: bytes, name: str, format_: Format) -> Found:
    """What a file makes that was sent and has this name."""
    text, is_usual = _text(content)
    return _found(Path(name), format_.read(text, name), is_usual=is_usual)


def _text(content: bytes) -> tuple[str, bool]:
    """What a file says, and whether it is UTF-8; one that is not is read in the older encoding such files have."""
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), False


def _found(source: Path, imported: Imported, *, is_usual: bool) -> Found:
    if not is_usual:
        imported.report.warn(1, "This is not UTF-8 and was read as Windows-1252: look at accents and signs.")
    return Found(source, imported.unit, imported.report)


def _with_keys(found: Sequence[Found]) -> list[Found]:
    """The same, with longer keys for those that want the same. Raises `Conflict` where they still do."""
    counts = Counter(one.unit.unit.key for one in found)
    keyed = []
    first: dict[str, Path] = {}
    for one in found:
        key = one.unit.unit.key
        if counts[key] > 1:
            key = slug(f"{one.source.parent.name}-{one.source.stem}")
            one.report.warn(1, f"“{one.unit.unit.key}” is what several files make: this one has the key “{key}”.")
        if first.setdefault(key, one.source) != one.source:
            raise Conflict(f"{first[key]} and {one.source} both make the unit “{key}”: rename one of them.")
        keyed.append(replace(one, unit=replace(one.unit, unit=replace(one.unit.unit, key=key))))
    return keyed


def plan(found: Sequence[Found], target: Target) -> list[Planned]:
    """What importing would write: what was imported before keeps its keys, and what was written by hand stays.

    Raises `Conflict` where what is there cannot be read, does not go together with what is imported, or is something
    else of the same name.
    """
    present = target.present()
    planned = []
    first: dict[str, Path] = {}
    for one in found:
        key = _earlier_key(one, present, found)
        if key is None:
            planned.append(_added(one, target))
        elif (other := first.setdefault(key, one.source)) != one.source:
            raise Conflict(f"{other} and {one.source} would both become the unit “{key}”: import one of them alone.")
        else:
            planned.append(_changed(one, key, target, rematch))
    return planned


def _earlier_key(found: Found, present: Mapping[str, ImportSource | None], everything: Sequence[Found]) -> str | None:
    """The key of the unit that an earlier import made of the same file; None where there is none.

    Raises `Conflict` where there is a unit of this name that did not come from such a file: somebody's own, or that of
    the page which a bank of questions lies beside. The two would take each other's place.
    """
    key, source = found.unit.unit.key, found.unit.unit.source
    if source is None:
        return key if key in present else None
    imported = {one: of for one, of in present.items() if of is not None}
    same = [one for one, of in imported.items() if _has_same_path(of, source)]
    # A unit of which the very file is here as well is that file's, however alike another one is called.
    taken = {(one.unit.unit.source.format, one.unit.unit.source.path) for one in everything if one.unit.unit.source}
    near = [one for one, of in imported.items() if is_same_file(of, source) and (of.format, of.path) not in taken]
    for candidates in (same, near):
        if len(candidates) == 1:
            return candidates[0]
    if key not in present:
        return None
    origin = imported.get(key)
    if origin is None or is_told_apart(origin, source):
        raise _other_of_the_same_name(key, origin, found.source)
    return key


def _other_of_the_same_name(key: str, origin: ImportSource | None, source: Path) -> Conflict:
    message = f"There is a unit “{key}” already, and it does not come from {source}."
    mend = f"Put the one into the other with --unit {key}, or rename the file."
    if origin is not None and origin.path:
        message = f"There is a unit “{key}” already, and it comes from {origin.path}, not from {source}."
        mend += " If that is the same file, moved: write its new path for the old one wherever the unit names it."
    return Conflict(f"{message} {mend}")


def _has_same_path(one: ImportSource, other: ImportSource) -> bool:
    return (one.format, one.path) == (other.format, other.path)


def plan_into(found: Sequence[Found], target: Target, key: str) -> list[Planned]:
    """The same for one file of which everything is put into a unit that there is. Raises `Conflict`, too."""
    if key not in target.present():
        message = f"There is no unit “{key}”{meant(key, target.present())}"
        raise Conflict(f"{message} Name one of the course's by its key, or leave --unit out to make one.")
    if len(found) != 1:
        raise Conflict(f"{len(found)} files cannot go into one unit: name one of them.")
    return [_changed(found[0], key, target, put_into)]


def _added(found: Found, target: Target) -> Planned:
    unit = _passed(found, found.unit.unit.key, lambda: fitted(found.unit, target.shared))
    return Planned(found.source, unit, "added", target.where(unit), found.report)


def _changed(found: Found, key: str, target: Target, join: Join) -> Planned:
    earlier = target.unit(key)
    unit = _passed(found, key, lambda: join(earlier, found.unit, target.shared))
    what: What = "unchanged" if unit == earlier else "changed"
    different = tuple(differences(*(_without_sources(dump_document(one)) for one in (earlier, unit))))
    return Planned(found.source, unit, what, target.where(unit), found.report, different)


def _without_sources(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {name: _without_sources(value) for name, value in raw.items() if name != "source"}
    return [_without_sources(one) for one in raw] if isinstance(raw, list) else raw


def _passed(found: Found, key: str, made: Callable[[], UnitDocument]) -> UnitDocument:
    try:
        return made()
    except Rejected as rejected:
        told = "\n".join(f"  {one.pointer}: {one.message}" for one in rejected.mistakes[:MOST_TOLD])
        message = f"{found.source} does not go together with the unit “{key}” and the course as they are now:\n{told}"
        raise Conflict(message) from None
