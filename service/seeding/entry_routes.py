"""Where readings, questions and quizzes are edited singly: each edit is a new version of their unit's document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from service.content import editing
from service.domain import unit_entries as entries
from service.domain.mistakes import Mistake
from service.domain.unit_entries import COLLECTIONS, Collection
from service.errors import Invalid, PreconditionFailed, Problem
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
from service.seeding.unit_routes import DOCUMENT, PATCH, STAFF, UNIT, state_of, told_of
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
    if isinstance(call.prepared, PreconditionFailed):
        raise stale(call.prepared, one, state_of(call, course, unit), None)
    if isinstance(call.prepared, Problem):
        raise call.prepared
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

    def match(digest: str) -> None:
        call.must_match(digest)
        if digest != written.base:
            raise PreconditionFailed(editing.READ_AGAIN)

    try:
        state = state_of(call, course, unit)
        saved = editing.save_unit(call.session, call.world, state, written.prepared, call.caller.user_id, match)
    except PreconditionFailed as refused:
        call.session.expire_all()
        raise stale(refused, one, state_of(call, course, unit), key) from None
    return told_of(saved, key=written.key, lint=written.lint)


def _of(one: Collection, view: Callable[..., object], verb: str, says: str) -> Callable[..., object]:
    """A view for one collection, with a name and a documentation of its own."""
    bound = partial(view, one)
    several = verb in {"list", "order"}
    bound.__dict__.update(__name__=f"{verb}_{one.name if several else one.one}", __doc__=says)
    return bound


def _declare(one: Collection, lists: type[Query], places: type[Query]) -> None:
    """The endpoints of one collection. Writes tell the unit's new ETag, its version, and the linter's report."""
    many, single = f"{UNIT}/{one.name}", f"{UNIT}/{one.name}/<slug:key>"
    among, of = (", where the query says", "one list") if one.is_nested else ("", "a unit")

    says = f"The {one.name} of a unit's newest version, each with its place."
    routes.get(many, allow=STAFF, query=EntriesQuery, gives=EntriesOut, tagged=True)(
        _of(one, list_entries, "list", says)
    )
    says = f"A {one.one} as the unit's document has it; the ETag is the unit's."
    routes.get(single, allow=STAFF, gives=Media((JSON,)), tagged=True)(_of(one, get_entry, "get", says))

    def told(read: Callable[..., Written | Problem]) -> Facts:
        return {"gives": EntryWrittenOut, "guarded": True, "prepares": partial(read, one)}

    says = f"Add a {one.one} (JSON or YAML) to the unit{among}. Students see it once the unit is published."
    adds: Facts = {**told(entry_edits.read_new), "status": 201, "takes": DOCUMENT, "query": places}
    routes.post(many, allow=STAFF, **adds)(_of(one, create_entry, "create", says))
    says = f"Replace a {one.one}; with a place in the query, move it."
    puts: Facts = {**told(entry_edits.read_replacement), "takes": DOCUMENT, "query": places}
    routes.put(single, allow=STAFF, **puts)(_of(one, change_entry, "put", says))
    says = f"Change fields of a {one.one} (a merge patch, RFC 7396); with a place in the query, move it."
    patches: Facts = {**told(entry_edits.read_patch), "takes": PATCH, "query": places}
    routes.patch(single, allow=STAFF, **patches)(_of(one, change_entry, "patch", says))
    says = f"Take a {one.one} out of the unit, unless something else in it needs it; students' work is kept."
    routes.delete(single, allow=STAFF, **told(entry_edits.read_removal))(_of(one, change_entry, "delete", says))
    says = f"Put the {one.name} of {of} in the order of `keys`."
    orders: Facts = {**told(entry_edits.read_order), "takes": OrderIn, "query": lists}
    routes.put(many, allow=STAFF, **orders)(_of(one, order_entries, "order", says))


for _one in COLLECTIONS:
    _declare(_one, *((ListQuery, ReadingPositionQuery) if _one.is_nested else (Query, PositionQuery)))
