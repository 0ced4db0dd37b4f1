"""Importing: files of another format become unit files of a course, each with a report on every line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.content.documents import dump_document
from service.domain.mistakes import Mistake, Rejected
from service.errors import Conflict
from service.interchange.formats import Format
from service.interchange.reports import Report
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
        imported = format_.read(_text(source), str(source))
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


def _text(source: Path) -> str:
    """What a file says; what is not UTF-8 is read as the older encoding such files have."""
    content = source.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
