"""Writes Markdown piece by piece, as a reader of HTML meets its elements."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

SAFE = re.compile(r"(?:https?://|mailto:)[^\s<>]+", re.IGNORECASE)
SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:|\s*//|\\|@@")
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")

_BREAK = "\x10"
_SPECIAL = re.compile(r"[\\`*\[\]<$|]|&(?=#?\w)|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^(\s*)([#>+=-]|\d{1,9}[.)])(?=\s)")
_FORMULA = re.compile(r"(\\[()\[\]]|\$\$)")
_CLOSING = {"\\(": ("\\)", "$"), "\\[": ("\\]", "$$"), "$$": ("$$", "$$")}
_IDLE_BREAK = re.compile(rf"{_BREAK}(?=\n|\Z)|(?<=\n){_BREAK}|\A{_BREAK}")


@dataclass
class _Open:
    """An inline element that is not closed yet: its mark, where its content begins, and a link's address."""

    mark: str
    start: int
    address: str = ""


class Markup:
    """Markdown that is being written; with `mixed` texts are Markdown already, else they are HTML's."""

    def __init__(self, remarks: set[str], *, mixed: bool) -> None:
        self.remarks = remarks
        self.mixed = mixed
        self.parts: list[str] = []
        self.opened: list[_Open] = []
        self.lists: list[int | None] = []
        self.pre_start: int | None = None
        self.columns = self.rows = 0
        self.ended: dict[str, int] = {}

    def result(self) -> str:
        """The Markdown, without white space around it."""
        while self.opened:
            self._close(self.opened[-1].mark)
        self.pre(closing=True)
        text = _IDLE_BREAK.sub("", "".join(self.parts)).replace(_BREAK, "\\\n")
        if not self.mixed:
            text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")

    def text(self, text: str) -> None:
        """Text between elements."""
        if self.pre_start is None and self.parts and self.parts[-1].endswith(_BREAK if self.mixed else (_BREAK, "\n")):
            text = text.lstrip(" \t\r\n")
        if not text:
            return
        if self.pre_start is not None or (self.opened and self.opened[-1].mark == "`"):
            self.parts.append(html.unescape(text))
        elif self.mixed:
            self.parts.append(_formulas(text, str))
        else:
            begins_line = not self.parts or self.parts[-1].endswith("\n")
            plain = _formulas(re.sub(r"\s+", " ", text), escaped_html_text)
            self.parts.append(_LINE_START.sub(_escaped_start, plain) if begins_line else plain)

    def block(self, beginning: str = "") -> None:
        """The end of a paragraph, and how the next one begins."""
        self.parts.append("\n\n" + beginning)

    def line_break(self) -> None:
        """A new line in the same paragraph."""
        if self.pre_start is not None:
            self.parts.append("\n")
        elif self.parts and self.parts[-1] == _BREAK:
            self.parts[-1] = "\n\n"
        else:
            if self.parts:
                self.parts[-1] = self.parts[-1].rstrip(" \t")
            self.parts.append(_BREAK)

    def mark(self, mark: str, *, closing: bool) -> None:
        """Emphasis begins or ends."""
        if closing:
            self._close(mark)
        elif self.pre_start is None and all(one.mark not in {mark, "`"} for one in self.opened):
            self.opened.append(_Open(mark, len(self.parts)))

    def code(self, name: str, *, closing: bool) -> None:
        """Code within a line begins or ends."""
        self.mark("`" if name != "var" else "*", closing=closing)

    def raised(self, name: str, *, closing: bool) -> None:
        """An index or an exponent begins or ends; Markdown has only those that are characters."""
        self.mark("^" if name == "sup" else "_", closing=closing)

    def link(self, address: str, *, closing: bool) -> None:
        """A link begins or ends."""
        if closing:
            self._close("[")
        elif address and all(one.mark not in {"[", "`"} for one in self.opened) and self.pre_start is None:
            self.opened.append(_Open("[", len(self.parts), address))

    def image(self, address: str, description: str) -> None:
        """A picture; of one that is not on the web only its description."""
        plain = escaped_html_text(description)
        if (address.startswith("https://") and SAFE.fullmatch(address)) or _is_local(address):
            self.parts.append(f"![{plain}](<{address}>)")
        else:
            self.parts.append(f"(image: {plain})" if plain else "(image)")
            self.remarks.add("A picture that is not at an https address was left out: put it on the web and link it.")

    def pre(self, *, closing: bool) -> None:
        """Lines of code begin or end."""
        if not closing:
            if self.pre_start is None:
                self.pre_start = len(self.parts)
        elif self.pre_start is not None:
            code = "".join(self.parts[self.pre_start :]).strip("\n")
            fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", code))])
            self.parts[self.pre_start :] = [f"\n\n{fence}\n{code}\n{fence}\n\n"] if code.strip() else []
            self.pre_start = None

    def list(self, name: str, *, closing: bool) -> None:
        """A list begins or ends."""
        if closing:
            if self.lists:
                self.lists.pop()
        elif len(self.lists) < 10:
            self.lists.append(0 if name == "ol" else None)
        self.parts.append("\n" if len(self.lists) > (not closing) else "\n\n")

    def entry(self, *, closing: bool) -> None:
        """An entry of a list begins."""
        if closing:
            return
        count = self.lists[-1] if self.lists else None
        if count is not None:
            self.lists[-1] = count + 1
        self.parts.append("\n" + "   " * (len(self.lists) - 1) + ("- " if count is None else f"{count + 1}. "))

    def table(self, name: str, *, closing: bool) -> None:
        """A table, a row or a cell begins or ends."""
        match name, closing:
            case "table", _:
                self.block()
                self.columns = self.rows = 0
            case "tr", False:
                self.parts.append("\n")
                self.columns = 0
            case "tr", True:
                self.rows += 1
                self.parts.append("|")
                if self.rows == 1 and self.columns:
                    self.parts.append("\n" + "|---" * min(self.columns, 50) + "|")
            case _, False:
                self.columns += 1
                self.parts.append("| ")
            case _:
                self.parts.append(" ")

    def _close(self, mark: str) -> None:
        """End the innermost element of this mark, and those within it."""
        if all(one.mark != mark for one in self.opened):
            return
        while self.opened:
            one = self.opened.pop()
            self._wrap(one)
            if one.mark == mark:
                return

    def _wrap(self, one: _Open) -> None:
        content = "".join(self.parts[one.start :])
        inner = content.strip()
        if not inner:
            return
        before, _, after = content.partition(inner)
        self.parts[one.start :] = [before + self._wrapped(one, inner) + after]

    def _wrapped(self, one: _Open, inner: str) -> str:
        match one.mark:
            case "[":
                if SAFE.fullmatch(one.address) or _is_local(one.address):
                    return f"[{inner}](<{one.address}>)"
                self.remarks.add("A link that does not lead to the web was left out; its text stays.")
                return inner
            case "^" | "_":
                changed = inner.translate(RAISED if one.mark == "^" else LOWERED)
                if not any(character in changed for character in inner):
                    return changed
                return f"\\{one.mark}({inner})" if one.mark == "_" else f"^({inner})"
            case "`":
                fence = "`" * max([1, *(len(run) + 1 for run in re.findall("`+", inner))])
                space = " " if "`" in (inner[0], inner[-1]) else ""
                return f"{fence}{space}{' '.join(inner.split())}{space}{fence}"
            case _:
                return inner if "\n\n" in inner else f"{one.mark}{inner}{one.mark}"


