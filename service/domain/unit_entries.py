"""Readings, questions and quizzes singly: where each stands in its unit's document, and what an edit makes of it.

Documents are plain JSON in their long form, as versions keep them; none is changed, every edit gives a new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

from service.domain.documents import Reading
from service.domain.documents.words import Guess
from service.domain.mistakes import Mistake, Rejected

Path = tuple[str | int, ...]
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Collection:
    """A kind of entry: its name in addresses, and what one of them is called."""

    name: str
    one: str

    @property
    def is_nested(self) -> bool:
        """Whether its entries stand in sections, choices and one another, rather than in one list of the unit."""
        return self is READINGS


READINGS = Collection("readings", "reading")
QUESTIONS = Collection("questions", "question")
QUIZZES = Collection("quizzes", "quiz")
COLLECTIONS = (READINGS, QUESTIONS, QUIZZES)


class Edit(NamedTuple):
    """A unit's document after an edit, and where in it the entry stands; None where it is gone, or no one entry."""

    document: dict[str, Any]
    at: Path | None


@dataclass(frozen=True)
class Place:
    """Where an entry is to stand: in the list that `names` (see `list_of`), and at which index of it.

    Nothing named leaves it where it is; of a named list no index is its end.
    """

    names: Mapping[str, str]
    index: int | None = None


def entry_at(document: Document, path: Path) -> Any:
    """What stands at a path."""
    found: Any = document
    for step in path:
        found = found[step]
    return found


def paths(document: Document, collection: Collection) -> Iterator[Path]:
    """Where the entries stand, in order; what may be read before a reading stands just before it."""
    if not collection.is_nested:
        yield from ((collection.name, index) for index in range(len(document.get(collection.name, ()))))
        return
    for at, section in enumerate(document.get("sections", ())):
        yield from _readings(section.get("items", ()), ("sections", at, "items"))


def _readings(items: Sequence[Any], path: Path) -> Iterator[Path]:
    for index, item in enumerate(items):
        here = (*path, index)
        if "key" in item:
            yield from _readings(item.get("before", ()), (*here, "before"))
            yield here
        elif "choose" in item:
            for at, option in enumerate(item["choose"]["options"]):
                yield from _readings(option["items"], (*here, "choose", "options", at, "items"))


def find_entry(document: Document, collection: Collection, key: str) -> Path | None:
    """Where the entry with this key stands, if there is one."""
    return next((path for path in paths(document, collection) if entry_at(document, path)["key"] == key), None)


def place_of(document: Document, path: Path) -> dict[str, Any]:
    """The place of an entry, in the words in which it can be asked for: names of its list, and its `position` there."""
    return {**dict(_names(document, path)), "position": path[-1]}


def _names(document: Document, path: Path) -> Iterator[tuple[str, str]]:
    if path[0] != "sections":
        return
    if path[-2] == "before":
        yield "before", entry_at(document, path[:-2])["key"]
    elif "choose" in path:
        yield "group", entry_at(document, path[:5])["key"]
        yield "option", entry_at(document, path[:7])["key"]
    else:
        yield "section", entry_at(document, path[:2])["key"]


def list_of(document: Document, collection: Collection, names: Mapping[str, str]) -> Path:
    """The path of the list that is named; raises `Rejected` by the names.

    Readings stand in a `section`, in an `option` of a choice `group`, or may be read `before` another reading.
    Where nothing is named it is the unit's only section.
    """
    if not collection.is_nested:
        return (collection.name,)
    if "before" in names:
        return _list_before(document, names)
    if "group" in names or "option" in names:
        return _list_of_option(document, names)
    sections = {section["key"]: index for index, section in enumerate(document.get("sections", ()))}
    if "section" in names:
        return ("sections", _known("section", names["section"], sections), "items")
    if len(sections) == 1:
        return ("sections", 0, "items")
    there = (
        f"`section` is one of {', '.join(sections)}" if sections else "the unit needs a section in its document first"
    )
    raise Rejected([Mistake(("section",), f"Say where the reading stands: {there}.")])


def _list_before(document: Document, names: Mapping[str, str]) -> Path:
    _alone(names, "before")
    found = {entry_at(document, path)["key"]: path for path in paths(document, READINGS)}
    return (*_known("reading", names["before"], found, "before"), "before")


