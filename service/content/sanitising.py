"""The last fence: whatever HTML was made of a text, only what is listed here leaves."""

from __future__ import annotations

from nh3 import Cleaner
from pygments.token import STANDARD_TYPES

from service.content import mathematics

HIGHLIGHTS = frozenset(filter(None, STANDARD_TYPES.values()))
"""The CSS classes code is coloured by."""
ALIGNMENTS = frozenset({"left", "center", "right"})

ELEMENTS = frozenset(
    {
        *("a", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol"),
        *("p", "pre", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    }
)
SCHEMES = frozenset({"http", "https", "mailto"})

_CLEANER = Cleaner(
    tags={*ELEMENTS, *mathematics.ELEMENTS},
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt", "title"},
        "ol": {"start"},
        **{element: set(mathematics.ATTRIBUTES) for element in mathematics.ELEMENTS},
    },
    allowed_classes={
        "span": set(HIGHLIGHTS),
        "pre": {"highlight"},
        "code": {"math"},
        "div": {"math"},
        "th": set(ALIGNMENTS),
        "td": set(ALIGNMENTS),
    },
    url_schemes=set(SCHEMES),
    link_rel="noopener noreferrer",
)


def sanitised(html: str) -> str:
    """`html` with everything left out that is not listed above: no scripts, styles, ids or foreign addresses."""
    return _CLEANER.clean(html)
