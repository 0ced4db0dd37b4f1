"""Takes out of a unit what refers to something that is gone from it, and what asks for more than there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.interchange.raw_units import Raw, asked_by_kind, asked_of, inside, keys_of


def take_out_dangling(document: Raw) -> None:
    """Take out references to objectives, readings and questions that are gone, and choices between nothing."""
    _empty_choices(document)
    _references(document)
    questions = keys_of(document.get("questions", ()))
    for quiz in document.get("quizzes", ()):
        _keep(quiz, "questions", lambda key: key in questions)
        _draws(quiz, document)
    document["quizzes"] = [one for one in document.get("quizzes", ()) if one.get("questions") or one.get("draw")]


def _empty_choices(document: Raw) -> None:
    for kind, raw in asked_by_kind(document):
        if kind == "choose":
            raw["options"] = [one for one in raw.get("options", ()) if one["items"]]
            for bound in ("min", "max"):
                if int(raw.get(bound, 0)) > len(raw["options"]):
                    raw[bound] = len(raw["options"])
    for section in document.get("sections", ()):
        _keep(section, "items", lambda item: inside(item).get("options") != [])


def _references(document: Raw) -> None:
    objectives = keys_of(document.get("objectives", ()))
    asked = asked_of(document)
    readings = {raw["key"] for kind, raw in asked_by_kind(document) if kind == "reading"}
    groups = {raw["key"] for kind, raw in asked_by_kind(document) if kind == "choose"}
    for raw in [*asked, *document.get("questions", ()), *document.get("sections", ())]:
        _keep(raw, "objectives", lambda key: key in objectives)
        _keep(raw, "answers_from", lambda one: one.get("reading") in readings or one.get("reading_group") in groups)
        if raw.get("extension_of", "") not in {"", *readings}:
            del raw["extension_of"]


def _draws(quiz: Raw, document: Raw) -> None:
    """Pools of what there is; a pool that is empty is none."""
    questions = keys_of(document.get("questions", ()))
    objectives = keys_of(document.get("objectives", ()))
    for draw in quiz.get("draw", ()):
        _keep(draw, "from", lambda key: key in questions)
        if "from" in draw and int(draw["take"]) > len(draw["from"]):
            draw["take"] = len(draw["from"])
        if "where" in draw:
            _keep(draw["where"], "objectives", lambda key: key in objectives)
    _keep(quiz, "draw", lambda draw: draw.get("from") or draw.get("where"))


def _keep(raw: Raw, name: str, is_known: Callable[[Any], bool]) -> None:
    """Take out of a list what is not known, and the list where nothing is left."""
    if name in raw:
        raw[name] = [one for one in raw[name] if is_known(one)]
        if not raw[name]:
            del raw[name]
