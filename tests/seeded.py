"""The questions of the course that comes with Hornbook, and how a response to one of their variants fares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from service.content.questions import PreparedQuestion, prepare_questions
from service.domain.documents import UnitDocument
from service.domain.outcomes import Outcome
from service.domain.parameters import checked_variants, completed
from service.domain.questions import grade
from service.seeding.loader import LoadedCourse, load_folder

SEED = Path(__file__).parent.parent / "seed"


@cache
def course() -> LoadedCourse:
    """The one course of the seed."""
    (loaded,) = load_folder(SEED)
    return loaded


def unit(key: str) -> UnitDocument:
    """One of its units."""
    (document,) = (loaded.document for loaded in course().units if loaded.document.unit.key == key)
    return document


@cache
def questions(unit_key: str) -> Mapping[str, PreparedQuestion]:
    """The questions of a unit by their keys, as they are stored."""
    return {question.key: question for question in prepare_questions(unit(unit_key))}


def variants(question: PreparedQuestion) -> Iterator[dict[str, Any]]:
    """The values of every variant."""
    return (completed(question.revision, free) for free in checked_variants(question.revision))


def judged(question: PreparedQuestion, values: Mapping[str, Any], response: dict[str, Any]) -> Outcome:
    """How a response in the author's keys fares."""
    return grade(question.revision, question.answer_key, values, response)


def keys(question: PreparedQuestion, side: str = "choices") -> dict[str, str]:
    """From what is shown to the author's key."""
    return {shown["text"]["markdown"]: shown["key"] for shown in question.revision[side]}


def by_number(question: PreparedQuestion, values: Mapping[str, Any], answer: float, places: int = 4) -> str | None:
    """What a number typed with so many places is: "right", the author's name of the mistake, or None."""
    outcome = judged(question, values, {"text": f"{answer:.{places}f}"})
    return "right" if outcome.credit == 1 else outcome.mistake
