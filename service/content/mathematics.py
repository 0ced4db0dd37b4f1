"""Turns LaTeX into MathML that holds nothing but known elements, known attributes and escaped text.

The converter passes through whatever stands in `\\text{}` or `\\href{}`, so its text output is never used: its
elements are walked and written anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

from service.content.placeholders import is_mark

LONGEST = 2_000
"""Characters in one formula."""
DEEPEST = 32
"""Braces inside one another."""
TALLEST = 64
"""Elements inside one another."""

LEAVES = frozenset({"mi", "mn", "mo", "ms", "mtext"})
ELEMENTS = LEAVES | {
    *("math", "mrow", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom", "mspace"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"),
}
"""MathML Core, as far as LaTeX leads to it."""
ATTRIBUTES = frozenset(
    {
        *("accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle"),
        *("fence", "form", "height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize"),
        *("movablelimits", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric"),
        *("voffset", "width"),
    }
)
VALUE = re.compile(r"[-+.%a-z0-9 ]{1,60}")

# What defines commands (and could grow without end), leads elsewhere, or styles.
REFUSED = re.compile(
    r"\\(?:def|newcommand|newenvironment|DeclareMathOperator|href|unicode|class|style|f?colorbox|(?:text)?color)"
    r"(?![A-Za-z])"
)
UNKNOWN = re.compile(r"\\[A-Za-z]")
BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
CODE_POINT = re.compile(r"&#x([0-9A-Fa-f]{1,6});")

ALPHABETS = {
    "bold": ("BOLD",),
    "bold-italic": ("BOLD ITALIC",),
    "double-struck": ("DOUBLE-STRUCK",),
    "fraktur": ("FRAKTUR", "BLACK-LETTER"),
    "italic": ("ITALIC",),
    "monospace": ("MONOSPACE",),
    "sans-serif": ("SANS-SERIF",),
    "script": ("SCRIPT",),
}
"""What Unicode calls the alphabets that MathML Core wants written as characters of their own."""


def to_mathml(latex: str, *, display: bool) -> str | None:
    """The `<math>` element for a formula, or None where it cannot be read as LaTeX."""
    if len(latex) > LONGEST or REFUSED.search(latex) or not _balanced(latex):
        return None
    converter = Converter(display="block" if display else "inline")
    try:
        math = converter.convert_to_element(latex)
        if _height(math) > TALLEST:
            return None
    except Exception:  # noqa: BLE001  the converter raises whatever it happens to stumble over
        return None
    if any(UNKNOWN.match(element.text or "") for element in math.iter() if element.tag in LEAVES - {"mtext"}):
        return None
    return "".join(_written(math))


def _height(element: Element) -> int:
    return 1 + max(map(_height, element), default=0)


def _balanced(latex: str) -> bool:
    depth = 0
    for found in BRACE.findall(latex):
        depth += {"{": 1, "}": -1}.get(found, 0)
        if not 0 <= depth <= DEEPEST:
            return False
    return depth == 0


def _written(element: Element) -> Iterator[str]:
    """One element as HTML, piece by piece."""
    text = _text(element)
    tag = element.tag if element.tag in ELEMENTS else "mrow"
    if tag == "mi" and is_mark(text):
        tag = "mn"  # what a placeholder stands for is a value
    yield f"<{tag}{''.join(_attributes(element))}>{escape(text)}"
    for child in _merged(element):
        yield from _written(child)
        yield escape(_decoded(child.tail))
    yield f"</{tag}>"


def _attributes(element: Element) -> Iterator[str]:
    for name, value in element.items():
        if name == "mathvariant" and value != "normal":
            continue
        if name in ATTRIBUTES and VALUE.fullmatch(value):
            yield f' {name}="{value}"'


def _merged(element: Element) -> Iterator[Element]:
    """The children, upright letters in a row made one word: `softmax` is a name, not seven."""
    word: Element | None = None
    for child in element:
        upright = child.tag == "mi" and child.get("mathvariant") == "normal" and element.tag == "mrow"
        if word is not None and upright:
            word.text = (word.text or "") + (child.text or "")
            continue
        if word is not None:
            yield word
        word = child if upright else None
        if word is None:
            yield child
    if word is not None:
        yield word


def _text(element: Element) -> str:
    text = _decoded(element.text)
    names = ALPHABETS.get(element.get("mathvariant", ""), ()) if element.tag != "mtext" else ()
    return "".join(_in_alphabet(character, names) for character in text) if names else text


def _decoded(text: str | None) -> str:
    """The converter names symbols by number."""
    return CODE_POINT.sub(lambda found: _character(int(found[1], 16)) or found[0], (text or "").strip())


def _character(code: int) -> str:
    """The character of that number, or nothing if no text can hold it."""
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code < 0x110000 else ""


def _in_alphabet(character: str, names: tuple[str, ...]) -> str:
    plain = unicodedata.name(character, "").removeprefix("LATIN ").removeprefix("GREEK ").replace(" LETTER", "")
    for name in names:
        for whole in (f"MATHEMATICAL {name} {plain}", f"{name} {plain}"):
            try:
                return unicodedata.lookup(whole)
            except KeyError:
                continue
    return character
