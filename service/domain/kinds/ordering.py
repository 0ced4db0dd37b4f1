"""Put steps in order: worth the longest part that is in order, or all or nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

from service.domain.fields import Key, Markdown
from service.domain.keys import keyed
from service.domain.kinds.choices import repeated_texts
from service.domain.kinds.kind import Data, Dealer, Kind, Posed, ids_by_key, keys_by_id
from service.domain.kinds.question import Question, repeated_keys
from service.domain.mistakes import Mistake
from service.domain.outcomes import EVERYTHING, NOTHING, InvalidResponse, Outcome
from service.domain.responses import read_ids, read_members
from service.domain.shapes import Json, Steps

FEWEST, MOST = 3, 30


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of an order."""

    SHORT: ClassVar[str] = "text"

    key: Key | None = None
    text: Markdown


@dataclass(frozen=True, kw_only=True)
class OrderingQuestion(Question):
    """Steps, written in the right order."""

    kind: Literal["ordering"] = "ordering"
    steps: tuple[Step, ...]
    scoring: Literal["lcs", "exact"] = "lcs"

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with the question and its steps. Of two steps the order shown would tell the right one."""
        yield from super().mistakes()
        if not FEWEST <= len(self.steps) <= MOST:
            yield Mistake(("steps",), f"There are {FEWEST} to {MOST} steps to put in order, not {len(self.steps)}.")
        yield from repeated_keys("steps", self.steps)
        yield from repeated_texts("steps", [step.text for step in self.steps])


def longest_in_order(places: Sequence[int]) -> list[int]:
    """The indexes of a longest increasing subsequence of distinct numbers (Fredman 1975), in O(n log n).

    Of a response given as the right places of its steps, this is the longest common subsequence with the key.
    """
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for index, place in enumerate(places):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else None)
        tails[length:] = [place, *tails[length + 1 :]]
        ends[length:] = [index, *ends[length + 1 :]]
    chain: list[int] = []
    last = ends[-1] if ends else None
    while last is not None:
        chain.append(last)
        last = before[last]
    return chain[::-1]


def score(steps: int, in_order: int) -> Fraction:
    """The credit of `lcs`: max(0, (n − e)/n), where each step out of order is two errors, e = 2(n − in order)."""
    errors = 2 * (steps - in_order)
    return max(NOTHING, Fraction(steps - errors, steps))


class Ordering(Kind):
    """A response is all steps, in an order; some of them are a draft."""

    name = "ordering"
    document = OrderingQuestion
    discreet = True

    def split(self, document: OrderingQuestion, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        keys = keyed((step.key, step.text) for step in document.steps)
        texts = {key: step.text for key, step in zip(keys, document.steps, strict=True)}
        # By key: an order of the file's would be the right one.
        asked = [{"key": key, "text": {"markdown": texts[key]}} for key in sorted(keys)]
        return {"steps": asked}, {"order": keys, "scoring": document.scoring}

    def check(self, posed: Posed, key: Json) -> Iterator[Mistake]:
        texts = {step["key"]: posed.variant.text(step["text"]["markdown"]) for step in posed.asked["steps"]}
        yield from repeated_texts("steps", [texts[name] for name in key["order"]])

    def rule(self, key: Json) -> str:
        return f"{self.name}/{key['scoring']}"

    def lay_out(self, posed: Posed, key: Json, dealer: Dealer) -> dict[str, Any]:
        """Always shuffled, and never into the right order: that one is turned round by a step."""
        right = list(key["order"])
        order = dealer.shuffled(sorted(right))
        return {"steps": dealer.label(order if order != right else [*order[1:], order[0]])}

    def show(self, posed: Posed) -> Steps:
        return {"steps": posed.options("steps", "steps")}

    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        order = read_members(raw, "order")["order"]
        if order is None:
            return None
        keys = read_ids(order, keys_by_id(posed.layout["steps"]), "order")
        return {"order": keys} if keys else None

    def require_readable(self, posed: Posed, response: Json) -> None:
        count = len(posed.asked["steps"])
        if len(response["order"]) < count:
            raise InvalidResponse(f"Put all {count} steps in order.", "order")

    def present(self, posed: Posed, response: Json) -> dict[str, Any]:
        ids = ids_by_key(posed.layout["steps"])
        return {"order": [ids[key] for key in response["order"]]}

    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        self.require_readable(posed, response)
        right = {name: place for place, name in enumerate(key["order"])}
        places = [right[name] for name in response["order"]]
        kept = longest_in_order(places)
        credit = score(len(places), len(kept)) if key["scoring"] == "lcs" else NOTHING
        if len(kept) == len(places):
            credit = EVERYTHING
        in_order = set(kept)
        breakdown = tuple({"of": name, "right": at in in_order} for at, name in enumerate(response["order"]))
        return Outcome.worth(credit, self.rule(key), breakdown=breakdown)

    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        ids = ids_by_key(posed.layout["steps"])
        return {
            "right": {"order": [ids[name] for name in key["order"]]},
            "steps": [{"id": ids[part["of"]], "right": part["right"]} for part in outcome.breakdown],
        }
