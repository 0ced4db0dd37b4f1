"""Rules about readings and choices between them."""

from __future__ import annotations

from collections.abc import Iterator

from service.domain.linting.rules import Found, Unit, rule
from service.domain.outline import PlacedReading


@rule(
    "reading-uncited",
    severity="error",
    why="Students cannot find what they are required to read.",
    bad="- read: The usual chapter",
    good="a resource with a url, or with authors and publisher, doi or isbn",
)
def uncited(unit: Unit) -> Iterator[Found]:
    """A required reading has neither an address nor a citation."""
    for placed in unit.outline.readings:
        if placed.importance == "required" and not _can_be_found(unit, placed):
            yield Found(
                placed.path, f"Say where “{placed.title}” is: an address, or authors and publisher, doi or isbn."
            )


def _can_be_found(unit: Unit, placed: PlacedReading) -> bool:
    resource, known = placed.resource, {**unit.course.shared, **unit.document.resources}
    while resource is not None:
        if resource.url or resource.links or resource.doi or resource.arxiv or resource.isbn or resource.access:
            return True
        if resource.authors and (resource.publisher or resource.year):
            return True
        # A chapter is found by its book; what was looked at is not looked at again.
        resource = known.pop(resource.part_of, None) if resource.part_of else None
    return False


@rule(
    "group-single",
    why="A choice of one is none; students look for the other option.",
    bad="choose: {options: [one paper]}",
    good="an ordinary reading, or a second option",
)
def single(unit: Unit) -> Iterator[Found]:
    """A choice has a single option."""
    for group in unit.outline.groups.values():
        if len(group.options) == 1:
            yield Found(group.path, "There is only one option: add another, or make it an ordinary reading.")


@rule(
    "reading-estimate",
    why="Without minutes nobody can say how long a week takes, nor what is left of it.",
    bad="- read: how-to-generate",
    good="- {read: how-to-generate, minutes: 30}",
)
def no_estimate(unit: Unit) -> Iterator[Found]:
    """A reading that counts has no estimate of its minutes."""
    for placed in unit.outline.readings:
        if placed.counts and placed.reading.minutes is None:
            yield Found(placed.path, f"Say how long “{placed.title}” takes: minutes.")


@rule(
    "reading-unreferenced",
    why="Nothing in the unit says what the reading is for, and no question leads back to it.",
    bad="a required reading that no question's answers_from names, and without objectives",
    good="objectives: [explain-beams] on the reading",
)
def unreferenced(unit: Unit) -> Iterator[Found]:
    """No objective and no question refers to a required reading."""
    named = {source.reading for one in unit.document.questions for source in one.answers_from}
    groups = {source.reading_group for one in unit.document.questions for source in one.answers_from}
    for placed in unit.outline.readings:
        refers = placed.objectives or placed.key in named or (placed.group is not None and placed.group in groups)
        if placed.counts and not refers:
            yield Found(placed.path, f"What is “{placed.title}” for? Name its objectives, or a question it answers.")
