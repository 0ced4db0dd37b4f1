"""Makes a cloze question of embedded answers, which Moodle's GIFT reader would mangle and its Cloze format means."""

from __future__ import annotations

import re

from service.interchange.gift.answers import MOST_ANSWERS, Answer, Desk, Raw, accepted, answer, numbered
from service.interchange.gift.scanning import EMBEDDED, Passage, Unusable

CHOICE = frozenset({"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"})
SHUFFLED = frozenset({"MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"})
TEXT = frozenset({"SHORTANSWER", "SA", "MW"})
CASED = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
NUMBER = frozenset({"NUMERICAL", "NM"})


def gap(block: Passage, desk: Desk) -> Raw:
    """The part of a cloze question that an embedded answer makes. Raises `Unusable`."""
    opening = EMBEDDED.match(block.text)
    if opening is None:
        raise Unusable(block, "Embedded answers are written {1:SHORTANSWER:=right}.")
    name, answers = opening["type"], _answers(block[opening.end() :])
    if len(answers) > MOST_ANSWERS:
        raise Unusable(block, f"This gap has more than {MOST_ANSWERS} answers: divide it.")
    if not answers:
        raise Unusable(block, "This gap has no answer: write {1:SHORTANSWER:=right}.")
    weight: Raw = {} if opening["weight"] in {"", "1"} else {"weight": opening["weight"]}
    if name in CHOICE | SHUFFLED:
        return _choices(answers, name in SHUFFLED, desk) | weight
    if name in TEXT | CASED:
        return _text(answers, name in CASED, desk) | weight
    if name in NUMBER:
        return _number(answers, block, desk) | weight
    raise Unusable(block, f"{name} cannot stand in a gap here: use MULTICHOICE, SHORTANSWER or NUMERICAL.")


def _answers(block: Passage) -> list[Answer]:
    """The answers between `~`, of which those with `=` are right."""
    answers = []
    for passage in block.split("~"):
        plain = passage.strip()
        if plain:
            right = plain.text.startswith("=")
            answers.append(answer(plain[1:] if right else plain, right))
    return answers


def _choices(answers: list[Answer], shuffled: bool, desk: Desk) -> Raw:
    choices: list[Raw] = []
    found = False
    for one in answers:
        written: Raw = {"text": desk.rich(one.text)}
        if one.feedback:
            written["feedback"] = desk.rich(one.feedback)
        if one.credit == 1 and not found:
            written["correct"] = found = True
        elif one.credit > 0:
            written["credit"] = str(one.credit)
        choices.append(written)
    return {"kind": "single_choice", "choices": choices} | ({} if shuffled else {"shuffle": False})


def _text(answers: list[Answer], cased: bool, desk: Desk) -> Raw:
    made = accepted(answers, desk, exact_case=cased)
    if made["kind"] != "short_text":
        raise Unusable(answers[0].whole, "This gap accepts anything: say what belongs into it.")
    _without_feedback(made, answers[0].whole, desk)
    return made | ({"case_sensitive": True} if cased else {})


def _number(answers: list[Answer], block: Passage, desk: Desk) -> Raw:
    taken = [one for one in answers if one.text.text != "*" or one.credit]
    if len(taken) < len(answers):
        desk.warn(block, "What a gap says of every other answer cannot be kept.")
    made = numbered(taken, block, desk)
    _without_feedback(made, block, desk)
    return made


def _without_feedback(made: Raw, place: Passage, desk: Desk) -> None:
    """A gap has no feedback of its own but on its entries."""
    if made.pop("feedback", None):
        desk.warn(place, "A gap keeps feedback on single answers alone; what it says besides is left out.")


_BRACKETS = re.compile(r"\[(?=\[)")


def without_gaps(text: str) -> str:
    """The text with its double brackets apart, so that none is taken for a gap."""
    return _BRACKETS.sub("[ ", text)
