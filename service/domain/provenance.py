"""Where something that was not written here comes from, so that importing it again finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from service.domain.fields import Bounds, Text, Word


@dataclass(frozen=True, kw_only=True)
class ImportSource:
    """Where something was imported from: the format, the file, its lines (from 1) and a hash of what they held."""

    format: Word
    path: Annotated[str, Text(500)] | None = None
    first_line: Annotated[int, Bounds(1, 10_000_000)] | None = None
    last_line: Annotated[int, Bounds(1, 10_000_000)] | None = None
    content_hash: Word | None = None
