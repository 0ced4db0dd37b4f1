"""Gives what is imported again the keys that it had, and tells everything that refers to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from service.interchange.choice_keys import keep_keys
from service.interchange.matching import USUAL, Criterion, Thing, by_address, by_text, free_key, matched
from service.interchange.raw_units import (
    RELATIONS,
    Raw,
    asked_by_kind,
    asked_of,
    draws_of,
    rename_references,
    resources_of,
    using_resources,
)

LISTS = ("objectives", "meetings", "stimuli", "questions", "quizzes", "terms")
ANSWERS = ("choices", "pairs", "distractors", "steps", "accept", "answer", "parts")
"""Where a question's answers are: two questions with the same stem are told apart by them."""


def renamed(old: Raw, new: Raw, shared: Mapping[str, Raw]) -> Raw:
    """The new document with the keys of the old one, whatever is the same in both.

    A key that something else had is given to nothing new. `shared` are the course's resources: what they have the
    address of is what is meant.
    """
    return _Renaming(old, deepcopy(new), shared).document()


class _Renaming:
    def __init__(self, old: Raw, new: Raw, shared: Mapping[str, Raw]) -> None:
        self.old = old
        self.new = new
        self.shared = shared

    def document(self) -> Raw:
        for name in LISTS:
            # A meeting is known by what it is for before it is by when it is, which is its key.
            criteria = (by_text, *USUAL) if name == "meetings" else USUAL
            self._refer(name, self._rename(self.old.get(name, ()), self.new.get(name, ()), _thing, criteria))
        self._rename(self.old.get("sections", ()), self.new.get("sections", ()), _thing)
        self._rename_resources()
        for kind in ("choose", "task", "reading"):
            self._rename_asked(kind)
        self._rename_options()
        self._keep_choices()
        return self.new

    def _rename(
        self,
        old: Sequence[Raw],
        new: Sequence[Raw],
        thing: Callable[[Raw, Raw], Thing],
        criteria: Sequence[Criterion] = USUAL,
        reserved: Iterable[str] = (),
    ) -> dict[str, str]:
        """Give new things the keys of their earlier selves. A key that something else had is given to nothing new."""
        earlier = [thing(raw, self.old) for raw in old]
        things = [thing(raw, self.new) for raw in new]
        pairs = matched(things, earlier, criteria)
        taken = {one.key for one in earlier}.union(reserved)
        renaming = {}
        for one in things:
            key = pairs[one.key].key if one.key in pairs else free_key(one.key, taken)
            taken.add(key)
            renaming[one.key] = one.raw["key"] = key
        return renaming

    def _rename_resources(self) -> None:
        """Resources have their keys outside. Those that the course has are used, and not described once more."""
        old, new = (_with_keys(resources_of(one)) for one in (self.old, self.new))
        own = [raw for raw in new if raw["key"] not in resources_of(self.old)]
        found = matched(
            [_thing(raw, self.new) for raw in own],
            [_thing(raw, self.old) for raw in _with_keys(self.shared)],
            [by_address],
        )
        renaming = self._rename(old, [raw for raw in new if raw["key"] not in found], _thing, reserved=self.shared)
        self.new["resources"] = {renaming[key]: raw for key, raw in resources_of(self.new).items() if key in renaming}
        renaming |= {key: thing.key for key, thing in found.items()}
        for raw in using_resources(self.new):
            rename_references(raw, renaming, "resource", "see_also", *RELATIONS)

    def _rename_asked(self, kind: str) -> None:
        """Readings, choices and tasks, wherever in the unit: one may have moved to another section."""
        old, new = ([raw for of, raw in asked_by_kind(one) if of == kind] for one in (self.old, self.new))
        others = [raw["key"] for one in (self.old, self.new) for of, raw in asked_by_kind(one) if of != kind]
        self._refer(kind, self._rename(old, new, _asked, reserved=others))

    def _rename_options(self) -> None:
        """Options are known by their readings, which have their keys already."""
        earlier = {raw["key"]: raw for kind, raw in asked_by_kind(self.old) if kind == "choose"}
        for kind, raw in asked_by_kind(self.new):
            if kind == "choose":
                self._rename(earlier.get(raw["key"], {}).get("options", ()), raw["options"], _option)

    def _refer(self, name: str, renaming: Mapping[str, str]) -> None:
        """Tell those that refer to things of a family."""
        questions, asked = self.new.get("questions", ()), asked_of(self.new)
        answers = [one for raw in questions for one in raw.get("answers_from", ())]
        draws = draws_of(self.new)
        wheres = [draw["where"] for draw in draws if "where" in draw]
        referring: Mapping[str, Sequence[tuple[Iterable[Raw], str]]] = {
            "objectives": [([*asked, *self.new.get("sections", ()), *questions, *wheres], "objectives")],
            "stimuli": [(questions, "stimulus")],
            "questions": [
                (self.new.get("quizzes", ()), "questions"),
                (draws, "from"),
                (questions, "same_parameters_as"),
            ],
            "reading": [(asked, "extension_of"), (answers, "reading")],
            "choose": [(answers, "reading_group")],
        }
        for raws, field in referring.get(name, ()):
            for raw in raws:
                rename_references(raw, renaming, field)

    def _keep_choices(self) -> None:
        earlier = {raw["key"]: raw for raw in self.old.get("questions", ())}
        for raw in self.new.get("questions", ()):
            if raw["key"] in earlier:
                keep_keys(earlier[raw["key"]], raw)


def _with_keys(resources: Mapping[str, Raw]) -> list[Raw]:
    return [{**raw, "key": key} for key, raw in resources.items()]


def _thing(raw: Raw, _document: Raw) -> Thing:
    text = raw.get("text") or raw.get("stem") or raw.get("title") or ""
    text = raw.get("term") or text
    whole = " ".join([text, *(one for name in ANSWERS for one in _texts(raw.get(name)))]) if "stem" in raw else ""
    return Thing(raw["key"], raw, text, raw.get("url", ""), raw.get("source", {}).get("content_hash", ""), whole)


def _texts(value: Any) -> list[str]:
    """Every text in an answer, but for what is said about it."""
    if isinstance(value, dict):
        return [text for name, one in value.items() if name not in {"key", "feedback"} for text in _texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def _asked(raw: Raw, document: Raw) -> Thing:
    resource = resources_of(document).get(raw.get("resource", ""), {})
    part = raw.get("portion", "")
    title = raw.get("prompt") or raw.get("title") or resource.get("title") or ""
    address = raw.get("url") or resource.get("url") or ""
    content_hash = raw.get("source", {}).get("content_hash", "")
    return Thing(raw["key"], raw, f"{part} {title}".strip(), address and f"{part} {address}".strip(), content_hash)


def _option(raw: Raw, _document: Raw) -> Thing:
    readings = " ".join(one["key"] for one in raw["items"])
    return Thing(raw["key"], raw, raw.get("label", ""), readings, whole=f"{raw.get('label', '')} {readings}")
