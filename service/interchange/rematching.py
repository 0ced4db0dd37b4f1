"""Imports a page or a bank again: what was there keeps its key, and what was written by hand stays.

What came from an import says so (`source`). Of that, what stands on the page as it did is left as it is, with what was
edited; what changed there is taken from the page, but for what pages do not say; what is gone there goes. Whatever has
no source is somebody's own and stays where it is, behind what it stood behind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from service.content.documents import dump_document, load_unit
from service.domain.documents import ImportSource, Resource, UnitDocument
from service.interchange.matching import USUAL, Criterion, Thing, by_text, free_key, matched
from service.interchange.raw_units import (
    RELATIONS,
    Raw,
    asked_by_kind,
    asked_of,
    changed,
    inside,
    keep_known,
    keys_of,
    rename_references,
    resources_of,
    resources_used,
    using_resources,
)

BY_HAND = frozenset(
    {
        *("minutes", "objectives", "guiding_questions", "due", "level", "answers_from", "hints", "mistakes", "points"),
        *("parameters", "require", "scoring", "shuffle", "authors", "year", "publisher", "isbn", "access", "language"),
        *("part_of", "extends", "companion_of", "translation_of"),
    }
)
"""What pages and banks hardly say, so that its absence there does not take it away."""
HEAD_BY_HAND = frozenset({"status", "number", "position", "starts", "ends", "group", "language"})
"""The same of a unit itself."""
NESTED = frozenset({"items", "options", "before"})
LISTS = ("objectives", "meetings", "stimuli", "questions")


def rematch(previous: UnitDocument, imported: UnitDocument, shared: Mapping[str, Resource]) -> UnitDocument:
    """What was imported, with the keys and all that is somebody's own of what was there before.

    What came from another file is as good as somebody's own: a unit may be made of a page and some banks. `shared` are
    the course's resources. Raises `Rejected` where the two do not go together.
    """
    origins = {_origin(imported.unit.source), _origin(previous.unit.source)}
    old, new = dump_document(previous), dump_document(imported)
    renamed = _Renaming(old, deepcopy(new)).renamed_document()
    return load_unit(_Merging(old, renamed, origins).merged_document(), shared)


def put_into(previous: UnitDocument, imported: UnitDocument, shared: Mapping[str, Resource]) -> UnitDocument:
    """A unit with what was imported in it as well: the unit itself stays as it is. Raises `Rejected`."""
    origins = {_origin(imported.unit.source)}
    old, new = dump_document(previous), dump_document(replace(imported, unit=previous.unit))
    renamed = _Renaming(old, deepcopy(new)).renamed_document()
    return load_unit(_Merging(old, renamed, origins).merged_document(), shared)


Origin = tuple[str, tuple[str, ...]]


def _origin(source: ImportSource | None) -> Origin:
    """A file, whichever folder it was named from: its format, its name and its folder's."""
    return (source.format, PurePath(source.path or "").parts[-2:]) if source is not None else ("", ())


class _Renaming:
    """Gives what was there before its key again, and changes whatever refers to it."""

    def __init__(self, old: Raw, new: Raw) -> None:
        self.old = old
        self.new = new

    def renamed_document(self) -> Raw:
        for name in LISTS:
            # A meeting is known by what it is for before it is by when it is, which is its key.
            criteria = (by_text, *USUAL) if name == "meetings" else USUAL
            renamed = self._rename(self.old.get(name, ()), self.new.get(name, ()), _thing, criteria)
            self._refer(name, renamed)
        self._rename(self.old.get("sections", ()), self.new.get("sections", ()), _thing)
        self._rename_resources()
        for kind in ("choose", "task", "reading"):
            self._rename_asked(kind)
        return self.new

    def _rename(
        self,
        old: Sequence[Raw],
        new: Sequence[Raw],
        thing: Callable[[Raw, Raw], Thing],
        criteria: Sequence[Criterion] = USUAL,
        reserved: frozenset[str] = frozenset(),
    ) -> dict[str, str]:
        """Give new things the keys of their earlier selves. A key that something else had is given to nothing new."""
        earlier = [thing(raw, self.old) for raw in old]
        things = [thing(raw, self.new) for raw in new]
        pairs = matched(things, earlier, criteria)
        taken = {one.key for one in earlier} | reserved
        renamed = {}
        for one in things:
            key = pairs[one.key].key if one.key in pairs else free_key(one.key, taken)
            taken.add(key)
            renamed[one.key] = one.raw["key"] = key
        return renamed

    def _rename_resources(self) -> None:
        """Resources have their keys outside; everything that refers to them is told."""
        old, new = ([{**raw, "key": key} for key, raw in resources_of(one).items()] for one in (self.old, self.new))
        renamed = self._rename(old, new, _thing)
        self.new["resources"] = {renamed[key]: raw for key, raw in resources_of(self.new).items()}
        for raw in using_resources(self.new):
            rename_references(raw, renamed, "resource", "see_also", *RELATIONS)

    def _rename_asked(self, kind: str) -> None:
        """Readings, choices and tasks, wherever in the unit: one may have moved to another section."""
        old, new = ([raw for of, raw in asked_by_kind(one) if of == kind] for one in (self.old, self.new))
        others = frozenset(raw["key"] for one in (self.old, self.new) for of, raw in asked_by_kind(one) if of != kind)
        renamed = self._rename(old, new, _asked, reserved=others)
        for raw in asked_of(self.new) if kind == "reading" else ():
            rename_references(raw, renamed, "extension_of")
        earlier = {raw["key"]: raw for raw in old}
        for raw in new if kind == "choose" else ():
            self._rename(earlier.get(raw["key"], {}).get("options", ()), raw["options"], _option)

    def _refer(self, name: str, renamed: Mapping[str, str]) -> None:
        """Tell those that refer to objectives, stimuli or questions."""
        if name == "objectives":
            for raw in asked_of(self.new):
                rename_references(raw, renamed, "objectives")
        elif name == "stimuli":
            for raw in self.new.get("questions", ()):
                rename_references(raw, renamed, "stimulus")
        elif name == "questions":
            for raw in self.new.get("quizzes", ()):
                rename_references(raw, renamed, "questions")


