"""What is said of a class on the wire, to those who run the course and to its LMS."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from marshmallow import fields

from service.domain.evidence import Label
from service.web.fields import Moment, OneOf, Out, RichText, Slug, String, Uuid
from service.web.paging import Cursor, PageQuery

LONGEST_ID = 200
OBJECTIVES = fields.List(fields.Nested(lambda: MappedObjectiveOut()), required=True)
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


class HeatMapQuery(PageQuery):
    """Which students, from the cursor on, and the objectives of which unit."""

    after = Cursor("heat map", str)
    student = String(64, metadata={"description": "only this one: the student's id or login"})
    external_id = String(LONGEST_ID, metadata={"description": "only this one, by the LMS's own id"})
    unit = Slug(metadata={"description": "of this unit alone"})


class MappedObjectiveOut(Out):
    """An objective of a unit."""

    objective = Uuid(required=True)
    unit = Slug(required=True)
    text = fields.String(required=True)
    level = fields.String(required=True, allow_none=True)


class CellOut(Out):
    """What a student shows of an objective."""

    objective = Uuid(required=True)
    correct = fields.Integer(required=True, metadata={"description": "questions that were fully right"})
    n = fields.Integer(
        required=True,
        metadata={"description": "questions there is evidence of: first tries without a hint, each question's newest"},
    )
    label = OneOf(
        *get_args(Label),
        required=True,
        metadata={"description": "what was partly right counts in part; from three questions on"},
    )


class StudentCellsOut(StudentOut):
    """What a student shows of each objective; one that is not listed has no evidence yet."""

    cells = fields.List(fields.Nested(CellOut), required=True)


class DoneByOut(Out):
    """One thing that completing a unit asks for, and how many students have done it."""

    kind = fields.String(required=True, metadata={"description": "reading, group or quiz"})
    id = Uuid(required=True)
    title = fields.String(required=True)
    done = fields.Integer(required=True)


class UnitOverviewOut(Out):
    """How many students have completed a unit, and each thing that it asks for."""

    unit = Slug(required=True)
    title = fields.String(required=True)
    complete = fields.Integer(required=True)
    requirements = fields.List(fields.Nested(DoneByOut), required=True)


class LeftOut(Out):
    """Something required that is overdue: its day has passed, or at least half of the class has done it."""

    kind = fields.String(required=True)
    id = Uuid(required=True)
    title = fields.String(required=True)


class StuckOut(StudentOut):
    """A student who is stuck, and why."""

    quiet_since = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "nothing has come for seven days, while what is in `behind` is left; null if not so"},
    )
    behind = fields.List(fields.Nested(LeftOut), required=True)
    missed = fields.List(
        fields.Nested(CellOut),
        required=True,
        metadata={"description": "objectives of which three questions or more were missed, each when last met"},
    )


class MissedQuestionOut(Out):
    """A question, how many students have answered it, and how many of them not fully right at first."""

    question = Uuid(required=True)
    unit = Slug(required=True)
    stem = RichText(required=True, metadata={"description": "before any values are put in"})
    answered = fields.Integer(required=True)
    missed = fields.Integer(required=True)


class OverviewOut(Out):
    """A class at a glance."""

    students = fields.Integer(required=True)
    units = fields.List(fields.Nested(UnitOverviewOut), required=True)
    stuck_count = fields.Integer(required=True)
    stuck = fields.List(
        fields.Nested(StuckOut),
        required=True,
        metadata={"description": "at most 200: those who are quiet, the longest so first, then the others"},
    )
    most_missed = fields.List(fields.Nested(MissedQuestionOut), required=True, metadata={"description": "at most 20"})
