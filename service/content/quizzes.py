"""The settings of a quiz as they are published: ids in place of an author's keys, and moments with their zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from service.domain.documents import Quiz, UnitDocument


def settings_of(quiz: Quiz, document: UnitDocument, questions: Mapping[str, UUID], zone: ZoneInfo) -> dict[str, Any]:
    """The settings as JSON; `pools` is what an attempt draws from, [{"take", "questions": [id, …]}]."""
    pools = _pools(quiz, document, questions)
    return {
        "importance": quiz.importance,
        "mode": quiz.mode,
        "reveal": quiz.reveal,
        "tries": quiz.tries,
        "penalty": str(quiz.penalty),
        "attempts": quiz.attempts,
        "keep": quiz.keep,
        "shuffle": {"questions": quiz.shuffle.questions, "choices": quiz.shuffle.choices},
        "opens": _moment(quiz.opens, zone),
        "closes": _moment(quiz.closes, zone),
        "time_limit": None if quiz.time_limit is None else quiz.time_limit * 60,
        "pass_mark": None if quiz.pass_mark is None else str(quiz.pass_mark),
        "questions": sum(pool["take"] for pool in pools),
        "pools": pools,
    }


def _pools(quiz: Quiz, document: UnitDocument, questions: Mapping[str, UUID]) -> list[dict[str, Any]]:
    if quiz.questions:
        return [_pool(len(quiz.questions), quiz.questions, questions)]
    return [_pool(draw.take, draw.pool(document.questions), questions) for draw in quiz.draw]


def _pool(take: int, keys: Sequence[str], questions: Mapping[str, UUID]) -> dict[str, Any]:
    return {"take": take, "questions": [str(questions[key]) for key in keys]}


def _moment(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """A moment in UTC; without a zone of its own it is meant in the course's."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC).isoformat()
