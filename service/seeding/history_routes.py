"""Where the history of a unit is read: its versions, what is different between them, and the way back to one."""

from __future__ import annotations

from typing import Any

from service.content import editing, previews_of_units
from service.content.schemas import (
    DifferencesOut,
    DiffQuery,
    PreviewOut,
    PreviewQuery,
    RevertIn,
    UnitVersionOut,
    UnitVersionsQuery,
)
from service.domain.comparing import changes
from service.domain.entries import ABSENT
from service.errors import Conflict
from service.seeding.schemas import UnitWrittenOut
from service.seeding.unit_routes import (
    STAFF,
    UNIT,
    WrittenUnit,
    edited_course,
    read_written,
    save_written,
    state_of,
)
from service.web import json
from service.web.calls import JSON, Call, Media, Reply
from service.web.paging import Page, list_of
from service.web.routes import Routes

routes = Routes("history", "The versions of a unit: who wrote them, what they change, and the way back.")


@routes.get(f"{UNIT}/versions", allow=STAFF, query=UnitVersionsQuery, gives=list_of(UnitVersionOut))
def list_unit_versions(call: Call, course: str, unit: str) -> Page:
    """Every version of a unit, the newest first."""
    limit, after = call.query["limit"], call.query.get("after")
    before = after[0] if after else None
    found = editing.list_unit_versions(call.session, edited_course(call, course), unit, before=before, limit=limit + 1)
    page = Page.cut(found, limit, lambda row: (row[0].number,))
    return Page([_version(version, shown) for version, shown in found[:limit]], page.last)


def _version(version: Any, is_shown: bool) -> dict[str, Any]:
    return {
        "version": version.number,
        "origin": version.origin,
        "author": version.author_id,
        "digest": version.document_digest,
        "published": is_shown,
        "created_at": version.created_at,
    }


@routes.get(f"{UNIT}/versions/<int:version>", allow=STAFF, gives=Media((JSON,)), tagged=True)
def get_unit_version(call: Call, course: str, unit: str, version: int) -> Reply:
    """One version of a unit as its whole document."""
    found = editing.get_unit_version(call.session, edited_course(call, course), unit, version)
    return Reply(body=json.dumps(editing.document_of(found)), etag=found.document_digest)


@routes.get(f"{UNIT}/diff", allow=STAFF, query=DiffQuery, gives=DifferencesOut)
def compare_unit_versions(call: Call, course: str, unit: str) -> dict[str, Any]:
    """What is different between two versions of a unit, entry by entry: by default, what publishing would change."""
    state = state_of(call, course, unit)
    newer = call.query["to"] or state.newest.number
    older = call.query["from"] or state.published_version or newer
    before, after = (
        editing.document_of(editing.get_unit_version(call.session, state.course, unit, number))
        for number in (older, newer)
    )
    found = [
        {
            "path": one.path,
            "what": one.what,
            **({} if one.before is ABSENT else {"before": one.before}),
            **({} if one.after is ABSENT else {"after": one.after}),
        }
        for one in changes(before, after)
    ]
    return {"from": older, "to": newer, "changes": found}


def read_former_unit(call: Call, course: str, unit: str) -> WrittenUnit:
    """The version to go back to, through today's gate."""
    state = state_of(call, course, unit)
    former = editing.get_unit_version(call.session, state.course, unit, call.body["version"])
    return read_written(state.course, editing.document_of(former), unit)


@routes.post(
    f"{UNIT}/revert",
    allow=STAFF,
    takes=RevertIn,
    gives=UnitWrittenOut,
    guarded=True,
    prepares=read_former_unit,
    problems=(Conflict,),
)
def revert_unit(call: Call, course: str, unit: str) -> Reply:
    """Go back to what an older version says: as a new version, so that nothing is lost; publish it to show it."""
    return save_written(call, state_of(call, course, unit), call.prepared)


@routes.get(f"{UNIT}/preview", allow=STAFF, query=PreviewQuery, gives=PreviewOut)
def preview_unit(call: Call, course: str, unit: str) -> dict[str, Any]:
    """A version (the newest) as students would be given it, before it is published: the unit, and every question.

    A question with parameters is shown in its first variant; nothing is stored.
    """
    state = state_of(call, course, unit)
    version = call.query["version"]
    wanted = state.newest if version is None else editing.get_unit_version(call.session, state.course, unit, version)
    return previews_of_units.preview_unit(call.session, call.world, state, wanted)
