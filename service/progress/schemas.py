"""What is said of a student's progress on the wire."""

from __future__ import annotations

from marshmallow import fields

from service.web.fields import In, Integer, Moment, OneOf, Out, Query, Slug, String, Uuid


class UnitProgressQuery(Query):
    """In which order the readings come."""

    sort = OneOf(
        "unit",
        "missed",
        load_default="unit",
        metadata={"description": "as in the unit, or first those on what the quiz before it missed"},
    )


class MarkIn(In):
    """How far the student is with a reading."""

    state = OneOf("unread", "opened", "done", required=True)
    minutes = Integer(highest=100_000, load_default=None, allow_none=True)
    note = String(
        5_000, load_default=None, allow_none=True, metadata={"description": "for yourself; nobody else sees it"}
    )


class MarkOut(Out):
    """How far the student is with a reading."""

    reading = Uuid(required=True, attribute="reading_id")
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
    missed = fields.Integer(
        required=True, metadata={"description": "questions on its objectives missed in the quiz before the unit"}
    )


class EvidenceOut(Out):
    """A first try that counts as evidence: where to find it."""

    attempt = Uuid(required=True)
    quiz = Uuid(required=True, allow_none=True, metadata={"description": "null: it was a review"})
    slot = fields.Integer(required=True)
    status = fields.String(required=True)
    answered_at = Moment(required=True)


class GainOut(Out):
    """What was right before the unit and after it, as shares of the questions there is evidence of."""

    pre = fields.Decimal(required=True, as_string=True)
    post = fields.Decimal(required=True, as_string=True)
    gain = fields.Decimal(required=True, as_string=True)
    pre_questions = fields.Integer(required=True)
    post_questions = fields.Integer(required=True)


class ObjectiveProgressOut(Out):
    """What the student's first tries show of an objective, as far as their keys may be seen."""

    objective = Uuid(required=True)
    text = fields.String(required=True, metadata={"description": "Markdown"})
    label = fields.String(required=True, metadata={"description": "not_enough_data, low, learning or proficient"})
    earned = fields.Decimal(
        required=True,
        as_string=True,
        metadata={"description": "of `questions`; what was partly right counts in part"},
    )
    questions = fields.Integer(required=True)
    first_mastered_at = Moment(required=True, allow_none=True)
    retention = fields.String(required=True, allow_none=True, metadata={"description": "fresh, fading or due"})
    gain = fields.Nested(
        GainOut, required=True, allow_none=True, metadata={"description": "null without three questions on both sides"}
    )
    evidence = fields.List(fields.Nested(EvidenceOut), required=True)


class UnitStandingOut(Out):
    """How far the student is with a unit."""

    unit = Slug(required=True)
    title = fields.String(required=True)
    done = fields.Integer(required=True, attribute="standing.done")
    total = fields.Integer(required=True, attribute="standing.total")
    complete = fields.Boolean(required=True, attribute="standing.complete")
    minutes_left = fields.Integer(required=True, attribute="standing.minutes_left")
    mastered = fields.Integer(required=True, metadata={"description": "objectives that were mastered at some time"})


class UnitProgressOut(UnitStandingOut):
    """How far the student is with a unit, what is left, and every reading with its mark."""

    requirements = fields.List(fields.Nested(RequirementOut), required=True, attribute="standing.requirements")
    readings = fields.List(fields.Nested(ReadingStateOut), required=True)
    objectives = fields.List(fields.Nested(ObjectiveProgressOut), required=True)


class PassageOut(Out):
    """Where the answer to a question can be read."""

    reading = Uuid(required=True)
    title = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)
    locator = fields.String(required=True, allow_none=True)


class StepOut(Out):
    """One thing to do now, and why; what it is about is named by its ids, the rest is null."""

    what = fields.String(
        required=True,
        metadata={"description": "finish_quiz, read, choose, take_quiz, read_again, practise or review"},
    )
    reason = fields.String(
        required=True,
        attribute="reason.word",
        metadata={"description": "running_out, due, missed, begun, review, required or weak"},
    )
    because = fields.String(required=True, metadata={"description": "the reason in a sentence"})
    course = Slug(required=True)
    unit = Slug(required=True)
    title = fields.String(required=True)
    due_at = Moment(required=True, allow_none=True)
    reading = Uuid(required=True, allow_none=True, attribute="refers_to.reading", dump_default=None)
    group = Uuid(required=True, allow_none=True, attribute="refers_to.group", dump_default=None)
    quiz = Uuid(required=True, allow_none=True, attribute="refers_to.quiz", dump_default=None)
    objective = Uuid(required=True, allow_none=True, attribute="refers_to.objective", dump_default=None)
    card = Uuid(required=True, allow_none=True, attribute="refers_to.card", dump_default=None)
    attempt = Uuid(required=True, allow_none=True, attribute="refers_to.attempt", dump_default=None)
    slot = fields.Integer(required=True, allow_none=True, attribute="refers_to.slot", dump_default=None)
    passages = fields.List(fields.Nested(PassageOut), required=True, attribute="refers_to.passages", dump_default=())
    try_quiz = Uuid(
        required=True,
        allow_none=True,
        attribute="refers_to.try_quiz",
        dump_default=None,
        metadata={"description": "a quiz that asks such a question once more"},
    )


class NextOut(Out):
    """What to do now, the most pressing first."""

    items = fields.List(fields.Nested(StepOut), required=True)


class CardOut(Out):
    """A question whose turn it is, and why."""

    card = Uuid(required=True)
    course = Slug(required=True)
    unit = Slug(required=True)
    title = fields.String(required=True, metadata={"description": "the unit's"})
    due_on = fields.Date(required=True)
    last_seen_on = fields.Date(required=True)
    recall = fields.String(required=True, metadata={"description": "estimated chance to recall it, from 0 to 1"})
    because = fields.String(required=True, metadata={"description": "the reason in a sentence"})


class QueueOut(Out):
    """What to review today, the least remembered first, by turns from each unit."""

    items = fields.List(fields.Nested(CardOut), required=True, attribute="entries")
    due = fields.Integer(required=True, metadata={"description": "how many are due; more than a day's share wait"})
    done_today = fields.Integer(required=True)


class NextQuery(Query):
    """How much to be told."""

    limit = Integer(lowest=1, highest=100, load_default=20)


class CourseProgressOut(Out):
    """How far the student is with every unit of a course."""

    course = Slug(required=True)
    complete = fields.Integer(required=True, metadata={"description": "units that are complete"})
    units = fields.List(fields.Nested(UnitStandingOut), required=True)
