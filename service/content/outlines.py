"""What a unit asks of students, in the ids they know: for completion, for progress, and for where to read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.content.views import Ids
from service.domain.documents import UnitDocument
from service.domain.outline import Outline, PlacedReading


def progress_outline(
    document: UnitDocument, outline: Outline, ids: Ids, quizzes: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What is kept of a published unit for `service/progress`; nothing in it tells what is right.

    "requirements" as `domain/completion.py` reads them; "readings" and "quizzes" in the unit's order; "objectives",
    and "questions" by id with the objectives they ask for. `quizzes` are rows, with their settings.
    """
    return {
        "ends": document.unit.ends.isoformat() if document.unit.ends else None,
        "requirements": [_requirement(one, ids) for one in outline.requirements],
        "readings": [_reading(placed, ids) for placed in outline.readings],
        "objectives": [
            {"objective": str(ids.objectives[one.key]), "text": one.text, "level": one.level}
            for one in document.objectives
        ],
        "questions": {
            str(ids.questions[one.key]): [str(ids.objectives[key]) for key in one.objectives]
            for one in document.questions
        },
        "quizzes": [_quiz(one) for one in quizzes if one["status"] == "published"],
    }


def _requirement(asked: dict[str, Any], ids: Ids) -> dict[str, Any]:
    """The requirement with ids for the author's keys."""
    own = {"reading": ids.readings, "group": ids.groups, "quiz": ids.quizzes}[asked["kind"]]
    options = [[{**step, "id": str(ids.readings[step["id"]])} for step in option] for option in asked["options"]]
    return {**asked, "id": str(own[asked["id"]]), "options": options}


def _reading(placed: PlacedReading, ids: Ids) -> dict[str, Any]:
    return {
        "reading": str(ids.readings[placed.key]),
        "title": placed.title,
        "verb": placed.verb,
        "url": placed.resource.url if placed.resource else None,
        "minutes": placed.reading.minutes or 0,
        "due": placed.reading.due.isoformat() if placed.reading.due else None,
        "counts": placed.counts,
        "objectives": [str(ids.objectives[key]) for key in placed.objectives],
    }


def _quiz(row: Mapping[str, Any]) -> dict[str, Any]:
    settings = row["settings"]
    return {
        "quiz": str(row["id"]),
        "title": row["title"],
        "kind": row["kind"],
        "mode": settings["mode"],
        "attempts": settings["attempts"],
        "opens": settings["opens"],
        "closes": settings["closes"],
        "questions": list(dict.fromkeys(question for pool in settings["pools"] for question in pool["questions"])),
    }


def reread(document: UnitDocument, outline: Outline, ids: Ids) -> dict[str, list[dict[str, Any]]]:
    """By question, the passages that answer it: [{reading, title, url, locator}], a group as all its readings."""
    return {
        question.key: [
            {
                "reading": str(ids.readings[placed.key]),
                "title": placed.title,
                "url": placed.resource.url if placed.resource else None,
                "locator": source.locator,
            }
            for source in question.answers_from
            for placed in outline.readings
            if (placed.key == source.reading if source.reading else placed.group == source.reading_group)
        ]
        for question in document.questions
    }
