"""How single values of a document are read: text as it was written, or JSON's own types, into exact types.

Whatever is refused is refused in plain words that say how to mend it.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import marshmallow as ma
from marshmallow import validate

from service.content.refusals import UNWELCOME, Log, Path, Readable, described, named, shown
from service.domain.documents.addresses import flaw
from service.domain.documents.words import Bounds, Form, slug
from service.domain.expressions import meant
from service.domain.fields import IDENTIFIER, SLUG, Text
from service.domain.numbers import unworkable

ANY_WHOLE = Bounds(-(10**9), 10**9)
YEARS = (1900, 2200)

WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?) ?(Z|[+-]\d\d:\d\d)?", re.ASCII)
NOT_ON_A_LINE = re.compile(r"[\t\n\r]")
_TRUTHS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


class Unfit(ValueError):
    """What was written is none of what belongs here; the message is for the author."""


class Scalar(Readable):
    """A field that holds one value."""

    def read(self, raw: object, path: Path, log: Log) -> Any:
        """The value, or `BROKEN`."""
        try:
            return self.typed(raw)
        except Unfit as unfit:
            return log.refuse(path, str(unfit))

    @abstractmethod
    def typed(self, raw: Any) -> Any:
        """The value that was written. Raises `Unfit`."""


def written(raw: object, wanted: str) -> str:
    """The text of a value without space around it; JSON's numbers are their digits. Raises `Unfit`."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        return repr(raw) if isinstance(raw, float) else _digits(raw)
    raise Unfit(f"{wanted} is needed here, not {described(raw)}.")


def _digits(number: int | Decimal) -> str:
    try:
        return str(number)
    except ValueError:  # a whole number of thousands of digits
        raise Unfit("This number is too large.") from None


class TextField(Scalar, ma.fields.String):
    """Text, as its declaration bounds it."""

    def __init__(self, text: Text, form: Form | None = None, **options: Any) -> None:
        shown = {} if text.pattern is None else {"pattern": f"^(?:{text.pattern})$"}
        super().__init__(validate=validate.Length(min=1, max=text.longest), metadata=shown, **options)
        self.text = text
        self.form = form

    def typed(self, raw: Any) -> str:
        text = written(raw, "A text") if not self.text.many_lines or not isinstance(raw, str) else _block(raw)
        if (found := UNWELCOME.search(text)) is not None:
            raise Unfit(f"An invisible character, {named(found[0])}, stands in this text: delete it.")
        if not text:
            raise Unfit("This text is empty: write something, or leave the field out.")
        if len(text) > self.text.longest:
            raise Unfit(f"This has {len(text)} characters, and at most {self.text.longest} are taken: shorten it.")
        if not self.text.many_lines and (found := NOT_ON_A_LINE.search(text)) is not None:
            raise Unfit("Write this on one line." if found[0] != "\t" else "Write spaces here instead of a tab.")
        self._check_form(text)
        return text

    def _check_form(self, text: str) -> None:
        if self.text.address and (wrong := flaw(text)) is not None:
            raise Unfit(wrong)
        if self.text.pattern is None or re.fullmatch(self.text.pattern, text):
            return
        if self.text.pattern == SLUG:
            raise Unfit(f"A key has small letters, digits and hyphens; “{slug(text)}” would be one.")
        if self.text.pattern == IDENTIFIER:
            raise Unfit("A name for formulas has small letters, digits and _, and begins with a letter: p_first.")
        raise Unfit(f"This must be {self.form.words if self.form else 'of the form ' + self.text.pattern}.")


