"""Where those who edit a course read what may be mended in it: the linter's report, and its coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.content.models import Course
from service.content.operations import find_course
from service.domain.roles import Allow, Role, Scope
from service.errors import NotFound
from service.seeding.schemas import CoverageOut, LintOut
from service.web.caching import etag_of
from service.web.calls import Call, Reply
from service.web.routes import Routes

if TYPE_CHECKING:
    from service.seeding.export import ExportedCourse

routes = Routes("reports", "What the authors of a course may want to mend.")
STAFF = Allow.to(Role.INSTRUCTOR, Role.ADMIN, scope=Scope.CONTENT_WRITE)


@routes.get("/admin/courses/<slug:course>/lint", allow=STAFF, gives=LintOut, tagged=True)
def lint_course(call: Call, course: str) -> Reply:
    """What the linter finds in the newest documents of a course, drafts included, by JSON Pointer."""
    from service.seeding.linting import lint_exported  # noqa: PLC0415  hardly any worker is ever asked

    exported = _exported(call, course)
    findings = lint_exported(exported)
    errors = sum(one["severity"] == "error" for one in findings)
    told = {"findings": findings, "errors": errors, "warnings": len(findings) - errors}
    return Reply(body=told, etag=etag_of("lint", exported.digest))


@routes.get("/courses/<slug:course>/coverage", allow=STAFF, gives=CoverageOut, tagged=True)
def get_coverage(call: Call, course: str) -> Reply:
    """Which readings and questions serve which objective, unit by unit, and what serves none."""
    from service.seeding.linting import coverage_of_exported  # noqa: PLC0415  as above

    exported = _exported(call, course)
    return Reply(body={"units": coverage_of_exported(exported)}, etag=etag_of("coverage", exported.digest))


def _exported(call: Call, slug: str) -> ExportedCourse:
    from service.seeding.export import export_course  # noqa: PLC0415  as above

    course: Course | None = find_course(call.session, slug)
    if course is None:
        raise NotFound
    call.admit(course.id)
    return export_course(call.session, course)
