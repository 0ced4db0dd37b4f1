"""The one gate for what authors write: YAML files, the admin's API and importers all come through here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from service.content.derivation import reader, schema_for, written_name
from service.content.refusals import Log, Path, shown
from service.domain.documents import CourseDocument, Resource, UnitDocument, UnitHead
from service.domain.kinds.question import Question
from service.domain.mistakes import Mistake, Rejected
from service.domain.questions import check_variants
from service.domain.references import Unread, mistakes_across

__all__ = ["Exact", "dump_document", "load_course", "load_document", "load_unit", "schema_for"]

Document = TypeVar("Document")

STAND_IN = UnitDocument(format="hornbook/unit@1", unit=UnitHead(key="unit", title="Unit"))
"""Stands for what could not be read of a unit's head, so that the rest can still be checked."""


def load_unit(raw: object, shared_resources: Mapping[str, Resource] | None = None) -> UnitDocument:
    """The unit that `raw` says, with everything checked that can be checked without a database.

    `shared_resources` are the course's. Raises `Rejected` with every mistake of fields, of entities by themselves,
    of references between them, and of every variant of every question.
    """
    log = Log()
    values = reader(UnitDocument).read_fields(raw, (), log)
    if values is None:
        raise Rejected(log.mistakes)
    unit = UnitDocument(**{"format": STAND_IN.format, "unit": STAND_IN.unit, **values})
    across = mistakes_across(unit, shared_resources, _unread(raw, log))
    checked = [*across, *_question_mistakes(unit, log, across)]
    mistakes = [*log.mistakes, *(Mistake(log.as_written(one.path), one.message) for one in checked)]
    if mistakes:
        raise Rejected(in_order(mistakes, raw))
    return unit


def load_course(raw: object) -> CourseDocument:
    """The course that `raw` says. Raises `Rejected`."""
    mistakes = list(_time_zone_mistakes(raw))
    try:
        course = load_document(CourseDocument, raw)
    except Rejected as rejected:
        told = {one.path for one in rejected.mistakes}
        mistakes = [*rejected.mistakes, *(one for one in mistakes if one.path not in told)]
        raise Rejected(in_order(mistakes, raw)) from None
    if mistakes:
        raise Rejected(mistakes)
    return course


def _time_zone_mistakes(raw: object) -> Iterator[Mistake]:
    """A time zone there is not; only the system's list of them knows."""
    zone = raw.get("time_zone") if isinstance(raw, Mapping) else None
    try:
        ZoneInfo(zone if isinstance(zone, str) else "UTC")
    except (ValueError, OSError, KeyError):
        yield Mistake(("time_zone",), f"There is no time zone “{shown(str(zone))}”: write one like Europe/Paris.")


def load_document(document: type[Document], raw: object) -> Document:
    """A document of this class by itself. Raises `Rejected` with all its mistakes, in order of their place."""
    log = Log()
    read: Document = reader(document).read(raw, (), log)
    if log.mistakes:
        raise Rejected(in_order(log.mistakes, raw))
    return read


def dump_document(document: Any) -> dict[str, Any]:
    """The document as canonical JSON that loads as its equal.

    What has its default is left out; decimals, dates and times are text.
    """
    said: dict[str, Any] = {}
    for declared in _declared(document.__class__):
        value = getattr(document, declared.attribute)
        if declared.always or not _same(value, declared.default):
            said[declared.name] = _plain(value)
    return said


class Exact(str):
    """The text of a number or a date, kept exactly; told from an author's text where it matters (quotation marks)."""

    __slots__ = ()


class _Declared(NamedTuple):
    attribute: str
    name: str
    default: Any
    always: bool


@cache
def _declared(document: Any) -> tuple[_Declared, ...]:
    hints = get_type_hints(document)
    return tuple(
        _Declared(
            field.name,
            written_name(field.name),
            field.default if field.default_factory is MISSING else field.default_factory(),
            # What tells documents apart (`kind`, `format`) is always said.
            get_origin(hints[field.name]) is Literal and len(get_args(hints[field.name])) == 1,
        )
        for field in fields(document)
    )


