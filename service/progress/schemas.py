"""What is said of a student's progress on the wire."""

from __future__ import annotations

from marshmallow import fields

from service.web.fields import In, Integer, Moment, OneOf, Out, Slug, String, Uuid


class MarkIn(In):
    """How far the student is with a reading."""

    state = OneOf("unread", "opened", "done", required=True)
    minutes = Integer(highest=100_000, load_default=None, allow_none=True)
    note = String(
        5_000, load_default=None, allow_none=True, metadata={"description": "for yourself; nobody else sees it"}
    )


class MarkOut(Out):
    """How far the student is with a reading."""

    reading = Uuid(required=True)
    state = fields.String(required=True)
    minutes = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    updated_at = Moment(required=True)


class RequirementOut(Out):
    """One thing that completing the unit asks for."""

    kind = fields.String(required=True, metadata={"description": "reading, group or quiz"})
    id = Uuid(required=True)
    title = fields.String(required=True)
    done = fields.Boolean(required=True)
    minutes_left = fields.Integer(required=True)


class ReadingStateOut(Out):
    """A reading of the unit and the student's mark on it."""

    reading = Uuid(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    counts = fields.Boolean(required=True, metadata={"description": "whether the unit's completion may depend on it"})


class UnitStandingOut(Out):
    """How far the student is with a unit."""

    unit = Slug(required=True)
    title = fields.String(required=True)
    done = fields.Integer(required=True, attribute="standing.done")
    total = fields.Integer(required=True, attribute="standing.total")
    complete = fields.Boolean(required=True, attribute="standing.complete")
    minutes_left = fields.Integer(required=True, attribute="standing.minutes_left")


class UnitProgressOut(UnitStandingOut):
    """How far the student is with a unit, what is left, and every reading with its mark."""

    requirements = fields.List(fields.Nested(RequirementOut), required=True, attribute="standing.requirements")
    readings = fields.List(fields.Nested(ReadingStateOut), required=True)


class CourseProgressOut(Out):
    """How far the student is with every unit of a course."""

    course = Slug(required=True)
    complete = fields.Integer(required=True, metadata={"description": "units that are complete"})
    units = fields.List(fields.Nested(UnitStandingOut), required=True)
