"""Imports a page or a bank again: what was there keeps its key, and what was written by hand stays.

What came from an import says so (`source`). Of that, what stands on the page as it did is left as it is, with what was
edited; what changed there is taken from the page, but for what pages do not say; what is gone there goes. Whatever has
no source is somebody's own and stays where it is, behind what it stood behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from service.content.documents import dump_document, load_unit
from service.domain.documents import ImportSource, Resource, UnitDocument
from service.domain.kinds.question import Question
from service.interchange.dangling import take_out_dangling
from service.interchange.origins import is_same_file, is_same_near
from service.interchange.raw_units import (
    Raw,
    changed,
    inside,
    items_of,
    keys_of,
    readings_within,
    resources_of,
    resources_used,
    using_resources,
)
from service.interchange.renaming import renamed
from service.interchange.weaving import Name, joined, name_of, woven

BY_HAND = frozenset(
    {
        *("minutes", "objectives", "guiding_questions", "due", "level", "answers_from", "hints", "mistakes", "points"),
        *("parameters", "same_parameters_as", "require", "scoring", "shuffle", "feedback", "tags", "allow_none"),
        *("rubric", "model_answer", "min_words", "max_words", "units", "fractions", "reject", "interchangeable"),
        *("case_sensitive", "fold_accents", "drop_articles", "ignore_spaces", "materials"),
        *("authors", "year", "publisher", "isbn", "access", "language"),
        *("part_of", "extends", "companion_of", "translation_of"),
    }
)
"""What pages and banks hardly say, so that its absence there does not take it away."""
WHATEVER_KIND = {one.name for one in fields(Question)} - {"feedback"}
"""What of a question means the same in any kind of question."""
HEAD_BY_HAND = frozenset({"status", "number", "position", "starts", "ends", "group", "language"})
"""What is by hand in a unit itself."""
NESTED = frozenset({"items", "options", "before"})
LISTS = ("objectives", "meetings", "stimuli", "questions", "terms")


def rematch(previous: UnitDocument, imported: UnitDocument, shared: Mapping[str, Resource]) -> UnitDocument:
    """What was imported, with the keys and all that is somebody's own of what was there before.

    What came from another file is as good as somebody's own: a unit may be made of a page and some banks. `shared` are
    the course's resources. Raises `Rejected` where the two do not go together.
    """
    return _together(previous, imported, shared, (imported.unit.source, previous.unit.source))


def put_into(previous: UnitDocument, imported: UnitDocument, shared: Mapping[str, Resource]) -> UnitDocument:
    """A unit with what was imported in it as well: the unit itself stays as it is. Raises `Rejected`."""
    sources = (imported.unit.source,)
    return _together(previous, replace(imported, unit=previous.unit), shared, sources)


def fitted(imported: UnitDocument, shared: Mapping[str, Resource]) -> UnitDocument:
    """What was imported for the first time, in a course that has resources already. Raises `Rejected`."""
    return load_unit(renamed({}, dump_document(imported), _raw_of(shared)), shared)


def _together(
    previous: UnitDocument,
    imported: UnitDocument,
    shared: Mapping[str, Resource],
    sources: Sequence[ImportSource | None],
) -> UnitDocument:
    old = dump_document(previous)
    new = renamed(old, dump_document(imported), _raw_of(shared))
    _name_as_before(old, new)
    return load_unit(_Merging(old, new, [one for one in sources if one is not None]).document(), shared)


def _raw_of(shared: Mapping[str, Resource]) -> dict[str, Raw]:
    return {key: dump_document(resource) for key, resource in shared.items()}


def _sources_in(raw: Any) -> Iterator[Raw]:
    if isinstance(raw, dict):
        if isinstance(source := raw.get("source"), dict):
            yield source
        yield from (one for value in raw.values() for one in _sources_in(value))
    elif isinstance(raw, list):
        yield from (one for value in raw for one in _sources_in(value))


def _name_as_before(old: Raw, new: Raw) -> None:
    """A file that is only named from another folder than the last time keeps its name: nothing is different."""
    earlier = {(one["format"], one["path"]) for one in _sources_in(old) if "path" in one}
    sources = [one for one in _sources_in(new) if (one["format"], one.get("path")) not in earlier]
    names: dict[tuple[str, str | None], str] = {}
    for source in sources:
        said = (source["format"], source.get("path"))
        if said not in names:
            mine = ImportSource(format=said[0], path=said[1])
            same = [path for kind, path in earlier if is_same_file(ImportSource(format=kind, path=path), mine)]
            names[said] = same[0] if len(same) == 1 else said[1] or ""
        if names[said]:
            source["path"] = names[said]


class _Merging:
    """Puts an earlier document and a new one with the same keys together."""

    def __init__(self, old: Raw, new: Raw, sources: Collection[ImportSource]) -> None:
        self.old = old
        self.new = new
        self.sources = sources
        self.earlier = {name_of(raw): raw for raw in items_of(old)}
        self.now = {name_of(raw): raw for raw in items_of(new)}
        self.held = self._held_by_hand()

    def document(self) -> Raw:
        self.new["unit"] = merged(self.old["unit"], self.new["unit"], HEAD_BY_HAND) | {"key": self.old["unit"]["key"]}
        for name in LISTS:
            self.new[name] = joined(self.old.get(name, ()), self.new.get(name, ()), merged, self._is_own)
        self._merge_resources()
        self._merge_sections()
        self._merge_quizzes()
        for name in ("lint", "objectives_intro"):
            self.new[name] = self.new.get(name) or self.old.get(name)
        self._bring_back()
        take_out_dangling(self.new)
        return {name: value for name, value in self.new.items() if value}

    def _is_own(self, raw: Raw) -> bool:
        """Whether this is somebody's own, or came from another file."""
        said = raw.get("source")
        if said is None:
            return True
        source = ImportSource(format=said["format"], path=said.get("path"))
        return not any(is_same_near(source, one) for one in self.sources)

    def _merge_resources(self) -> None:
        old, new = resources_of(self.old), resources_of(self.new)
        own = {key: raw for key, raw in old.items() if key not in new and self._is_own(raw)}
        self.new["resources"] = {key: merged(old[key], raw) if key in old else raw for key, raw in new.items()} | own

    # ------------------------------------------------------------------------------------------------- sections

    def _held_by_hand(self) -> set[Name]:
        """What stands in a section, a choice or before a reading that somebody made: there it stays."""
        sections = keys_of(self.new.get("sections", ()))
        own = [one for one in self.old.get("sections", ()) if one["key"] not in sections and self._is_own(one)]
        held = {name_of(raw) for raw in items_of({"sections": own})}
        made = [raw for name, raw in self.earlier.items() if name not in self.now and self._is_own(raw)]
        return held | {name_of(one) for raw in made for one in readings_within(raw)}

    def _stays(self, raw: Raw) -> bool:
        """Whether an item stays here though the page does not have it here."""
        name = name_of(raw)
        return name in self.held if name in self.now else self._is_own(raw)

    def _merge_sections(self) -> None:
        """Sections are told apart by their keys, and what is in them by theirs, wherever it stands."""
        sections = self._containers(self.old.get("sections", ()), self.new.get("sections", ()))
        self.new["sections"] = [{name: value for name, value in one.items() if value} for one in sections]

    def _containers(self, old: Sequence[Raw], new: Sequence[Raw]) -> list[Raw]:
        """Sections, or the options of a choice, with what is in them."""
        was, now = ({raw["key"]: raw for raw in raws} for raws in (old, new))
        order = joined(old, new, lambda _, one: one, lambda one: self._is_kept(one))
        return [self._container(was.get(one["key"]), now.get(one["key"])) for one in order]

    def _is_kept(self, container: Raw) -> bool:
        """Whether a section or an option stays that is gone from the page: for its own sake, or for what is in it."""
        by_hand = "title" in container and self._is_own(container)
        return by_hand or any(self._stays(inside(one)) for one in container.get("items", ()))

    def _container(self, was: Raw | None, now: Raw | None) -> Raw:
        if was is None or now is None:
            made = was or now or {}
        else:
            made = merged(was, now)
            if "title" not in made and _sources(was) == _sources(now):
                # An option says nothing but its label, and its readings are as they were.
                made = {**now, **was}
        return {**made, "items": self._items((was or {}).get("items", ()), (now or {}).get("items", ()))}

    def _items(self, old: Sequence[Raw], new: Sequence[Raw]) -> list[Raw]:
        here = [one for one in new if name_of(inside(one)) not in self.held]
        return [changed(one, self._item) for one in joined(old, here, lambda _, one: one, self._stays)]

    def _item(self, raw: Raw) -> Raw:
        """A reading, choice, task or note as it was before, if its lines are, and so for what is in it."""
        name = name_of(raw)
        was = self.earlier.get(name)
        # Notes without a key may say the same as others: each has its own lines.
        now = self.now.get(name) if "key" in raw or name in self.held else raw
        made = dict(raw) if was is None or now is None else merged(was, now)
        before = self._items((was or {}).get("before", ()), (now or {}).get("before", ()))
        options = self._containers((was or {}).get("options", ()), (now or {}).get("options", ()))
        for name, value in (("before", before), ("options", options)):
            made.pop(name, None)
            if value:
                made[name] = value
        return made

    # -------------------------------------------------------------------------------------------------- quizzes

    def _merge_quizzes(self) -> None:
        """Quizzes stay as they are, and ask what there is now."""
        old, new = ({quiz["key"]: quiz for quiz in one.get("quizzes", ())} for one in (self.old, self.new))
        kept = {key: quiz for key, quiz in old.items() if key in new or self._is_own(quiz)}
        quizzes = {**new, **kept}
        for key in old.keys() & new.keys():
            if "questions" in old[key] and "questions" in new[key]:
                asked = self._asked_now(old[key]["questions"], new[key]["questions"])
                quizzes[key] = {**old[key], "questions": asked}
        self.new["quizzes"] = [quizzes[key] for key in woven(new, kept)]

    def _asked_now(self, old: Sequence[str], new: Sequence[str]) -> list[str]:
        """What a quiz asks: what it asked before, as far as that is there, and what is new.

        Its order is that of the questions, unless somebody chose another.
        """
        before, there = (
            {raw["key"]: at for at, raw in enumerate(one.get("questions", ()))} for one in (self.old, self.new)
        )
        places = [before[key] for key in old]
        kept = [key for key in old if key in there]
        added = [key for key in new if key not in before]
        if places == sorted(places):
            return sorted([*kept, *added], key=lambda key: there[key])
        return woven(kept, sorted([*set(kept).intersection(new), *added], key=lambda key: there[key]))

    # ------------------------------------------------------------------------------------- what refers to what

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
        there = keys_of(self.new["questions"])
        gone = {raw["key"]: raw for raw in self.old.get("questions", ()) if raw["key"] not in there}
        for raw in self.new["questions"]:
            if (other := gone.get(raw.get("same_parameters_as", ""))) is not None:
                del raw["same_parameters_as"]
                raw |= {name: other[name] for name in ("parameters", "same_parameters_as") if name in other}


def _sources(container: Raw) -> list[Any]:
    """What lines the things in it were made of."""
    return [one.get("source", {}).get("content_hash") for one in container["items"] if "source" in one]


def merged(old: Raw, new: Raw, by_hand: frozenset[str] = BY_HAND) -> Raw:
    """What is said of a thing now: as it was where its lines are, else what the page says, and what is by hand."""
    was, now = old.get("source", {}), new.get("source", {})
    nested = {name: new[name] for name in NESTED if name in new}
    if was.get("content_hash") is not None and was.get("content_hash") == now.get("content_hash"):
        same = {name: value for name, value in old.items() if name not in NESTED}
        return {**same, **nested, "source": now}
    if "stem" in new and old.get("kind") != new.get("kind"):
        by_hand &= WHATEVER_KIND
    kept = {name: value for name, value in old.items() if name in by_hand and name not in new}
    if "feedback" in by_hand and isinstance(old.get("feedback"), dict):
        kept["feedback"] = {**old["feedback"], **new.get("feedback", {})}
    return {**new, **kept}
