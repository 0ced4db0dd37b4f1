"""What a unit asks of students, in the ids they know: for completion, and for where to read again after a miss."""

from __future__ import annotations

from typing import Any

from service.content.views import Ids
from service.domain.documents import UnitDocument
from service.domain.outline import Outline


def completion_outline(outline: Outline, ids: Ids) -> dict[str, Any]:
    """{"requirements": as `domain/completion.py` reads them, "readings": every reading and whether it may count}."""
    return {
        "requirements": [_requirement(one, ids) for one in outline.requirements],
        "readings": [
            {"reading": str(ids.readings[placed.key]), "title": placed.title, "counts": placed.counts}
            for placed in outline.readings
        ],
    }


def _requirement(asked: dict[str, Any], ids: Ids) -> dict[str, Any]:
    """The requirement with ids for the author's keys."""
    own = {"reading": ids.readings, "group": ids.groups, "quiz": ids.quizzes}[asked["kind"]]
    options = [[{**step, "id": str(ids.readings[step["id"]])} for step in option] for option in asked["options"]]
    return {**asked, "id": str(own[asked["id"]]), "options": options}


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
