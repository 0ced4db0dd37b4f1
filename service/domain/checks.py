"""Checks a question before anybody is asked it: every variant must hold together, or the author is told which not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from service.domain import templates
from service.domain.expressions import compiled
from service.domain.kinds import KINDS
from service.domain.kinds.kind import Kind, Posed
from service.domain.kinds.question import Question, Stimulus
from service.domain.mistakes import Mistake, Rejected
from service.domain.parameters import checked_variants, completed, resolve
from service.domain.shapes import Json
from service.domain.splitting import split
from service.domain.values import ExpressionError, meant
from service.domain.variants import Variant
from service.domain.walking import leaves, mistakes_in

MOST_REPORTED = 20


def check_question(
    document: Question, stimulus: Stimulus | None = None, others: Mapping[str, Question] | None = None
) -> list[Mistake]:
    """Everything wrong with a question, by path in its document; [] when it can be asked.

    `stimulus` is the one it names, `others` the unit's questions by key. Where the question itself is in order all
    its variants (or a fixed sample of 500) are worked out: requirements hold, there is a right answer, choices
    differ, no named mistake is right, and nothing hangs on a tie or falls exactly on a threshold. A mistake of
    several variants is told once, with the first of them.
    """
    found = [*mistakes_in(document), *_stimulus_mistakes(document, stimulus)]
    return found or check_variants(document, stimulus, others)


def check_variants(
    document: Question, stimulus: Stimulus | None = None, others: Mapping[str, Question] | None = None
) -> list[Mistake]:
    """The same of a question whose fields are in order, and whose stimulus this is: the gate has asked that already."""
    try:
        resolved = resolve(document, others or {})
    except Rejected as rejected:
        return list(rejected.mistakes)
    # Variants can rely on names that are known.
    return list(_name_mistakes(resolved, stimulus)) or _variant_mistakes(resolved, stimulus)


def _stimulus_mistakes(document: Question, stimulus: Stimulus | None) -> Iterator[Mistake]:
    if document.stimulus is not None and (stimulus is None or stimulus.key != document.stimulus):
        yield Mistake(("stimulus",), f"There is no stimulus “{document.stimulus}” in this unit.")


def _name_mistakes(document: Question, stimulus: Stimulus | None) -> Iterator[Mistake]:
    """Names in formulas and placeholders that nothing declares."""
    data = stimulus.data if stimulus is not None else {}
    known: dict[str, object] = {**data, **document.parameters}
    for name in document.parameters.keys() & data.keys():
        yield Mistake(("parameters", name), f"“{name}” is already the name of a datum of the stimulus.")
    for path, value, text in leaves(document):
        if not isinstance(value, str) or text is None:
            continue
        if text.expression:
            for name in sorted(compiled(value).names - known.keys()):
                yield Mistake(path, f"There is no parameter or datum “{name}”{meant(name, known)}")
        elif path[-1] == "choices_from" and value not in data:
            yield Mistake(path, f"The stimulus has no datum “{value}”{meant(value, data)}")
        elif text.markdown or path[-1] == "text":
            hints_know = document.parameters if path[0] == "hints" else known
            yield from (Mistake(path, fault) for fault in templates.faults(value, hints_know))


def _variant_mistakes(document: Question, stimulus: Stimulus | None) -> list[Mistake]:
    revision, key = split(document, stimulus)
    kind = KINDS[document.kind]
    texts = [*_templates(revision), *_templates(key)]
    first: dict[Mistake, str] = {}
    times: dict[Mistake, int] = {}
    for free in checked_variants(revision):
        variant = ", ".join(f"{name} = {value}" for name, value in free.items())
        for mistake in _mistakes_of_variant(kind, revision, key, free, texts):
            first.setdefault(mistake, variant)
            times[mistake] = times.get(mistake, 0) + 1
    return [_told(mistake, variant, times[mistake]) for mistake, variant in first.items()][:MOST_REPORTED]


def _told(mistake: Mistake, variant: str, times: int) -> Mistake:
    if not variant:
        return mistake
    more = f" and {times - 1} more" if times > 1 else ""
    return replace(mistake, message=f"{mistake.message} (variant {variant}{more})")


def _templates(stored: object) -> list[str]:
    """Every text in stored JSON that has placeholders."""
    if isinstance(stored, str):
        return [stored] if templates.OPENING in stored else []
    members = stored.values() if isinstance(stored, dict) else stored if isinstance(stored, list) else ()
    # Most members hold nothing.
    return [text for member in members if member for text in _templates(member)]


def _mistakes_of_variant(
    kind: Kind, revision: Json, key: Json, free: Mapping[str, str], texts: Sequence[str]
) -> Iterator[Mistake]:
    ties: list[str] = []
    try:
        variant = Variant(revision["data"], completed(revision, free), ties.append)
    except ExpressionError as error:
        yield Mistake(("parameters",), str(error))
        return
    posed = Posed(revision, variant)
    yield from _requirement_mistakes(variant, revision)
    try:
        yield from kind.check(posed, key)
        yield from _named_mistakes(kind, posed, key)
        for text in texts:
            posed.variant.text(text)
    except ExpressionError as error:
        yield Mistake((), str(error))
    for tie in dict.fromkeys(ties):
        yield Mistake((), f"The answer hangs on a tie: {tie}; choose other numbers.")


def _requirement_mistakes(variant: Variant, revision: Json) -> Iterator[Mistake]:
    for index, condition in enumerate(revision["require"]):
        try:
            if not variant.holds(condition):
                yield Mistake(("require", index), f"“{condition}” does not hold.")
        except ExpressionError as error:
            yield Mistake(("require", index), str(error))


def _named_mistakes(kind: Kind, posed: Posed, key: Json) -> Iterator[Mistake]:
    """Wrong answers the author named that are right in this variant, or that cannot be worked out."""
    for index, named in enumerate(key["mistakes"]):
        path = ("mistakes", index)
        if not kind.names_mistakes:
            yield Mistake(path, f"A question of kind {kind.name} has no named mistakes; use feedback.")
            continue
        try:
            if named["unless"] is not None and posed.variant.holds(named["unless"]):
                continue
            if kind.same_answer(posed, key, named["answer"]):
                yield Mistake(path, "This mistake is accepted as right; say `unless:` when it is none.")
        except ExpressionError as error:
            yield Mistake(path, str(error))
