"""The story of a question, from what an author wrote to what a student is told: all that features call.

A question document is split into two JSON objects, stored apart: the **revision** (what is asked, a template)
and the **key** (what is right, and what is said about it). For each student a variant is drawn (**values**) and
laid out (**layout**: the orders shown and random ids). A student's answer is read into a canonical **response**
in the author's keys, so that it can be graded again in any order and under any ids.

Everything in and out is JSON, `Outcome` aside. Rich text is {"markdown": …} in `split`'s results; once rendered
it has "html" beside it, and everything that is shown then has it too. Rules and their names: `quizzes.md`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.domain.checks import check_question, check_variants
from service.domain.kinds import KINDS
from service.domain.kinds.kind import Dealer, Kind, Posed
from service.domain.kinds.question import Stimulus
from service.domain.outcomes import InvalidResponse, Outcome, Status, fraction_text
from service.domain.parameters import draw, resolve
from service.domain.shapes import Json, Rich
from service.domain.splitting import split
from service.domain.values import ExpressionError
from service.domain.variants import Variant, blank

__all__ = [
    "Stimulus",
    "check_question",
    "check_variants",
    "draw_values",
    "explain",
    "feedback",
    "grade",
    "hint_count",
    "hints",
    "lay_out",
    "near_miss",
    "present_response",
    "read_response",
    "require_readable",
    "resolve",
    "show",
    "split",
]


BROKEN = "broken variant"
"""The rule of an outcome that is nobody's fault: the variant's key cannot be worked out."""


def draw_values(revision: Json, chance: random.Random, seen: Sequence[Json] = ()) -> dict[str, Any]:
    """Draw a variant: parameter → text ("0.46", "23/50", a label), true or false, or a list of these.

    A variant not among `seen` (earlier results of this function) is preferred. {} without parameters.
    """
    return draw(revision, chance, seen)


def lay_out(
    revision: Json, key: Json, values: Json, *, shuffle: bool, chance: random.Random, fresh: Callable[[], str]
) -> dict[str, Any]:
    """Decide the order shown and give everything choosable an id from `fresh()`: {} where there is nothing.

    `shuffle` is the quiz's wish; the question may object. What would give the answer away is shuffled always (the
    rights of a matching, the steps of an ordering), a true/false never. The key serves for one thing only: the
    order first shown of an ordering is never the right one.
    """
    dealer = Dealer(chance, fresh, shuffle and revision["shuffle"])
    return _kind(revision).lay_out(Posed.of(revision, values), key, dealer)


def show(revision: Json, values: Json, layout: Json) -> dict[str, Any]:
    """What a student sees: {"kind", "points", "stem", "stimulus"} and the members of its kind in `shapes.py`."""
    posed = Posed.of(revision, values, layout)
    kind = _kind(revision)
    stimulus = revision["stimulus"]
    return {
        "kind": revision["kind"],
        "points": revision["points"],
        "stem": kind.stem(posed),
        "stimulus": posed.fill(stimulus) if stimulus else None,
        **kind.show(posed),
    }


def bare_stem(revision: Json) -> Rich:
    """What every student is asked, for those who may not see keys: gaps by their numbers, and … for drawn values."""
    return blank(_kind(revision).bare_stem(revision))


def read_response(revision: Json, values: Json, layout: Json, raw: object) -> dict[str, Any] | None:
    """Read what a student sent into its canonical form; None when it is blank. Equal answers, equal forms.

    By kind, sent → canonical (keys are the author's):

        single_choice    {"choice": id}                                {"choice": key}
        true_false       {"value": true}                               the same
        multiple_choice  {"choices": [id, …]}                          {"choices": [key, …]}, sorted
        numeric          {"text": "0.184"}                             {"text": …}, trimmed
        short_text       {"text": "…"}                                 {"text": …}, trimmed
        cloze            {"gaps": {"gap-1": {"text" or "choice"}}}     {"gaps": {name: {…}}}, blank ones left out
        matching         {"pairs": {left id: right id}}                {"pairs": {left key: right key}}
        ordering         {"order": [id, …]}, each step once            {"order": [key, …]}
        open             {"text": "…"}                                 {"text": …}, trimmed

    Raises `InvalidResponse`, decided by what the student can see alone. Half a number or an order of some steps is
    no reason to: it may be a draft (see `require_readable`).
    """
    if raw is None:
        return None
    return _kind(revision).read(Posed.of(revision, values, layout), raw)


def require_readable(revision: Json, values: Json, response: Json) -> None:
    """Raise `InvalidResponse` for a canonical response that may be kept as a draft but is no answer yet.

    Half a number is one, or an order of some steps; decided, like `read_response`, by what the student can see alone.
    """
    _kind(revision).require_readable(Posed.of(revision, values), response)


def present_response(revision: Json, values: Json, layout: Json, response: Json | None) -> dict[str, Any] | None:
    """The way back from `read_response`: a canonical response as the student could send it again."""
    if response is None:
        return None
    return _kind(revision).present(Posed.of(revision, values, layout), response)


def grade(revision: Json, key: Json, values: Json, response: Json | None) -> Outcome:
    """Grade a canonical response: pure and exact; the same arguments give the same outcome, to the byte.

    A stored response that cannot be read any more is `invalid`, never wrong. A variant whose key cannot be worked
    out is nobody's fault: `needs_review` without credit, by the rule `BROKEN`.
    """
    kind = _kind(revision)
    if response is None:
        return Outcome.unanswered(kind.rule(key))
    posed = Posed.of(revision, values)
    try:
        outcome = kind.grade(posed, key, response)
        if outcome.credit == 0:
            mistake = _named_mistake(kind, posed, key, response)
            return outcome if mistake is None else replace(outcome, mistake=mistake)
    except InvalidResponse:
        return Outcome(Status.INVALID, None, kind.rule(key))
    except ExpressionError:
        return Outcome(Status.NEEDS_REVIEW, None, BROKEN)
    return outcome


def near_miss(revision: Json, key: Json, values: Json, response: Json | None) -> bool:
    """Whether a wrong short answer is a slip of the pen from a right one: "check the spelling" is fair to say."""
    if response is None:
        return False
    return _kind(revision).near_miss(Posed.of(revision, values), key, response)


def feedback(
    revision: Json, key: Json, values: Json, layout: Json, response: Json | None, outcome: Outcome
) -> dict[str, Any]:
    """What may be said while tries remain: {"status"}, and for kinds that are no oracle {"credit", "feedback"} too.

    multiple_choice, matching, ordering and cloze say `correct` or `not_correct` and nothing else. "feedback" is a
    list of rich texts: about what was chosen or matched, the named mistake, and how the response fared at large.
    """
    kind = _kind(revision)
    if kind.discreet:
        graded = outcome.status in {Status.PARTIAL, Status.INCORRECT}
        return {"status": "not_correct" if graded else outcome.status.value}
    if outcome.rule == BROKEN:
        return {**_verdict(outcome), "feedback": []}
    posed = Posed.of(revision, values, layout)
    return {**_verdict(outcome), "feedback": _remarks(kind, posed, key, response, outcome)}


def explain(
    revision: Json, key: Json, values: Json, layout: Json, response: Json | None, outcome: Outcome
) -> dict[str, Any]:
    """Everything, once the key may be seen: {"status", "credit", "rule", "feedback", "right", …}.

    "right" is the right answer as the student could have sent it. By kind there are also "choices" (each with
    "id", "right", "chosen", "feedback", chosen or not), "gaps", "pairs", "steps" (the breakdown), "accepted" (what
    else was right), "model_answer" and "rubric". The caller adds what to read.
    """
    kind = _kind(revision)
    if outcome.rule == BROKEN:
        return {**_verdict(outcome), "rule": BROKEN, "feedback": [], "right": None}
    posed = Posed.of(revision, values, layout)
    said = _remarks(kind, posed, key, response, outcome)
    general = key["feedback"].get("general")
    return {
        **_verdict(outcome),
        "rule": outcome.rule,
        "feedback": [*said, posed.fill(general)] if general else said,
        **kind.reveal(posed, key, response, outcome),
    }


def hints(key: Json, values: Json) -> list[Rich]:
    """The hints as rich texts, in the order they are given; parameters (no data) may stand in them."""
    variant = Variant({}, values)
    return [variant.fill(hint["text"]) for hint in key["hints"]]


def hint_count(key: Json) -> int:
    """How many hints there are: the number may be known, their texts not."""
    return len(key["hints"])


def _kind(revision: Json) -> Kind:
    return KINDS[revision["kind"]]


def _verdict(outcome: Outcome) -> dict[str, Any]:
    credit = outcome.credit
    return {"status": outcome.status.value, "credit": None if credit is None else fraction_text(credit)}


def _named_mistake(kind: Kind, posed: Posed, key: Json, response: Json) -> str | None:
    """The key of the first mistake the author named that this response is."""
    for mistake in key["mistakes"]:
        excused = mistake["unless"] is not None and posed.variant.evaluate(mistake["unless"])
        if not excused and kind.is_answer(posed, key, mistake["answer"], response):
            return str(mistake["key"])
    return None


def _remarks(kind: Kind, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> list[Rich]:
    """What the author has to say to this response: the particular first, then the general."""
    said: list[Rich] = []
    if response is not None:
        said += kind.remarks(posed, key, response, outcome)
    said += [mistake["feedback"] for mistake in key["mistakes"] if mistake["key"] == outcome.mistake]
    about: Mapping[str, Rich] = key["feedback"]
    if outcome.status.value in about:
        said.append(about[outcome.status.value])
    return [posed.fill(text) for text in said]
