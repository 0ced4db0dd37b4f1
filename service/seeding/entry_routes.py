"""Where readings, questions and quizzes are edited singly: each edit is a new version of their unit's document."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Signature, signature
from typing import Any

from service.content import editing
from service.domain import unit_entries as entries
from service.domain.mistakes import Mistake
from service.domain.unit_entries import COLLECTIONS, Collection
from service.errors import Invalid, PreconditionFailed
from service.seeding import entry_edits
from service.seeding.entry_edits import Written, stale, stood
from service.seeding.entry_schemas import (
    EntriesOut,
    EntriesQuery,
    EntryWrittenOut,
    ListQuery,
    OrderIn,
    PositionQuery,
    ReadingPositionQuery,
)
from service.seeding.unit_routes import DOCUMENT, PATCH, STAFF, UNIT, made_on, state_of, told_of
from service.web import json
from service.web.calls import JSON, Call, Facts, Media, Reply
from service.web.fields import Query
from service.web.paging import Page
from service.web.routes import Routes

routes = Routes("entries", "Editing a unit's readings, questions and quizzes one by one; If-Match is of the unit.")


def list_entries(one: Collection, call: Call, course: str, unit: str) -> Reply:
    """All of a collection, as the newest version has them."""
    state, limit = state_of(call, course, unit), call.query["limit"]
    document = editing.document_of(state.newest)
    rows = [
        {
            "key": (entry := entries.entry_at(document, path))["key"],
            "place": entries.place_of(document, path),
            "entry": entry,
        }
        for path in entries.paths(document, one)
    ]
    if after := call.query.get("after"):
        at = next((index for index, row in enumerate(rows) if row["key"] == after[0]), None)
        if at is None:
            message = "The list was changed meanwhile; start again without it."
            raise Invalid(errors=[Mistake(("query", "after"), message)])
        rows = rows[at + 1 :]
    return Reply(body=Page.cut(rows, limit, lambda row: (row["key"],)), etag=state.digest)


def get_entry(one: Collection, call: Call, course: str, unit: str, key: str) -> Reply:
    """One entry as the newest version has it."""
    found = stood(one, call, course, unit, key)
    return Reply(body=json.dumps(found.entry), etag=found.state.digest)


def create_entry(one: Collection, call: Call, course: str, unit: str) -> Reply:
    """Add an entry to a unit."""
    call.tell(key=call.prepared.key)
    return _save(one, call, course, unit)


def change_entry(one: Collection, call: Call, course: str, unit: str, key: str) -> Reply:
    """Replace, patch or delete an entry of a unit."""
    return _save(one, call, course, unit, key)


def order_entries(one: Collection, call: Call, course: str, unit: str) -> Reply:
    """Order the entries of a unit."""
    return _save(one, call, course, unit)


def _save(one: Collection, call: Call, course: str, unit: str, key: str | None = None) -> Reply:
    """Write the unit as it was made ready, if it still is as it was then: also where If-Match takes anything."""
    written: Written = call.prepared
    match = made_on(written.base, call.must_match)
    try:
        state = state_of(call, course, unit)
        saved = editing.save_unit(call.session, call.world, state, written.prepared, call.caller.user_id, match)
    except PreconditionFailed as refused:
        call.session.expire_all()
        raise stale(refused, one, state_of(call, course, unit), key) from None
    return told_of(saved, key=written.key, lint=written.lint)


def _of(one: Collection, act: Callable[..., Any]) -> Callable[..., Any]:
    """What is done with any collection, done with this one: an entry's key has the name that it has in the address."""

    def done(call: Call, **address: str) -> Any:
        return act(one, call, **{"key" if name == one.one else name: value for name, value in address.items()})

    asked = list(signature(act).parameters.values())[1:]
    named = [each.replace(name=one.one) if each.name == "key" else each for each in asked]
    done.__dict__["__signature__"] = Signature(named)
    return done


def _view(one: Collection, act: Callable[..., object], name: str, says: str) -> Callable[..., object]:
    view = _of(one, act)
    view.__name__, view.__doc__ = name, says
    return view


def _declare(one: Collection, lists: type[Query], places: type[Query]) -> None:
    """The endpoints of one collection. Writes tell the unit's new ETag, its version, and the linter's report."""
    many, single = f"{UNIT}/{one.name}", f"{UNIT}/{one.name}/<slug:{one.one}>"
    among, of = (", where the query says", "one list") if one.is_nested else ("", "a unit")

    says = f"The {one.name} of a unit's newest version, each with its place."
    lists_all: Facts = {"query": EntriesQuery, "gives": EntriesOut, "tagged": True}
    routes.get(many, allow=STAFF, **lists_all)(_view(one, list_entries, f"list_{one.name}", says))
    says = f"A {one.one} as the unit's document has it; the ETag is the unit's."
    routes.get(single, allow=STAFF, gives=Media((JSON,)), tagged=True)(_view(one, get_entry, f"get_{one.one}", says))

    def told(read: Callable[..., Written]) -> Facts:
        return {"gives": EntryWrittenOut, "guarded": True, "prepares": _of(one, read)}

    says = f"Add a {one.one} (JSON or YAML) to the unit{among}. Students see it once the unit is published."
    adds: Facts = {**told(entry_edits.read_new), "status": 201, "takes": DOCUMENT, "query": places}
    routes.post(many, allow=STAFF, **adds)(_view(one, create_entry, f"create_{one.one}", says))
    says = f"Replace a {one.one}; with a place in the query, move it."
    puts: Facts = {**told(entry_edits.read_replacement), "takes": DOCUMENT, "query": places}
    routes.put(single, allow=STAFF, **puts)(_view(one, change_entry, f"put_{one.one}", says))
    says = f"Change fields of a {one.one} (a merge patch, RFC 7396); with a place in the query, move it."
    patches: Facts = {**told(entry_edits.read_patch), "takes": PATCH, "query": places}
    routes.patch(single, allow=STAFF, **patches)(_view(one, change_entry, f"patch_{one.one}", says))
    says = f"Take a {one.one} out of the unit, unless something else in it needs it; students' work is kept."
    removes = told(entry_edits.read_removal)
    routes.delete(single, allow=STAFF, **removes)(_view(one, change_entry, f"delete_{one.one}", says))
    says = f"Put the {one.name} of {of} in the order of `keys`."
    orders: Facts = {**told(entry_edits.read_order), "takes": OrderIn, "query": lists}
    routes.put(many, allow=STAFF, **orders)(_view(one, order_entries, f"order_{one.name}", says))


for _one in COLLECTIONS:
    _declare(_one, *((ListQuery, ReadingPositionQuery) if _one.is_nested else (Query, PositionQuery)))
