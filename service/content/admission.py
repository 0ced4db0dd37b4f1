"""Who may read a course, told in the one statement that also tells whether anything in it has changed.

It comes with every read of published content; while it says the same, so does the content, and is not asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, select

from service.accounts.operations import CALLER, caller_of, sent_token
from service.content.models import Course, Stamp
from service.content.operations import STAMP, missing, sees_course
from service.db import Database
from service.domain.roles import Principal
from service.statements import Lookup
from service.web.calls import Seen

_COURSE = tuple(column.label(f"course_{column.key}") for column in STAMP)
_SLUG = bindparam("course", type_=String)
_ANYBODYS = Lookup(select(*_COURSE).where(Course.slug == _SLUG))
_CALLERS = Lookup(CALLER.add_columns(*_COURSE).join(Course, Course.slug == _SLUG, isouter=True))


def see_course(database: Database, authorization: str | None, now: datetime, path: Mapping[str, Any]) -> Seen:
    """The caller who may read the course that `path` names, and the version of all that can be read in it.

    Raises `Unauthenticated` and `NotFound` as `authenticate` and `get_course` do.
    """
    slug = path["course"]
    if authorization is None:
        caller, rows = Principal(), database.look_up(_ANYBODYS, course=slug)
    else:
        token = sent_token(authorization)
        rows = database.look_up(_CALLERS, prefix=token.prefix, course=slug)
        caller = caller_of(rows, token, now)
    found = rows[0] if rows else None
    if found is None or found.course_id is None:
        raise missing(caller)
    if not sees_course(caller, found.course_id, found.course_status, found.course_visibility):
        raise missing(caller)
    return Seen(caller, Stamp(*found[-len(STAMP) :]))