class _Merging:
    """Puts an earlier document and a new one with the same keys together."""

    def __init__(self, old: Raw, new: Raw, origins: Collection[Origin]) -> None:
        self.old = old
        self.new = new
        self.origins = origins

    def merged_document(self) -> Raw:
        self.new["unit"] = _merged(self.old["unit"], self.new["unit"], HEAD_BY_HAND) | {"key": self.old["unit"]["key"]}
        for name in LISTS:
            self.new[name] = _joined(self.old.get(name, ()), self.new.get(name, ()), _merged, self._is_own)
        self._merge_resources()
        self._merge_sections()
        self._merge_quizzes()
        for name in ("terms", "lint", "objectives_intro"):
            self.new[name] = self.new.get(name) or self.old.get(name)
        self._bring_back()
        self._drop_dangling()
        return {name: value for name, value in self.new.items() if value}

    def _is_own(self, raw: Raw) -> bool:
        """Whether this is somebody's own, or came from another file."""
        source = raw.get("source")
        return source is None or (source["format"], PurePath(source.get("path", "")).parts[-2:]) not in self.origins

    def _merge_resources(self) -> None:
        old, new = resources_of(self.old), resources_of(self.new)
        own = {key: raw for key, raw in old.items() if key not in new and self._is_own(raw)}
        self.new["resources"] = {key: _merged(old[key], raw) if key in old else raw for key, raw in new.items()} | own

    def _merge_sections(self) -> None:
        """Items are told apart by their keys wherever they stand, and sections by theirs."""
        earlier = {raw["key"]: raw for raw in asked_of(self.old)}
        new = keys_of(self.new.get("sections", ()))
        old = [one if one["key"] in new else self._own_of(one) for one in self.old.get("sections", ())]

        def merge(was: Raw, now: Raw) -> Raw:
            items = _joined(was.get("items", ()), now.get("items", ()), lambda _, one: one, self._is_own, inside)
            return _merged(was, now) | {"items": items}

        sections = _joined(
            old, self.new.get("sections", ()), merge, lambda one: self._is_own(one) or bool(one["items"])
        )
        for section in sections:
            items = [changed(item, lambda raw: self._as_earlier(raw, earlier)) for item in section.pop("items", ())]
            if items:
                section["items"] = items
        self.new["sections"] = sections

    def _own_of(self, section: Raw) -> Raw:
        """A section that is gone from the page, with what is somebody's own in it."""
        return {**section, "items": [one for one in section.get("items", ()) if self._is_own(inside(one))]}

    def _as_earlier(self, raw: Raw, earlier: Mapping[str, Raw]) -> Raw:
        """A reading, choice or task as it was before, if its lines are, and so for what is in it."""
        was = earlier.get(raw.get("key", ""))
        made = _merged(was, raw) if was is not None and not self._is_own(raw) else dict(raw)
        if "before" in made:
            made["before"] = [self._as_earlier(one, earlier) for one in made["before"]]
        if "options" in made:
            options = [
                {**one, "items": [self._as_earlier(it, earlier) for it in one["items"]]} for one in made["options"]
            ]
            made["options"] = _joined((was or {}).get("options", ()), options, lambda _, one: one, self._is_own_option)
        return made

    def _is_own_option(self, option: Raw) -> bool:
        return all(self._is_own(one) for one in option["items"])

    def _merge_quizzes(self) -> None:
        """Quizzes stay as they are, and ask what there is now."""
        old = {quiz["key"]: quiz for quiz in self.old.get("quizzes", ())}
        own = keys_of(raw for raw in self.old.get("questions", ()) if self._is_own(raw))
        quizzes = []
        for quiz in self.new.get("quizzes", ()):
            earlier = old.pop(quiz["key"], quiz)
            asked = [*quiz["questions"], *(key for key in earlier.get("questions", ()) if key in own)]
            now = {"questions": list(dict.fromkeys(asked))} if "questions" in earlier else {}
            quizzes.append({**earlier, **now})
        self.new["quizzes"] = [*quizzes, *old.values()]

    def _bring_back(self) -> None:
        """Bring back what somebody's own things need, though it is gone from the page."""
        old, new = resources_of(self.old), resources_of(self.new)
        needed = [key for raw in using_resources(self.new) for key in resources_used(raw)]
        while needed:
            key = needed.pop()
            if key in old and key not in new:
                new[key] = old[key]
                needed += resources_used(old[key])
        stimuli = keys_of(self.new["stimuli"])
        looked_at = {raw.get("stimulus") for raw in self.new["questions"]} - stimuli
        self.new["stimuli"] += [raw for raw in self.old.get("stimuli", ()) if raw["key"] in looked_at]

    def _drop_dangling(self) -> None:
        """Take out references to objectives, readings and questions that are gone."""
        objectives, questions = keys_of(self.new["objectives"]), keys_of(self.new["questions"])
        readings = keys_of(asked_of(self.new))
        for raw in [*asked_of(self.new), *self.new["questions"], *self.new["sections"]]:
            keep_known(raw, "objectives", lambda key: key in objectives)
            keep_known(raw, "answers_from", lambda one: one.get("reading", one.get("reading_group")) in readings)
            if raw.get("extension_of", "") not in {"", *readings}:
                del raw["extension_of"]
        for quiz in self.new["quizzes"]:
            keep_known(quiz, "questions", lambda key: key in questions)
        self.new["quizzes"] = [one for one in self.new["quizzes"] if one.get("questions") or one.get("draw")]


