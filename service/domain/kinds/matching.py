"""Match each with what belongs to it: worth the share of pairs that are right, or all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

from service.domain.fields import Key, Markdown, Shorthand
from service.domain.keys import keyed
from service.domain.kinds.choices import repeated_texts, same_text
from service.domain.kinds.kind import Data, Dealer, Kind, Posed, ids_by_key, keys_by_id
from service.domain.kinds.question import Question, repeated_keys
from service.domain.mistakes import Mistake
from service.domain.outcomes import EVERYTHING, NOTHING, InvalidResponse, Outcome
from service.domain.responses import read_id, read_members
from service.domain.shapes import Columns, Json

FEWEST, MOST = 2, 30


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One thing and what belongs to it."""

    key: Key | None = None
    left: Markdown
    right: Markdown
    feedback: Markdown | None = None


@dataclass(frozen=True, kw_only=True)
class MatchingQuestion(Question):
    """Pairs to be found again; `distractors` belong to nothing. In a file `pairs` may be a mapping left: right."""

    SHORTHAND: ClassVar[Shorthand] = Shorthand(also={**Question.SHORTHAND.also, "pairs": dict[str, Markdown]})

    kind: Literal["matching"] = "matching"
    pairs: tuple[Pair, ...]
    distractors: tuple[Markdown, ...] = ()
    scoring: Literal["per_pair", "all_or_nothing"] = "per_pair"

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """`pairs: {left: right}` in its long form."""
        raw = super().expand(raw)
        if isinstance(raw, Mapping) and isinstance(pairs := raw.get("pairs"), Mapping):
            return {**raw, "pairs": [{"left": left, "right": right} for left, right in pairs.items()]}
        return raw

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with the question, its pairs and its distractors."""
        yield from super().mistakes()
        if not FEWEST <= len(self.pairs) <= MOST:
            yield Mistake(("pairs",), f"There are {FEWEST} to {MOST} pairs, not {len(self.pairs)}.")
        if len({same_text(text) for text in (*(pair.right for pair in self.pairs), *self.distractors)}) < 2:
            yield Mistake(("pairs",), "Everything belongs to the same; there is nothing to choose between.")
        yield from repeated_keys("pairs", self.pairs)
        yield from repeated_texts("pairs", [pair.left for pair in self.pairs])
        yield from repeated_texts("distractors", list(self.distractors))


class Matching(Kind):
    """What is matched may be used several times; equal texts are equal answers."""

    name = "matching"
    document = MatchingQuestion
    discreet = True

    def split(self, document: MatchingQuestion, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        lefts = keyed((pair.key, pair.left) for pair in document.pairs)
        texts = list(dict.fromkeys([*(pair.right for pair in document.pairs), *document.distractors]))
        rights = dict(zip(texts, keyed((None, text) for text in texts), strict=True))
        named = list(zip(lefts, document.pairs, strict=True))
        # Rights by key: an order of the file's would pair them with the lefts.
        asked = {
            "lefts": [{"key": left, "text": {"markdown": pair.left}} for left, pair in named],
            "rights": [{"key": key, "text": {"markdown": text}} for text, key in sorted(rights.items(), key=_by_key)],
        }
        return asked, {
            "pairs": {left: rights[pair.right] for left, pair in named},
            "feedback_on": {left: {"markdown": pair.feedback} for left, pair in named if pair.feedback is not None},
            "scoring": document.scoring,
        }

    def check(self, posed: Posed, key: Json) -> Iterator[Mistake]:
        lefts = [posed.variant.text(left["text"]["markdown"]) for left in posed.asked["lefts"]]
        yield from repeated_texts("pairs", lefts)
        texts = _texts(posed)
        used = {texts[right] for right in key["pairs"].values()}
        for name in texts.keys() - set(key["pairs"].values()):
            if texts[name] in used:
                yield Mistake(("distractors",), f"“{texts[name]}” is the right one of a pair, not a distractor.")

    def rule(self, key: Json) -> str:
        return f"{self.name}/{key['scoring']}"

    def lay_out(self, posed: Posed, key: Json, dealer: Dealer) -> dict[str, Any]:
        """The rights are shuffled always, those that read the same shown once."""
        lefts = [left["key"] for left in posed.asked["lefts"]]
        once = {text: right for right, text in reversed(_texts(posed).items())}
        return {
            "lefts": dealer.label(dealer.shuffled(lefts) if dealer.shuffle else lefts),
            "rights": dealer.label(dealer.shuffled(sorted(once.values()))),
        }

    def show(self, posed: Posed) -> Columns:
        return {"lefts": posed.options("lefts", "lefts"), "rights": posed.options("rights", "rights")}

    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        pairs = read_members(raw, "pairs")["pairs"]
        if pairs is None:
            return None
        if not isinstance(pairs, dict):
            raise InvalidResponse("This must be an object of left ids with right ids.", "pairs")
        lefts, rights = keys_by_id(posed.layout["lefts"]), keys_by_id(posed.layout["rights"])
        read: dict[str, str] = {}
        for left, right in pairs.items():
            key = read_id(left, lefts, "pairs")
            if right is not None:
                read[key] = read_id(right, rights, "pairs", left)
        return {"pairs": dict(sorted(read.items()))} if read else None

    def present(self, posed: Posed, response: Json) -> dict[str, Any]:
        rights = ids_by_key(posed.layout["rights"])
        chosen = response["pairs"]
        return {"pairs": {shown: rights[chosen[key]] for shown, key in posed.layout["lefts"] if key in chosen}}

    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        texts, chosen = _texts(posed), response["pairs"]
        breakdown = tuple(
            {
                "of": left,
                "chosen": chosen.get(left),
                "right": left in chosen and texts[chosen[left]] == texts[right],
            }
            for left, right in sorted(key["pairs"].items())
        )
        hits = sum(bool(pair["right"]) for pair in breakdown)
        credit = Fraction(hits, len(breakdown))
        if key["scoring"] == "all_or_nothing":
            credit = EVERYTHING if credit == 1 else NOTHING
        return Outcome.worth(credit, self.rule(key), breakdown=breakdown)

    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        texts, rights = _texts(posed), ids_by_key(posed.layout["rights"])
        by_text = {texts[name]: shown for name, shown in rights.items()}
        chosen = response["pairs"] if response else {}
        hit = {part["of"]: part["right"] for part in outcome.breakdown}
        said = key["feedback_on"]
        return {
            "right": {"pairs": {shown: by_text[texts[key["pairs"][left]]] for shown, left in posed.layout["lefts"]}},
            "pairs": [
                {
                    "left": shown,
                    "chosen": rights[chosen[left]] if left in chosen else None,
                    "right": hit.get(left, False),
                    "feedback": posed.fill(said[left]) if left in said else None,
                }
                for shown, left in posed.layout["lefts"]
            ],
        }


def _texts(posed: Posed) -> dict[str, str]:
    """What each right reads like in this variant, made comparable."""
    return {right["key"]: same_text(posed.variant.text(right["text"]["markdown"])) for right in posed.asked["rights"]}


def _by_key(right: tuple[str, str]) -> str:
    return right[1]
