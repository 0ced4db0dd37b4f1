"""Everything a student needs to work out a score of theirs once more, without asking anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.db import digest_of
from service.domain.attempts import Policy, Standing, may_see_key
from service.domain.outcomes import fraction_text
from service.domain.proofs import FORMAT
from service.domain.roles import Principal
from service.errors import Conflict
from service.quizzes.models import Attempt
from service.quizzes.operations.finish import get_finished_attempt
from service.quizzes.operations.grades import Change, Graded, newest_grades
from service.quizzes.operations.log import LogLine, read_log
from service.quizzes.operations.record import Asked, first_of_each, list_asked


def get_proof(session: Session, caller: Principal, attempt_id: UUID, now: datetime) -> dict[str, Any]:
    """Questions, keys, the lines that count and the grades of my finished attempt.

    While a key may not be seen, there are digests in the place of what could tell it; they show later that nothing was
    changed. Raises `NotFound`, and `Conflict` before the end.
    """
    attempt = get_finished_attempt(session, caller, attempt_id, now)
    grades = newest_grades(session, attempt_id)
    if not grades:
        raise Conflict("There is nothing to prove: this attempt was never graded.")
    policy = Policy.from_settings(attempt.settings)
    slots = list_asked(session, attempt_id)
    is_complete = all(may_see_key(policy, _standing(asked), now) for asked in slots)
    log = read_log(session, attempt_id)
    first = first_of_each(slots)
    return {
        "format": FORMAT,
        "rules": next(iter(grades.values())).rules,
        "complete": is_complete,
        "attempt": _attempt(attempt),
        "slots": [
            {
                **_slot(asked, [one for one in log if one.slot == asked.number], grades[asked.number], is_complete),
                "variant_of": first.get(asked.number),
            }
            for asked in slots
        ],
    }


def _standing(asked: Asked) -> Standing:
    return Standing(closed=True, checked=False, finished=True, withheld=asked.withheld)


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": str(attempt.id),
        "quiz": None if attempt.quiz_id is None else str(attempt.quiz_id),
        "started_at": attempt.started_at.isoformat(),
        "finished_at": attempt.finished_at.isoformat() if attempt.finished_at else None,
        "settings": dict(attempt.settings),
    }


def _slot(asked: Asked, log: Sequence[LogLine], grade: Graded, is_complete: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "slot": asked.number,
        "drawn": asked.drawn,
        "question_digest": digest_of(asked.revision),
        "key_digest": digest_of(asked.key),
        "lines": [_line(asked, entry, is_complete) for entry in log if entry.rev is not None],
    }
    if is_complete:
        changes = [_change(change) for change in grade.changes]
        told |= {"question": asked.revision, "key": asked.key, "grade": _grade(grade), "changes": changes}
    return told


def _line(asked: Asked, entry: LogLine, is_complete: bool) -> Mapping[str, Any]:
    """A line that counts: in the author's keys only once these may be seen."""
    response = entry.response if is_complete else asked.show_response(entry.response)
    graded = entry.outcome is not None
    return {"rev": entry.rev, "kind": entry.kind, "graded": graded, "response": response, "digest": entry.digest}


def _change(change: Change) -> dict[str, Any]:
    """A later change of the grade: what it takes to make it once more."""
    told: dict[str, Any] = {"cause": change.cause, "because": change.reason}
    if change.policy is None:
        return {**told, "credit": None if change.after is None else fraction_text(change.after)}
    return {**told, "policy": change.policy, "never_lower": change.never_lower, "key": change.key}


def _grade(grade: Graded) -> dict[str, Any]:
    credit = None if grade.credit is None else fraction_text(grade.credit)
    return {"status": grade.status, "credit": credit, "points": str(grade.points), "cause": grade.cause}
