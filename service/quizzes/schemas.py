"""What is said of quizzes, attempts and answers on the wire; nothing here has a place for a key."""

from __future__ import annotations

from marshmallow import fields

from service.web.fields import AnyJson, In, Integer, ListOf, Moment, Out, Slug, Uuid
from service.web.paging import Cursor, PageQuery

RESPONSE = {
    "description": "An answer in the form of its kind, with ids as the attempt shows them: "
    'single_choice {"choice": id} · true_false {"value": true} · multiple_choice {"choices": [id]} · '
    'numeric {"text": "0.184"} · short_text {"text": "…"} · '
    'cloze {"gaps": {"gap-1": {"text": "…"} or {"choice": id}}} · '
    'matching {"pairs": {left id: right id}} · ordering {"order": [id]} · open {"text": "…"}. Null is no answer.',
    "type": "object",
}
LONGEST_RESPONSE = 64 * 1024
MOST_SLOTS = 500
MOST_REVISIONS = 2**31 - 1


class QuizSettingsOut(Out):
    """How a quiz works."""

    importance = fields.String(required=True)
    mode = fields.String(
        required=True,
        metadata={
            "description": "immediate: checked one by one; deferred: at the end; practice: again with other values"
        },
    )
    reveal = fields.String(required=True, metadata={"description": "when the right answers are shown"})
    tries = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "per question; null: three, or one where more would tell"},
    )
    penalty = fields.String(required=True, metadata={"description": "taken off for each earlier wrong try"})
    attempts = fields.Integer(required=True, allow_none=True, metadata={"description": "null: as many as you like"})
    keep = fields.String(required=True, metadata={"description": "which attempt counts"})
    opens = fields.String(required=True, allow_none=True)
    closes = fields.String(required=True, allow_none=True)
    time_limit = fields.Integer(required=True, allow_none=True, metadata={"description": "seconds"})
    pass_mark = fields.String(required=True, allow_none=True)
    questions = fields.Integer(required=True, metadata={"description": "how many an attempt asks"})


class AttemptSummaryOut(Out):
    """One of the caller's attempts."""

    id = Uuid(required=True)
    state = fields.String(required=True)
    started_at = Moment(required=True)
    finished_at = Moment(required=True, allow_none=True)


class QuizOut(Out):
    """A quiz, its settings, and the caller's attempts at it, newest first."""

    id = Uuid(required=True, attribute="quiz.id")
    course = Slug(required=True, attribute="quiz.course")
    unit = Slug(required=True, attribute="quiz.unit")
    title = fields.String(required=True, attribute="quiz.title")
    kind = fields.String(required=True, attribute="quiz.kind")
    settings = fields.Nested(QuizSettingsOut, required=True, attribute="quiz.settings")
    attempts = fields.List(fields.Nested(AttemptSummaryOut), required=True)


class QuizzesQuery(PageQuery):
    """Which quizzes: those after the cursor."""

    after = Cursor("quizzes", str, int, str)


class TriesOut(Out):
    """How often a slot was checked, and how often it may be."""

    used = fields.Integer(required=True)
    allowed = fields.Integer(required=True)


class HintsOut(Out):
    """How many hints a question has, and those that were taken."""

    taken = fields.List(fields.Dict(), required=True)
    there_are = fields.Integer(required=True)


class SlotOut(Out):
    """One question of an attempt, as this student sees it."""

    slot = fields.Integer(required=True)
    question = fields.Dict(
        required=True, metadata={"description": "what is asked: kind, stem, and the parts of its kind"}
    )
    rev = fields.Integer(required=True, metadata={"description": "send it as base_rev with the next save"})
    response = fields.Dict(required=True, allow_none=True)
    saved_at = Moment(required=True, allow_none=True)
    tries = fields.Nested(TriesOut, required=True)
    closed = fields.Boolean(required=True)
    hints = fields.Nested(HintsOut, required=True)
    outcome = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "what may be said of the last check, by the quiz's policy"},
    )


class AttemptSlotOut(SlotOut):
    """One question of an attempt among the others."""

    variant_of = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "the first slot with the same question, where this one was asked for to practise"},
    )


