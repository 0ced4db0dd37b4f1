"""A small unit about bread with one of everything in it, and what becomes of it when something is changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from service.content.documents import load_unit
from service.domain.mistakes import Mistake, Rejected

Json = dict[str, Any]

BREAD: Json = {
    "format": "hornbook/unit@1",
    "unit": {
        "key": "bread",
        "number": "3B",
        "title": "Why dough rises",
        "position": "3",
        "starts": "2026-03-02",
        "ends": "2026-03-06",
        "status": "published",
        "summary": "Flour, water, salt and *time*.",
    },
    "objectives": [
        {"key": "explain-yeast", "text": "Explain what yeast does to sugar.", "level": "understand"},
        {"key": "compute-hydration", "text": "Compute the hydration of a dough.", "level": "apply"},
    ],
    "resources": {
        "bread-book": {
            "kind": "book",
            "title": "The Bread Book",
            "isbn": "978-0-00-000000-2",
            "access": "on the shelf",
        },
        "yeast-chapter": {"kind": "chapter", "title": "Yeast", "part_of": "bread-book", "url": "https://b.example/2"},
        "kneading-film": {"kind": "video", "title": "Kneading", "url": "https://b.example/film", "year": "2019"},
        "rye-paper": {"kind": "paper", "title": "On Rye", "url": "https://b.example/rye"},
        "spelt-paper": {"kind": "paper", "title": "On Spelt", "url": "https://b.example/spelt"},
        "spelt-more": {"kind": "paper", "title": "More on Spelt", "url": "/more", "extends": "spelt-paper"},
    },
    "sections": [
        {
            "key": "before-class",
            "title": "Before class",
            "items": [
                {
                    "key": "chapter",
                    "verb": "read",
                    "resource": "yeast-chapter",
                    "minutes": "30",
                    "objectives": ["explain-yeast"],
                },
                {"watch": "kneading-film", "minutes": "12", "before": [{"key": "shelf", "resource": "bread-book"}]},
                {"note": "Bring an **apron**."},
                {"task": {"key": "starter", "title": "Feed a starter", "kind": "homework", "due": "2026-03-04"}},
                {
                    "choose": {
                        "key": "grain",
                        "prompt": "Which grain do you like best?",
                        "verb": "skim",
                        "min": "1",
                        "max": "2",
                        "options": [
                            "rye-paper",
                            {
                                "key": "spelt",
                                "label": "Spelt",
                                "items": [
                                    {"key": "skim-spelt", "resource": "spelt-paper", "minutes": "20"},
                                    {"key": "skim-more", "resource": "spelt-more", "extension_of": "skim-spelt"},
                                ],
                            },
                        ],
                    }
                },
            ],
        }
    ],
    "meetings": [{"key": "monday", "day": "monday", "materials": ["kneading-film", "https://b.example/slides"]}],
    "stimuli": [{"key": "doughs", "text": "Three doughs.", "data": {"water": ["60", "70", "80"]}}],
    "questions": [
        {
            "key": "gas",
            "kind": "single_choice",
            "stem": "Which gas makes the bubbles?",
            "objectives": ["explain-yeast"],
            "answers_from": [{"reading": "chapter", "locator": "Gas"}],
            "tags": ["warm-up"],
            "choices": [{"text": "Carbon dioxide", "correct": "true"}, "Oxygen", "Nitrogen"],
        },
        {
            "key": "hydration",
            "kind": "numeric",
            "stem": "Flour 500 g, water {{ water }} g. What is the hydration?",
            "parameters": {"water": {"one_of": ["300", "350"]}},
            "answer": {"expr": "water / 500", "tolerance": {"abs": "0.01"}},
            "objectives": ["compute-hydration"],
            "answers_from": [{"reading_group": "grain"}],
        },
        {
            "key": "wettest",
            "kind": "numeric",
            "stimulus": "doughs",
            "stem": "How much water is in the wettest dough?",
            "points": "2",
            "answer": {"expr": "max(water)", "tolerance": "exact"},
        },
    ],
    "quizzes": [
        {"key": "check", "title": "Check", "questions": ["gas", "hydration"], "importance": "required"},
        {
            "key": "review",
            "title": "Review",
            "kind": "practice",
            "mode": "practice",
            "attempts": "unlimited",
            "penalty": "0.25",
            "shuffle": {"questions": "true"},
            "opens": "2026-03-02 09:00",
            "closes": "2026-03-06 18:00",
            "draw": [
                {"take": "1", "from": ["gas", "wettest"]},
                {"take": "1", "where": {"objectives": "compute-hydration"}},
            ],
        },
    ],
    "terms": [{"term": "Hydration", "text": "Water by weight of flour.", "aliases": ["water ratio"]}],
}
"""A small unit with one of everything, as YAML gives it: nothing is typed."""

GONE = object()
FILM, CHOICE = ("sections", 0, "items", 1), ("sections", 0, "items", 4, "choose")


def changed(*path: str | int, to: object) -> Json:
    """The bread unit with something else (or nothing) at a place; one past the end of a list appends."""
    unit = copy.deepcopy(BREAD)
    place: Any = unit
    for step in path[:-1]:
        place = place[step]
    last = path[-1]
    if to is GONE:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(to)
    else:
        place[last] = to
    return unit


def refused(raw: object) -> list[Mistake]:
    """The mistakes a unit is refused for."""
    with pytest.raises(Rejected) as caught:
        load_unit(raw)
    return list(caught.value.mistakes)


def pointer(*path: str | int) -> str:
    return Mistake(path, "").pointer
