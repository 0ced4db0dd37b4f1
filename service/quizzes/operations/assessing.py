"""Looking at an open answer of one's own with its rubric: points apart from graded ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.attempts import Policy, Standing, may_see_key
from service.domain.mistakes import Mistake
from service.domain.roles import Principal
from service.errors import Conflict, Invalid
from service.quizzes.models import SelfAssessment
from service.quizzes.operations.closing import settle
from service.quizzes.operations.log import read_log, state_of
from service.quizzes.operations.record import Asked, get_asked, get_own_attempt


def assess_answer(
    session: Session, caller: Principal, attempt_id: UUID, slot: int, ticked: Sequence[str], at: datetime
) -> SelfAssessment:
    """Note which criteria of the rubric the student finds met, once it is shown; the same again changes nothing.

    Raises `NotFound`, `Conflict` before that and where there is no rubric, and `Invalid`.
    """
    attempt = get_own_attempt(session, caller.user_id, attempt_id, locked=True)
    settle(session, attempt, at)
    asked = get_asked(session, attempt_id, slot)
    policy = Policy.from_settings(attempt.settings)
    state = state_of(asked, policy, read_log(session, attempt_id, slot=slot))
    standing = Standing(state.closed, bool(state.checks), attempt.state == "finished", asked.withheld)
    if not may_see_key(policy, standing, at):
        raise Conflict("The rubric is shown with the model answer; this can be assessed from then on.")
    points = _points_by_criterion(asked)
    wrong = [index for index, key in enumerate(ticked) if key not in points or key in ticked[:index]]
    if wrong:
        raise Invalid(errors=[Mistake(("ticked", index), "Tick each criterion of the rubric once.") for index in wrong])
    chosen = sorted(ticked)
    latest = newest_assessments(session, attempt_id).get(slot)
    if latest is not None and latest.ticked == chosen:
        return latest
    assessment = SelfAssessment(
        attempt_id=attempt_id,
        slot=slot,
        ticked=chosen,
        points=str(sum((points[key] for key in chosen), Fraction(0))),
        possible=str(sum(points.values(), Fraction(0))),
        assessed_at=at,
    )
    session.add(assessment)
    session.flush()
    return assessment


def newest_assessments(session: Session, attempt_id: UUID) -> dict[int, SelfAssessment]:
    """What the student thinks of each answer at present."""
    found = select(SelfAssessment).where(SelfAssessment.attempt_id == attempt_id).order_by(SelfAssessment.id)
    return {one.slot: one for one in session.scalars(found)}


def _points_by_criterion(asked: Asked) -> dict[str, Fraction]:
    rubric = asked.key.get("rubric") or ()
    if not rubric:
        raise Conflict("This question has no rubric to assess an answer by.")
    return {criterion["key"]: Fraction(criterion["points"]) for criterion in rubric}
