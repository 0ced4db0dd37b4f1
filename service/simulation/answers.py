"""What a simulated student sends as an answer: a right one, or a wrong one as a person might give it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from service.domain import questions
from service.domain.kinds.answers import middle
from service.domain.kinds.kind import Posed
from service.quizzes.operations.record import Asked
from service.simulation.people import pick

Json = Mapping[str, Any]

SAID = (
    "It follows from what we read this week, though I could not give every step of it.",
    "As I understand it, the one part depends on the other, and so they have to be looked at together.",
    "In my own words: first what is given, then what is asked for, and last how the one leads to the other.",
)
SLIPS = ("2", "0.5", "10", "0.1", "-1")
"""By what a number is often wrong."""


def right_answer(asked: Asked) -> Json | None:
    """The right answer in the ids of the attempt; None where there is none, as for an open question."""
    said = questions.explain(asked.revision, asked.key, asked.drawn, asked.layout, None, asked.grade(None))
    right: Json | None = said["right"]
    return right


def open_answer(asked: Asked, chance: Random) -> Json:
    """Some words, as many as are asked for."""
    wanted = questions.show(asked.revision, asked.drawn, asked.layout)["min_words"]
    text = pick(SAID, chance)
    while len(text.split()) < wanted:
        text = f"{text} {pick(SAID, chance)}"
    return {"text": text}


def wrong_answer(asked: Asked, right: Json, chance: Random) -> Json:
    """An answer that is not right, and more often one of the tempting ones than another."""
    shown = questions.show(asked.revision, asked.drawn, asked.layout)
    return _WRONG[asked.kind](_Slot(asked, shown, right), chance)


class _Slot:
    """A slot whose right answer is known."""

    def __init__(self, asked: Asked, shown: Json, right: Json) -> None:
        self.asked, self.shown, self.right = asked, shown, right

    @property
    def words(self) -> list[str]:
        """The long words of the stem: what somebody writes who has to write something."""
        words = self.shown["stem"]["markdown"].replace("[", " ").replace("]", " ").split()
        long = sorted({word.strip("?.,:;*_`()").casefold() for word in words if word.isalpha() and len(word) > 4})
        return long or ["nothing"]


def _other(options: Sequence[Json], right: object, chance: Random) -> Any:
    """The id of another option: the first of the question's own order tempts twice as much as each that follows."""
    others = [option["id"] for option in options if option["id"] != right]
    weighed = [one for at, one in enumerate(others) for _ in range(max(1, 4 >> at))]
    return pick(weighed, chance) if weighed else right


def _single_choice(slot: _Slot, chance: Random) -> Json:
    return {"choice": _tempting(slot, slot.right["choice"], chance)}


def _tempting(slot: _Slot, right: object, chance: Random) -> Any:
    # In the author's order, which is not that of the page: the same choice tempts everybody.
    keys = dict(slot.asked.layout["choices"])
    return _other(sorted(slot.shown["choices"], key=lambda one: str(keys.get(one["id"], one["id"]))), right, chance)


def _true_false(slot: _Slot, _chance: Random) -> Json:
    return {"value": not slot.right["value"]}


def _multiple_choice(slot: _Slot, chance: Random) -> Json:
    """One right choice forgotten, or a wrong one too many."""
    right = list(slot.right["choices"])
    others = [option["id"] for option in slot.shown["choices"] if option["id"] not in right]
    if others and (len(right) < 2 or chance.random() < 0.6):
        return {"choices": [*right, pick(others, chance)]}
    forgotten = pick(right, chance)
    return {"choices": [one for one in right if one != forgotten] or others[:1] or right}


def _numeric(slot: _Slot, chance: Random) -> Json:
    """A mistake the author has named, or a slip."""
    named = [one["answer"] for one in slot.asked.key["mistakes"] if "range" not in one["answer"]]
    if named and chance.random() < 0.6:
        variant = Posed.of(slot.asked.revision, slot.asked.drawn).variant
        return {"text": f"{float(middle(pick(named, chance), variant)):.6g}"}
    return {"text": _slipped(slot.right["text"], chance)}


def _slipped(right: str, chance: Random) -> str:
    number, _, unit = right.partition(" ")
    try:
        slip = f"{float(number) * float(pick(SLIPS, chance)) + (0 if float(number) else 1):.6g}"
    except ValueError:
        return "1"
    return f"{slip} {unit}".strip()


def _short_text(slot: _Slot, chance: Random) -> Json:
    return {"text": pick(slot.words[:3], chance)}


def _cloze(slot: _Slot, chance: Random) -> Json:
    """One gap or two filled with something else."""
    gaps = dict(slot.right["gaps"])
    for gap in slot.shown["gaps"]:
        if len(slot.shown["gaps"]) == 1 or chance.random() < 0.5:
            gaps[gap["id"]] = _gap(gap, gaps[gap["id"]], slot, chance)
    return {"gaps": gaps}


def _gap(gap: Json, right: Json, slot: _Slot, chance: Random) -> Json:
    if gap["kind"] == "single_choice":
        return {"choice": _other(gap["choices"], right["choice"], chance)}
    return {"text": _slipped(right["text"], chance) if gap["kind"] == "numeric" else pick(slot.words[:3], chance)}


def _matching(slot: _Slot, chance: Random) -> Json:
    """Two pairs crossed."""
    pairs = dict(slot.right["pairs"])
    one, other = pick(list(pairs), chance), pick(list(pairs), chance)
    pairs[one], pairs[other] = pairs[other], pairs[one]
    if pairs == slot.right["pairs"]:
        pairs[one] = _other(slot.shown["rights"], pairs[one], chance)
    return {"pairs": pairs}


def _ordering(slot: _Slot, chance: Random) -> Json:
    """Two neighbours the wrong way round."""
    order = list(slot.right["order"])
    at = int(chance.random() * (len(order) - 1))
    order[at : at + 2] = order[at : at + 2][::-1]
    return {"order": order}


_WRONG: Mapping[str, Callable[[_Slot, Random], Json]] = {
    "single_choice": _single_choice,
    "true_false": _true_false,
    "multiple_choice": _multiple_choice,
    "numeric": _numeric,
    "short_text": _short_text,
    "cloze": _cloze,
    "matching": _matching,
    "ordering": _ordering,
    "open": lambda slot, chance: open_answer(slot.asked, chance),
}
