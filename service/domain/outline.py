"""What a unit asks of a student: every reading in its place, with what it inherits, and what completion asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from service.domain.completion import Standing, standing_of
from service.domain.documents import Bundle, ChoiceGroup, Importance, Reading, Resource, Section, UnitDocument, Verb

Path = tuple[str | int, ...]
Resources = Mapping[str, Resource]

LONGEST_TITLE = 300


@dataclass(frozen=True, kw_only=True)
class PlacedReading:
    """A reading with everything resolved: where it stands, and what group and section leave to it.

    `path` leads to it in the document; `section`, `group` and `option` are keys, and so is `parent`, the reading
    it may be read before. `resource` is the document behind `resource_key`; a reading with an address of its own
    has one made for it, by its own key. Objectives are its own and those of the group and section around it.
    `counts`: completion may depend on it.
    """

    reading: Reading
    path: Path
    section: str
    section_title: str
    group: str | None = None
    option: str | None = None
    option_label: str | None = None
    parent: str | None = None
    verb: Verb
    importance: Importance
    objectives: tuple[str, ...]
    resource_key: str | None
    resource: Resource | None
    counts: bool

    @property
    def key(self) -> str:
        """The reading's key."""
        return self.reading.key

    @property
    def title(self) -> str:
        """What it is called: by its own title, its resource's, or else by its key."""
        return self.reading.title or (self.resource.title if self.resource else self.key)

    @property
    def is_extension(self) -> bool:
        """Whether it goes beyond another reading, or beyond what is asked."""
        return is_extension(self.reading)


@dataclass(frozen=True, kw_only=True)
class PlacedOption:
    """One option of a choice with its readings, what is read before them included."""

    option: Bundle
    readings: tuple[PlacedReading, ...]

    @property
    def key(self) -> str:
        """The option's key."""
        return self.option.key

    @property
    def counting(self) -> tuple[PlacedReading, ...]:
        """The readings that make the option done."""
        return tuple(reading for reading in self.readings if reading.counts)


@dataclass(frozen=True, kw_only=True)
class PlacedGroup:
    """A choice with what its section leaves to it; `required`: completion asks for `min` of its options."""

    group: ChoiceGroup
    path: Path
    section: str
    verb: Verb
    importance: Importance
    options: tuple[PlacedOption, ...]

    @property
    def key(self) -> str:
        """The group's key."""
        return self.group.key

    @property
    def required(self) -> bool:
        """Whether completing the unit depends on it."""
        return self.importance == "required" and self.group.min > 0


@dataclass(frozen=True)
class Outline:
    """A unit's readings and choices in the order of its page, and the keys of its required quizzes.

    What may be read before a reading stands just before it.
    """

    items: tuple[PlacedReading | PlacedGroup, ...]
    quizzes: tuple[tuple[str, str], ...]

    @cached_property
    def readings(self) -> tuple[PlacedReading, ...]:
        """All readings, those in choices included."""
        return tuple(reading for item in self.items for reading in _readings_in(item))

    @cached_property
    def placed(self) -> Mapping[str, PlacedReading]:
        """The readings by their keys."""
        return {reading.key: reading for reading in self.readings}

    @cached_property
    def groups(self) -> Mapping[str, PlacedGroup]:
        """The choices by their keys."""
        return {item.key: item for item in self.items if isinstance(item, PlacedGroup)}

    @cached_property
    def requirements(self) -> list[dict[str, Any]]:
        """What completion asks for, as `completion.standing_of` reads it; the ids are the author's keys."""
        asked = [_requirement(item) for item in self.items if _is_required(item)]
        quizzes = [{"kind": "quiz", "id": key, "title": title, "min": 0, "options": []} for key, title in self.quizzes]
        return asked + quizzes


def outline(unit: UnitDocument, shared_resources: Resources | None = None) -> Outline:
    """The outline of a unit. `shared_resources` are the course's, by key; the unit's own come first.

    What is left out comes from the choice, else from the section, else is `read` and `required`. Objectives add up.
    What is read before is optional unless it says otherwise, an extension an extension.
    """
    resources = {**(shared_resources or {}), **unit.resources}
    items = [item for at, section in enumerate(unit.sections) for item in _place_section(section, at, resources)]
    required = [quiz for quiz in unit.quizzes if quiz.importance == "required" and quiz.status == "published"]
    return Outline(tuple(items), tuple((quiz.key, quiz.title) for quiz in required))


def completion(outline: Outline, done: Collection[str], finished_quizzes: Collection[str]) -> Standing:
    """Where somebody stands who has done these readings and finished these quizzes (keys)."""
    return standing_of(outline.requirements, done, finished_quizzes)


