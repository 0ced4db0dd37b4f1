"""Authors' texts as they are shown; what renders them is loaded with the first text: hardly any worker has one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

Json = Any
"""Plain JSON: dicts, lists and scalars."""


@lru_cache(maxsize=512)
def render_markdown(text: str) -> str:
    """The safe HTML of a Markdown text, as `content/markdown.py` makes it."""
    return _renderer()(text)


def render_texts(json: Json) -> Json:
    """A copy of `json` in which every `{"markdown": …}` also says `"html"`."""
    if isinstance(json, dict):
        if json.keys() == {"markdown"}:
            return {**json, "html": render_markdown(json["markdown"])}
        return {name: render_texts(value) for name, value in json.items()}
    if isinstance(json, list):
        return [render_texts(value) for value in json]
    return json


@cache
def _renderer() -> Callable[[str], str]:
    from service.content.markdown import render_markdown  # noqa: PLC0415  see above

    return render_markdown