class VariantOut(AttemptSlotOut):
    """A slot with another variant of a question."""

    note = fields.String(
        required=True, allow_none=True, metadata={"description": "why its values are not new, where they are not"}
    )


class AttemptOut(Out):
    """An attempt with its slots."""

    id = Uuid(required=True, attribute="attempt.id")
    quiz = Uuid(
        required=True, allow_none=True, attribute="quiz.id", metadata={"description": "null: a question is reviewed"}
    )
    title = fields.String(required=True, attribute="quiz.title")
    mode = fields.String(required=True, attribute="attempt.settings.mode")
    state = fields.String(required=True, attribute="attempt.state")
    started_at = Moment(required=True, attribute="attempt.started_at")
    deadline_at = Moment(required=True, allow_none=True, attribute="attempt.deadline_at")
    finished_at = Moment(required=True, allow_none=True, attribute="attempt.finished_at")
    slots = fields.List(fields.Nested(AttemptSlotOut), required=True)


class ReceiptOut(Out):
    """Proof that an answer arrived and counts."""

    slot = fields.Integer(required=True)
    rev = fields.Integer(required=True)
    digest = fields.String(required=True, metadata={"description": "SHA-256 of the response as canonical JSON"})
    saved_at = Moment(required=True)


class SaveIn(In):
    """A draft, on top of the revision the client has seen."""

    response = AnyJson(longest=LONGEST_RESPONSE, required=True, allow_none=True, metadata=RESPONSE)
    base_rev = Integer(required=True, highest=MOST_REVISIONS)


class CheckIn(In):
    """An answer to be graded now, as try number `try` (the first is 1)."""

    response = AnyJson(longest=LONGEST_RESPONSE, required=True, allow_none=True, metadata=RESPONSE)
    try_ = Integer(required=True, lowest=1, highest=1_000, data_key="try")


class HintIn(In):
    """Which hint is asked for: the first is 1."""

    number = Integer(required=True, lowest=1, highest=100)


class CheckedOut(SlotOut):
    """The slot after a check, and its receipt."""

    receipt = fields.Nested(ReceiptOut, required=True)
    near_miss = fields.Boolean(
        required=True, metadata={"description": "check the spelling: this was not graded and used no try"}
    )


class LastAnswerIn(SaveIn):
    """A last answer, for a slot that may not have reached the server yet."""

    slot = Integer(required=True, lowest=1, highest=MOST_SLOTS)


class AnswersIn(In):
    """Several drafts, of a client that was away."""

    responses = ListOf(fields.Nested(LastAnswerIn), longest=MOST_SLOTS, required=True)


class CurrentOut(Out):
    """What a slot holds at present."""

    rev = fields.Integer(required=True)
    response = fields.Dict(required=True, allow_none=True)


class VerdictOut(Out):
    """What became of one of several drafts: accepted with its receipt, or kept, with why and what counts instead."""

    slot = fields.Integer(required=True)
    disposition = fields.String(required=True, metadata={"description": "accepted, stale, late or after_finish"})
    receipt = fields.Nested(ReceiptOut)
    reason = fields.String()
    current = fields.Nested(CurrentOut)


class VerdictsOut(Out):
    """What became of each, in the order in which they were sent."""

    answers = fields.List(fields.Nested(VerdictOut), required=True)


class ArrivalOut(Out):
    """One line of an attempt's log, as its student wrote it. Only what is `accepted` has a `rev`."""

    slot = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"description": "save, check or submit"})
    disposition = fields.String(required=True, metadata={"description": "accepted, stale, late or after_finish"})
    base_rev = fields.Integer(required=True, allow_none=True)
    rev = fields.Integer(required=True, allow_none=True)
    response = fields.Dict(required=True, allow_none=True)
    digest = fields.String(required=True)
    received_at = Moment(required=True)


class ReceiptsQuery(PageQuery):
    """Which lines: those after the cursor."""

    after = Cursor("receipts", int)


class SubmissionIn(In):
    """The end of an attempt, with any last answers."""

    responses = ListOf(fields.Nested(LastAnswerIn), longest=MOST_SLOTS, load_default=list)


class ScoreOut(Out):
    """Points to two places; `pending` slots await somebody's look (an open answer counts once it is long enough)."""

    points = fields.Decimal(required=True, as_string=True)
    possible = fields.Decimal(required=True, as_string=True)
    pending = fields.Integer(required=True)
    passed = fields.Boolean(required=True, allow_none=True)


