"""Whose progress is asked for, told in the one statement that also tells whether anything has happened in it since.

What a student may see hangs on the time as well: keys are revealed, attempts run out, days go by. So an answer is kept
for a minute at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, case, cast, func, literal, select

from service.accounts.models import Token
from service.accounts.operations import CALLER, caller_of, sent_token
from service.content.models import Course, Stamp
from service.content.operations import STAMP
from service.db import Database
from service.domain.roles import Allow, Role
from service.errors import Forbidden, NotFound, Unauthenticated
from service.progress.models import ReadingMark
from service.quizzes.models import Attempt
from service.statements import Lookup
from service.web.calls import Seen

STUDENT = Allow.to(Role.STUDENT)


def see_own_progress(database: Database, authorization: str | None, now: datetime, path: Mapping[str, Any]) -> Seen:
    """The student, and a stamp of all that their progress in the course that `path` names depends on.

    Raises `Unauthenticated`, `Forbidden` and `NotFound` as the endpoint would.
    """
    if authorization is None:
        raise Unauthenticated()
    token = sent_token(authorization)
    rows = database.look_up(_OWN, prefix=token.prefix, course=path["course"])
    caller = caller_of(rows, token, now)
    if not STUDENT.permits(caller):
        raise Forbidden()
    found = rows[0]
    if found.course_id is None or found.course_status != "published" or caller.role_in(found.course_id) is None:
        raise NotFound()
    if caller.role_in(found.course_id) is not Role.STUDENT:
        raise Forbidden("Only students of the course have progress of their own in it.")
    minute = int(now.timestamp()) // 60
    stamp = Stamp(*(getattr(found, f"course_{column.key}") for column in STAMP))
    return Seen(caller, (stamp, caller.user_id, found.marks, found.attempts, minute))


def _text(value: ColumnElement[Any]) -> ColumnElement[str]:
    return func.coalesce(cast(value, String), literal("-")) + literal(" ")


def _joined(*values: ColumnElement[Any]) -> ColumnElement[str]:
    first, *others = map(_text, values)
    for other in others:
        first = first + other
    return first


def _marks() -> Select[str]:
    mine = ReadingMark.user_id == Token.user_id, ReadingMark.course_id == Course.id
    return select(_joined(func.count(), func.max(ReadingMark.updated_at))).where(*mine).correlate(Token, Course)


def _attempts() -> Select[str]:
    mine = Attempt.user_id == Token.user_id, Attempt.course_id == Course.id
    state = func.sum(case((Attempt.state == "finished", 1), (Attempt.state == "void", 1_000_000), else_=0))
    ends = func.max(Attempt.finished_at), func.max(Attempt.deadline_at), func.max(Attempt.regraded_at)
    return select(_joined(func.count(), state, *ends)).where(*mine).correlate(Token, Course)


_OWN = Lookup(
    CALLER.add_columns(
        *(column.label(f"course_{column.key}") for column in STAMP),
        _marks().scalar_subquery().label("marks"),
        _attempts().scalar_subquery().label("attempts"),
    ).join(Course, Course.slug == bindparam("course", type_=String), isouter=True)
)
