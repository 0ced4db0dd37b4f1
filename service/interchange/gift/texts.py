"""Makes Markdown of the texts of a GIFT file, whichever of Moodle's four formats they are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.domain import templates
from service.interchange.gift.scanning import WHITE, Passage, unmasked
from service.interchange.html_text import from_html

FORMATS = ("moodle", "html", "plain", "markdown")

_FORMAT = re.compile(r"\[([A-Za-z]+)\]")
_PUNCTUATION = re.compile(r"[\\`*\[\]<$|]|&(?=#?\w)|(?<![^\W_])_|_(?![^\W_])")
_BLOCK = re.compile(r"^[ \t]*(?:([#>+=~-])|(\d{1,9})([.)]))", re.MULTILINE)
_LATEX = re.compile(
    "\x0e\x08"
    r"(?:abla|eq?q?|u|eg|ot|otin|mid|earrow|warrow|i|leq|geq|less|gtr|subseteq|supseteq|parallel|cong|sim|prec|succ"
    r"|exists|atural|ormalsize|onumber|olimits|ewline|ewcommand|obreak)(?![A-Za-z])"
)


def with_format(passage: Passage, inherited: str) -> tuple[str, Passage]:
    """The format that a text names at its beginning, or else the one it inherits, and the text itself."""
    found = _FORMAT.match(passage.text)
    if found is None or found[1] not in FORMATS:
        return inherited, passage
    return found[1], passage[found.end() :].strip()


def markdown_of(text: str, written_in: str, remarks: set[str]) -> str:
    """The Markdown of a masked text; what was left out or changed is told in `remarks`.

    Lines are trimmed, as Moodle does; those it takes out as comments leave no blank ones.
    Markdown stays as it is; so does Moodle's own format but for the HTML in it, since authors who name no format
    write `*emphasis*` all the same. Plain text is escaped.
    """
    plain = unmasked("\n".join(line for one in text.split("\n") if (line := one.strip(WHITE))))
    if written_in in {"html", "moodle"}:
        plain = from_html(plain, remarks, mixed=written_in == "moodle")
    elif written_in == "plain":
        plain = escaped(plain)
    return without_slots(plain, remarks)


def escaped(text: str) -> str:
    """Markdown that shows the text as it is."""
    return _BLOCK.sub(_escaped_start, _PUNCTUATION.sub(r"\\\g<0>", text))


def _escaped_start(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"


def without_slots(text: str, remarks: set[str]) -> str:
    """The text with its double braces apart where they would be taken for the place of a parameter."""
    if templates.OPENING not in text or not any(templates.faults(text, {})):
        return text
    remarks.add("{{ … }} is where a parameter stands; a space was put between the braces.")
    return re.sub(r"\{(?=\{)", "{ ", text)


def eaten_latex(passage: Passage) -> Iterator[tuple[Passage, str]]:
    """Where `\\n` is a new line but was meant as the beginning of a formula's command, and the command."""
    for found in _LATEX.finditer(passage.text):
        yield passage[found.start() : found.end()], "\\n" + found[0][2:]
