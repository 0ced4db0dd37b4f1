"""Where in the raw document of a unit things are that have keys, and what refers to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Raw = dict[str, Any]
RELATIONS = ("part_of", "extends", "companion_of", "translation_of")


def resources_of(document: Raw) -> dict[str, Raw]:
    """Its resources by their keys."""
    resources: dict[str, Raw] = document.get("resources", {})
    return resources


def wrapped(item: Raw) -> tuple[str, Raw]:
    """What kind of item of a section it is, and what is said of it."""
    for name in ("choose", "task", "note"):
        if isinstance(item.get(name), dict):
            return name, item[name]
    return "reading", item


def inside(item: Raw) -> Raw:
    """What is said of an item of a section."""
    return wrapped(item)[1]


def changed(item: Raw, change: Callable[[Raw], Raw]) -> Raw:
    """The item with what is said of it changed."""
    kind, raw = wrapped(item)
    return change(raw) if kind == "reading" else {kind: change(raw)}


def readings_within(raw: Raw) -> Iterator[Raw]:
    """The readings in the options of a choice, and those to be read before others."""
    options = [one for option in raw.get("options", ()) for one in option["items"]]
    yield from options
    for outer in (raw, *options):
        yield from outer.get("before", ())


def items_of(document: Raw) -> Iterator[Raw]:
    """What is said of everything in its sections, wherever it stands."""
    for section in document.get("sections", ()):
        for item in section.get("items", ()):
            raw = inside(item)
            yield raw
            yield from readings_within(raw)


def asked_by_kind(document: Raw) -> Iterator[tuple[str, Raw]]:
    """Every reading, choice and task, wherever it stands, by its kind."""
    for section in document.get("sections", ()):
        for item in section.get("items", ()):
            kind, raw = wrapped(item)
            if kind != "note":
                yield kind, raw
            for reading in readings_within(raw):
                yield "reading", reading


def asked_of(document: Raw) -> list[Raw]:
    """The same, whatever they are."""
    return [raw for _, raw in asked_by_kind(document)]


def using_resources(document: Raw) -> list[Raw]:
    """Everything that may refer to resources: readings, materials of meetings, and other resources."""
    materials = [one for meeting in document.get("meetings", ()) for one in meeting.get("materials", ())]
    return [*asked_of(document), *materials, *resources_of(document).values()]


def resources_used(raw: Raw) -> set[str]:
    """The keys of the resources to which it refers."""
    named = {raw[name] for name in ("resource", *RELATIONS) if name in raw}
    return named | set(raw.get("see_also", ()))


def keys_of(raws: Iterable[Raw]) -> set[str]:
    """The keys of some things."""
    return {raw["key"] for raw in raws}


def rename_references(raw: Raw, renamed: Mapping[str, str], *names: str) -> None:
    """Change the key, or the keys, that fields refer to."""
    for name in names:
        said = raw.get(name)
        if isinstance(said, list):
            raw[name] = [renamed.get(key, key) for key in said]
        elif said is not None:
            raw[name] = renamed.get(said, said)


def draws_of(document: Raw) -> list[Raw]:
    """The pools from which its quizzes draw."""
    return [draw for quiz in document.get("quizzes", ()) for draw in quiz.get("draw", ())]
