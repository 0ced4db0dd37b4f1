"""What a unit's objectives, readings and questions have to do with one another, and where the holes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.documents import Objective, Resource, UnitDocument
from service.domain.outline import PlacedReading, outline


@dataclass(frozen=True)
class CoveredObjective:
    """An objective with the keys of the readings that serve it, the questions that ask for it, and their quizzes."""

    key: str
    text: str
    readings: tuple[str, ...]
    questions: tuple[str, ...]
    quizzes: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What there is none of: "reading", "question", "quiz"."""
        kinds = {"reading": self.readings, "question": self.questions, "quiz": self.quizzes}
        return tuple(kind for kind, found in kinds.items() if not found)


@dataclass(frozen=True)
class Coverage:
    """A unit's objectives, and the keys of what belongs to none.

    `unused_readings`: required and recommended readings that name no objective and that no question is answered from;
    `loose_questions`: questions without an objective; `unanswered_questions`: questions that name no reading.
    """

    unit: str
    title: str
    objectives: tuple[CoveredObjective, ...]
    unused_readings: tuple[str, ...]
    loose_questions: tuple[str, ...]
    unanswered_questions: tuple[str, ...]

    @property
    def holes(self) -> int:
        """How much is missing."""
        without = len(self.unused_readings) + len(self.loose_questions) + len(self.unanswered_questions)
        return without + sum(len(one.missing) for one in self.objectives)


def coverage(unit: UnitDocument, shared: Mapping[str, Resource] | None = None) -> Coverage:
    """The coverage of a unit. A reading serves the objectives it names, and those of its group and section."""
    placed = outline(unit, shared).readings
    questions = unit.questions
    sources = {source.reading for one in questions for source in one.answers_from}
    groups = {source.reading_group for one in questions for source in one.answers_from} - {None}
    asked = [one for one in placed if one.importance in ("required", "recommended")]
    return Coverage(
        unit.unit.key,
        unit.unit.title,
        tuple(_covered(unit, one, placed) for one in unit.objectives),
        tuple(r.key for r in asked if not r.objectives and r.key not in sources and r.group not in groups),
        tuple(one.key for one in questions if not one.objectives),
        tuple(one.key for one in questions if not one.answers_from),
    )


def _covered(unit: UnitDocument, objective: Objective, placed: Sequence[PlacedReading]) -> CoveredObjective:
    asking = tuple(one.key for one in unit.questions if objective.key in one.objectives)
    return CoveredObjective(
        objective.key,
        objective.text,
        tuple(one.key for one in placed if objective.key in one.objectives),
        asking,
        tuple(one.key for one in unit.quizzes if not set(one.may_ask(unit.questions)).isdisjoint(asking)),
    )