class AssessmentIn(In):
    """The criteria of the rubric that are met, by their keys."""

    ticked = ListOf(Slug(), longest=100, required=True)


class AssessmentOut(Out):
    """What a student thinks of an open answer: points apart from graded ones."""

    slot = fields.Integer(required=True)
    ticked = fields.List(fields.String(), required=True)
    points = fields.String(required=True, metadata={"description": "a fraction"})
    possible = fields.String(required=True)
    assessed_at = Moment(required=True)


class GradeChangeOut(Out):
    """A grade that was changed later, and why: "0.67 → 1.00 because …"."""

    cause = fields.String(required=True, metadata={"description": "regrade: by a rule for all; override: by hand"})
    credit_before = fields.String(required=True, allow_none=True, metadata={"description": "n/d; null: not counted"})
    credit_after = fields.String(required=True, allow_none=True)
    points_before = fields.Decimal(required=True, as_string=True, allow_none=True)
    points_after = fields.Decimal(required=True, as_string=True, allow_none=True)
    because = fields.String(required=True)
    at = Moment(required=True)


class GradedSlotOut(Out):
    """One question of a finished attempt: what was answered, what it is worth, and why, as far as the policy shows."""

    slot = fields.Integer(required=True)
    variant_of = fields.Integer(required=True, allow_none=True)
    counts = fields.Boolean(
        required=True,
        metadata={"description": "towards the score: of several variants, the newest one that was answered"},
    )
    question = fields.Dict(required=True)
    response = fields.Dict(required=True, allow_none=True)
    status = fields.String(required=True, allow_none=True)
    credit = fields.String(required=True, allow_none=True, metadata={"description": "exact share of the points: n/d"})
    points = fields.Decimal(required=True, as_string=True, allow_none=True)
    possible = fields.Decimal(required=True, as_string=True)
    outcome = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "the right answer, feedback for each part, and what to read again"},
    )
    changes = fields.List(
        fields.Nested(GradeChangeOut),
        required=True,
        metadata={"description": "of the grade since the end, the oldest first, as far as the policy shows"},
    )
    self_assessment = fields.Nested(AssessmentOut, required=True, allow_none=True)


class ResultOut(Out):
    """A finished attempt: its score and its questions one by one."""

    id = Uuid(required=True, attribute="attempt.id")
    quiz = Uuid(
        required=True, allow_none=True, attribute="quiz.id", metadata={"description": "null: a question is reviewed"}
    )
    title = fields.String(required=True, attribute="quiz.title")
    state = fields.String(required=True, attribute="attempt.state")
    started_at = Moment(required=True, attribute="attempt.started_at")
    finished_at = Moment(required=True, attribute="attempt.finished_at")
    score = fields.Nested(
        ScoreOut,
        required=True,
        allow_none=True,
        metadata={"description": "null while it would tell what the questions do not: see the quiz's `reveal`"},
    )
    slots = fields.List(fields.Nested(GradedSlotOut), required=True)


class ProvenSlotOut(Out):
    """A slot with what it takes to grade it; question, key and grade are left out while the key may not be seen."""

    slot = fields.Integer(required=True)
    variant_of = fields.Integer(required=True, allow_none=True)
    drawn = fields.Dict(required=True)
    question_digest = fields.String(required=True, metadata={"description": "SHA-256 of it as canonical JSON"})
    key_digest = fields.String(required=True)
    lines = fields.List(fields.Dict(), required=True, metadata={"description": "accepted lines of the log that count"})
    question = fields.Dict()
    key = fields.Dict()
    grade = fields.Dict()
    changes = fields.List(fields.Dict(), metadata={"description": "what changed the grade later, the oldest first"})


class ProofOut(Out):
    """What `hornbook recompute` works out the score of an attempt from, on any machine."""

    format = fields.String(required=True)
    rules = fields.String(required=True, metadata={"description": "the version of the grading rules"})
    complete = fields.Boolean(required=True, metadata={"description": "whether it can be recomputed already"})
    attempt = fields.Dict(required=True)
    slots = fields.List(fields.Nested(ProvenSlotOut), required=True)
