"""Write freely: what is graded is that enough was written; a person, perhaps the student, judges the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from service.domain.fields import Key, Markdown, Number
from service.domain.keys import keyed
from service.domain.kinds.kind import Data, Kind, Posed
from service.domain.kinds.question import Question, repeated_keys
from service.domain.mistakes import Mistake
from service.domain.numbers import within
from service.domain.outcomes import EVERYTHING, NOTHING, InvalidResponse, Outcome, Status
from service.domain.responses import read_members, read_text
from service.domain.shapes import Essay, Json

LONGEST = 20_000
MOST_WORDS = 3_000


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One thing a good answer does, ticked by whoever judges it; its points are apart from graded ones."""

    key: Key | None = None
    points: Number = Decimal(1)
    text: Markdown

    def mistakes(self) -> Iterator[Mistake]:
        """Points that are none."""
        if not (within(self.points, 0, 1000) and self.points):
            yield Mistake(("points",), "Points are above 0 and at most 1000.")


@dataclass(frozen=True, kw_only=True)
class OpenQuestion(Question):
    """A question answered in the student's own words."""

    kind: Literal["open"] = "open"
    min_words: int = 1
    max_words: int | None = None
    rubric: tuple[Criterion, ...] = ()
    model_answer: Markdown | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with the question, its limits and its rubric."""
        yield from super().mistakes()
        if not 1 <= self.min_words <= MOST_WORDS:
            yield Mistake(("min_words",), f"At least 1 and at most {MOST_WORDS} words can be asked for.")
        if self.max_words is not None and not self.min_words <= self.max_words <= MOST_WORDS:
            yield Mistake(("max_words",), f"This is from min_words ({self.min_words}) to {MOST_WORDS}.")
        yield from repeated_keys("rubric", self.rubric)


class Open(Kind):
    """A complete answer has full credit and `needs_review`, since nobody has judged it."""

    name = "open"
    document = OpenQuestion

    def split(self, document: OpenQuestion, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        keys = keyed((criterion.key, criterion.text) for criterion in document.rubric)
        rubric = [
            {"key": key, "points": str(criterion.points), "text": {"markdown": criterion.text}}
            for key, criterion in zip(keys, document.rubric, strict=True)
        ]
        model = None if document.model_answer is None else {"markdown": document.model_answer}
        asked = {"min_words": document.min_words, "max_words": document.max_words}
        return asked, {"rubric": rubric, "model_answer": model}

    def rule(self, key: Json) -> str:
        return f"{self.name}/completion"

    def show(self, posed: Posed) -> Essay:
        return {"min_words": posed.asked["min_words"], "max_words": posed.asked["max_words"]}

    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        text = read_text(read_members(raw, "text")["text"], LONGEST, "text")
        return {"text": text} if text else None

    def require_readable(self, posed: Posed, response: Json) -> None:
        """An answer of another length than was asked for is not one yet: it should not cost a try."""
        words, least, most = len(response["text"].split()), posed.asked["min_words"], posed.asked["max_words"]
        if words < least:
            raise InvalidResponse(f"This has {counted(words)}; at least {least} are asked for.", "text")
        if most is not None and words > most:
            raise InvalidResponse(f"This has {counted(words)}; at most {most} are asked for: shorten it.", "text")

    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        words, most = len(response["text"].split()), posed.asked["max_words"]
        complete = words >= posed.asked["min_words"] and (most is None or words <= most)
        breakdown = ({"of": "words", "count": words, "right": complete},)
        if not complete:
            return Outcome.worth(NOTHING, self.rule(key), breakdown=breakdown)
        return Outcome(Status.NEEDS_REVIEW, EVERYTHING, self.rule(key), breakdown=breakdown)

    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        return {
            "right": None,
            "model_answer": posed.fill(key["model_answer"]) if key["model_answer"] else None,
            "rubric": [{**criterion, "text": posed.fill(criterion["text"])} for criterion in key["rubric"]],
        }


def counted(words: int) -> str:
    """`1 word`, `2 words`."""
    return f"{words} word{'' if words == 1 else 's'}"
