"""What is said of questions' statistics on the wire."""

from __future__ import annotations

from marshmallow import fields

from service.domain.statistics import ENOUGH
from service.quizzes.regrading_schemas import DifferenceOut
from service.web.fields import In, Integer, ListOf, Out, Query, RichText, Slug, String, Uuid
from service.web.paging import Cursor, PageQuery

SILENT = f"null below {ENOUGH} students"


class StatisticsQuery(PageQuery):
    """Which questions."""

    unit = Slug(load_default=None, metadata={"description": "of this unit alone"})
    quiz = Uuid(load_default=None, metadata={"description": "those alone that this quiz may ask"})
    after = Cursor("statistics", str, str)


class EstimateOut(Out):
    """A figure, with the interval that it is in 95 times in 100."""

    value = fields.Float(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)


class ChoiceStatisticsOut(Out):
    """How many chose this at their first meeting, and how well they did otherwise."""

    text = fields.String(required=True, metadata={"description": "Markdown"})
    right = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "null where it hangs on the drawn values"}
    )
    chosen = fields.Integer(required=True)
    share = fields.Float(required=True)
    correlation = fields.Nested(
        EstimateOut,
        required=True,
        allow_none=True,
        metadata={"description": "of choosing it with the rest of the attempt"},
    )


class MistakeCountOut(Out):
    """How often a mistake was made that the question's author has named."""

    mistake = fields.String(required=True)
    n = fields.Integer(required=True)


class RevisionStatisticsOut(Out):
    """What the first tries at one revision say, one for each student."""

    revision = fields.Integer(required=True)
    is_current = fields.Boolean(required=True)
    n = fields.Integer(required=True, metadata={"description": "students who were graded without a hint"})
    pairs = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": f"of them those whose attempt asked more, on whom correlations rest; {SILENT}"},
    )
    facility = fields.Nested(
        EstimateOut,
        required=True,
        allow_none=True,
        metadata={"description": f"mean credit, 0 to 1, with Wilson's interval; {SILENT}"},
    )
    spread = fields.Float(
        required=True, allow_none=True, metadata={"description": f"standard deviation of the credits; {SILENT}"}
    )
    discrimination = fields.Nested(
        EstimateOut,
        required=True,
        allow_none=True,
        metadata={
            "description": "correlation of the credit with the rest of the attempt (item-rest), with Fisher's "
            "interval, for which 1 is taken for 1 - 1/(2n); with the total of k questions noise alone goes together by "
            f"about 1/√k, which the rest leaves out; {SILENT}"
        },
    )
    unanswered = fields.Integer(required=True, allow_none=True)
    hinted = fields.Integer(
        required=True, allow_none=True, metadata={"description": "students who took a hint first; not among the `n`"}
    )
    mean_tries = fields.Float(required=True, allow_none=True)
    choices = fields.List(
        fields.Nested(ChoiceStatisticsOut),
        required=True,
        allow_none=True,
        metadata={"description": "for those who may see keys"},
    )
    may_be_miskeyed = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={
            "description": "a wrong choice, of three students or more, goes together with the rest better than the "
            "right one, beyond chance"
        },
    )
    mistakes = fields.List(
        fields.Nested(MistakeCountOut),
        required=True,
        allow_none=True,
        metadata={"description": f"for those who may see keys; {SILENT}"},
    )


class QuestionStatisticsOut(Out):
    """A question and what its answers say of it, revision by revision."""

    question = Uuid(required=True)
    unit = Slug(required=True)
    kind = fields.String(required=True)
    stem = RichText(
        required=True,
        metadata={
            "description": "as its author wrote it; for an LMS as students are asked, with gaps by their numbers and … "
            "for drawn values"
        },
    )
    revisions = fields.List(fields.Nested(RevisionStatisticsOut), required=True)


class UnmatchedQuery(Query):
    """How many heaps."""

    limit = Integer(lowest=1, highest=200, load_default=50)


class SpellingOut(Out):
    """An answer as it was typed, and how many students typed it."""

    text = fields.String(required=True)
    n = fields.Integer(required=True)


class HeapOut(Out):
    """Answers that are spelt alike and that no entry of the key knows."""

    text = fields.String(required=True, metadata={"description": "the most frequent spelling"})
    part = fields.String(required=True, allow_none=True, metadata={"description": "the gap of a cloze"})
    n = fields.Integer(required=True, metadata={"description": "students"})
    id = fields.String(required=True, metadata={"description": "names it while its most frequent form is the same"})
    spellings = fields.List(
        fields.Nested(SpellingOut), required=True, metadata={"description": "the most frequent first, 20 at most"}
    )


class UnmatchedOut(Out):
    """The heaps, the largest first."""

    items = fields.List(fields.Nested(HeapOut), required=True)


class AcceptanceIn(In):
    """Which answers of the heap the key is to know from now on, what they are worth, and what is said to them."""

    texts = ListOf(
        String(500, shortest=1),
        longest=20,
        shortest=1,
        load_default=None,
        allow_none=True,
        metadata={"description": "spellings of the heap; null: the most frequent one"},
    )
    credit = String(8, pattern=r"1|0?\.\d{0,5}[1-9]", load_default="1", metadata={"description": "above 0, at most 1"})
    feedback = String(10_000, load_default=None, allow_none=True, metadata={"description": "Markdown"})


class AcceptedOut(Out):
    """The key that was published, and what a regrade by it would change."""

    unit = fields.String(required=True)
    published_version = fields.Integer(required=True)
    texts = fields.List(fields.String(), required=True)
    regrade = fields.Nested(
        DifferenceOut,
        required=True,
        metadata={"description": "not applied yet: send its policy, reason and digest to …/regrades"},
    )
