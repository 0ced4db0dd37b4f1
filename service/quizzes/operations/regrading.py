"""Fixing a question that was graded wrongly: first what would change, then the very same, applied.

A rule is stored on the revision and grades are appended: nothing that was given before is lost or rewritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.content.models import AnswerKey, Course, Question, QuestionRevision, Unit
from service.db import digest_of
from service.domain.mistakes import Mistake
from service.domain.regrading import Rule, skeleton
from service.domain.roles import Principal
from service.errors import Conflict, Invalid, NotFound
from service.quizzes.models import Attempt, Regrade, Slot
from service.quizzes.operations.mending import Fix, Mended, work_out, write_mended

STALE = (
    "Grades, or the key, have changed since this difference was worked out; nothing was done. Look at it once more "
    "with dry_run=true, and send the digest that comes with it."
)
CAUSE = "a regrade"


@dataclass(frozen=True)
class Target:
    """A question with its course, to be regraded."""

    question: Question
    course_id: int


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the rule, for which revision by its number (None: the one asked now), and why."""

    rule: Rule
    revision: int | None
    reason: str


@dataclass(frozen=True)
class Other:
    """Another revision of the question with finished attempts, and whether the present key could grade it."""

    revision: int
    attempts: int
    takes_key: bool


@dataclass(frozen=True)
class Difference:
    """What a regrade does: each slot it is meant for, and a digest that names it all."""

    question: Question
    revision: int
    wanted: Wanted
    lines: Sequence[Mended]
    digest: str
    others: Sequence[Other]
    applied: Regrade | None = None

    @property
    def changes(self) -> list[Mended]:
        """The slots whose credit changes."""
        return [line for line in self.lines if line.after.credit != line.present.credit]

    @property
    def counts(self) -> dict[str, int]:
        """How many slots fare how."""
        fates = Counter(map(_fate, self.lines))
        names = "raised", "lowered", "left_out", "kept", "same", "overridden", "erased"
        return {
            "attempts": len({line.attempt_id for line in self.lines}),
            "slots": len(self.lines),
            **{name: fates[name] for name in names},
        }


def get_target(session: Session, question_id: UUID) -> Target:
    """The question. Raises `NotFound`."""
    row = session.execute(
        select(Question, Unit.course_id).join(Unit, Unit.id == Question.unit_id).where(Question.id == question_id)
    ).first()
    if row is None:
        raise NotFound
    return Target(row.Question, row.course_id)


def find_difference(session: Session, target: Target, wanted: Wanted) -> Difference:
    """What the regrade would do now. Raises `Conflict` and `Invalid` where it cannot be done."""
    question = target.question
    revision = _revision(session, question, wanted)
    fix = _fix(session, question, revision, wanted)
    lines = work_out(session, fix)
    seen = max((line.before.id for line in lines), default=0)
    return Difference(
        question=question,
        revision=revision.number,
        wanted=wanted,
        lines=lines,
        digest=_digest(fix, lines, seen),
        others=_others(session, question, revision),
    )


def regrade(
    session: Session, caller: Principal, target: Target, wanted: Wanted, digest: str, at: datetime
) -> Difference:
    """Do what the difference with this digest says, to what has ended since as well; the same again does nothing.

    Raises `Conflict` where the difference is another by now, and what `find_difference` raises.
    """
    question = target.question
    # One regrade of a course at a time; and nobody starts or ends an attempt with the revision meanwhile (see
    # `mending.keep_rules`).
    session.execute(select(Course.id).where(Course.id == target.course_id).with_for_update(key_share=True))
    revision = _revision(session, question, wanted)
    session.execute(select(QuestionRevision.id).where(QuestionRevision.id == revision.id).with_for_update())
    done = session.scalar(select(Regrade).where(Regrade.revision_id == revision.id, Regrade.digest == digest))
    if done is not None:
        return Difference(question, revision.number, wanted, (), digest, (), done)
    fix = _fix(session, question, revision, wanted)
    lines = work_out(session, fix)
    if _digest(fix, lines, _seen(digest)) != digest:
        raise Conflict(STALE)
    rule = wanted.rule
    applied = Regrade(
        revision_id=revision.id,
        answer_key_id=fix.key_id or _add_key(session, fix, at),
        policy=rule.remedy.value,
        never_lower=rule.never_lower,
        respects_overrides=rule.respects_overrides,
        reason=wanted.reason,
        digest=digest,
        actor_id=caller.user_id,
        created_at=at,
    )
    session.add(applied)
    session.flush()
    if fix.key_id is None:
        lines = [line.with_key(applied.answer_key_id) for line in lines]
    _lock_finished(session, lines)
    write_mended(session, applied.id, lines, at)
    return Difference(question, revision.number, wanted, lines, digest, (), applied)


def list_regrades(session: Session, question: Question) -> Sequence[tuple[Regrade, int]]:
    """What was done about the question, with the number of the revision, the newest first."""
    found = (
        select(Regrade, QuestionRevision.number)
        .join(QuestionRevision, QuestionRevision.id == Regrade.revision_id)
        .where(QuestionRevision.question_id == question.id)
        .order_by(Regrade.id.desc())
    )
    return [(row.Regrade, row.number) for row in session.execute(found)]


