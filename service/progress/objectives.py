"""What a student's evidence says of the objectives of a unit, and what the quiz before it asks to read first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.domain.evidence import ENOUGH, Label, Try, label_of, newest_per_question
from service.domain.first_tries import MILLION
from service.domain.mastery import Retention, first_mastered_at, retention
from service.domain.outcomes import shown
from service.progress.work import AskedUnit, Work


@dataclass(frozen=True)
class ObjectiveProgress:
    """An objective with its label, and the evidence that the label is made of, newest per question."""

    objective: str
    text: str
    label: Label
    earned: Decimal
    evidence: Sequence[Mapping[str, Any]]
    first_mastered_at: datetime | None
    retention: Retention | None
    gain: Mapping[str, Any] | None

    @property
    def questions(self) -> int:
        """How many questions there is evidence of."""
        return len(self.evidence)


Evidence = Mapping[str, Sequence[Try]]
"""By objective, its evidence, oldest first."""


def objectives_of(work: Work, unit: AskedUnit, evidence: Evidence, now: datetime) -> list[ObjectiveProgress]:
    """The objectives of the unit in its order."""
    kinds = {quiz["quiz"]: quiz["kind"] for quiz in unit.outline.get("quizzes", ())}
    return [
        ObjectiveProgress(
            objective=one["objective"],
            text=one["text"],
            label=label_of(newest := newest_per_question(found := evidence[one["objective"]])),
            earned=shown(_right(newest)),
            evidence=[_shown(each, work) for each in newest],
            first_mastered_at=first_mastered_at(found),
            retention=retention(found, now, unit.zone),
            gain=_gain(found, work, kinds),
        )
        for one in unit.outline.get("objectives", ())
    ]


def missed_before(work: Work, unit: AskedUnit, evidence: Evidence) -> Counter[str]:
    """By objective, how many questions of the quizzes before the unit (`kind: pre`) were not right."""
    before = {quiz["quiz"] for quiz in unit.outline.get("quizzes", ()) if quiz["kind"] == "pre"}
    missed: Counter[str] = Counter()
    for objective, found in evidence.items():
        newest = newest_per_question([one for one in found if work.quiz_of[one.attempt] in before])
        missed[objective] = sum(not one.is_right for one in newest)
    return missed


def _right(newest: Sequence[Try]) -> Fraction:
    return Fraction(sum(one.credit or 0 for one in newest), MILLION)


def _shown(one: Try, work: Work) -> dict[str, Any]:
    return {
        "attempt": one.attempt,
        "quiz": work.quiz_of[one.attempt],
        "slot": one.slot,
        "status": one.status,
        "answered_at": one.answered_at,
    }


def _gain(found: Sequence[Try], work: Work, kinds: Mapping[str, str]) -> dict[str, Any] | None:
    """How much more was right after the unit than before it; None without enough questions in both."""
    sides = {
        kind: newest_per_question([one for one in found if kinds.get(work.quiz_of[one.attempt] or "") == kind])
        for kind in ("pre", "post")
    }
    if any(len(side) < ENOUGH for side in sides.values()):
        return None
    shares = {kind: _right(side) / len(side) for kind, side in sides.items()}
    counts = {f"{kind}_questions": len(side) for kind, side in sides.items()}
    shares["gain"] = shares["post"] - shares["pre"]
    return {**{name: shown(share) for name, share in shares.items()}, **counts}
