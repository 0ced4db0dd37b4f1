"""The ids and tags that GIFT files keep in comments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.interchange.gift.scanning import Comment

_ID = re.compile(r"\[id:((?:\\\]|[^\]])+)\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]])+)\]")


def id_in(comments: Sequence[Comment]) -> str | None:
    """The first `[id:…]`."""
    return next((_meant(found) for one in comments for found in _ID.findall(one.text) if _meant(found)), None)


def tags_in(comments: Sequence[Comment]) -> list[str]:
    """Every `[tag:…]` once, in order."""
    found = [_meant(tag) for one in comments for tag in _TAG.findall(one.text)]
    return list(dict.fromkeys(tag for tag in found if tag))


def _meant(written: str) -> str:
    return written.replace("\\]", "]").strip()
