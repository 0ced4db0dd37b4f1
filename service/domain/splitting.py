"""Splits a question into what is asked and what is right, so that the two can be stored and read apart."""

from __future__ import annotations

from typing import Any

from service.domain.keys import keyed
from service.domain.kinds import KINDS
from service.domain.kinds.answers import stored_answer
from service.domain.kinds.question import Question, Stimulus
from service.domain.parameters import stored

FEEDBACK = ("correct", "incorrect", "partial", "general")


def split(document: Question, stimulus: Stimulus | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The revision (what is asked) and the key (what is right and what is said about it), as JSON.

    The question is one that `resolve` returned and `check_question` found nothing wrong with; rich text is
    {"markdown": …}. The revision tells nothing of the answer but through `parameters` and `require`, and does not
    change when only the key does.
    """
    kind = KINDS[document.kind]
    data = dict(stimulus.data) if stimulus is not None else {}
    asked, right = kind.split(document, data)
    revision = {
        "kind": document.kind,
        "stem": {"markdown": document.stem},
        "stimulus": None if stimulus is None else {"markdown": stimulus.text},
        "points": str(document.points),
        "shuffle": document.shuffle,
        "data": {name: list(entries) for name, entries in data.items()},
        "parameters": stored(document.parameters),
        "require": list(document.require),
        **asked,
    }
    return revision, {
        "kind": document.kind,
        "feedback": _stored_feedback(document),
        "hints": _stored_hints(document),
        "mistakes": _stored_mistakes(document),
        **right,
    }


def _stored_feedback(document: Question) -> dict[str, Any]:
    about = {name: getattr(document.feedback, name) for name in FEEDBACK}
    return {name: {"markdown": text} for name, text in about.items() if text is not None}


def _stored_hints(document: Question) -> list[dict[str, Any]]:
    keys = keyed((hint.key, hint.text) for hint in document.hints)
    return [{"key": key, "text": {"markdown": hint.text}} for key, hint in zip(keys, document.hints, strict=True)]


def _stored_mistakes(document: Question) -> list[dict[str, Any]]:
    answers = [stored_answer(named.answer) for named in document.mistakes_]
    keys = keyed(
        (named.key, f"{named.feedback} {answer}") for named, answer in zip(document.mistakes_, answers, strict=True)
    )
    return [
        {"key": key, "answer": answer, "feedback": {"markdown": named.feedback}, "unless": named.unless}
        for key, named, answer in zip(keys, document.mistakes_, answers, strict=True)
    ]
