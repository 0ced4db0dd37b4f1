"""Fill the gaps of a text: each gap is a small question of its own kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, cast

from service.domain.assignment import Match, best_assignment
from service.domain.fields import IDENTIFIER, Identifier
from service.domain.kinds.kind import Data, Dealer, Kind, Posed
from service.domain.kinds.numeric import Numeric, NumericPart
from service.domain.kinds.question import Question
from service.domain.kinds.short_text import ShortText, ShortTextPart
from service.domain.kinds.single_choice import SingleChoice, SingleChoicePart
from service.domain.mistakes import Mistake
from service.domain.numbers import within
from service.domain.outcomes import NOTHING, InvalidResponse, Outcome, Status, fraction_text
from service.domain.responses import read_members
from service.domain.shapes import Gap, Gaps, Json, Rich

MOST_GAPS = 50
MOST_INTERCHANGEABLE = 8

_GAP = re.compile(rf"\[\[({IDENTIFIER})\]\]", re.ASCII)
_NO_GAP = re.compile(r"\[\[[^\[\]]*\]\]")

Part = SingleChoicePart | ShortTextPart | NumericPart

PART_KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (SingleChoice(), ShortText(), Numeric())}
"""What a gap can be."""


@dataclass(frozen=True, kw_only=True)
class ClozeQuestion(Question):
    """A text with gaps `[[name]]`, and what belongs into each; interchangeable ones may be filled in any order."""

    kind: Literal["cloze"] = "cloze"
    parts: dict[str, SingleChoicePart | ShortTextPart | NumericPart]
    interchangeable: tuple[Identifier, ...] = ()

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with the question; gaps without parts, parts without gaps, parts that cannot be exchanged."""
        yield from super().mistakes()
        yield from self._gap_mistakes()
        yield from self._interchangeable_mistakes()
        for name, part in self.parts.items():
            if not (within(part.weight, 0, 100) and part.weight):
                yield Mistake(("parts", name, "weight"), "A weight is above 0 and at most 100.")

    def _gap_mistakes(self) -> Iterator[Mistake]:
        gaps = _GAP.findall(self.stem)
        for written in _NO_GAP.findall(_GAP.sub("", self.stem)):
            yield Mistake(("stem",), f"{written} is no gap; a gap's name has small letters, digits and _: [[first]].")
        for name in sorted({name for name in gaps if gaps.count(name) > 1}):
            yield Mistake(("stem",), f"The gap [[{name}]] is there twice; give each its own name.")
        for name in sorted(set(gaps) - self.parts.keys()):
            yield Mistake(("stem",), f"The gap [[{name}]] has no part; describe it under `parts`.")
        for name in sorted(self.parts.keys() - set(gaps)):
            yield Mistake(("parts", name), f"There is no gap [[{name}]] in the stem.")
        if not 1 <= len(gaps) <= MOST_GAPS:
            yield Mistake(("stem",), f"There are 1 to {MOST_GAPS} gaps, written [[name]] in the stem.")

    def _interchangeable_mistakes(self) -> Iterator[Mistake]:
        together = self.interchangeable
        if together and not 2 <= len(set(together)) == len(together) <= MOST_INTERCHANGEABLE:
            yield Mistake(("interchangeable",), f"Name 2 to {MOST_INTERCHANGEABLE} different gaps.")
        for index, name in enumerate(together):
            if name not in self.parts:
                yield Mistake(("interchangeable", index), f"There is no part “{name}”.")
        kinds = {self.parts[name].kind for name in together if name in self.parts}
        if "single_choice" in kinds or len(kinds) > 1:
            yield Mistake(("interchangeable",), "Only gaps that are all short_text or all numeric can be exchanged.")


