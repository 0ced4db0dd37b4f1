"""Rules about a unit as a whole, its texts and its meetings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from service.domain.linting.rules import Found, Path, Severity, Unit, Written, rule

PLACEHOLDER = re.compile(r"\b(TODO|FIXME|XXX)\b|\b(?i:tbd|tba)\b|\blorem ipsum\b|\b(?i:coming soon)\b")
HIDDEN = re.compile(r"<!--.{0,20}|\{\{[<%]-?\s*/?\*|\[//\]: #|\[comment\]: #")
SHORTCODE = re.compile(r"\{\{[<%]\s*(?:/\s*)?([\w-]+)")


@rule(
    "placeholder",
    every_document=True,
    why="What was to be written later was not written; of a published unit, students read it.",
    bad="summary: TODO",
    good="what was to stand there, or nothing",
)
def placeholder(written: Written) -> Iterator[Found]:
    """A text still says TODO, TBD or the like; an error once it is published."""
    severity: Severity = "error" if written.is_published else "warning"
    for path, text in written.prose:
        if found := PLACEHOLDER.search(text):
            message = f"“{found[0]}” is still here: write what was to follow, or delete it."
            yield Found(path, message, severity, found[0])


@rule(
    "position-shared",
    compares_units=True,
    why="Units at the same position are ordered by number and key, which may not be what was meant.",
    bad="two units with position: 3",
    good="position: 3 and position: 4",
)
def shared_position(unit: Unit) -> Iterator[Found]:
    """Another unit of the course has the same position."""
    head = unit.document.unit
    others = [key for key in unit.course.at_position.get(head.position, ()) if key != head.key]
    if others:
        message = f"{', '.join(others[:3])} is at position {head.position}, too: give each its own."
        yield Found(("unit", "position"), message)


@rule(
    "objectives-none",
    why="Nobody can tell what the unit is for, nor whether its questions ask for it.",
    bad="a unit without `objectives`",
    good="objectives: [{key: explain-beams, text: Explain beam search., level: understand}]",
)
def no_objectives(unit: Unit) -> Iterator[Found]:
    """The unit has no objectives."""
    if not unit.document.objectives:
        yield Found(("unit",), "This unit has no objectives: say what a student should be able to do afterwards.")


@rule(
    "meeting-empty",
    why="A meeting about nothing is a date that somebody forgot to fill.",
    bad="meetings: [{key: monday, day: monday}]",
    good="meetings: [{key: monday, day: monday, title: Decoding by hand}]",
)
def empty_meeting(unit: Unit) -> Iterator[Found]:
    """A meeting has neither title, note nor materials."""
    for index, meeting in enumerate(unit.document.meetings):
        says = meeting.title or meeting.note or meeting.materials
        if not says and meeting.kind in {"lecture", "lab", "discussion"}:
            yield Found(
                ("meetings", index), f"Nothing is said of this {meeting.kind}: add a title, a note or materials."
            )


@rule(
    "date-order",
    why="Something takes place or is due outside the time of its unit or course: one of the dates is wrong.",
    bad="unit: {starts: 2026-03-02, ends: 2026-03-06} with a meeting on 2026-04-02",
    good="a meeting on 2026-03-04",
)
def dates(unit: Unit) -> Iterator[Found]:
    """A date lies before or after the unit or course it belongs to, or before that of the meeting above."""
    head, course = unit.document.unit, unit.course.document
    yield from _outside(("unit", "starts"), head.starts, course.starts, course.ends, "course")
    yield from _outside(("unit", "ends"), head.ends, course.starts, course.ends, "course")
    first, last = head.starts or course.starts, head.ends or course.ends
    latest: date | None = None
    for index, meeting in enumerate(unit.document.meetings):
        path = ("meetings", index, "date")
        yield from _outside(path, meeting.date, first, last, "unit")
        if meeting.date is not None and latest is not None and meeting.date < latest:
            yield Found(path, f"{meeting.date} is before the meeting above ({latest}): mend one, or put them in order.")
        latest = meeting.date or latest
    for placed in unit.outline.readings:
        yield from _outside((*placed.path, "due"), placed.reading.due, first, None, "unit")


@rule(
    "unit-order",
    compares_units=True,
    why="Units are shown by their positions: students come to the later week first.",
    bad="position: 1 with starts: 2026-03-09, and position: 2 with starts: 2026-03-02",
    good="positions in the order of the dates",
)
def order(unit: Unit) -> Iterator[Found]:
    """The unit begins before one that is placed before it."""
    head = unit.document.unit
    if other := unit.course.overtaking.get(head.key):
        message = f"{other.key} is placed before this and begins after it, on {other.starts}: mend dates or positions."
        yield Found(("unit", "starts"), message)


def _outside(path: Path, day: date | None, first: date | None, last: date | None, what: str) -> Iterator[Found]:
    if day is None:
        return
    if first is not None and day < first:
        yield Found(path, f"{day} is before the {what} begins ({first}): mend one of the two.")
    elif last is not None and day > last:
        yield Found(path, f"{day} is after the {what} ends ({last}): mend one of the two.")


@rule(
    "text-hidden",
    every_document=True,
    severity="error",
    why="Comments of Markdown are no secret here: they are shown as they are written, keys and all.",
    bad="<!-- the answer is 42 -->",
    good="a YAML comment: # the answer is 42",
)
def hidden(written: Written) -> Iterator[Found]:
    """A text holds a comment that its author thinks nobody sees."""
    for path, text in written.texts:
        if found := HIDDEN.search(text):
            message = "Readers see this comment: delete it, or make it a comment of the file (# …)."
            yield Found(path, message, excerpt=found[0])


@rule(
    "shortcode-unknown",
    every_document=True,
    why="Shortcodes of other systems mean nothing here and are shown as they are written.",
    bad="{{< youtube w7Ft2ymGmfc >}}",
    good="[A film](https://www.youtube.com/watch?v=w7Ft2ymGmfc)",
)
def shortcode(written: Written) -> Iterator[Found]:
    """A text holds a shortcode of another system."""
    for path, text in written.texts:
        for found in {found[1]: found for found in reversed([*SHORTCODE.finditer(text)])}.values():
            message = f"“{found[1]}” is a shortcode of another system: write in Markdown what it stood for."
            yield Found(path, message, excerpt=found[0])
