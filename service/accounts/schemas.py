"""What is said of people on the wire."""

from __future__ import annotations

from marshmallow import fields

from service.web.fields import Out, Slug, Uuid


class EnrolmentOut(Out):
    """What the caller is in one course."""

    course = Slug(required=True)
    role = fields.String(required=True)


class MeOut(Out):
    """The caller of a personal token."""

    id = Uuid(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    is_admin = fields.Boolean(required=True)
    enrolments = fields.List(fields.Nested(EnrolmentOut), required=True)
