"""Lists, a page at a time: a cursor holds the keys of the last row seen, so that no row is skipped or repeated.

An operation knows nothing of cursors: it takes `after` (the keys, or None) and `limit`, and returns up to one
row more than the limit, which tells whether there is a next page. `Page.cut` does the rest.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import marshmallow as ma

from service.errors import Unreadable
from service.web import json
from service.web.fields import Integer, Out, Query

USUAL = 50
MOST = 200
LONGEST = 1_000

Row = TypeVar("Row")
_PROOF = 6


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the keys of the last of them when there are more.

    `beside` is what the answer says of the list as a whole.
    """

    rows: Sequence[object]
    last: tuple[object, ...] | None = None
    beside: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def cut(cls, rows: Sequence[Row], limit: int, keys: Callable[[Row], tuple[object, ...]]) -> Page:
        """The first `limit` rows; one more was asked for to know whether there is a next page."""
        if len(rows) <= limit:
            return cls(rows)
        return cls(rows[:limit], keys(rows[limit - 1]))


class Cursor(ma.fields.Field[tuple[Any, ...]]):
    """The keys of the last row seen, as one opaque word: `Cursor("units", str)`.

    The word is base64url over a checksum and the keys in JSON. The checksum covers the list's name, so that a
    mangled cursor, or one of another list, is refused rather than misread; it is no secret.
    """

    def __init__(self, list_name: str, *types: type) -> None:
        super().__init__(
            metadata={"type": "string", "maxLength": LONGEST, "description": "`next` of the page before"},
            error_messages={"invalid": "This is not a cursor of this list; start again without it."},
        )
        self.list_name = list_name
        self.types = types

    def write(self, keys: tuple[object, ...]) -> str:
        """The word for these keys."""
        body = json.dumps([_plain(key) for key in keys])
        return urlsafe_b64encode(self._proof(body) + body).rstrip(b"=").decode()

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> tuple[Any, ...]:
        if not isinstance(value, str) or len(value) > LONGEST:
            raise self.make_error("invalid")
        try:
            keys = self._read(urlsafe_b64decode(value + "=" * (-len(value) % 4))[_PROOF:])
        except (NotBase64, ValueError, TypeError, Unreadable):
            raise self.make_error("invalid") from None
        # Only the word we would write ourselves is one of ours: its checksum is right, and so is its spelling.
        if self.write(keys) != value:
            raise self.make_error("invalid")
        return keys

    def _read(self, body: bytes) -> tuple[Any, ...]:
        return tuple(_typed(key, kind) for key, kind in zip(json.read(body), self.types, strict=True))

    def _proof(self, body: bytes) -> bytes:
        return hashlib.blake2s(self.list_name.encode() + b"\n" + body, digest_size=_PROOF).digest()


def _plain(key: object) -> object:
    if isinstance(key, datetime):
        return key.isoformat()
    return str(key) if isinstance(key, UUID) else key


def _typed(plain: Any, kind: type) -> Any:
    if kind in (str, int):
        if type(plain) is not kind:
            raise TypeError(f"{kind.__name__} expected")
        return plain
    if not isinstance(plain, str):
        raise TypeError("a text expected")
    if kind is UUID:
        return UUID(plain)
    moment = datetime.fromisoformat(plain)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


class PageQuery(Query):
    """The query of a list; a list of its own declares `after = Cursor(…)` with the types of its keys."""

    limit = Integer(
        lowest=1, highest=MOST, load_default=USUAL, metadata={"description": "how many rows at most, in one page"}
    )


def list_of(row: type[Out], name: str = "", **beside: ma.fields.Field[Any]) -> type[Out]:
    """The schema of one page of such rows: `{"items": […], "next": cursor or null}`, and what is said `beside`."""
    members = {
        "items": ma.fields.List(ma.fields.Nested(row), required=True, metadata={"maxItems": MOST}),
        "next": ma.fields.String(
            required=True,
            allow_none=True,
            metadata={"maxLength": LONGEST, "description": "the value of `after` for the next page; null on the last"},
        ),
        **beside,
        "__doc__": f"One page of a list of {row.__name__}.",
    }
    return type(name or row.__name__.removesuffix("Out") + "PageOut", (Out,), members)
