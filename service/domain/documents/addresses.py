"""Whether an address can be followed, and if not, how it was probably meant."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_UNFIT = re.compile(r"[\s<>\[\]\"`{}|\\^]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d)")
_HOST = re.compile(r"(?!-)[^\s.:@/?#\[\]()<>]{1,63}(?:\.[^\s.:@/?#\[\]()<>]{1,63})*\.?")


def is_address(text: str) -> bool:
    """Whether a text is meant as an address: one with a scheme, `www.…`, or a path on the course's site."""
    return text.startswith(("/", "#", "www.")) or "://" in text


def flaw(address: str) -> str | None:
    """What is wrong with an address, with the repair where one can be guessed; None when nothing is.

    Right is an absolute http or https address, or a path on the course's own site that begins with `/` or `#`.
    """
    if (inner := _nested(address)) is not None:
        return f"One address stands inside another here: write {inner} alone."
    if (found := _UNFIT.search(address)) is not None:
        return _unfit(address, found[0])
    if address.startswith("//"):
        return f"This address lacks its scheme: write https:{address}."
    if address.startswith(("/", "#")):
        return None
    return _absolute(address)


def _nested(address: str) -> str | None:
    """The address that a link or another address was wrapped around. `https://archive.org/https://…` is none."""
    found = re.search(r"[\[(<]\s*(https?://[^\s\])>]+)", address, re.IGNORECASE)
    return found[1] if found else None


def _unfit(address: str, character: str) -> str:
    if address[:1] == "<" and address[-1:] == ">":
        return f"Write the address without the angle brackets: {address[1:-1]}."
    if character.isspace():
        return f"An address holds no spaces: write {'%20'.join(address.split())}."
    return f"An address cannot hold {character}: write %{ord(character):02X} for it, or leave it out."


def _absolute(address: str) -> str | None:
    scheme = _SCHEME.match(address)
    if scheme is None:
        return f"This is no address: write https://{address}, or a path on this site that begins with /."
    if scheme[1].lower() not in {"http", "https"}:
        return f"An address begins with https:// or http://, not with {scheme[0]}"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "The host or port of this address cannot be read: write one like https://example.org/page."
    if "@" in parts.netloc:
        return "Leave the name and password before the @ out of the address: everybody would see them."
    if not address[len(scheme[0]) :].startswith("//") or not _HOST.fullmatch(host):
        return "This address lacks its host: write one like https://example.org/page."
    return None
