"""Two courses that differ in nothing a student may know: the seed with other keys, tolerances and feedback.

Each has a canary in every place that only a key has, so that one that is seen at all is seen for what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from tests.seeded import SEED

CANARY = "canary"
CLOSES = "2026-06-01T12:00:00+00:00"

Raw = dict[str, Any]


def write_twin(folder: Path, *, other: bool) -> Path:
    """The seed's course below `folder`, as it is but for canaries, or with `other` keys everywhere."""
    for file in sorted(SEED.rglob("*.yaml")):
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  scalars are text to it
        if "questions" in raw:
            raw = _twin_of(raw, _Author(other))
        place = folder / file.relative_to(SEED)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def _twin_of(unit: Raw, author: _Author) -> Raw:
    questions = [author.rewrite(question) for question in unit["questions"]]
    keys = [question["key"] for question in questions]
    deferred = {"kind": "practice", "status": "published", "mode": "deferred"}
    quizzes = [
        {
            "key": "until-closed",
            "title": "Until it closes",
            **deferred,
            "reveal": "after_close",
            "closes": CLOSES,
            "questions": [*keys],
        },
        {
            "key": "until-sent",
            "title": "Until it is sent",
            **deferred,
            "reveal": "after_submission",
            "questions": [*keys],
        },
        {"key": "never-shown", "title": "Never shown", **deferred, "reveal": "never", "questions": [*keys]},
    ]
    # What silences the linter may name what is no longer found.
    kept = {name: value for name, value in unit.items() if name != "lint"}
    return {**kept, "questions": questions, "quizzes": [*unit["quizzes"], *quizzes]}


class _Author:
    """Writes questions anew: what is asked stays to the letter."""

    def __init__(self, other: bool) -> None:
        self.other = other
        self._name = "other" if other else "one"
        self._numbers = count(1)

    def rewrite(self, question: Raw) -> Raw:
        """The question with canaries, and with another key if this is the other author."""
        said = ["correct", "incorrect", "partial", "general"]
        if question["kind"] == "true_false":
            said += ["if_true", "if_false"]
        written = {**self._keyed(question), "feedback": {name: self.canary() for name in said}}
        if "hints" in question:
            written["hints"] = [self.canary() for _ in question["hints"]]
        if "mistakes" in question:
            written["mistakes"] = [self._mistake(mistake) for mistake in question["mistakes"]]
        return written

    def canary(self) -> str:
        """One more."""
        return f"{CANARY}-{self._name}-{next(self._numbers)}"

    def _keyed(self, question: Raw) -> Raw:
        return {**question, **_KEYS[question["kind"]](self, question)}

    def _mistake(self, mistake: Raw) -> Raw:
        if not self.other:
            return {**mistake, "feedback": self.canary()}
        answer = {"value": f"{900_000 + next(self._numbers)}", "tolerance": "exact"}
        return {"key": mistake["key"], "answer": answer, "feedback": self.canary()}

    def chosen(self, question: Raw) -> Raw:
        """Choices: the other author finds right what is wrong, and the other way round."""
        if "choices_from" in question:
            return {"correct": self._computed(question)} if self.other else {}
        several = question["kind"] == "multiple_choice"
        choices = [{"text": one} if isinstance(one, str) else dict(one) for one in question["choices"]]
        right = [one.pop("correct", None) == "true" or one["text"] == question.get("answer") for one in choices]
        if self.other:
            flipped = [not one for one in right]
            right = flipped if several else [at == flipped.index(True) for at in range(len(flipped))]
        for choice, is_right in zip(choices, right, strict=True):
            choice["feedback"] = self.canary()
            if is_right:
                choice["correct"] = "true"
        return {"choices": choices, **({"answer": None} if "answer" in question else {})}

    def _computed(self, question: Raw) -> Raw:
        labels, written = question["choices_from"], question["correct"]["expr"]
        several = question["kind"] == "multiple_choice"
        # Never among what the seed's formulas choose.
        return {"expr": f"[{labels}[5]]" if several else f"{labels}[{2 if 'max' in written else 0}]"}

    def judged(self, question: Raw) -> Raw:
        """True or false."""
        return {"answer": "false" if (question["answer"] == "true") is self.other else "true"}

    def counted(self, question: Raw) -> Raw:
        """A number: somewhere else, and more or less exact."""
        answer = question["answer"]
        if not self.other:
            return {}
        wide = {"tolerance": {"abs": "0.25"}}
        if "expr" in answer:
            return {"answer": {"expr": f"({answer['expr']}) + 1000", **wide}, "accept": []}
        return {"answer": {"value": str(float(answer["value"]) + 1000), **wide}, "accept": []}

    def written(self, question: Raw) -> Raw:
        """Words."""
        accepted = [] if self.other else [*question["accept"]]
        entries = [{"text": self.canary(), "feedback": self.canary()}]
        return {"accept": [*accepted, *entries], "reject": [{"text": self.canary(), "feedback": self.canary()}]}

    def filled(self, question: Raw) -> Raw:
        """Gaps, each of a kind of its own."""
        return {"parts": {name: self._keyed(part) for name, part in question["parts"].items()}}

    def matched(self, question: Raw) -> Raw:
        """Pairs: for the other author everybody's partner is the next one's."""
        pairs = question["pairs"]
        if isinstance(pairs, Mapping):
            pairs = [{"left": left, "right": right} for left, right in pairs.items()]
        rights = [pair["right"] for pair in pairs]
        if self.other:
            rights = [*rights[1:], rights[0]]
        return {
            "pairs": [
                {**pair, "right": right, "feedback": self.canary()} for pair, right in zip(pairs, rights, strict=True)
            ]
        }

    def ordered(self, question: Raw) -> Raw:
        """Steps: the other author begins where this one has the middle."""
        steps, half = question["steps"], len(question["steps"]) // 2
        return {"steps": [*steps[half:], *steps[:half]] if self.other else steps}

    def told(self, question: Raw) -> Raw:
        """An answer in one's own words."""
        rubric = [{**criterion, "text": self.canary()} for criterion in question["rubric"]]
        return {"rubric": rubric, "model_answer": self.canary()}


_KEYS: Mapping[str, Callable[[_Author, Raw], Raw]] = {
    "single_choice": _Author.chosen,
    "multiple_choice": _Author.chosen,
    "true_false": _Author.judged,
    "numeric": _Author.counted,
    "short_text": _Author.written,
    "cloze": _Author.filled,
    "matching": _Author.matched,
    "ordering": _Author.ordered,
    "open": _Author.told,
}


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