def _list_of_option(document: Document, names: Mapping[str, str]) -> Path:
    _alone(names, "group", "option")
    groups = {
        item["choose"]["key"]: ("sections", at, "items", index, "choose")
        for at, section in enumerate(document.get("sections", ()))
        for index, item in enumerate(section.get("items", ()))
        if "choose" in item and "key" not in item
    }
    if "group" not in names or "option" not in names:
        lacking = "option" if "group" in names else "group"
        raise Rejected([Mistake((lacking,), "Name both: the `group` that is the choice, and which `option` of it.")])
    group = _known("choice group", names["group"], groups, "group")
    options = {option["key"]: index for index, option in enumerate(entry_at(document, group)["options"])}
    return (*group, "options", _known("option", names["option"], options), "items")


def _alone(names: Mapping[str, str], *together: str) -> None:
    """Raise for what is named beside these."""
    more = [name for name in names if name not in together]
    if more:
        message = f"`{together[0]}` says where already: leave `{more[0]}` out."
        raise Rejected([Mistake((more[0],), message)])


def _known(kind: str, key: str, known: Mapping[str, Any], name: str = "") -> Any:
    if key not in known:
        message = f"There is no {kind} “{key}”{Guess()(key, known)}"
        raise Rejected([Mistake((name or kind,), message)])
    return known[key]


def added(document: Document, collection: Collection, entry: Any, place: Place) -> Edit:
    """The document with one entry more."""
    changed = deepcopy(dict(document))
    return Edit(changed, _insert(changed, list_of(changed, collection, place.names), entry, place.index))


def replaced(document: Document, collection: Collection, path: Path, entry: Any, place: Place) -> Edit:
    """The document with this in place of the entry at `path`, and where another place is named, there."""
    changed = deepcopy(dict(document))
    if not place.names and place.index is None:
        entry_at(changed, path[:-1])[path[-1]] = entry
        return Edit(changed, path)
    del entry_at(changed, path[:-1])[path[-1]]
    there = list_of(changed, collection, place.names) if place.names else path[:-1]
    return Edit(changed, _insert(changed, there, entry, place.index))


def removed(document: Document, path: Path) -> Edit:
    """The document without the entry at `path`."""
    changed = deepcopy(dict(document))
    del entry_at(changed, path[:-1])[path[-1]]
    return Edit(changed, None)


def reordered(document: Document, collection: Collection, names: Mapping[str, str], keys: Sequence[str]) -> Edit:
    """The document with the entries of one list in the order of these keys, each of them once; raises `Rejected`.

    What stands among readings and is none (a choice, a task, a note) stays at its index.
    """
    changed = deepcopy(dict(document))
    there = list_of(changed, collection, names)
    listed = entry_at(changed, there[:-1]).get(there[-1], [])
    spots = [index for index, item in enumerate(listed) if "key" in item]
    by_key = {listed[index]["key"]: listed[index] for index in spots}
    mistakes = list(_order_mistakes(collection, keys, by_key))
    if mistakes:
        raise Rejected(mistakes)
    for index, key in zip(spots, keys, strict=True):
        listed[index] = by_key[key]
    return Edit(changed, None)


def _order_mistakes(collection: Collection, keys: Sequence[str], known: Mapping[str, Any]) -> Iterator[Mistake]:
    guess, seen = Guess(), set()
    for index, key in enumerate(keys):
        if key in seen:
            yield Mistake(("keys", index), f"“{key}” stands in this list twice: keep one.")
        elif key not in known:
            yield Mistake(("keys", index), f"There is no {collection.one} “{key}” in this list{guess(key, known)}")
        seen.add(key)
    if lacking := [key for key in known if key not in seen]:
        yield Mistake(("keys",), f"Name every one of the list once; {', '.join(lacking[:20])} is not named.")


def _insert(document: dict[str, Any], there: Path, entry: Any, index: int | None) -> Path:
    listed: list[Any] = entry_at(document, there[:-1]).setdefault(there[-1], [])
    if index is not None and index > len(listed):
        message = f"There are {len(listed)} others in the list: give a position from 0 to {len(listed)}."
        raise Rejected([Mistake(("position",), message)])
    at = len(listed) if index is None else index
    listed.insert(at, entry)
    return (*there, at)


def key_of_new(collection: Collection, entry: Mapping[str, Any]) -> object:
    """The key that a new entry was given, or that its short form makes; None where it has none.

    Raises `Rejected` for what stands among readings and is none.
    """
    if not collection.is_nested:
        return entry.get("key")
    for name in ("choose", "task", "note"):
        if name in entry and (len(entry) == 1 or name != "note"):
            message = "A reading is needed here; choices, tasks and notes are edited in the unit's document."
            raise Rejected([Mistake((name,), message)])
    long = Reading.expand(entry)
    return long.get("key") if isinstance(long, Mapping) else None
