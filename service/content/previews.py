"""A question as plain text, for its author: one variant as a student sees it, then what is right and what is said."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import count, product
from string import ascii_lowercase
from textwrap import indent
from typing import Any

from service.content.questions import PreparedQuestion
from service.domain.kinds import KINDS
from service.domain.kinds.answers import interval, value_of
from service.domain.kinds.question import Question
from service.domain.outcomes import Outcome
from service.domain.parameters import completed, numbered_variant, variant_count
from service.domain.questions import explain, hints, lay_out, show
from service.domain.shapes import Json
from service.domain.values import Value, from_json, general
from service.domain.variants import Variant

BLANK = "____"


def preview(document: Question, prepared: PreparedQuestion, variant: int = 1) -> str:
    """The question of `document`, as it was prepared, in the variant with this number (from 1 to `variant_count`)."""
    revision, key = prepared.revision, prepared.answer_key
    values = completed(revision, numbered_variant(revision, variant - 1))
    ids = _letters()
    layout = lay_out(revision, key, values, shuffle=True, chance=random.Random(variant), fresh=lambda: str(next(ids)))
    told = explain(revision, key, values, layout, None, Outcome.unanswered(KINDS[document.kind].rule(key)))
    posed = Variant(revision["data"], values)
    blocks = [
        _heading(document, revision, values, variant),
        *_asked(show(revision, values, layout)),
        "──────── for its author",
        *_right(told),
        *_section("What is said", [*_of_choices(told), *_of_entries(key, posed), *_at_large(key, posed)]),
        *_section("Named mistakes", _mistakes(key, posed)),
        *_section("Hints", [f"{at}. {hint['markdown']}" for at, hint in enumerate(hints(key, values), start=1)]),
        *_section("To read", [_source(source) for source in document.answers_from]),
    ]
    return "\n\n".join(blocks) + "\n"


def _letters() -> Iterator[str]:
    """a, b, … z, aa, ab, …"""
    return ("".join(letters) for length in count(1) for letters in product(ascii_lowercase, repeat=length))


def _heading(document: Question, revision: Json, values: Json, variant: int) -> str:
    points = "1 point" if document.points == 1 else f"{document.points} points"
    first = " · ".join([document.key, document.kind, points, *([document.level] if document.level else [])])
    if not revision["parameters"]:
        return first
    drawn = ", ".join(f"{name} = {_written(from_json(value))}" for name, value in values.items())
    return f"{first}\nvariant {variant} of {variant_count(revision)}: {drawn}"


def _asked(shown: Json) -> Iterator[str]:
    """What a student sees; everything choosable has a letter."""
    if shown["stimulus"]:
        yield str(shown["stimulus"]["markdown"]).rstrip()
    yield str(shown["stem"]["markdown"]).rstrip()
    match shown:
        case {"kind": "true_false"}:
            yield "true / false"
        case {"gaps": gaps}:
            yield "\n".join(f"[[{gap['id']}]] {_field(gap)}" for gap in gaps)
        case {"lefts": lefts, "rights": rights}:
            yield _options(lefts)
            yield _options(rights)
        case {"steps": options} | {"choices": options}:
            yield _options(options)
        case {"min_words": least, "max_words": most}:
            yield f"{BLANK} ({least} words or more)" if most is None else f"{BLANK} ({least} to {most} words)"
        case _:
            yield _field(shown)


def _field(asked: Json) -> str:
    """A field to type in, or choices in a line."""
    if "choices" in asked:
        return " / ".join(f"{one['id']} {one['text']['markdown']}" for one in asked["choices"])
    units = asked.get("units")
    return f"{BLANK} {' / '.join(units)}" if units else BLANK


def _options(options: Sequence[Json]) -> str:
    return "\n".join(f"  {one['id']}  {_hanging(one['text']['markdown'], 5)}" for one in options)


def _right(told: Json) -> Iterator[str]:
    right = _answer(told["right"])
    if right is not None:
        also = ", ".join(_answer(one) or "" for one in told.get("accepted", ()))
        yield f"Right: {right}" + (f" (accepted: {also})" if also else "")
    if told.get("model_answer"):
        yield f"A good answer:\n{indent(told['model_answer']['markdown'].rstrip(), '  ')}"
    yield from _section("Judged by", [f"{one['points']}: {one['text']['markdown']}" for one in told.get("rubric", ())])


def _answer(right: Any) -> str | None:
    """A right answer in words; the letters are those shown."""
    match right:
        case {"from": low, "to": high}:
            return f"{low} to {high}"
        case {"gaps": gaps}:
            return "; ".join(f"[[{gap}]] {_answer(inside)}" for gap, inside in gaps.items())
        case {"pairs": pairs}:
            return ", ".join(f"{left}–{other}" for left, other in pairs.items())
        case {"choices": several} | {"order": several}:
            return ", ".join(several) or "none of them"
        case {"value": bool(value)}:
            return "true" if value else "false"
        case {"choice": str(text)} | {"text": str(text)} | str(text):
            return text
    return None


def _of_choices(told: Json) -> Iterator[str]:
    """What is said of each choice, of gaps too."""
    asked = [("", told), *((f"[[{gap['id']}]] ", gap) for gap in told.get("gaps", ()))]
    for where, inside in asked:
        for choice in inside.get("choices", ()):
            if choice["feedback"]:
                name = choice.get("id") or _answer({"value": choice["value"]})
                yield f"{where}{name}, {'right' if choice['right'] else 'wrong'}: {choice['feedback']['markdown']}"
    for pair in told.get("pairs", ()):
        if pair["feedback"]:
            yield f"{pair['left']}: {pair['feedback']['markdown']}"


def _of_entries(key: Json, posed: Variant) -> Iterator[str]:
    """What is said to answers that are accepted or rejected by an entry of their own."""
    for entry in (*key.get("entries", ()), *key.get("accept", ()), *key.get("reject", ())):
        if entry["feedback"]:
            said = entry.get("text") or entry.get("wildcard") or entry.get("re") or entry.get("number")
            answer = _named(entry["answer"], posed) if "answer" in entry else said
            yield f"to “{answer}”: {posed.fill(entry['feedback'])['markdown']}"


def _at_large(key: Json, posed: Variant) -> Iterator[str]:
    for how, said in key["feedback"].items():
        yield f"{how}: {posed.fill(said)['markdown']}"


def _mistakes(key: Json, posed: Variant) -> Iterator[str]:
    for named in key["mistakes"]:
        excused = named["unless"] is not None and posed.holds(named["unless"])
        answer = "none in this variant" if excused else _named(named["answer"], posed)
        yield f"{named['key']} ({answer}): {posed.fill(named['feedback'])['markdown']}"


def _named(answer: Json, posed: Variant) -> str:
    """A number, label or range that the author names."""
    if "range" in answer:
        low, high = interval(answer, posed)
        return f"{general(low)} to {general(high)}"
    return _written(value_of(answer, posed))


def _written(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Fraction():
            return general(value)
        case str():
            return value
        case _:
            return f"[{', '.join(map(_written, value))}]"


def _source(source: Any) -> str:
    return f"{source.reading or source.reading_group}{f', {source.locator}' if source.locator else ''}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A title with lines below it; nothing without lines."""
    told = [f"  {_hanging(line, 2)}" for line in lines]
    if told:
        yield "\n".join([f"{title}:", *told])


def _hanging(text: str, width: int) -> str:
    """The text, its later lines moved in as far as the first one."""
    first, *others = text.rstrip().split("\n")
    return "\n".join([first, *(" " * width + line for line in others)])
