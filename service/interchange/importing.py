"""Importing: files of another format become unit files of a course, each with a report on every line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.content.documents import dump_document
from service.domain.mistakes import Mistake, Rejected
from service.errors import Conflict
from service.interchange.formats import Format
from service.interchange.reports import Imported, Report
from service.seeding.emitting import emit
from service.seeding.export import HandFormatted, What, is_canonical, says, unit_files
from service.seeding.loader import COURSE, UNITS


@dataclass(frozen=True)
class Planned:
    """A unit that is imported: the file it comes from, the one it is to be written to, and what becomes of its lines.

    `what` is "unchanged" where the file says that already, however it is laid out.
    """

    source: Path
    target: Path
    text: str
    what: What
    report: Report


def find_sources(path: Path, format_: Format) -> list[Path]:
    """The file itself, or the files of this format below a folder. Raises `Rejected` where there are none."""
    if path.is_file():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in format_.suffixes and file.is_file())
    if not found:
        endings = " or ".join(format_.suffixes)
        raise Rejected([Mistake((str(path),), f"There is no file that ends in {endings} here.")])
    return found


def plan(
    sources: Sequence[Path], course: Path, format_: Format, progress: Callable[[Path], None] = lambda _: None
) -> Iterator[Planned]:
    """What importing would write into the course's folder; a unit that has a file there keeps its name.

    Raises `Conflict` where two sources make the same unit.
    """
    present = unit_files(course / UNITS)
    made: dict[str, Path] = {}
    for source in sources:
        imported = _imported(source, format_)
        key = imported.unit.unit.key
        first = made.setdefault(key, source)
        if first != source:
            raise Conflict(f"{first} and {source} both make the unit “{key}”: rename one of them.")
        said = dump_document(imported.unit)
        target = course / present.get(key, Path(UNITS) / f"{len(present) + len(made):02d}-{key}.yaml")
        what: What = "unchanged" if says(target, said) else "written"
        progress(source)
        yield Planned(source, target, emit(said), what, imported.report)


def write(planned: Sequence[Planned], *, force: bool = False) -> None:
    """Write what is to be written. Raises `HandFormatted` before anything is, unless forced."""
    todo = [one for one in planned if one.what == "written"]
    by_hand = [one.target for one in todo if one.target.exists() and not force and not is_canonical(one.target)]
    if by_hand:
        raise HandFormatted(by_hand)
    for one in todo:
        one.target.parent.mkdir(parents=True, exist_ok=True)
        one.target.write_text(one.text, encoding="utf-8", newline="\n")


def require_course(folder: Path) -> None:
    """Raise `Conflict` unless the folder is a course's."""
    if not (folder / COURSE).exists():
        raise Conflict(
            f"{folder} is no course yet, as there is no {COURSE}. Begin one with: hornbook new course {folder}"
        )


def _imported(source: Path, format_: Format) -> Imported:
    """What a file makes; one that is not UTF-8 is read in the older encoding such files have, and says so."""
    content = source.read_bytes()
    try:
        return format_.read(content.decode("utf-8-sig"), str(source))
    except UnicodeDecodeError:
        imported = format_.read(content.decode("cp1252", errors="replace"), str(source))
        imported.report.warn(1, "This is not UTF-8 and was read as Windows-1252: look at accents and signs.")
        return imported
