"""What is said of regrading on the wire: to those who run a course, and to the student whose grade it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from marshmallow import fields

from service.domain.regrading import Remedy
from service.quizzes.schemas import GradeChangeOut
from service.quizzes.supervision_schemas import LONGEST_REASON
from service.web.fields import Flag, In, Integer, Moment, OneOf, Out, Query, String, Uuid
from service.web.paging import Cursor, PageQuery

MOST_LISTED = 1_000
CREDIT = r"[01]|0?\.\d{1,6}|1\.0{1,6}|\d{1,6}/[1-9]\d{0,5}"


class RegradesQuery(Query):
    """Whether to do it or only to say what it would do."""

    dry_run = Flag(load_default=False)


class RegradeIn(In):
    """What is to be done about a question, and why; the students whose grades change read the reason."""

    policy = OneOf(
        *Remedy,
        required=True,
        metadata={
            "description": "new_key: by the key the question has now; either_key: by that one or the one the attempt "
            "pinned, whichever gives more; full_credit: to everybody; drop_question: it counts for nobody"
        },
    )
    never_lower = Flag(load_default=True, metadata={"description": "nobody loses by it"})
    respects_overrides = Flag(load_default=True, metadata={"description": "grades set by hand stay as they are"})
    revision = Integer(
        lowest=1, load_default=None, allow_none=True, metadata={"description": "null: the one asked at present"}
    )
    reason = String(LONGEST_REASON, shortest=1, required=True)
    digest = String(
        96,
        pattern=r"\d{1,18}-[0-9a-f]{64}",
        load_default=None,
        allow_none=True,
        metadata={"description": "of the dry run's answer: that difference is applied, or nothing"},
    )


class StandingOut(Out):
    """What a slot is worth."""

    status = fields.String(required=True)
    credit = fields.String(required=True, allow_none=True, metadata={"description": "n/d; null: it does not count"})
    points = fields.Decimal(required=True, as_string=True, allow_none=True)


class RegradedSlotOut(Out):
    """A slot whose credit changes."""

    attempt = Uuid(required=True)
    student = Uuid(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    slot = fields.Integer(required=True)
    possible = fields.Decimal(required=True, as_string=True)
    old = fields.Nested(StandingOut, required=True)
    new = fields.Nested(StandingOut, required=True)


class RegradeCountsOut(Out):
    """How many slots fare how: each is in one of the last seven."""

    attempts = fields.Integer(required=True)
    slots = fields.Integer(required=True)
    raised = fields.Integer(required=True)
    lowered = fields.Integer(required=True)
    left_out = fields.Integer(required=True, metadata={"description": "they count no more"})
    kept = fields.Integer(required=True, metadata={"description": "they would have lost; nobody does"})
    same = fields.Integer(required=True)
    overridden = fields.Integer(required=True, metadata={"description": "set by hand, and left alone"})
    erased = fields.Integer(required=True, metadata={"description": "the answer was erased, so the grade stays"})


class OtherRevisionOut(Out):
    """Another revision with finished attempts; each is regraded on its own."""

    revision = fields.Integer(required=True)
    attempts = fields.Integer(required=True)
    takes_key = fields.Boolean(required=True, metadata={"description": "whether the present key could grade it"})


class DifferenceOut(Out):
    """What a regrade changes, or has changed."""

    question = Uuid(required=True)
    revision = fields.Integer(required=True)
    policy = fields.String(required=True)
    never_lower = fields.Boolean(required=True)
    respects_overrides = fields.Boolean(required=True)
    reason = fields.String(required=True)
    applied = fields.Boolean(required=True, metadata={"description": "false: nothing was written"})
    digest = fields.String(required=True)
    counts = fields.Nested(RegradeCountsOut, required=True)
    items = fields.List(
        fields.Nested(RegradedSlotOut),
        required=True,
        metadata={"maxItems": MOST_LISTED, "description": "the credits that change; `counts` has all"},
    )
    other_revisions = fields.List(fields.Nested(OtherRevisionOut), required=True)


class RegradeOut(Out):
    """A rule by which a revision was graded once more; attempts that end later are graded by it too."""

    revision = fields.Integer(required=True)
    policy = fields.String(required=True)
    never_lower = fields.Boolean(required=True)
    respects_overrides = fields.Boolean(required=True)
    reason = fields.String(required=True)
    digest = fields.String(required=True)
    actor = Uuid(required=True, allow_none=True)
    created_at = Moment(required=True)


class RegradesOut(Out):
    """All of a question, the newest first."""

    items = fields.List(fields.Nested(RegradeOut), required=True)


class OverrideIn(In):
    """A grade set by hand: a share of the slot's points, and why."""

    credit = String(
        13, pattern=CREDIT, required=True, metadata={"description": "from 0 to 1: a decimal, or exactly as n/d"}
    )
    reason = String(LONGEST_REASON, shortest=1, required=True)


class OverriddenOut(Out):
    """A slot with all the changes of its grade."""

    attempt = Uuid(required=True)
    slot = fields.Integer(required=True)
    status = fields.String(required=True)
    credit = fields.String(required=True, allow_none=True)
    points = fields.Decimal(required=True, as_string=True, allow_none=True)
    possible = fields.Decimal(required=True, as_string=True)
    changes = fields.List(fields.Nested(GradeChangeOut), required=True)


class NoticesQuery(PageQuery):
    """Which notices: those before the cursor."""

    after = Cursor("notices", datetime, UUID)


class NoticedChangeOut(GradeChangeOut):
    """A grade of mine that was changed."""

    slot = fields.Integer(required=True)


class NoticeOut(Out):
    """An attempt of mine in which grades were changed; `changes` is empty until its keys may be seen."""

    attempt = Uuid(required=True, attribute="attempt.id")
    quiz = Uuid(required=True, allow_none=True, attribute="attempt.quiz_id")
    title = fields.String(required=True, allow_none=True)
    changed_at = Moment(required=True, attribute="attempt.regraded_at")
    changes = fields.List(fields.Nested(NoticedChangeOut), required=True)