def _revision(session: Session, question: Question, wanted: Wanted) -> QuestionRevision:
    if question.revision_id is None:
        raise Conflict("The question was never published: nobody has answered it.")
    mine = select(QuestionRevision).where(QuestionRevision.question_id == question.id)
    if wanted.revision is None:
        mine = mine.where(QuestionRevision.id == question.revision_id)
    else:
        mine = mine.where(QuestionRevision.number == wanted.revision)
    revision = session.scalar(mine)
    if revision is None:
        message = f"The question has no revision {wanted.revision}; the statistics list those it has."
        raise Invalid(errors=[Mistake(("revision",), message)])
    return revision


def _fix(session: Session, question: Question, revision: QuestionRevision, wanted: Wanted) -> Fix:
    """The question's present key, for a revision that takes it; for what needs no key, the newest of the revision."""
    session.refresh(question)
    own = select(AnswerKey).where(AnswerKey.revision_id == revision.id).order_by(AnswerKey.number.desc()).limit(1)
    newest, present = session.scalars(own).one(), session.get_one(AnswerKey, question.answer_key_id)
    if wanted.rule.remedy.needs_key and not _takes(session, revision, question):
        message = (
            f"Revision {revision.number} asks for something else than the question does now, so the present key cannot "
            "grade it. Give full credit for it or drop it."
        )
        raise Invalid(errors=[Mistake(("revision",), message)])
    key, key_id = newest, newest.id
    if wanted.rule.remedy.needs_key and newest.content_digest != present.content_digest:
        return Fix(question.id, revision.id, revision.content, None, present.content, wanted.rule)
    return Fix(question.id, revision.id, revision.content, key_id, key.content, wanted.rule)


def _takes(session: Session, revision: QuestionRevision, question: Question) -> bool:
    if revision.id == question.revision_id:
        return True
    present = session.get_one(QuestionRevision, question.revision_id)
    return bool(skeleton(revision.content) == skeleton(present.content))


def _add_key(session: Session, fix: Fix, at: datetime) -> int:
    """The key as one of the revision's own."""
    newest = session.scalar(select(func.max(AnswerKey.number)).where(AnswerKey.revision_id == fix.revision_id)) or 0
    key = AnswerKey(revision_id=fix.revision_id, number=newest + 1, content=dict(fix.key), cause=CAUSE, created_at=at)
    key.content_digest = digest_of(key.content)
    session.add(key)
    session.flush()
    return key.id


def _others(session: Session, question: Question, revision: QuestionRevision) -> list[Other]:
    found = (
        select(Slot.revision_id, func.count(Attempt.id.distinct()).label("attempts"))
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .where(Slot.question_id == question.id, Slot.revision_id != revision.id, Attempt.state == "finished")
        .group_by(Slot.revision_id)
        .order_by(Slot.revision_id)
    )
    attempts = {row.revision_id: row.attempts for row in session.execute(found)}
    revisions = session.scalars(select(QuestionRevision).where(QuestionRevision.id.in_(attempts)))
    return [
        Other(one.number, attempts[one.id], _takes(session, one, question))
        for one in sorted(revisions, key=lambda one: one.number)
    ]


def _lock_finished(session: Session, lines: Sequence[Mended]) -> None:
    """Whoever wants to open one of the attempts again or make it void waits."""
    ids = sorted({line.attempt_id for line in lines if line.is_different})
    for start in range(0, len(ids), 500):
        some = Attempt.id.in_(ids[start : start + 500])
        session.execute(select(Attempt.id).where(some).order_by(Attempt.id).with_for_update())


def _digest(fix: Fix, lines: Sequence[Mended], seen: int) -> str:
    """Names the rule, the key, and the grades up to number `seen` that would change.

    What ends after a difference was worked out has a later number, and does not make it stale.
    """
    rule = fix.rule
    told = [
        [rule.remedy.value, rule.never_lower, rule.respects_overrides, fix.revision_id, digest_of(fix.key)],
        [
            [str(line.attempt_id), line.slot, line.before.id]
            for line in lines
            if line.is_different and line.before.id <= seen
        ],
    ]
    return f"{seen}-{digest_of(told)}"


def _seen(digest: str) -> int:
    return int(digest.partition("-")[0])


def _would_be_less(line: Mended) -> bool:
    """Whether only `never_lower` keeps the credit what it is."""
    by_itself, credit = line.after.outcome.credit, line.after.credit
    if credit is None or not line.is_different:
        return False
    is_left_in = line.after.outcome == line.present.outcome and line.after.first.credit is None
    return is_left_in or (by_itself is not None and by_itself < credit)


def _fate(line: Mended) -> str:
    before, after = line.present.credit, line.after.credit
    if line.obstacle is not None:
        return line.obstacle
    if after is None and before is not None:
        return "left_out"
    if before == after:
        return "kept" if _would_be_less(line) else "same"
    return "raised" if before is None or (after is not None and after > before) else "lowered"
