"""Writes the questions of a unit as GIFT, and says of each what GIFT cannot say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.content.documents import dump_document
from service.domain.documents import UnitDocument
from service.domain.kinds.question import Question, Stimulus
from service.interchange.gift.blocks import BLOCKS
from service.interchange.gift.saying import Unsayable, escaped, whole
from service.interchange.reports import Finding

ELSEWHERE = "they stay in the YAML file"
_ALWAYS = {"key", "kind", "stem", "stimulus", "tags", "source", "feedback"}
_NAMES = {"mistakes": "named mistakes", "answers_from": "where the answer can be read", "accept": "further answers"}

_SAID: Mapping[str, set[str]] = {
    "single_choice": {"choices"},
    "multiple_choice": {"choices", "scoring"},
    "true_false": {"answer", "shuffle"},
    "numeric": {"answer", "accept", "shuffle"},
    "short_text": {"accept", "shuffle"},
    "matching": {"pairs", "distractors", "shuffle"},
    "open": {"shuffle"},
}
_FEEDBACK: Mapping[str, set[str]] = {
    "true_false": {"if_true", "if_false"},
    "numeric": {"correct", "incorrect"},
    "short_text": {"incorrect"},
}


def write_bank(document: UnitDocument) -> tuple[str, list[Finding]]:
    """The unit's questions and stimuli as GIFT, and what of them could not be said, at its line of the text.

    A question that GIFT cannot say is left out (an error); of others something may be lost (a warning). Reading the
    text gives the same questions again.
    """
    bank = _Bank(document)
    for question in document.questions:
        bank.write(question)
    for stimulus in document.stimuli:
        if stimulus.key not in bank.shown:
            bank.look_at(stimulus)
    return "\n".join(bank.lines), bank.findings


class _Bank:
    """A text while it is written."""

    def __init__(self, document: UnitDocument) -> None:
        self.category = "$CATEGORY: " + escaped(document.unit.title.replace("/", "//"))
        self.lines = [self.category, ""]
        self.findings: list[Finding] = []
        self.stimuli = {stimulus.key: stimulus for stimulus in document.stimuli}
        self.shown: set[str] = set()
        self.current: str | None = None

    def write(self, question: Question) -> None:
        """One question, behind the text it looks at."""
        try:
            block = _block(question)
        except Unsayable as unsayable:
            self._find("error", f"“{question.key}” is left out: {unsayable}.")
            return
        if question.stimulus is None and self.current is not None:
            # A category is where the text that questions look at ends.
            self.lines += [self.category, ""]
            self.current = None
        elif question.stimulus is not None and question.stimulus != self.current:
            self.look_at(self.stimuli[question.stimulus])
        if lost := list(_lost(question)):
            self._find("warning", f"“{question.key}” is written without {', '.join(lost)}: {ELSEWHERE}.")
        self.lines += [*self._comment(question.key, question.tags), f"{_head(question.key, question.stem)} {{"]
        self.lines += [*(f"\t{line}" for line in block), "}", ""]

    def look_at(self, stimulus: Stimulus) -> None:
        """A text that the questions from here on look at."""
        self.current = stimulus.key
        self.shown.add(stimulus.key)
        if stimulus.data:
            self._find("warning", f"“{stimulus.key}” is written without its data: {ELSEWHERE}.")
        self.lines += [*self._comment(stimulus.key), _head(stimulus.title or stimulus.key, stimulus.text), ""]

    def _comment(self, key: str, tags: tuple[str, ...] = ()) -> list[str]:
        said = [f"[id:{key}]"]
        for tag in tags:
            if tag.endswith("\\"):
                self._find("warning", f"The tag “{tag}” is left out: end it without \\.")
            else:
                said.append("[tag:" + tag.replace("]", "\\]") + "]")
        return ["// " + " ".join(said)]

    def _find(self, severity: str, message: str) -> None:
        self.findings.append(Finding(len(self.lines) + 1, 1, severity, message))


def _head(name: str, text: str) -> str:
    return f"::{escaped(name)}::[markdown]{whole(text).removeprefix('[markdown]')}"


def _block(question: Question) -> list[str]:
    """The lines between the braces. Raises `Unsayable`."""
    if question.parameters or question.same_parameters_as or question.require:
        raise Unsayable("it has parameters, and GIFT has none: write out a few variants as questions of their own")
    write: Callable[[Any], list[str]] | None = BLOCKS.get(question.kind)
    if write is None:
        raise Unsayable(f"GIFT has no {question.kind} questions: ask it otherwise, or make it in Moodle itself")
    general = question.feedback.general
    return [*write(question), *([f"####{whole(general)}"] if general else [])]


def _lost(question: Question) -> Iterator[str]:
    """What a question says that its GIFT does not."""
    dumped = dump_document(question)
    for name in dumped:
        if name not in _ALWAYS | _SAID[question.kind]:
            yield _NAMES.get(name, name)
    for name in dumped.get("feedback", {}):
        if name != "general" and name not in _FEEDBACK.get(question.kind, ()):
            yield f"the feedback `{name}`"
    yield from _lost_details(dumped)


def _lost_details(dumped: Mapping[str, Any]) -> Iterator[str]:
    kind = dumped["kind"]
    if any("anchor" in one for one in dumped.get("choices", ())):
        yield "anchors"
    if any("feedback" in one for one in dumped.get("pairs", ())):
        yield "feedback of pairs"
    if dumped.get("scoring") == "all_or_nothing" and kind == "multiple_choice":
        yield "all_or_nothing (weights give part of the points)"
    if kind == "numeric" and _is_relative(dumped):
        yield "relative tolerance (written as the same one in absolute numbers)"


def _is_relative(dumped: Mapping[str, Any]) -> bool:
    answers = [dumped["answer"], *dumped.get("accept", ())]
    return any({"rel", "sigfig", "places"} & set(one.get("tolerance") or ()) for one in answers)