def _same(value: Any, default: Any) -> bool:
    # 1.50 and 1.5 are equal, and yet not the same text.
    return bool(value == default) and (not isinstance(value, Decimal) or str(value) == str(default))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        wrapper = getattr(value, "WRAPPED", None)
        return dump_document(value) if wrapper is None else {wrapper: dump_document(value)}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        # In the order in which they are stored.
        return {name: _plain(entry) for name, entry in sorted(value.items())}
    if isinstance(value, date):
        return Exact(value.isoformat())
    return Exact(value) if isinstance(value, Decimal) else value


LISTS = {"sections", "items", "options", "before"}
"""Where readings and choice groups are listed."""


def _unread(raw: Any, log: Log) -> Unread:
    """What of the unit could not be read, by the keys that were written where they can be told.

    Those of readings and groups cannot: short forms have none.
    """
    unread: dict[str, set[str] | None] = {}
    for path in log.lost:
        part = str(path[0])
        if part == "sections":
            if path[-1] in LISTS:
                unread[part] = None
        elif part == "resources" and len(path) > 1:
            unread[part] = set(raw[part])
        elif len(path) == 1:
            kept = log.kept.get(path)
            unread[part] = None if kept is None else _keys(raw[part], kept)
    return unread


def _keys(entries: Sequence[Any], kept: Collection[int]) -> set[str] | None:
    """The keys of the entries of a list that were not kept; None where one has none."""
    keys = [
        entry.get("key") if isinstance(entry, Mapping) else None
        for index, entry in enumerate(entries)
        if index not in kept
    ]
    # A number of thousands of digits is no key, and has no text either.
    told = [str(key) for key in keys if isinstance(key, str) or (isinstance(key, int) and abs(key) < 10**64)]
    return set(told) if len(told) == len(keys) else None


def _question_mistakes(unit: UnitDocument, log: Log, across: Sequence[Mistake]) -> Iterator[Mistake]:
    """What is wrong with the variants of the questions that are whole and whose stimulus and parameters are there."""
    spoilt = {one.path[:2] for one in log.mistakes}
    lacking = {("stimulus",), ("same_parameters_as",)}
    spoilt |= {log.as_written(one.path[:2]) for one in across if one.path[2:3] in lacking}

    def is_whole(*path: str | int) -> bool:
        return log.as_written(path) not in spoilt

    stimuli = {one.key: one for index, one in enumerate(unit.stimuli) if is_whole("stimuli", index)}
    questions = {one.key: one for index, one in enumerate(unit.questions) if is_whole("questions", index)}
    for index, question in enumerate(unit.questions):
        stimulus = stimuli.get(question.stimulus or "")
        has_stimulus = stimulus is not None or question.stimulus is None
        if is_whole("questions", index) and has_stimulus and _has_parameters(question, questions):
            yield from (one.under("questions", index) for one in check_variants(question, stimulus, questions))


def _has_parameters(question: Question, questions: Mapping[str, Question]) -> bool:
    """Whether every question it takes its parameters from, directly or through others, is there."""
    passed: set[str] = set()
    while question.same_parameters_as is not None and question.key not in passed:
        passed.add(question.key)
        if question.same_parameters_as not in questions:
            return False
        question = questions[question.same_parameters_as]
    return True


def in_order(mistakes: Sequence[Mistake], raw: object) -> list[Mistake]:
    """The mistakes in the order in which `raw` says what they are about, each once; what is missing comes first."""
    return sorted(dict.fromkeys(mistakes), key=lambda mistake: _place(mistake.path, raw))


def _place(path: Path, raw: Any) -> list[int]:
    place = []
    for step in path:
        if isinstance(raw, Mapping):
            place.append(list(raw).index(step) if step in raw else -1)
            raw = raw.get(step)
        elif isinstance(raw, list | tuple) and isinstance(step, int) and step < len(raw):
            place.append(step)
            raw = raw[step]
        else:
            break
    return place
