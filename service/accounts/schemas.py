"""What is said of people, of what they are in a course, of their tokens and of what was done, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import fields

from service.domain.roles import Scope
from service.domain.rosters import ROLES
from service.web.fields import (
    Flag,
    In,
    Integer,
    ListOf,
    Moment,
    OneOf,
    Out,
    Query,
    Slug,
    String,
    Uuid,
)
from service.web.paging import Cursor, PageQuery, list_of

LONGEST_DAYS = 3_650
MOST_COURSES = 200
ONE_LINE = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*"


def _external(**options: Any) -> String:
    return String(200, shortest=1, **options)


def _label(**options: Any) -> String:
    return String(200, shortest=1, pattern=ONE_LINE, **options)


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


class UserIn(In):
    """A new person."""

    login = String(64, required=True)
    name = String(200, required=True)
    issuer = _external(metadata={"description": "the system whose name for the person `external_id` is"})
    external_id = _external()
    is_admin = Flag(load_default=False)


class UserChangesIn(In):
    """What changes of a person; what is left out stays."""

    login = String(64)
    name = String(200)
    issuer = _external(allow_none=True)
    external_id = _external(allow_none=True)
    is_admin = Flag()
    disabled = Flag(metadata={"description": "true shuts the person out at once, false lets them in again"})


class UserOut(Out):
    """A person as admins see them."""

    id = Uuid(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    issuer = fields.String(required=True, allow_none=True)
    external_id = fields.String(required=True, allow_none=True)
    is_admin = fields.Boolean(required=True)
    created_at = Moment(required=True)
    disabled_at = Moment(required=True, allow_none=True)


class UserInFullOut(UserOut):
    """A person with what they are in which course."""

    enrolments = fields.List(fields.Nested(EnrolmentOut), required=True)


class UserDisabledOut(UserOut):
    """A person who was shut out, and what that does not do."""

    message = fields.String(required=True)


class UsersQuery(PageQuery):
    """Which people."""

    after = Cursor("users", str)
    login = String(64)
    issuer = String(200)
    external_id = String(200)


class PersonOut(Out):
    """Who somebody is."""

    id = Uuid(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    issuer = fields.String(required=True, allow_none=True)
    external_id = fields.String(required=True, allow_none=True)


class EnrolledOut(Out):
    """Somebody in a course, as what, since when."""

    user = fields.Nested(PersonOut, required=True)
    role = fields.String(required=True)
    created_at = Moment(required=True)


class EnrolmentIn(In):
    """Whom to enrol, named in one of three ways, as what."""

    user = Uuid()
    login = String(64)
    issuer = _external()
    external_id = _external()
    role = OneOf(*ROLES, load_default="student")


class RoleIn(In):
    """What to make of somebody."""

    role = OneOf(*ROLES, required=True)


class EnrolmentsQuery(PageQuery):
    """Who of a course."""

    after = Cursor("enrolments", str)
    role = OneOf(*ROLES)


class RosterQuery(Query):
    """How to take a roster."""

    dry_run = Flag(load_default=False, metadata={"description": "tell what would become of it, and do nothing"})


class RosterLineOut(Out):
    """What becomes of a line: make (and enrol), enrol, change (the role) or nothing; lines count from 1."""

    line = fields.Integer(required=True)
    login = fields.String(required=True)
    action = fields.String(required=True)
    role = fields.String(required=True)
    before = fields.String(required=True, allow_none=True)


class RosterMistakeOut(Out):
    """What is wrong at a line and column; the column is empty for the whole line."""

    line = fields.Integer(required=True)
    column = fields.String(required=True)
    detail = fields.String(required=True)


class RosterOut(Out):
    """What became of a roster, or would."""

    applied = fields.Boolean(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    lines = fields.List(fields.Nested(RosterLineOut), required=True)
    mistakes = fields.List(fields.Nested(RosterMistakeOut), required=True)


class TokenIn(In):
    """A token to issue: a personal one (`user`), or an integration's (`scopes` and `courses`)."""

    label = _label(required=True)
    user = Uuid()
    scopes = ListOf(OneOf(*Scope), shortest=1, longest=len(Scope))
    courses = ListOf(Slug(), shortest=1, longest=MOST_COURSES)
    days = Integer(lowest=1, highest=LONGEST_DAYS, load_default=None, metadata={"description": "how long; or for good"})


class OwnTokenIn(In):
    """A token of one's own to issue."""

    label = _label(required=True)
    days = Integer(lowest=1, highest=365, load_default=90)


class TokenChangesIn(In):
    """What changes of a token; what is left out stays."""

    label = _label()
    expires_at = Moment(allow_none=True)
    scopes = ListOf(OneOf(*Scope), shortest=1, longest=len(Scope))
    courses = ListOf(Slug(), shortest=1, longest=MOST_COURSES)


class TokenOut(Out):
    """A token, without what makes it one.

    It was used last at `last_used_at` or up to some hours later: uses are remembered by each worker and written down
    at most once an hour, with a write.
    """

    id = Uuid(required=True)
    prefix = fields.String(required=True)
    label = fields.String(required=True)
    user = Uuid(required=True, allow_none=True)
    login = fields.String(required=True, allow_none=True)
    scopes = fields.List(fields.String(), required=True, allow_none=True)
    courses = fields.List(fields.String(), required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True)
    revoked_at = Moment(required=True, allow_none=True)
    last_used_at = Moment(required=True, allow_none=True)


TokenPageOut = list_of(TokenOut)


class IssuedTokenOut(Out):
    """A token on the one occasion it is shown."""

    id = Uuid(required=True)
    token = fields.String(required=True)
    expires_at = Moment(required=True, allow_none=True)


class TokensQuery(PageQuery):
    """Which tokens."""

    after = Cursor("tokens", datetime, UUID)
    user = Uuid()


class OwnTokensQuery(PageQuery):
    """Which of one's own tokens."""

    after = Cursor("own-tokens", datetime, UUID)


class AuditQuery(PageQuery):
    """Which entries: those behind the cursor, which are older."""

    after = Cursor("audit", int)
    actor = Uuid(metadata={"description": "only what this person did or was refused"})


class AuditEntryOut(Out):
    """Who did what, or was refused it (403, 404): never with secrets, answers or texts."""

    at = Moment(required=True)
    actor = fields.String(required=True)
    login = fields.String(required=True, allow_none=True)
    course = fields.String(required=True, allow_none=True)
    action = fields.String(required=True)
    target = fields.Dict(required=True)
    details = fields.Dict(required=True)
    status = fields.Integer(required=True)
    request_id = fields.String(required=True)
    fields_sent = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")


AuditPageOut = list_of(AuditEntryOut, "AuditPageOut")
