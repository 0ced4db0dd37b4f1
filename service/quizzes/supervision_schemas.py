"""What is said of single attempts to those who run a course: more time, void, open again."""

from __future__ import annotations

from marshmallow import fields

from service.web.fields import In, Moment, Out, String, Uuid

LONGEST_REASON = 1_000


class VoidIn(In):
    """Why an attempt is to count for nothing."""

    reason = String(LONGEST_REASON, shortest=1, required=True)


class ReopeningIn(VoidIn):
    """Why a student may go on with a finished attempt, and until when."""

    until = Moment(required=True)


class ExtensionIn(VoidIn):
    """More time for one student, and why: a factor on the time limit ("1.5"), another end of the quiz."""

    factor = String(8, pattern=r"\d{1,2}(\.\d{1,3})?", load_default="1")
    closes_at = Moment(load_default=None, allow_none=True)


class EventOut(Out):
    """What somebody did with an attempt. `key_was_seen`: its student could see the right answers by then."""

    kind = fields.String(required=True, metadata={"description": "void or reopening"})
    reason = fields.String(required=True)
    until = Moment(required=True, allow_none=True)
    key_was_seen = fields.Boolean(required=True)
    actor = Uuid(required=True, allow_none=True, attribute="actor_id")
    created_at = Moment(required=True)


class SupervisedOut(Out):
    """An attempt as those who run the course see it, with what was done with it."""

    id = Uuid(required=True, attribute="attempt.id")
    quiz = Uuid(required=True, attribute="attempt.quiz_id")
    student = Uuid(required=True, attribute="attempt.user_id")
    state = fields.String(required=True, attribute="attempt.state")
    started_at = Moment(required=True, attribute="attempt.started_at")
    deadline_at = Moment(required=True, allow_none=True, attribute="attempt.deadline_at")
    finished_at = Moment(required=True, allow_none=True, attribute="attempt.finished_at")
    events = fields.List(fields.Nested(EventOut), required=True)


class ExtensionOut(Out):
    """What was granted to a student, and when the attempt that is open now ends."""

    quiz = Uuid(required=True, attribute="extension.quiz_id")
    student = Uuid(required=True, attribute="extension.user_id")
    factor = fields.String(required=True, attribute="extension.factor", metadata={"description": "n/d"})
    closes_at = Moment(required=True, allow_none=True, attribute="extension.closes_at")
    reason = fields.String(required=True, attribute="extension.reason")
    deadline_at = Moment(required=True, allow_none=True)
