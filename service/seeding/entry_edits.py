"""Edits of one reading, question or quiz, read and judged before the write: what becomes of the unit, or why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from service.content import editing
from service.content.editing import UnitState
from service.content.entries import read_edit
from service.content.publishing import PreparedUnit
from service.domain import unit_entries as entries
from service.domain.mistakes import Mistake, Rejected
from service.domain.patching import merge_patch
from service.domain.referring import references_to
from service.domain.unit_entries import Collection, Edit, Path, Place
from service.errors import Conflict, NotFound, PreconditionFailed
from service.seeding.entry_schemas import PLACES
from service.seeding.unit_routes import current_of, lint_of, state_of
from service.web.caching import quoted
from service.web.calls import Call


class Written(NamedTuple):
    """A unit after an edit that was made on the state with the digest `base`; `key` is the entry's."""

    base: str
    prepared: PreparedUnit
    lint: list[dict[str, Any]]
    key: str | None = None


class Stood(NamedTuple):
    """Where a unit and one of its entries stand, before an edit."""

    state: UnitState
    document: dict[str, Any]
    path: Path

    @property
    def entry(self) -> dict[str, Any]:
        """The entry as it is."""
        found: dict[str, Any] = entries.entry_at(self.document, self.path)
        return found


def stood(one: Collection, call: Call, course: str, unit: str, key: str) -> Stood:
    """The unit and the entry, if the caller may edit the course."""
    state = state_of(call, course, unit)
    document = editing.document_of(state.newest)
    path = entries.find_entry(document, one, key)
    if path is None:
        raise NotFound
    return Stood(state, document, path)


def read_new(one: Collection, call: Call, course: str, unit: str) -> Written:
    """The unit with the entry in the body."""
    state = state_of(call, course, unit)
    _demand_match(one, call, state)
    document, entry = editing.document_of(state.newest), _fields(one, call.body["document"])
    key = entries.key_of_new(one, entry)
    if key is None:
        raise Rejected([Mistake(("key",), "`key` is missing.")])
    if isinstance(key, str) and entries.find_entry(document, one, key) is not None:
        raise Conflict(f"The unit has a {one.one} “{key}” already: change that, or give this another key.")
    return _written(state, lambda: entries.added(document, one, entry, _place(call)), str(key))


def read_replacement(one: Collection, call: Call, course: str, unit: str, key: str) -> Written:
    """The unit with the entry in the body in place of the one that it had."""
    found = stood(one, call, course, unit, key)
    _demand_match(one, call, found.state, key)
    entry = {"key": key, **_fields(one, call.body["document"])}
    return _replaced(one, call, found, entry)


def read_patch(one: Collection, call: Call, course: str, unit: str, key: str) -> Written:
    """The unit with the entry changed by the body."""
    found = stood(one, call, course, unit, key)
    _demand_match(one, call, found.state, key)
    return _replaced(one, call, found, _fields(one, merge_patch(found.entry, call.body["document"])))


def _replaced(one: Collection, call: Call, found: Stood, entry: Mapping[str, Any]) -> Written:
    key = found.entry["key"]
    if entry.get("key") != key:
        raise Rejected([Mistake(("key",), f"The key of a {one.one} is written once: here it is {key}.")])
    place = _place(call)
    return _written(found.state, lambda: entries.replaced(found.document, one, found.path, entry, place), key)


def read_removal(one: Collection, call: Call, course: str, unit: str, key: str) -> Written:
    """The unit without the entry."""
    found = stood(one, call, course, unit, key)
    _demand_match(one, call, found.state, key)
    needed = f"The {one.one} “{key}” is still needed. The pointers lead into the unit's document."
    if referring := references_to(found.document, one, found.path):
        raise Conflict(needed, errors=referring)
    try:
        return _written(found.state, lambda: entries.removed(found.document, found.path), key)
    except Rejected as rejected:
        raise Conflict(needed, errors=rejected.mistakes) from None


def read_order(one: Collection, call: Call, course: str, unit: str) -> Written:
    """The unit with its entries in the order of the body."""
    state = state_of(call, course, unit)
    _demand_match(one, call, state)
    document = editing.document_of(state.newest)
    return _written(state, lambda: entries.reordered(document, one, _place(call).names, call.body["keys"]))


def _fields(one: Collection, raw: object) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise Rejected([Mistake((), f"Fields are needed here, as the unit's document has them of a {one.one}.")])
    return dict(raw)


def _place(call: Call) -> Place:
    names = {name: value for name, value in call.query.items() if name in PLACES}
    return Place(names, call.query.get("position"))


def _written(state: UnitState, edit_of: Callable[[], Edit], key: str | None = None) -> Written:
    """The edit through the gate, and what the linter has to say of the unit then."""
    try:
        edit = edit_of()
    except Rejected as rejected:
        asked = {*PLACES, "position"}
        raise Rejected([one.under("query") if one.path[0] in asked else one for one in rejected.mistakes]) from None
    prepared = read_edit(state.course, state.unit.key, edit)
    return Written(state.digest, prepared, lint_of(state.course, prepared.document), key)


def _demand_match(one: Collection, call: Call, state: UnitState, key: str | None = None) -> None:
    try:
        call.must_match(state.digest)
    except PreconditionFailed as refused:
        raise stale(refused, one, state, key) from None


def stale(refused: PreconditionFailed, one: Collection, state: UnitState, key: str | None) -> PreconditionFailed:
    """The refusal with what is there now, and whose it is: the entry, or the collection's keys in order."""
    document, current = editing.document_of(state.newest), current_of(state)
    if key is None:
        current["keys"] = [entries.entry_at(document, path)["key"] for path in entries.paths(document, one)]
    else:
        path = entries.find_entry(document, one, key)
        current["entry"] = None if path is None else entries.entry_at(document, path)
    return PreconditionFailed(refused.detail, extra={"current": current}, headers={"ETag": quoted(state.digest)})
