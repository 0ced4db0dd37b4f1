"""Entity tags: made from what an answer depends on, compared by their opaque part alone.

A proxy that compresses an answer marks its tag as weak; the client then sends the weak form back, also in
If-Match. The opaque part still names the version exactly, so that is what counts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from service.errors import PreconditionFailed, PreconditionRequired

REVALIDATE: Mapping[str, str] = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Accept"}
"""What a cache may do with an answer that has a tag: keep it for this one caller, and ask each time."""

HOW_TO_MATCH = "Send If-Match with the ETag of what you have read."

_TAG = re.compile(r'"([\x21\x23-\x7e\x80-\xff]*)"')


def etag_of(*parts: object) -> str:
    """The opaque part of a tag over these values, which must be told apart by their text."""
    digest = hashlib.sha256()
    for part in parts:
        text = str(part).encode()
        digest.update(b"%d:" % len(text))
        digest.update(text)
    return digest.hexdigest()[:32]


def quoted(etag: str) -> str:
    """The strong tag as it stands in a header."""
    return f'"{etag}"'


def names(header: str | None, etag: str) -> bool:
    """Whether an If-None-Match or If-Match header names this tag, or `*`."""
    if header is None:
        return False
    return header == quoted(etag) or header.strip() == "*" or etag in _TAG.findall(header)


def require_match(if_match: str | None, current: str) -> None:
    """Raise unless the client changes the version it has seen: 428 without a header, 412 with another's tag."""
    if if_match is None:
        raise PreconditionRequired(HOW_TO_MATCH)
    if not names(if_match, current):
        raise PreconditionFailed(
            "Read it again, and make your change to what is there now.", headers={"ETag": quoted(current)}
        )
