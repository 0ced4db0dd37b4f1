"""Writes a document as YAML in the one canonical way: block style, text as it is, quotation marks where needed.

Ours and not a library's, which would put a text with trailing spaces or tabs on one line full of escapes. Whatever is
written here is read by `events.py` as exactly what it was; a text of an author that other readers of YAML would
take for a number or a truth is put in quotation marks for their sake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.content.documents import Exact

STEP = "  "

PLAIN = re.compile(r"(?:[^\W_]|[$(/<^.+=;~\\_]|-(?=[\w(.]))[^\x00-\x1f\x7f-\x9f\ufeff]*")
"""How an unquoted text may begin, and that it stays on one line."""
BREAKS_PLAIN = re.compile(r": |:$| #|^---|^\.\.\.| $")
"""What ends an unquoted text, or is lost at its end."""
OTHER = re.compile(
    r"~|null|true|false|yes|no|on|off|y|n|=|<<"
    r"|[-+.]?[0-9][-+_.:0-9a-fox]*(?:[ t][0-9:.]+)?.{0,6}|[-+]?\.(?:inf|nan)",
    re.IGNORECASE,
)
"""What a reader of YAML (1.1 or 1.2) may take for something other than a text."""
IN_LINES = re.compile(r"(?=.*\n)[^\r]*[^\r\n]\n?", re.DOTALL)
"""A text that is written as lines; what ends in more than one line break is not, as they are lost there."""
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def emit(document: Mapping[str, Any]) -> str:
    """A document (as `dump_document` gives it) as the text of a file."""
    return "\n".join(_fields(document, "")) + "\n"


def _fields(fields: Mapping[str, Any], indent: str) -> Iterator[str]:
    """The lines of a mapping; between the parts of a whole document stands an empty one."""
    for number, (name, value) in enumerate(fields.items()):
        if not indent and number and isinstance(value, dict | list):
            yield ""
        yield from _entry(f"{indent}{_name(name)}:", value, indent)


def _entry(begin: str, value: Any, indent: str) -> Iterator[str]:
    """The lines of one name and its value."""
    if isinstance(value, dict) and value:
        yield begin
        yield from _fields(value, indent + STEP)
    elif isinstance(value, list) and value:
        yield begin
        for one in value:
            yield from _member(one, indent + STEP)
    else:
        yield from _scalar(begin, value, indent)


def _member(value: Any, indent: str) -> Iterator[str]:
    """The lines of one entry of a list: its first stands behind the dash."""
    if isinstance(value, dict) and value:
        lines = _fields(value, indent + STEP)
        yield f"{indent}- {next(lines)[len(indent) + len(STEP) :]}"
        yield from lines
    elif isinstance(value, list) and value:
        yield f"{indent}-"
        for one in value:
            yield from _member(one, indent + STEP)
    else:
        yield from _scalar(f"{indent}-", value, indent)


def _scalar(begin: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, str) and IN_LINES.fullmatch(value):
        yield from _block(begin, value, indent)
    else:
        yield f"{begin} {_on_a_line(value)}"


def _block(begin: str, text: str, indent: str) -> Iterator[str]:
    """A text of several lines, each as it is; the gate drops line breaks at the end, so they need no mark."""
    # Where the text itself begins with space, nobody could tell how far it is indented.
    depth = str(len(STEP)) if text[0] in " \t\n" else ""
    yield f"{begin} |{depth}"
    for line in text.removesuffix("\n").split("\n"):
        yield f"{indent}{STEP}{line}" if line else ""


def _on_a_line(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, Exact) or not isinstance(value, str):
        return str(value)
    if PLAIN.fullmatch(value) and not BREAKS_PLAIN.search(value) and not OTHER.fullmatch(value):
        return value
    return _quoted(value)


def _name(name: str) -> str:
    """The name of a field or an entry; behind an unquoted one no colon may follow inside."""
    return name if re.fullmatch(r"[^\W\d_][\w-]*", name) and not OTHER.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    if "\n" in text or "\r" in text:
        return '"' + "".join(ESCAPES.get(one, one) for one in text) + '"'
    return "'" + text.replace("'", "''") + "'"