class NameField(Scalar, ma.fields.String):
    """A name of the author's own, exactly as written; it may be empty."""

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(validate=validate.Length(max=longest), **options)
        self.longest = longest

    def typed(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise Unfit(f"A name is needed here, not {described(raw)}.")
        if (found := UNWELCOME.search(raw)) is not None:
            raise Unfit(f"An invisible character, {named(found[0])}, stands in this name: delete it.")
        if len(raw) > self.longest:
            raise Unfit(f"A name has at most {self.longest} characters.")
        return raw


def _block(raw: str) -> str:
    """Text of several lines, without the empty ones around it; where its first line begins matters to Markdown."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    return re.sub(r"\A(?:[ \t]*\n)+", "", lines)


class WholeField(Scalar, ma.fields.Integer):
    """A whole number between bounds."""

    def __init__(self, bounds: Bounds = ANY_WHOLE, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=bounds.least, max=bounds.most), **options)
        self.bounds = bounds

    def typed(self, raw: Any) -> int:
        text = written(raw, "A whole number")
        if WHOLE.fullmatch(text) is None or not self.bounds.least <= int(text) <= self.bounds.most:
            counted = f" of {self.bounds.counted}" if self.bounds.counted else ""
            raise Unfit(f"Write a whole number{counted} from {self.bounds.least} to {self.bounds.most}.")
        return int(text)


class NumberField(Scalar, ma.fields.Decimal):
    """A decimal number, kept exactly as written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(as_string=True, **options)

    def typed(self, raw: Any) -> Decimal:
        text = written(raw, "A number")
        if len(text) > 1000 or NUMBER.fullmatch(text) is None:
            raise Unfit("Write a number like 0.25, -3 or 1.5e-3, with a decimal point and nothing behind it.")
        number = Decimal(text)
        if (wrong := unworkable(number)) is not None:
            raise Unfit(wrong)
        return number


class FlagField(Scalar, ma.fields.Boolean):
    """True or false."""

    def typed(self, raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        if raw in ("true", "false"):
            return bool(raw == "true")
        plain = raw.strip().lower() if isinstance(raw, str) else ""
        truth = _TRUTHS.get(plain, plain)
        wanted = f"`{truth}`" if truth in {"true", "false"} else "`true` or `false`"
        raise Unfit(f"Write {wanted}, not {f'“{shown(raw)}”' if isinstance(raw, str) else described(raw)}.")


class DayField(Scalar, ma.fields.Date):
    """A day of the calendar."""

    def typed(self, raw: Any) -> date:
        text = written(raw, "A date like 2026-03-21")
        if DAY.fullmatch(text) is None:
            raise Unfit("Write a date like 2026-03-21: year, month, day.")
        return _in_calendar(date, text)


class MomentField(Scalar, ma.fields.DateTime):
    """A day and a time, with its zone or without."""

    def typed(self, raw: Any) -> datetime:
        text = written(raw, "A date and time like 2026-03-21 09:00")
        found = MOMENT.fullmatch(text)
        if found is None:
            like = f"{text} 09:00" if DAY.fullmatch(text) else "2026-03-21 09:00 or 2026-03-21T09:00+01:00"
            raise Unfit(f"Write a date and a time, like {like}.")
        return _in_calendar(datetime, f"{found[1]}T{found[2]}{found[3] or ''}")


Day = TypeVar("Day", bound=date)


def _in_calendar(kind: type[Day], text: str) -> Day:
    try:
        found = kind.fromisoformat(text)
    except ValueError:
        raise Unfit("There is no such day or time in the calendar.") from None
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise Unfit(f"The year must be between {YEARS[0]} and {YEARS[1]}.")
    return found


class WordField(Scalar, ma.fields.String):
    """One word of a few."""

    def __init__(self, words: Sequence[str], **options: Any) -> None:
        super().__init__(validate=validate.OneOf(words), **options)
        self.words = dict.fromkeys(words)

    def typed(self, raw: Any) -> str:
        text = written(raw, f"One of {', '.join(self.words)}")
        if text in self.words:
            return text
        if len(self.words) == 1:
            raise Unfit(f"This must be {next(iter(self.words))}.")
        near = meant(text, self.words)
        raise Unfit(f"“{shown(text)}” is none of {', '.join(self.words)}{near}")
