"""What is said on the wire of what may be mended in a course."""

from __future__ import annotations

from marshmallow import fields

from service.content.schemas import UnitStateOut
from service.web.fields import Integer, Out, Slug, String


class FindingOut(Out):
    """What a rule found: `pointer` leads into the unit's document, or without a unit into the course's JSON export."""

    unit = Slug(required=True, allow_none=True)
    pointer = String(2000, required=True)
    code = String(60, required=True)
    severity = String(10, required=True)
    message = String(2000, required=True)


class UnitWrittenOut(UnitStateOut):
    """Where a unit stands that was just written, and what the linter has to say of it.

    What only the course's other units tell is said in the course's report alone.
    """

    lint = fields.List(fields.Nested(FindingOut), required=True)


class LintOut(Out):
    """Everything the linter has to say of a course; `hornbook lint --explain CODE` says why."""

    findings = fields.List(fields.Nested(FindingOut), required=True)
    errors = Integer(required=True)
    warnings = Integer(required=True)


class CoveredObjectiveOut(Out):
    """An objective with the keys of what serves it, and what there is none of: reading, question, quiz."""

    key = Slug(required=True)
    text = String(20_000, required=True)
    readings = fields.List(Slug(), required=True)
    questions = fields.List(Slug(), required=True)
    quizzes = fields.List(Slug(), required=True)
    missing = fields.List(String(10), required=True)


class UnitCoverageOut(Out):
    """A unit's objectives, and what belongs to none."""

    unit = Slug(required=True)
    title = String(300, required=True)
    objectives = fields.List(fields.Nested(CoveredObjectiveOut), required=True)
    unused_readings = fields.List(Slug(), required=True)
    loose_questions = fields.List(Slug(), required=True)
    unanswered_questions = fields.List(Slug(), required=True)
    holes = Integer(required=True)


class CoverageOut(Out):
    """The coverage of every unit of a course, in order."""

    units = fields.List(fields.Nested(UnitCoverageOut), required=True)
