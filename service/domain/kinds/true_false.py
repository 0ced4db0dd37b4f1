"""True or false: worth everything or nothing, and always in that order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from service.domain.fields import Markdown
from service.domain.kinds.kind import Data, Kind, Posed
from service.domain.kinds.question import Feedback, Question
from service.domain.outcomes import EVERYTHING, NOTHING, InvalidResponse, Outcome
from service.domain.responses import read_members
from service.domain.shapes import Json, Nothing, Rich


@dataclass(frozen=True, kw_only=True)
class TrueFalseFeedback(Feedback):
    """What is said to each of the two answers."""

    if_true: Markdown | None = None
    if_false: Markdown | None = None


@dataclass(frozen=True, kw_only=True)
class TrueFalseQuestion(Question):
    """A statement that is true or false."""

    kind: Literal["true_false"] = "true_false"
    answer: bool
    feedback: TrueFalseFeedback = TrueFalseFeedback()


class TrueFalse(Kind):
    """No layout: true comes first, always."""

    name = "true_false"
    document = TrueFalseQuestion

    def split(self, document: TrueFalseQuestion, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        said = document.feedback
        about = {"true": said.if_true, "false": said.if_false}
        return {}, {
            "answer": document.answer,
            "if": {name: {"markdown": text} for name, text in about.items() if text is not None},
        }

    def show(self, posed: Posed) -> Nothing:
        return {}

    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        value = read_members(raw, "value")["value"]
        if value is None:
            return None
        if not isinstance(value, bool):
            raise InvalidResponse("Answer true or false, without quotation marks.", "value")
        return {"value": value}

    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        right = response["value"] is key["answer"]
        breakdown = ({"of": _name(response["value"]), "right": right},)
        return Outcome.worth(EVERYTHING if right else NOTHING, self.name, breakdown=breakdown)

    def remarks(self, posed: Posed, key: Json, response: Json, outcome: Outcome) -> list[Rich]:
        said = key["if"].get(_name(response["value"]))
        return [said] if said else []

    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        return {
            "right": {"value": key["answer"]},
            "choices": [
                {
                    "value": value,
                    "right": value is key["answer"],
                    "chosen": response is not None and response["value"] is value,
                    "feedback": posed.fill(said) if (said := key["if"].get(_name(value))) else None,
                }
                for value in (True, False)
            ],
        }


def _name(value: bool) -> str:
    return "true" if value else "false"