def is_extension(reading: Reading) -> bool:
    """Whether a reading goes beyond another, or beyond what is asked."""
    return reading.extension_of is not None or reading.importance == "extension"


@dataclass(frozen=True)
class _Around:
    """What is around a reading, and what it takes from there."""

    section: Section
    group: ChoiceGroup | None = None
    option: Bundle | None = None
    parent: Reading | None = None

    @property
    def verb(self) -> Verb:
        return (self.group.verb if self.group else None) or self.section.verb or "read"

    @property
    def importance(self) -> Importance:
        return (self.group.importance if self.group else None) or self.section.importance or "required"

    def importance_of(self, reading: Reading) -> Importance:
        """A reading's own importance, or what it is worth here."""
        if reading.importance is not None:
            return reading.importance
        if reading.extension_of is not None:
            return "extension"
        return "optional" if self.parent else self.importance

    def objectives_of(self, reading: Reading) -> tuple[str, ...]:
        """A reading's own objectives, then those around it, each once."""
        all_around = (reading, self.group, self.section)
        return tuple(dict.fromkeys(key for one in all_around if one is not None for key in one.objectives))

    def counts(self, reading: Reading) -> bool:
        """Whether completion may depend on a reading here: in a choice, whether its option does."""
        if self.parent is not None or is_extension(reading):
            return False
        return self.importance_of(reading) == "required" and (self.group is None or self.importance == "required")


def _place_section(section: Section, at: int, resources: Resources) -> Iterator[PlacedReading | PlacedGroup]:
    around = _Around(section)
    for index, item in enumerate(section.items):
        path: Path = ("sections", at, "items", index)
        if isinstance(item, Reading):
            yield from _place(item, path, around, resources)
        elif isinstance(item, ChoiceGroup):
            yield _place_group(item, (*path, "choose"), replace(around, group=item), resources)


def _place_group(group: ChoiceGroup, path: Path, around: _Around, resources: Resources) -> PlacedGroup:
    options = []
    for index, option in enumerate(group.options):
        inside = replace(around, option=option)
        placed = [
            reading
            for number, item in enumerate(option.items)
            for reading in _place(item, (*path, "options", index, "items", number), inside, resources)
        ]
        options.append(PlacedOption(option=option, readings=tuple(placed)))
    return PlacedGroup(
        group=group,
        path=path,
        section=around.section.key,
        verb=around.verb,
        importance=around.importance,
        options=tuple(options),
    )


def _place(reading: Reading, path: Path, around: _Around, resources: Resources) -> Iterator[PlacedReading]:
    """What may be read before, then the reading itself."""
    for index, earlier in enumerate(reading.before):
        yield from _place(earlier, (*path, "before", index), replace(around, parent=reading), resources)
    resource_key, resource = _resource_of(reading, resources)
    yield PlacedReading(
        reading=reading,
        path=path,
        section=around.section.key,
        section_title=around.section.title,
        group=around.group.key if around.group else None,
        option=around.option.key if around.option else None,
        option_label=around.option.label if around.option else None,
        parent=around.parent.key if around.parent else None,
        verb=reading.verb or around.verb,
        importance=around.importance_of(reading),
        objectives=around.objectives_of(reading),
        resource_key=resource_key,
        resource=resource,
        counts=around.counts(reading),
    )


def _resource_of(reading: Reading, resources: Resources) -> tuple[str | None, Resource | None]:
    if reading.url is None:
        return reading.resource, resources.get(reading.resource or "")
    shown = reading.url.partition("://")[2] or reading.url
    return reading.key, Resource(title=reading.title or shown[:LONGEST_TITLE], url=reading.url)


def _readings_in(item: PlacedReading | PlacedGroup) -> Iterator[PlacedReading]:
    if isinstance(item, PlacedReading):
        yield item
    else:
        yield from (reading for option in item.options for reading in option.readings)


def _is_required(item: PlacedReading | PlacedGroup) -> bool:
    return item.counts if isinstance(item, PlacedReading) else item.required


def _requirement(item: PlacedReading | PlacedGroup) -> dict[str, Any]:
    if isinstance(item, PlacedReading):
        return {"kind": "reading", "id": item.key, "title": item.title, "min": 1, "options": [[_step(item)]]}
    options = [[_step(reading) for reading in option.counting] for option in item.options]
    return {"kind": "group", "id": item.key, "title": item.group.prompt, "min": item.group.min, "options": options}


def _step(reading: PlacedReading) -> dict[str, Any]:
    return {"id": reading.key, "minutes": reading.reading.minutes or 0}