def _merged(old: Raw, new: Raw, by_hand: frozenset[str] = BY_HAND) -> Raw:
    """What is said of a thing now: as it was where its lines are, else what the page says, and what is by hand."""
    was, now = old.get("source", {}), new.get("source", {})
    nested = {name: new[name] for name in NESTED if name in new}
    if was.get("content_hash") is not None and was.get("content_hash") == now.get("content_hash"):
        same = {name: value for name, value in old.items() if name not in NESTED}
        return {**same, **nested, "source": now}
    kept = {name: value for name, value in old.items() if name in by_hand and name not in new}
    return {**new, **kept}


def _joined(
    old: Sequence[Raw],
    new: Sequence[Raw],
    merge: Callable[[Raw, Raw], Raw],
    stays: Callable[[Raw], bool],
    within: Callable[[Raw], Raw] = lambda raw: raw,
) -> list[Raw]:
    """The new list, each thing merged with its earlier self, and the old one's own things behind their neighbours."""
    earlier = {within(one)["key"]: one for one in old if "key" in within(one)}
    present = {within(one).get("key") for one in new}
    own: dict[Any, list[Raw]] = {}
    neighbour = None
    for one in old:
        key = within(one).get("key")
        if key is not None and key in present:
            neighbour = key
        elif stays(within(one)):
            own.setdefault(neighbour, []).append(one)
    joined = list(own.get(None, ()))
    for one in new:
        key = within(one).get("key")
        joined.append(merge(earlier[key], one) if key in earlier else one)
        joined += own.get(key, ()) if key is not None else ()
    return joined


def _thing(raw: Raw, _document: Raw) -> Thing:
    text = raw.get("text") or raw.get("stem") or raw.get("title") or ""
    return Thing(raw["key"], raw, text, raw.get("url", ""), raw.get("source", {}).get("content_hash", ""))


def _asked(raw: Raw, document: Raw) -> Thing:
    resource = resources_of(document).get(raw.get("resource", ""), {})
    part = raw.get("portion", "")
    title = raw.get("prompt") or raw.get("title") or resource.get("title") or ""
    address = raw.get("url") or resource.get("url") or ""
    content_hash = raw.get("source", {}).get("content_hash", "")
    return Thing(raw["key"], raw, f"{part} {title}".strip(), address and f"{part} {address}".strip(), content_hash)


def _option(raw: Raw, _document: Raw) -> Thing:
    return Thing(raw["key"], raw, raw.get("label", ""), " ".join(one["key"] for one in raw["items"]))