class Cloze(Kind):
    """Students see gaps numbered in the order of the text: a name could give an answer away."""

    name = "cloze"
    document = ClozeQuestion
    discreet = True

    def split(self, document: ClozeQuestion, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        gaps: list[dict[str, Any]] = []
        parts: dict[str, Any] = {}
        for name in _GAP.findall(document.stem):
            part = document.parts[name]
            written = part.with_answer() if isinstance(part, SingleChoicePart) else part
            asked, key = PART_KINDS[part.kind].split(written, data)
            shuffle = part.shuffle if isinstance(part, SingleChoicePart) else True
            gaps.append({"name": name, "kind": part.kind, "shuffle": shuffle, **asked})
            parts[name] = {"weight": str(part.weight), **key}
        return {"gaps": gaps}, {"parts": parts, "interchangeable": list(document.interchangeable)}

    def check(self, posed: Posed, key: Json) -> Iterator[Mistake]:
        for gap, kind, part in _parts(posed):
            for mistake in kind.check(part, key["parts"][gap]):
                yield mistake.under("parts", gap)

    def lay_out(self, posed: Posed, key: Json, dealer: Dealer) -> dict[str, Any]:
        return {
            "gaps": {
                gap: kind.lay_out(part, key["parts"][gap], dealer.if_also(part.asked["shuffle"]))
                for gap, kind, part in _parts(posed)
            }
        }

    def bare_stem(self, asked: Json) -> Rich:
        stem, shown = asked["stem"], _numbered(asked)
        marked: Rich = {"markdown": _renamed(stem["markdown"], shown)}
        if "html" in stem:
            marked["html"] = _renamed(stem["html"], shown)
        return marked

    def show(self, posed: Posed) -> Gaps:
        shown = _shown_by_name(posed)
        return {"gaps": [_show_gap(shown[gap], kind, part) for gap, kind, part in _parts(posed)]}

    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        sent = read_members(raw, "gaps")["gaps"]
        if sent is None:
            return None
        if not isinstance(sent, dict):
            raise InvalidResponse("This must be an object of gaps by their ids.", "gaps")
        shown = _shown_by_name(posed)
        for name in sent:
            if name not in shown.values():
                raise InvalidResponse(f"The gaps are {', '.join(shown.values())}.", "gaps")
        read: dict[str, Any] = {}
        for gap, kind, part in _parts(posed):
            try:
                answer = sent.get(shown[gap])
                filled = None if answer is None else kind.read(part, answer)
            except InvalidResponse as error:
                raise InvalidResponse(error.message, "gaps", shown[gap], *error.path) from None
            if filled is not None:
                read[gap] = filled
        return {"gaps": read} if read else None

    def require_readable(self, posed: Posed, response: Json) -> None:
        shown = _shown_by_name(posed)
        for gap, kind, part in _parts(posed):
            if gap in response["gaps"]:
                try:
                    kind.require_readable(part, response["gaps"][gap])
                except InvalidResponse as error:
                    raise InvalidResponse(error.message, "gaps", shown[gap], *error.path) from None

    def present(self, posed: Posed, response: Json) -> dict[str, Any]:
        shown, filled = _shown_by_name(posed), response["gaps"]
        return {
            "gaps": {shown[gap]: kind.present(part, filled[gap]) for gap, kind, part in _parts(posed) if gap in filled}
        }

    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        """Σ w·f / Σ w over the gaps; one that cannot be read counts like an empty one, and one at least can be."""
        readable = _readable(posed, response["gaps"])
        if not readable:
            raise InvalidResponse("None of these gaps can be read.", "gaps")
        fared = _fared(posed, key, readable)
        weights = {gap: Fraction(part["weight"]) for gap, part in key["parts"].items()}
        earned = sum((weights[one.by] * (one.outcome.credit or NOTHING) for one in fared.values()), NOTHING)
        breakdown = tuple(
            {
                "of": gap,
                "right": one.outcome.credit == 1,
                "status": one.outcome.status.value,
                "credit": fraction_text(one.outcome.credit or NOTHING),
                "matched": one.outcome.matched,
                "by": one.by,
            }
            for gap, one in fared.items()
        )
        return Outcome.worth(earned / sum(weights.values()), self.name, breakdown=breakdown)

    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        shown, filled = _shown_by_name(posed), response["gaps"] if response else {}
        graded = {part["of"]: part for part in outcome.breakdown}
        right: dict[str, Any] = {}
        gaps: list[dict[str, Any]] = []
        for gap, kind, part in _parts(posed):
            told = graded.get(gap, {"status": Status.UNANSWERED.value, "credit": "0/1", "by": gap, "matched": None})
            fared = Outcome.worth(Fraction(told["credit"]), kind.name, matched=told["matched"])
            revealed = kind.reveal(part, key["parts"][gap], filled.get(gap), fared)
            right[shown[gap]] = revealed.pop("right")
            said = kind.remarks(part, key["parts"][told["by"]], filled[gap], fared) if gap in filled else []
            gaps.append(
                {
                    "id": shown[gap],
                    "status": told["status"],
                    "credit": told["credit"],
                    "feedback": [posed.fill(text) for text in said],
                    **revealed,
                }
            )
        return {"right": {"gaps": right}, "gaps": gaps}


def _parts(posed: Posed) -> Iterator[tuple[str, Kind, Posed]]:
    """Each gap in the order of the text: its author's name, its kind, and itself as a small question."""
    layouts = posed.layout.get("gaps", {})
    for gap in posed.asked["gaps"]:
        yield gap["name"], PART_KINDS[gap["kind"]], posed.part(gap, layouts.get(gap["name"]))


def _shown_by_name(posed: Posed) -> dict[str, str]:
    return _numbered(posed.asked)


def _numbered(asked: Json) -> dict[str, str]:
    return {gap["name"]: f"gap-{number}" for number, gap in enumerate(asked["gaps"], start=1)}


def _renamed(text: str, shown: Mapping[str, str]) -> str:
    return _GAP.sub(lambda gap: f"[[{shown.get(gap[1], '')}]]", text)


def _show_gap(shown: str, kind: Kind, part: Posed) -> Gap:
    return cast(Gap, {"id": shown, "kind": kind.name, **kind.show(part)})


@dataclass(frozen=True)
class _Fared:
    """How one gap fared, and by which part's key: another's where gaps are interchangeable."""

    outcome: Outcome
    by: str


def _readable(posed: Posed, filled: Json) -> dict[str, Any]:
    """The gaps whose answers can be read."""
    readable = {}
    for gap, kind, part in _parts(posed):
        if gap in filled:
            with suppress(InvalidResponse):
                kind.require_readable(part, filled[gap])
                readable[gap] = filled[gap]
    return readable


def _fared(posed: Posed, key: Json, filled: Json) -> dict[str, _Fared]:
    """Every gap in the order of the text."""
    together = [gap for gap in key["interchangeable"] if gap in filled]
    exchanged = _exchanged(posed, key, filled, together)
    fared: dict[str, _Fared] = {}
    for gap, kind, part in _parts(posed):
        if gap in exchanged:
            fared[gap] = exchanged[gap]
        elif gap in filled:
            fared[gap] = _Fared(kind.grade(part, key["parts"][gap], filled[gap]), gap)
        else:
            fared[gap] = _Fared(Outcome.unanswered(kind.name), gap)
    return fared


def _exchanged(posed: Posed, key: Json, filled: Json, together: Sequence[str]) -> dict[str, _Fared]:
    """How the interchangeable gaps that are filled fared, each counted for the gap that is best for all."""
    parts = {gap: (kind, part) for gap, kind, part in _parts(posed) if gap in together}
    candidates = key["interchangeable"]
    graded: list[dict[int, Outcome]] = []
    matches: list[dict[int, Match]] = []
    for gap in together:
        kind, part = parts[gap]
        outcomes = {at: kind.grade(part, key["parts"][other], filled[gap]) for at, other in enumerate(candidates)}
        graded.append(outcomes)
        matches.append(
            {
                at: Match(
                    Fraction(key["parts"][candidates[at]]["weight"]) * outcome.credit,
                    kind.answer_of(part, key["parts"][candidates[at]], outcome),
                )
                for at, outcome in outcomes.items()
                if outcome.credit
            }
        )
    assigned = best_assignment(matches)
    return {
        gap: _Fared(graded[row][at], candidates[at]) if at is not None else _left_over(graded[row], candidates, gap)
        for row, (gap, at) in enumerate(zip(together, assigned, strict=True))
    }


def _left_over(outcomes: Mapping[int, Outcome], candidates: Sequence[str], gap: str) -> _Fared:
    """A response that counts for no gap: wrong, or a right answer that is already used."""
    own = outcomes[candidates.index(gap)]
    return _Fared(own if own.credit == 0 else Outcome.worth(NOTHING, own.rule), gap)
