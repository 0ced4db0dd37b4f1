"""Where the audit trail is read."""

from __future__ import annotations

from typing import Any

from service.accounts import auditing, enrolling
from service.accounts.schemas import AuditPageOut, AuditQuery
from service.domain.roles import Allow, Role
from service.web.calls import Call
from service.web.paging import Page
from service.web.routes import Routes

routes = Routes("audit", "Who did what.")


@routes.get("/admin/audit", allow=Allow.to(Role.ADMIN), query=AuditQuery, gives=AuditPageOut)
def list_audit(call: Call) -> Page:
    """What was done and refused under /admin, everywhere, the newest first."""
    return _page(call, None)


@routes.get(
    "/admin/courses/<slug:course>/audit",
    allow=Allow.to(Role.INSTRUCTOR, Role.ADMIN),
    query=AuditQuery,
    gives=AuditPageOut,
)
def list_course_audit(call: Call, course: str) -> Page:
    """What was done and refused in a course, the newest first."""
    course_id = enrolling.get_course_id(call.session, course)
    call.admit(course_id)
    return _page(call, course_id)


def _page(call: Call, course_id: int | None) -> Page:
    limit, (before,) = call.query["limit"], call.query.get("after", (None,))
    found = auditing.list_entries(
        call.session, course_id=course_id, actor=call.query.get("actor"), before=before, limit=limit + 1
    )
    page = Page.cut(found, limit, lambda noted: (noted.entry.id,))
    return Page([_told(noted) for noted in found[:limit]], page.last)


def _told(noted: auditing.Noted) -> dict[str, Any]:
    entry = noted.entry
    return {
        "at": entry.at,
        "actor": entry.actor,
        "login": noted.login,
        "course": noted.course,
        "action": entry.action,
        "target": entry.target,
        "fields": entry.fields,
        "details": entry.details,
        "status": entry.status,
        "request_id": entry.request_id,
    }
