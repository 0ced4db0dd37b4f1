"""What is said on the wire, in bounded and strictly typed words: the fields and schemas every feature builds on.

A schema that reads a body derives from `In`, one that reads a query string from `Query`, one that writes an
answer from `Out`. Every limit stands in the field, and so in the OpenAPI file.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from service.domain.fields import SLUG
from service.web.json import LARGEST, UNWELCOME, dumps

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")
_CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _messages(**own: str) -> dict[str, str | list[Any] | dict[Any, Any]]:
    return {"required": "This is needed.", "null": "This may not be null.", **own}


class _Strict(ma.Schema):
    """A schema that refuses what it does not know, and says what it does know."""

    class Meta:
        unknown = ma.RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        names = [field.data_key or name for name, field in self.load_fields.items()]
        self.error_messages["unknown"] = f"There is no such field; known are: {', '.join(names) or 'none'}."
        self.error_messages["type"] = "An object is needed here."


class In(_Strict):
    """What a request body holds: unknown fields are refused, types are strict."""


class Query(_Strict):
    """What a query string holds: like `In`, but whole numbers and flags are read from their text."""


class Out(ma.Schema):
    """What an answer holds, in the order declared."""

    class Meta:
        unknown = ma.EXCLUDE


def _is_query(field: ma.fields.Field[Any]) -> bool:
    return isinstance(field.root, Query)


class String(ma.fields.String):
    """Text of a bounded number of characters, without NUL or lone surrogates; `pattern` must match all of it."""

    default_error_messages = _messages(
        invalid="A text is needed.",
        character="The text holds NUL or half of a surrogate pair.",
        pattern="This does not have the right form ({pattern}).",
    )

    def __init__(self, longest: int, *, shortest: int = 0, pattern: str | None = None, **options: Any) -> None:
        bounds = validate.Length(min=shortest or None, max=longest, error=_length(shortest, longest))
        shown = {} if pattern is None else {"pattern": f"^(?:{pattern})$"}
        metadata = {**shown, **options.pop("metadata", {})}
        super().__init__(validate=[bounds, *options.pop("validate", [])], metadata=metadata, **options)
        self.pattern = pattern

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if UNWELCOME.search(value):
            raise self.make_error("character")
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            raise self.make_error("pattern", pattern=self.pattern)
        return value


def _length(shortest: int, longest: int) -> str:
    return f"Give at most {longest} characters." if not shortest else f"Give {shortest} to {longest} characters."


class Slug(String):
    """The name of a course, a unit, a reading: lower-case letters, digits and hyphens."""

    def __init__(self, **options: Any) -> None:
        super().__init__(64, pattern=SLUG, **options)


class OneOf(String):
    """One word of a few."""

    def __init__(self, *words: str, **options: Any) -> None:
        check = validate.OneOf(words, error=f"Give one of: {', '.join(words)}.")
        super().__init__(max(map(len, words)), **options)
        # Instead of the length, which would say the same of a long word in other words.
        self.validators = [check]


class Integer(ma.fields.Integer):
    """A whole number between bounds; 1.0, "1" and true are none, except that a query string has only text."""

    default_error_messages = _messages(invalid="A whole number is needed.")

    def __init__(self, *, lowest: int = 0, highest: int = LARGEST, **options: Any) -> None:
        bounds = validate.Range(min=lowest, max=highest, error=f"Give a number from {lowest} to {highest}.")
        super().__init__(strict=True, validate=[bounds, *options.pop("validate", [])], **options)

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> int:
        if _is_query(self) and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,16}", value):
            return int(value)
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class Flag(ma.fields.Boolean):
    """True or false and nothing that merely resembles them."""

    default_error_messages = _messages(invalid="true or false is needed.")

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> bool:
        if _is_query(self) and value in ("true", "false"):
            return bool(value == "true")
        if type(value) is not bool:
            raise self.make_error("invalid")
        return value


class Uuid(ma.fields.UUID):
    """The id of something, in its canonical form."""

    default_error_messages = _messages(invalid_uuid="An id like 3f2b8c1e-… (a UUID) is needed.")

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> UUID:
        if not isinstance(value, str) or not _CANONICAL_UUID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return UUID(value)


class Moment(ma.fields.DateTime):
    """A point in time as RFC 3339 says it; written in UTC, to the microsecond, with Z."""

    default_error_messages = _messages(invalid="A time like 2026-01-31T09:30:00Z, with its zone, is needed.")

    def _serialize(self, value: datetime | None, *_where: Any, **_options: Any) -> str | None:
        return None if value is None else written(value)

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> datetime:
        if not isinstance(value, str) or not _RFC3339.fullmatch(value):
            raise self.make_error("invalid")
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None


def written(moment: datetime) -> str:
    """An aware moment as every answer writes it: 2026-01-31T09:30:00.000000Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


class ListOf(ma.fields.List[Any]):
    """A list of a bounded length."""

    default_error_messages = _messages(invalid="A list is needed.")

    def __init__(self, inner: ma.fields.Field[Any], *, longest: int, shortest: int = 0, **options: Any) -> None:
        bounds = validate.Length(min=shortest or None, max=longest, error=f"Give {shortest} to {longest} of them.")
        super().__init__(inner, validate=[bounds], **options)


class AnyJson(ma.fields.Raw):
    """Any JSON value, up to `longest` bytes when written compactly: its form is another's to check."""

    default_error_messages = _messages(too_long="This is larger than {longest} bytes.")

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(metadata={"x-max-bytes": longest, **options.pop("metadata", {})}, **options)
        self.longest = longest

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> Any:
        if len(dumps(value)) > self.longest:
            raise self.make_error("too_long", longest=self.longest)
        return value


class RichTextOut(Out):
    """Author's text, as written and as sanitised HTML."""

    markdown = ma.fields.String(required=True)
    html = ma.fields.String(required=True)


class RichText(ma.fields.Nested):
    """Author's text in an answer: `{"markdown": …, "html": …}`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(RichTextOut, **options)