def _is_local(address: str) -> bool:
    """Whether an address leads to a place on the course's own site."""
    return bool(address) and not SCHEME.match(address) and not re.search(r"[<>\\]", address)


def escaped_html_text(text: str) -> str:
    """Markdown that shows what HTML's text says."""
    return _SPECIAL.sub(r"\\\g<0>", html.unescape(text))


def _escaped_start(found: re.Match[str]) -> str:
    """What would begin a heading, a quotation or a list, as text."""
    return f"{found[1]}{found[2][:-1]}\\{found[2][-1]}"


def _formulas(text: str, elsewhere: Callable[[str], str]) -> str:
    """The text with MathJax's `\\(…\\)` and `\\[…\\]` as `$…$` and `$$…$$`; the rest through `elsewhere`."""
    if "\\" not in text and "$$" not in text:
        return elsewhere(text)
    pieces = _FORMULA.split(text)
    ends = {sign: [at for at in range(1, len(pieces), 2) if pieces[at] == sign] for sign in ("\\)", "\\]", "$$")}
    for places in ends.values():
        places.reverse()
    written, at = [], 0
    while at < len(pieces):
        piece = pieces[at]
        closing, dollars = _CLOSING.get(piece, ("", "")) if at % 2 else ("", "")
        places = ends.get(closing, [])
        while places and places[-1] <= at:
            places.pop()
        if closing and places and (latex := "".join(pieces[at + 1 : places[-1]]).strip()) and "$" not in latex:
            written.append(f"{dollars}{html.unescape(latex)}{dollars}")
            at = places[-1] + 1
        else:
            written.append(elsewhere(piece))
            at += 1
    return "".join(written)
