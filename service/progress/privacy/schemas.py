"""What is said of one's own data, and of its end, on the wire."""

from __future__ import annotations

from marshmallow import fields

from service.quizzes.schemas import GradedSlotOut, ScoreOut
from service.web.fields import In, Moment, Out, Slug, String, Uuid


class PersonExportOut(Out):
    """Who somebody is."""

    id = Uuid(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    issuer = fields.String(required=True, allow_none=True)
    external_id = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)


class EnrolmentExportOut(Out):
    """What somebody is in a course."""

    course = Slug(required=True)
    role = fields.String(required=True)
    created_at = Moment(required=True)


class TokenExportOut(Out):
    """A token of somebody, without what proves it."""

    prefix = fields.String(required=True)
    label = fields.String(required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True)
    revoked_at = Moment(required=True, allow_none=True)


class ReadingExportOut(Out):
    """A mark on a reading."""

    course = Slug(required=True)
    unit = Slug(required=True)
    reading = Uuid(required=True)
    state = fields.String(required=True)
    minutes = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class LineExportOut(Out):
    """Something that arrived, and what became of it."""

    slot = fields.Integer(required=True)
    kind = fields.String(required=True)
    disposition = fields.String(required=True)
    rev = fields.Integer(required=True, allow_none=True)
    response = fields.Dict(required=True, allow_none=True)
    received_at = Moment(required=True)


class HintExportOut(Out):
    """A hint that was taken."""

    slot = fields.Integer(required=True)
    number = fields.Integer(required=True)
    taken_at = Moment(required=True)


class AssessmentExportOut(Out):
    """What somebody thought of an open answer of theirs."""

    slot = fields.Integer(required=True)
    ticked = fields.List(fields.String(), required=True)
    points = fields.String(required=True)
    assessed_at = Moment(required=True)


class AttemptExportOut(Out):
    """An attempt with all that arrived of it; score and slots once it is finished, as far as its quiz shows them."""

    attempt = Uuid(required=True)
    quiz = Uuid(required=True, allow_none=True)
    state = fields.String(required=True)
    started_at = Moment(required=True)
    finished_at = Moment(required=True, allow_none=True)
    score = fields.Nested(ScoreOut, required=True, allow_none=True)
    slots = fields.List(fields.Nested(GradedSlotOut), required=True, allow_none=True)
    arrived = fields.List(fields.Nested(LineExportOut), required=True)
    hints = fields.List(fields.Nested(HintExportOut), required=True)
    self_assessments = fields.List(fields.Nested(AssessmentExportOut), required=True)


class ExportOut(Out):
    """Everything that is stored of a person."""

    format = fields.String(required=True)
    exported_at = Moment(required=True)
    person = fields.Nested(PersonExportOut, required=True)
    enrolments = fields.List(fields.Nested(EnrolmentExportOut), required=True)
    tokens = fields.List(fields.Nested(TokenExportOut), required=True)
    readings = fields.List(fields.Nested(ReadingExportOut), required=True)
    attempts = fields.List(fields.Nested(AttemptExportOut), required=True)


class ErasureIn(In):
    """Who is meant, said twice: there is no way back."""

    confirm = String(64, required=True, metadata={"description": "the login of the person, to be sure"})


class ErasureOut(Out):
    """What was taken away."""

    user = Uuid(required=True)
    tokens = fields.Integer(required=True, metadata={"description": "revoked"})
    notes = fields.Integer(required=True, metadata={"description": "deleted"})
    answers = fields.Integer(required=True, metadata={"description": "of which the text is gone"})
