"""Reading what a student sent: strictly, and by what can be seen alone, so that a refusal never tells of the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.domain.outcomes import InvalidResponse

Path = tuple[str | int, ...]


def read_members(raw: object, *known: str, path: Path = ()) -> Mapping[str, Any]:
    """A JSON object with these members; one that is missing is null, any other is refused."""
    if not isinstance(raw, dict):
        raise InvalidResponse(f"This must be an object with {_listed(known)}, or null.", *path)
    for name in raw:
        if name not in known:
            raise InvalidResponse(f"There is only {_listed(known)} here.", *path)
    return {name: raw.get(name) for name in known}


def read_text(raw: object, longest: int, *path: str | int) -> str:
    """A text that can be stored anywhere, trimmed; "" for null."""
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise InvalidResponse("This must be a text in quotation marks.", *path)
    if len(raw) > longest:
        raise InvalidResponse(f"This has {len(raw)} characters; at most {longest} are taken.", *path)
    if "\0" in raw or any("\ud800" <= character <= "\udfff" for character in raw):
        raise InvalidResponse("This text holds characters that cannot be stored.", *path)
    return raw.strip()


def read_id(raw: object, keys: Mapping[str, str], *path: str | int) -> str:
    """The author's key behind an id of this question; `keys` maps id → key."""
    if not isinstance(raw, str) or raw not in keys:
        raise InvalidResponse("This is none of the ids of this question.", *path)
    return keys[raw]


def read_ids(raw: object, keys: Mapping[str, str], *path: str | int) -> list[str]:
    """The author's keys behind a list of ids, none twice."""
    if not isinstance(raw, list):
        raise InvalidResponse("This must be a list of ids.", *path)
    if len(raw) > len(keys):
        raise InvalidResponse(f"There are only {len(keys)} to choose from.", *path)
    found = [read_id(one, keys, *path, index) for index, one in enumerate(raw)]
    for index, key in enumerate(found):
        if key in found[:index]:
            raise InvalidResponse("This is there twice.", *path, index)
    return found


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"“{name}”" for name in names)
