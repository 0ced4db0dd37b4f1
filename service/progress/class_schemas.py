"""What is said of a class on the wire, to those who run the course and to its LMS."""

from __future__ import annotations

from datetime import datetime

from marshmallow import fields

from service.web.fields import Moment, Out, Slug, String, Uuid
from service.web.paging import Cursor, PageQuery

LONGEST_ID = 200
AS_OF = Moment(required=True, metadata={"description": "the next `since`: a minute ago, so that nothing is missed"})


class ClassProgressQuery(PageQuery):
    """Which students, from the cursor on, and of which unit."""

    after = Cursor("class progress", str, datetime)
    student = String(64, metadata={"description": "only this one: the student's id or login"})
    external_id = String(LONGEST_ID, metadata={"description": "only this one, by the LMS's own id"})
    unit = Slug(metadata={"description": "of this unit alone"})
    since = Moment(
        metadata={"description": "only students with something new since: `as_of` of the answer you read last"}
    )


class StudentOut(Out):
    """A student of the course, and when anything last came of the student."""

    id = Uuid(required=True, attribute="student.id")
    login = fields.String(required=True, attribute="student.login")
    name = fields.String(required=True, attribute="student.name")
    issuer = fields.String(required=True, allow_none=True, attribute="student.issuer")
    external_id = fields.String(
        required=True,
        allow_none=True,
        attribute="student.external_id",
        metadata={"description": "the student's id in the LMS that `issuer` stands for"},
    )
    last_activity_at = Moment(
        required=True,
        allow_none=True,
        attribute="student.last_activity_at",
        metadata={"description": "the last mark, answer, start or submission; null before the first"},
    )


class UnitCompletionOut(Out):
    """How much of what a unit requires is done."""

    unit = Slug(required=True)
    done = fields.Integer(required=True, attribute="standing.done")
    total = fields.Integer(required=True, attribute="standing.total")
    complete = fields.Boolean(required=True, attribute="standing.complete")


class StudentProgressOut(StudentOut):
    """How far a student is with every published unit."""

    complete = fields.Integer(required=True, metadata={"description": "units that are complete, of those listed"})
    units = fields.List(fields.Nested(UnitCompletionOut), required=True)
