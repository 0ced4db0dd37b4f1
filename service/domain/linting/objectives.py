"""Rules about objectives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.domain.linting.rules import Found, Unit, rule

VAGUE = re.compile(
    r"(?:be able to )?(understand|know|learn|appreciate|realise|realize|grasp|be (?:aware|familiar)|become familiar|"
    r"get to know|have an idea|think about)\b",
    re.IGNORECASE,
)


@rule(
    "objective-question",
    why="Whether the objective is reached, nobody can find out.",
    bad="an objective that no question names",
    good="objectives: [explain-beams] on a question",
)
def no_question(unit: Unit) -> Iterator[Found]:
    """No question asks for an objective."""
    asked = {key for one in unit.document.questions for key in one.objectives}
    for index, objective in enumerate(unit.document.objectives):
        if objective.key not in asked and not objective.supplemental:
            yield Found(("objectives", index), f"No question asks for “{objective.key}”.")


@rule(
    "objective-reading",
    why="What is asked for was to be learnt somewhere.",
    bad="an objective that no reading, group or section names",
    good="objectives: [explain-beams] on a reading",
)
def no_reading(unit: Unit) -> Iterator[Found]:
    """No reading serves an objective."""
    served = {key for placed in unit.outline.readings for key in placed.objectives}
    for index, objective in enumerate(unit.document.objectives):
        if objective.key not in served and not objective.supplemental:
            yield Found(("objectives", index), f"No reading serves “{objective.key}”.")


@rule(
    "objective-vague",
    why="Nobody can see whether somebody understands; what they can then do, everybody can.",
    bad="text: Understand beam search.",
    good="text: Carry out two steps of beam search by hand.",
)
def vague(unit: Unit) -> Iterator[Found]:
    """An objective begins with a verb that cannot be observed."""
    for index, objective in enumerate(unit.document.objectives):
        found = VAGUE.match(objective.text.strip(" *_"))
        if found and objective.kind == "statement":
            message = f"How would one see it? Instead of “{found[1].lower()}” say what a student can do."
            yield Found(("objectives", index, "text"), message)
