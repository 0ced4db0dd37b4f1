"""Edits of one reading, question or quiz, through the gate of whole units: it says the same of it as of a file."""

from __future__ import annotations

from service.content import editing
from service.content.models import Course
from service.content.publishing import PreparedUnit
from service.domain.mistakes import Mistake, Rejected
from service.domain.unit_entries import Edit, Path

ELSEWHERE = "Elsewhere in the unit's document: "


def read_edit(course: Course, unit: str, edit: Edit) -> PreparedUnit:
    """The whole unit after an edit. Raises `Rejected` with pointers into the entry.

    What is wrong elsewhere because of the edit keeps its pointer into the unit's document, and says so.
    """
    try:
        return editing.read_unit(course, edit.document, unit)
    except Rejected as rejected:
        raise Rejected([_seen_from(edit.at, mistake) for mistake in rejected.mistakes]) from None


def _seen_from(entry: Path | None, mistake: Mistake) -> Mistake:
    if entry is not None and mistake.path[: len(entry)] == entry:
        return Mistake(mistake.path[len(entry) :], mistake.message)
    return Mistake(mistake.path, ELSEWHERE + mistake.message)
