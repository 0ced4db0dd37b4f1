"""Where files of other formats are brought into a course, and its questions taken to other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from service.content import editing
from service.errors import Conflict
from service.interchange.schemas import ImportedOut, ImportQuery
from service.seeding.unit_routes import STAFF, edited_course
from service.web.calls import Call, Media, Reply
from service.web.routes import Routes

if TYPE_CHECKING:
    from service.interchange.importing import Planned
    from service.interchange.storing import Ready

routes = Routes("interchange", "Other people's formats: files brought in as drafts, questions taken out.")
LARGEST_FILE = 1 << 18
"""Bytes of a file that is sent; a larger one is imported where the service runs."""
TEXT = "text/plain"


class Brought(NamedTuple):
    """What a file would make of a course, and what is to be written for it."""

    planned: Planned
    ready: list[Ready]


def read_file(call: Call, course: str) -> Brought:
    """What the body makes, by the same code as `hornbook import`."""
    from service.interchange import importing, storing  # noqa: PLC0415  hardly any worker ever imports
    from service.interchange.formats import FORMATS  # noqa: PLC0415

    query, target = call.query, storing.StoredCourse(call.session, edited_course(call, course))
    found = [importing.read_content(call.body["content"], query["name"], FORMATS[query["format"]])]
    into = query["unit"]
    planned = importing.plan(found, target) if into is None else importing.plan_into(found, target, into)
    return Brought(planned[0], [] if query["dry_run"] else storing.prepare(target, planned))


@routes.post(
    "/admin/courses/<slug:course>/import",
    allow=STAFF,
    query=ImportQuery,
    takes=Media((TEXT, "text/markdown"), LARGEST_FILE),
    gives=ImportedOut,
    prepares=read_file,
    problems=(Conflict,),
)
def import_file(call: Call, course: str) -> dict[str, Any]:
    """Make a draft unit of a GIFT bank or a page of a Hugo site, with a report on every line.

    What is imported again keeps its keys, and what was written by hand stays.
    """
    from service.interchange import storing  # noqa: PLC0415  as above

    brought: Brought = call.prepared
    planned = brought.planned
    storing.store(call.session, call.world, edited_course(call, course), brought.ready, call.caller.user_id)
    call.tell(unit=planned.unit.unit.key, what=planned.what)
    return {
        "unit": planned.unit.unit.key,
        "what": planned.what,
        "dry_run": call.query["dry_run"],
        "differences": planned.differences,
        **planned.report.as_json(),
    }


@routes.get("/admin/courses/<slug:course>/units/<slug:unit>/gift", allow=STAFF, gives=Media((TEXT,)), tagged=True)
def export_bank(call: Call, course: str, unit: str) -> Reply:
    """The questions of a unit's newest version in GIFT; what it cannot say stands in it as a comment."""
    from service.content.documents import load_document  # noqa: PLC0415  nor exports a bank
    from service.domain.documents import UnitDocument  # noqa: PLC0415
    from service.interchange.gift import write_bank  # noqa: PLC0415

    state = editing.get_unit_state(call.session, edited_course(call, course), unit)
    text, findings = write_bank(load_document(UnitDocument, state.newest.document))
    told = "".join(f"// {finding.message}\n" for finding in findings)
    return Reply(body=(told + text).encode(), etag=state.digest, media_type=TEXT)
