"""Where those who edit a course read what may be mended in it: the linter's report, and its coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marshmallow import fields

from service.content.models import Course
from service.content.operations import find_course
from service.domain.roles import Allow, Role, Scope
from service.errors import NotFound
from service.web.caching import etag_of
from service.web.calls import Call, Reply
from service.web.fields import Integer, Out, Slug, String
from service.web.routes import Routes

if TYPE_CHECKING:
    from service.seeding.export import ExportedCourse

routes = Routes("reports", "What the authors of a course may want to mend.")
STAFF = Allow.to(Role.INSTRUCTOR, Role.ADMIN, scope=Scope.CONTENT_WRITE)


class FindingOut(Out):
    """What a rule found in a unit's newest document."""

    unit = Slug(required=True)
    pointer = String(2000, required=True)
    code = String(60, required=True)
    severity = String(10, required=True)
    message = String(2000, required=True)


class LintOut(Out):
    """Everything the linter has to say of a course; `hornbook lint --explain CODE` says why."""

    findings = fields.List(fields.Nested(FindingOut), required=True)
    errors = Integer(required=True)
    warnings = Integer(required=True)


class CoveredObjectiveOut(Out):
    """An objective with the keys of what serves it, and what there is none of: reading, question, quiz."""

    key = Slug(required=True)
    text = String(20_000, required=True)
    readings = fields.List(Slug(), required=True)
    questions = fields.List(Slug(), required=True)
    quizzes = fields.List(Slug(), required=True)
    missing = fields.List(String(10), required=True)


class UnitCoverageOut(Out):
    """A unit's objectives, and what belongs to none."""

    unit = Slug(required=True)
    title = String(300, required=True)
    objectives = fields.List(fields.Nested(CoveredObjectiveOut), required=True)
    unused_readings = fields.List(Slug(), required=True)
    loose_questions = fields.List(Slug(), required=True)
    unanswered_questions = fields.List(Slug(), required=True)
    holes = Integer(required=True)


class CoverageOut(Out):
    """The coverage of every unit of a course, in order."""

    units = fields.List(fields.Nested(UnitCoverageOut), required=True)


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
