"""Makes questions of what stands between braces, telling their kinds in the order in which Moodle does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.domain.kinds.multiple_choice import share
from service.interchange.gift.scanning import Passage, Unusable, unmasked
from service.interchange.gift.texts import eaten_latex, markdown_of, with_format

LONGEST = 60_000
"""Characters of a single text; HTML may be three times as long as what it says."""

MOST_ANSWERS = 500

_WEIGHT = re.compile(r"%(-*[0-9]{1,2}\.?[0-9]*)%")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_STAR = re.compile(r"(?<!\\)\*")
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}

Raw = dict[str, Any]
Places = dict[tuple[str | int, ...], Passage]


@dataclass
class Desk:
    """What one question is made on: the format its texts inherit, what is remarked, and where its parts stand."""

    warn: Callable[[Passage, str], None]
    format: str = "moodle"
    places: Places = field(default_factory=dict)

    def rich(self, passage: Passage) -> str:
        """The Markdown of a text. Raises `Unusable`."""
        stripped = passage.strip()
        written_in, text = with_format(stripped, self.format)
        if len(text.text) > LONGEST:
            raise Unusable(passage, f"This text has {len(text.text)} characters: shorten it.")
        for place, command in eaten_latex(text):
            self.warn(
                place, f"“{command}” begins with \\n, which is a new line here: write \\{command} for the command."
            )
        remarks: set[str] = set()
        markdown = markdown_of(text.text, written_in, remarks)
        for remark in sorted(remarks):
            self.warn(passage, remark)
        return markdown

    def line(self, passage: Passage) -> str:
        """A text on one line that is compared with what is typed, so that nothing in it is markup."""
        _, text = with_format(passage.strip(), self.format)
        return " ".join(unmasked(text.text).split())


def answered(block: Passage, desk: Desk) -> Raw:
    """The fields of the question whose answers these are, its kind among them. Raises `Unusable`."""
    text = block.text
    if not text:
        return {"kind": "open"}
    if text.count("=") + text.count("~") > MOST_ANSWERS:
        raise Unusable(block, f"This question has more than {MOST_ANSWERS} answers: divide it.")
    if text[0] == "#":
        return numeric(block[1:], desk)
    if "~" in text:
        return choice(block, desk)
    if "=" in text and "->" in text:
        return matching(block, desk)
    verdict, said = block.partition("#")
    if verdict.strip().text in _TRUTHS:
        return true_false(verdict.strip(), said, desk)
    return short_text(block, desk)


def true_false(verdict: Passage, said: Passage | None, desk: Desk) -> Raw:
    """True or false; of two feedbacks the first is for the wrong answer."""
    answer = _TRUTHS[verdict.text]
    wrong, right = said.partition("#") if said else (None, None)
    feedback = {}
    for passage, given in ((wrong, not answer), (right, answer)):
        if passage and passage.strip():
            feedback["if_true" if given else "if_false"] = desk.rich(passage)
    return {"kind": "true_false", "answer": answer} | ({"feedback": feedback} if feedback else {})


@dataclass(frozen=True)
class Answer:
    """One answer: what it says, its feedback, its weight if one is written, and whether `=` marks it as right."""

    whole: Passage
    text: Passage
    feedback: Passage | None
    weight: Decimal | None
    right: bool

    @property
    def credit(self) -> Decimal:
        """What it is worth, from -1 to 1."""
        return self.weight if self.weight is not None else Decimal(self.right)


def answer(whole: Passage, right: bool) -> Answer:
    """The answer that a passage says, behind its `=` or `~`. Raises `Unusable`."""
    rest, weight = whole.strip(), None
    if (found := _WEIGHT.match(rest.text)) is not None:
        if found[1].startswith("--"):
            raise Unusable(rest, f"{found[0]} is no weight: write %50% or %-50%.")
        weight = Decimal(found[1]) / 100
        rest = rest[found.end() :].strip()
    text, feedback = rest.partition("#")
    feedback = feedback.strip() if feedback else None
    return Answer(whole, text.strip(), feedback or None, weight, right)


def choice(block: Passage, desk: Desk) -> Raw:
    """Choose one where `=` marks a right one, else as many as are right, by their weights. Raises `Unusable`."""
    answers = _choices(block, desk)
    single = any(one.right and one.credit == 1 for one in answers)
    worth = [one.credit for one in answers] if single else _weights(answers, desk)
    choices: list[Raw] = []
    for index, (one, credit) in enumerate(zip(answers, worth, strict=True)):
        desk.places["choices", index] = one.whole
        written: Raw = {"text": desk.rich(one.text)}
        if one.feedback:
            written["feedback"] = desk.rich(one.feedback)
        if single:
            _mark_single(written, one, credit, any("correct" in other for other in choices), desk)
        elif credit:
            written |= {"credit": str(credit)} | ({"correct": True} if credit > 0 else {})
        choices.append(written)
    if single:
        return {"kind": "single_choice", "choices": choices}
    return {"kind": "multiple_choice", "scoring": "weights", "choices": choices}


def _choices(block: Passage, desk: Desk) -> list[Answer]:
    """The answers at each `~` and `=`."""
    cuts = [found.start() for found in re.finditer(r"[~=]", block.text)]
    answers = []
    if before := block[: cuts[0]].strip():
        desk.warn(before, "This stands before the first = or ~; Moodle takes it for a wrong choice, and so it is here.")
        answers.append(answer(before, right=False))
    for start, end in zip(cuts, [*cuts[1:], len(block.text)], strict=True):
        passage, right = block[start + 1 : end], block.text[start] == "="
        if not right and not passage.strip() and end < len(block.text) and block.text[end] == "=":
            desk.warn(block[start:end], "~= is one sign too many: taken as =.")
            continue
        one = answer(passage, right)
        if right and one.weight is not None:
            desk.warn(passage, "Moodle shows a weight behind = as text; here it counts. Write ~ before a weight.")
        elif one.text.text.startswith("%"):
            desk.warn(passage, "No weight can be read here, so this is text: weights are written %50% or %-33.33333%.")
        answers.append(one)
    return answers


def _mark_single(written: Raw, one: Answer, credit: Decimal, has_right: bool, desk: Desk) -> None:
    """Say what a choice is worth where one is to be chosen: the first right one is the right one."""
    sign = one.whole.at - 1
    if one.right and (has_right or one.whole.piece.text[sign - 1] not in " \t\n{"):
        desk.warn(
            one.whole,
            f"This = makes a{' second' if has_right else ''} right choice, as in Moodle: write \\= if it belongs to "
            "the text, or ~ if the choice is wrong.",
        )
    if credit < 0:
        desk.warn(one.whole, "Where one is chosen nothing is worth less than 0: this weight is taken as 0.")
    elif one.right and credit == 1 and not has_right:
        written["correct"] = True
    elif credit:
        written["credit"] = str(credit)


def _weights(answers: list[Answer], desk: Desk) -> list[Decimal]:
    """The weights of choices of which several may be chosen. Raises `Unusable`."""
    weights = [one.credit for one in answers]
    total = sum(share(weight) for weight in weights if weight > 0)
    if not total:
        raise Unusable(
            answers[0].whole, "No choice is right: mark it with =, or give the right ones weights like %50%."
        )
    if total < 1:
        near = [Fraction(weight).limit_denominator(20) for weight in weights]
        close = all(abs(one - Fraction(weight)) < Fraction(1, 150) for one, weight in zip(near, weights, strict=True))
        if not close or sum(one for one in near if one > 0) < 1:
            percent = f"{float(total) * 100:g}"
            raise Unusable(answers[0].whole, f"The weights above 0 come to {percent} %: they must come to 100 %.")
        desk.warn(answers[0].whole, "The weights do not come to 100 %: taken as the shares they are near to.")
        return [round(Decimal(one.numerator) / one.denominator, 5) for one in near]
    return weights


def matching(block: Passage, desk: Desk) -> Raw:
    """Pairs; what belongs to nothing is a distractor. Raises `Unusable`."""
    pairs: list[Raw] = []
    distractors: list[str] = []
    for whole in _after_equals(block):
        left, right = whole.partition("->")
        if right is None:
            raise Unusable(whole, "Each pair is written = one -> what belongs to it; here is no ->.")
        if "#" in right.text:
            desk.warn(whole, "Pairs have no feedback in GIFT: what follows # is shown as part of the answer.")
        # Moodle takes the right side as it is, without a format of its own.
        shown = markdown_of(right.strip().text, desk.format, set())
        if left.strip():
            desk.places["pairs", len(pairs)] = whole
            pairs.append({"left": desk.rich(left), "right": shown})
        else:
            desk.places["distractors", len(distractors)] = whole
            distractors.append(shown)
    return {"kind": "matching", "pairs": pairs} | ({"distractors": distractors} if distractors else {})


def _after_equals(block: Passage) -> list[Passage]:
    """What follows each `=`, and what stands before the first if that is anything."""
    first, *others = block.split("=")
    return [first, *others] if first.strip() else others


def short_text(block: Passage, desk: Desk) -> Raw:
    """Texts to accept in their order; a star alone stands for whatever else is typed. Raises `Unusable`."""
    _warn_of_short(block, desk)
    answers = [answer(whole, right=True) for whole in _after_equals(block)]
    return accepted(answers, desk)


def accepted(answers: list[Answer], desk: Desk, *, exact_case: bool = False) -> Raw:
    """What of a short text these answers make. Raises `Unusable`."""
    entries: list[Raw] = []
    otherwise: Answer | None = None
    seen: set[str] = set()
    for one in answers:
        text = desk.line(one.text)
        if otherwise is not None:
            desk.warn(one.whole, "Nothing gets as far as this: the star before it accepts everything.")
        elif text and not text.strip("* "):
            otherwise = one
        elif (plain := text if exact_case else text.casefold()) in seen:
            desk.warn(one.whole, f"“{text}” is there already; the first of the two counts.")
        else:
            seen.add(plain)
            desk.places["accept", len(entries)] = one.whole
            entries.append(_entry(one, text, desk))
    if otherwise is not None and otherwise.credit > 0:
        return _anything(otherwise, desk)
    made: Raw = {"kind": "short_text", "accept": entries}
    if otherwise is not None and otherwise.feedback:
        made["feedback"] = {"incorrect": desk.rich(otherwise.feedback)}
    return made


def _entry(one: Answer, text: str, desk: Desk) -> Raw:
    pattern = _STAR.search(text) is not None
    entry: Raw = {"wildcard": text} if pattern else {"text": text.replace("\\*", "*")}
    if one.credit != 1:
        entry["credit"] = str(one.credit)
    if one.feedback:
        entry["feedback"] = desk.rich(one.feedback)
    return entry


def _anything(one: Answer, desk: Desk) -> Raw:
    """An open question for `{=*}`: whatever is typed is an answer, and nobody has said that it is right."""
    if one.credit != 1:
        raise Unusable(one.whole, "This gives part of the points for whatever is typed: say which answers it is for.")
    desk.warn(one.whole, "{=*} accepts anything: taken as an open question, which is answered but not called right.")
    feedback = {"feedback": {"general": desk.rich(one.feedback)}} if one.feedback else {}
    return {"kind": "open", **feedback}


def _warn_of_short(block: Passage, desk: Desk) -> None:
    if block.text.partition("#")[0].strip("= \n").upper() in _TRUTHS:
        desk.warn(block, "Moodle takes this as a word to type: for a true/false question write {TRUE} or {FALSE}.")
    elif "=" not in block.text:
        desk.warn(
            block,
            "No = begins this answer; taken as a text to type, as in Moodle. Write \\{ and \\} for braces in a text.",
        )
    tight = re.match(r"=?\S", block.text) is not None
    for found in re.finditer(r"(?<=[^\s=])=|(?<=[^\n] )=(?=[ \t])" if tight else r"(?<=[^\s=])=", block.text):
        desk.warn(
            block[found.start() :],
            "This = begins another accepted answer, as in Moodle: write \\= if it belongs to the text.",
        )


def numeric(block: Passage, desk: Desk) -> Raw:
    """Numbers to accept in their order; what follows `~` is said of any other. Raises `Unusable`."""
    numbers, otherwise = block.partition("~")
    answers = [answer(whole, right=True) for whole in _after_equals(numbers)]
    said = answer(otherwise, right=False).feedback if otherwise else None
    if answers and answers[-1].credit == 0 and unmasked(answers[-1].text.text) == "*":
        said = answers.pop().feedback or said
    return numbered(answers, block, desk, said)


def numbered(answers: list[Answer], block: Passage, desk: Desk, otherwise: Passage | None = None) -> Raw:
    """What of a numeric question these answers make: the first with full credit is the answer. Raises `Unusable`."""
    full = next((index for index, one in enumerate(answers) if one.credit == 1), None)
    if full is None:
        raise Unusable(block, "No number has full credit: write {#3:0.5}, or = before each of several.")
    if full:
        desk.warn(answers[full].whole, "The answer with full credit is looked at first, whatever stands before it.")
    right = answers.pop(full)
    made: Raw = {"kind": "numeric", "answer": number(right.text)}
    feedback = {}
    if right.feedback:
        feedback["correct"] = desk.rich(right.feedback)
    if otherwise:
        feedback["incorrect"] = desk.rich(otherwise)
    accept = []
    for index, one in enumerate(answers):
        desk.places["accept", index] = one.whole
        entry = number(one.text) | ({} if one.credit == 1 else {"credit": str(one.credit)})
        accept.append(entry | ({"feedback": desk.rich(one.feedback)} if one.feedback else {}))
    return made | ({"accept": accept} if accept else {}) | ({"feedback": feedback} if feedback else {})


def number(passage: Passage) -> Raw:
    """A number with its margin, or a range. Raises `Unusable` where Moodle would take a word for a number."""
    text = passage.text
    if text.find("..") > 0:
        low, _, high = text.partition("..")
        return {"range": {"from": _number(low, passage), "to": _number(high, passage)}}
    value, colon, margin = text.partition(":")
    tolerance: Raw = {"abs": _number(margin, passage)} if colon else {"exact": True}
    return {"value": _number(value, passage), "tolerance": tolerance}


def _number(text: str, passage: Passage) -> str:
    plain = text.strip()
    if _NUMBER.fullmatch(plain) is None:
        shown = unmasked(plain)[:40]
        hint = " (with a decimal point)" if "," in plain else ""
        raise Unusable(
            passage,
            f"“{shown}” is no number{hint}: a numeric answer is written {{#3.14:0.01}}, that is number and margin, "
            "or {#3..4}; for a text leave the # out.",
        )
    return plain
