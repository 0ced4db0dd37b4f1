"""Whether the parts of a unit fit together: every key is there once, and every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

from service.domain.documents import ChoiceGroup, Draw, Note, Resource, Task, UnitDocument, Where
from service.domain.documents.resources import relation_mistakes
from service.domain.documents.words import Guess
from service.domain.mistakes import Mistake
from service.domain.outline import PlacedGroup, outline

Path = tuple[str | int, ...]

Unread = Mapping[str, Collection[str] | None]
"""Of the parts of a unit ("sections", "questions") of which something could not be read: its keys, or None where not
even these are known."""

MOST_MISTAKES = 200


class Placed(NamedTuple):
    """An entity of the unit, and where in the document it stands."""

    path: Path
    entity: Any


def _items(unit: UnitDocument, kind: type) -> list[Placed]:
    """The items of one kind in all sections."""
    return [
        Placed(("sections", at, "items", index, kind.WRAPPED), item)  # type: ignore[attr-defined]
        for at, section in enumerate(unit.sections)
        for index, item in enumerate(section.items)
        if isinstance(item, kind)
    ]


def _by_key(entities: Iterable[Any]) -> dict[str, object]:
    return {entity.key: entity for entity in entities}


def _list(name: str, entities: Iterable[Any]) -> list[Placed]:
    return [Placed((name, index), entity) for index, entity in enumerate(entities)]


class _Unit:
    """A unit with all its names looked up once."""

    def __init__(self, unit: UnitDocument, shared: Mapping[str, Resource], unread: Unread) -> None:
        self.unit = unit
        self.shared = shared
        self.unread = unread
        self.guess = Guess()
        self.resources = {**shared, **unit.resources}
        self.outline = outline(unit, shared)
        self.readings = [Placed(placed.path, placed.reading) for placed in self.outline.readings]
        self.groups = _items(unit, ChoiceGroup)
        self.questions = _list("questions", unit.questions)
        self.known: dict[str, Mapping[str, object]] = {
            "objective": _by_key(unit.objectives),
            "resource": self.resources,
            "reading": self.outline.placed,
            "choice group": self.outline.groups,
            "stimulus": _by_key(unit.stimuli),
            "question": _by_key(unit.questions),
        }

    def reference(self, kind: str, key: str | None, path: Path) -> Iterator[Mistake]:
        """The mistake of a key that leads nowhere. Where that may be to what could not be read, nobody can tell."""
        unread = self.unread.get(_HOME[kind], ())
        if key is None or key in self.known[kind] or unread is None or key in unread:
            return
        yield Mistake(path, f"There is no {kind} “{key}”{self.guess(key, self.known[kind])}")

    def references(self, kind: str, keys: Iterable[str], path: Path) -> Iterator[Mistake]:
        """The same for a list, in which nothing stands twice."""
        seen: set[str] = set()
        for index, key in enumerate(keys):
            if key in seen:
                yield Mistake((*path, index), f"“{key}” stands in this list twice: keep one.")
            else:
                yield from self.reference(kind, key, (*path, index))
            seen.add(key)


_HOME = {
    "objective": "objectives",
    "resource": "resources",
    "reading": "sections",
    "choice group": "sections",
    "stimulus": "stimuli",
    "question": "questions",
}
"""Where in a unit the entities of a kind are."""


def mistakes_across(
    unit: UnitDocument, shared_resources: Mapping[str, Resource] | None = None, unread: Unread = MappingProxyType({})
) -> list[Mistake]:
    """Keys that are there twice, references that lead nowhere or in a circle, pools too small to draw from.

    What refers to something `unread` is not judged. At most `MOST_MISTAKES` are told.
    """
    whole = _Unit(unit, shared_resources or {}, unread)
    return list(islice((mistake for check in _CHECKS for mistake in check(whole)), MOST_MISTAKES))


def _repeated_keys(whole: _Unit) -> Iterator[Mistake]:
    unit = whole.unit
    yield from _repeated("objective", _list("objectives", unit.objectives))
    yield from _repeated("section", _list("sections", unit.sections))
    yield from _repeated("reading", whole.readings)
    yield from _repeated("choice group", whole.groups)
    for path, group in whole.groups:
        yield from _repeated("option", [Placed((*path, *at), one) for at, one in _list("options", group.options)])
    yield from _repeated("task", _items(unit, Task))
    yield from _repeated("note", _items(unit, Note))
    for name, entities in (("meeting", unit.meetings), ("question", unit.questions), ("term", unit.terms)):
        yield from _repeated(name, _list(f"{name}s", entities))
    yield from _repeated("stimulus", _list("stimuli", unit.stimuli))
    yield from _repeated("quiz", _list("quizzes", unit.quizzes))
    for key in unit.resources.keys() & whole.shared.keys():
        message = f"The course has a resource “{key}” already: use that, or choose another key."
        yield Mistake(("resources", key), message)


def _repeated(kind: str, placed: Iterable[Placed]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for path, entity in placed:
        if entity.key in seen:
            yield Mistake((*path, "key"), f"Another {kind} has the key “{entity.key}” already: give each its own.")
        if entity.key is not None:
            seen.add(entity.key)


def _resource_mistakes(whole: _Unit) -> Iterator[Mistake]:
    resources = whole.unit.resources
    if "resources" not in whole.unread:
        yield from (one.under("resources") for one in relation_mistakes(resources, whole.resources, whole.guess))
    for path, meeting in _list("meetings", whole.unit.meetings):
        for at, material in _list("materials", meeting.materials):
            yield from whole.reference("resource", material.resource, (*path, *at, "resource"))


def _section_mistakes(whole: _Unit) -> Iterator[Mistake]:
    for path, around in (*_list("sections", whole.unit.sections), *whole.groups):
        yield from whole.references("objective", around.objectives, (*path, "objectives"))
    for item in whole.outline.items:
        if isinstance(item, PlacedGroup) and item.required:
            for index, option in enumerate(item.options):
                if option.readings and not option.counting:
                    message = "Nothing here counts: add a reading that is neither optional nor an extension."
                    yield Mistake((*item.path, "options", index), message)


def _reading_mistakes(whole: _Unit) -> Iterator[Mistake]:
    extended = {placed.entity.key: placed.entity.extension_of for placed in whole.readings}
    for path, reading in whole.readings:
        yield from whole.reference("resource", reading.resource, (*path, "resource"))
        yield from whole.references("objective", reading.objectives, (*path, "objectives"))
        if _is_circular(reading.key, extended):
            yield Mistake((*path, "extension_of"), "This reading extends itself, directly or through others.")
        else:
            yield from whole.reference("reading", reading.extension_of, (*path, "extension_of"))


def _is_circular(start: str, extended: Mapping[str, str | None]) -> bool:
    """Whether following extension_of from a reading leads back to it."""
    key, steps = extended[start], len(extended)
    while key is not None and key != start and steps:
        key, steps = extended.get(key), steps - 1
    return key == start


def _question_mistakes(whole: _Unit) -> Iterator[Mistake]:
    for path, question in whole.questions:
        yield from whole.references("objective", question.objectives, (*path, "objectives"))
        yield from whole.reference("stimulus", question.stimulus, (*path, "stimulus"))
        yield from whole.reference("question", question.same_parameters_as, (*path, "same_parameters_as"))
        for at, source in _list("answers_from", question.answers_from):
            yield from whole.reference("reading", source.reading, (*path, *at, "reading"))
            yield from whole.reference("choice group", source.reading_group, (*path, *at, "reading_group"))


def _quiz_mistakes(whole: _Unit) -> Iterator[Mistake]:
    for path, quiz in _list("quizzes", whole.unit.quizzes):
        yield from whole.references("question", quiz.questions, (*path, "questions"))
        for at, draw in _list("draw", quiz.draw):
            yield from whole.references("question", draw.from_, (*path, *at, "from"))
            if draw.where is not None:
                yield from whole.references("objective", draw.where.objectives, (*path, *at, "where", "objectives"))
                yield from _pool_mistakes(whole, draw, draw.where, (*path, *at))


def _pool_mistakes(whole: _Unit, draw: Draw, where: Where, path: Path) -> Iterator[Mistake]:
    """A description that fewer questions fit than are to be drawn."""
    unknown = set(where.objectives) - whole.known["objective"].keys()
    fitting = sum(where.fits(question) for question in whole.unit.questions)
    if fitting < draw.take and not unknown and "questions" not in whole.unread:
        only = {0: "no question fits", 1: "only one question fits"}.get(fitting, f"only {fitting} questions fit")
        yield Mistake((*path, "take"), f"{draw.take} cannot be drawn, {only}: lower it, or add questions.")


_CHECKS = (_repeated_keys, _resource_mistakes, _section_mistakes, _reading_mistakes, _question_mistakes, _quiz_mistakes)
