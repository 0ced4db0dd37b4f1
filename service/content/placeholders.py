"""Carries `{{ name }}` and `{{ name:.2f }}` through rendering untouched, to be filled in when a student is shown them.

While a text is rendered each placeholder is one private character that means nothing to Markdown, LaTeX or HTML.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

PLACEHOLDER = re.compile(r"\{\{ *[a-z][a-z0-9_]*(?::[-+,.0-9a-z%]{1,12})? *\}\}", re.ASCII)
"""What `domain/templates.py` fills in; nothing in it means anything to HTML."""

MARK = re.compile("[\U000f0000-\U000ffffd]")
"""A plane of private characters; one that stands in a text is not used for a placeholder of it."""
ENCODED_MARK = re.compile("%F3%B[0-9A-F](?:%[89AB][0-9A-F]){2}")


class Placeholders:
    """The placeholders of one text, and the mark that stands for each."""

    def __init__(self, text: str) -> None:
        taken = set(text)
        free = (chr(code) for code in range(0xF0000, 0xFFFFE) if chr(code) not in taken)
        marks = dict(zip(dict.fromkeys(PLACEHOLDER.findall(text)), free, strict=False))
        self.text = PLACEHOLDER.sub(lambda found: marks.get(found[0], found[0]), text) if marks else text
        self.written = {mark: written for written, mark in marks.items()}

    def put_back(self, html: str) -> str:
        """`html` with the placeholders as they were written.

        In an address a mark was percent-encoded, and so its placeholder is: an address is never filled in. Nor are
        braces that Markdown made of something else (an escape, say) and that nobody could check.
        """
        html = html.replace("{{", "{&#123;")
        if not self.written:
            return html
        html = MARK.sub(lambda found: self.written.get(found[0], found[0]), html)
        return ENCODED_MARK.sub(lambda found: quote(self.written.get(unquote(found[0]), unquote(found[0]))), html)


def is_mark(text: str) -> bool:
    """Whether `text` is the mark of one placeholder and nothing else."""
    return MARK.fullmatch(text) is not None
