"""One variant of a question: the names its formulas and texts may use, with their values."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from service.domain import templates
from service.domain.expressions import evaluate, holds
from service.domain.shapes import Json, Rich
from service.domain.values import Names, Ties, Value, from_json


def blank(rich: Rich) -> Rich:
    """A rich text without values: what is the same in all variants."""
    blanked: Rich = {"markdown": templates.blank(rich["markdown"])}
    if "html" in rich:
        blanked["html"] = templates.blank(rich["html"])
    return blanked


class Variant:
    """Data of the stimulus and drawn values under one roof; values win where a name is in both."""

    def __init__(self, data: Json, values: Json, ties: Ties | None = None) -> None:
        self.values: dict[str, Any] = {**data, **values}
        self.ties = ties

    @cached_property
    def names(self) -> Names:
        """Every name with its value, as formulas see it."""
        return {name: from_json(stored) for name, stored in self.values.items()}

    def evaluate(self, expression: str) -> Value:
        """The value of a formula. Raises `ExpressionError`."""
        return evaluate(expression, self.names, self.ties)

    def holds(self, condition: str) -> bool:
        """Whether a condition is true. Raises `ExpressionError`."""
        return holds(condition, self.names)

    def text(self, template: str) -> str:
        """A plain text with its placeholders filled."""
        return templates.fill(template, self.values)

    def fill(self, rich: Rich) -> Rich:
        """A rich text with its placeholders filled, in Markdown and, where there is one, HTML."""
        filled: Rich = {"markdown": templates.fill(rich["markdown"], self.values)}
        if "html" in rich:
            filled["html"] = templates.fill_html(rich["html"], self.values)
        return filled
