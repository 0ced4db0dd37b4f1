"""Finds the links in a text, and writes all of them in the one usual way: repaired, complete and inline."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import normpath
from typing import NamedTuple

from service.domain.documents.addresses import flaw
from service.interchange.hugo.page import Page, fenced
from service.interchange.reports import Fate

# Each piece of a text that may begin or end a link; what is escaped or code is passed over as a whole.
_PIECE = re.compile(
    r"\\[^\w\s]|(?P<ticks>`+)|(?P<open>!?\[)|(?P<close>\])|(?P<turned>\((?=[^()\[\]\n]{1,300}\)\[https?://))|(?P<bare>https?://)"
    r"|(?P<element><(?=[a-z]))",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"\(\s{0,9}(?:<(?P<pointed>[^<>\n]{0,2000})>|(?P<plain>(?:[^\s()<>\\]|\\.|\([^\s()]{0,500}\)){0,2000}))"
    r"(?:\s{1,9}(?:\"[^\"]{0,500}\"|'[^']{0,500}'|\([^()]{0,500}\)))?\s{0,9}\)"
)
_SPACED = re.compile(r"\((?P<address>(?:https?://|\.{0,2}/)[^()<>\n\"]{1,500})\)")
_PARTED = re.compile(r" {1,3}\((?P<address>https?://[^()\s]{1,2000})\)")
_NESTED = re.compile(r"\(\s{0,3}\[[^\[\]\n]{0,300}\]\((?P<address>[^()\s\[\]]{1,2000})\)\s?\)")
_TURNED = re.compile(r"\((?P<label>[^()\[\]\n]{1,300})\)\[(?P<address>https?://[^\[\]\s]{1,2000})\]")
_LABEL = re.compile(r"\[(?P<label>[^\[\]]{0,300})\]")
_BARE = re.compile(r"https?://[^\s<>\[\]\"`{}|\\^]{1,2000}", re.IGNORECASE)
_ELEMENT = re.compile(
    r"<(?P<automatic>https?://[^\s<>]{1,2000})>"
    r"|<a\b[^<>]{0,2000}?\bhref\s{0,9}=\s{0,9}(?P<href>\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\s\"'<>]{1,2000})[^<>]{0,500}>"
    r"(?P<label>(?:(?!</?a\b).){0,500}?)</a\s{0,9}>"
    r"|<(?P<name>iframe|video|audio|embed|source)\b[^<>]{0,2000}?\bsrc\s{0,9}=\s{0,9}"
    r"(?P<src>\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\s\"'<>]{1,2000})[^<>]{0,2000}>",
    re.IGNORECASE | re.DOTALL,
)
_DEFINITION = re.compile(
    r"^ {0,3}\[(?P<label>(?!\^)[^\[\]\n]{1,300})\]:[ \t]{0,9}(?:<(?P<pointed>[^<>\n]{0,2000})>|(?P<plain>\S{1,2000}))"
    r"(?:[ \t]{1,9}(?:\"[^\"\n]{0,500}\"|'[^'\n]{0,500}'|\([^()\n]{0,500}\)))?[ \t]{0,9}$",
    re.MULTILINE,
)
_BLANK = re.compile(r"\n[ \t]*\n")
LONGEST_LABEL = 1_000
_EMPHASIS = re.compile(
    r"\\([^\w\s])|[*`]+|(?<![^\W_])_+|_+(?![^\W_])|!?\[|\](?:\([^()]{0,2000}\))?|</?[a-zA-Z][^<>]{0,500}>"
)


@dataclass(frozen=True)
class Link:
    """A link in a text: from where to where, its words, its address, and what was wrong with how it was written."""

    start: int
    end: int
    label: str
    address: str
    is_image: bool = False
    fault: str | None = None

    @property
    def title(self) -> str:
        """Its words without their marks."""
        return plain(self.label)


class _Open(NamedTuple):
    at: int
    after: int
    is_image: bool


def plain(text: str) -> str:
    """A Markdown text on one line without its marks."""
    return " ".join(html.unescape(_EMPHASIS.sub(lambda found: found[1] or "", text)).split())


def find_links(text: str, definitions: Mapping[str, str] | None = None) -> list[Link]:
    """The links of a text in order, pictures apart from those inside of links included; linear in its length."""
    return list(_Scan(text, definitions or {}).links())


def without(links: Sequence[Link], text: str) -> str:
    """The text without these links, which are in order."""
    starts, ends = [link.start for link in links], [link.end for link in links]
    return "".join(text[end:start] for end, start in zip([0, *ends], [*starts, len(text)], strict=True))


class _Scan:
    """A text while its links are looked for."""

    def __init__(self, text: str, definitions: Mapping[str, str]) -> None:
        self.text = text
        self.definitions = definitions
        self.opened: list[_Open] = []
        self.found: list[Link] = []
        self.ticks = [(one.start(), one.end()) for one in re.finditer(r"`+", text)]
        self.code = _code_spans(self.ticks)

    def links(self) -> list[Link]:
        at = 0
        while (piece := _PIECE.search(self.text, at)) is not None:
            at = self._after(piece)
        return self.found

    def _after(self, piece: re.Match[str]) -> int:
        """Take a piece, and say where to go on."""
        if piece["ticks"]:
            return self.code.get(piece.start(), piece.end())
        if piece["open"]:
            self.opened.append(_Open(piece.start(), piece.end(), piece[0][0] == "!"))
            return piece.end()
        if piece["close"]:
            return self._close(piece.start())
        link = self._standing_alone(piece)
        if link is None:
            return piece.end()
        self.found.append(link)
        return link.end

    def _standing_alone(self, piece: re.Match[str]) -> Link | None:
        start = piece.start()
        if piece["turned"] is not None:
            turned = _TURNED.match(self.text, start)
            fault = "its brackets are the wrong way round"
            return turned and Link(start, turned.end(), turned["label"], turned["address"], fault=fault)
        if piece["bare"]:
            return None if self.opened and self._is_label_of_link() else self._bare(start)
        found = _ELEMENT.match(self.text, start)
        if found is None:
            return None
        if found["automatic"]:
            return Link(start, found.end(), "", found["automatic"])
        address = html.unescape((found["href"] or found["src"]).strip("\"'").strip())
        label = plain(found["label"] or "") or ("Video" if found["name"] in {"iframe", "video"} else "")
        return Link(start, found.end(), label, address)

    def _bare(self, start: int) -> Link | None:
        found = _BARE.match(self.text, start)
        if found is None:
            return None
        address = found[0].rstrip(".,;:!?'*_~")
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(".,;:!?'*_~")
        return Link(start, start + len(address), "", address) if len(address) > len("https://") else None

    def _is_label_of_link(self) -> bool:
        """Whether an address inside of brackets is their text, and not an address by itself."""
        return _LABEL.match(self.text, self.opened[-1].at + self.opened[-1].is_image) is not None

    def _close(self, at: int) -> int:
        if not self.opened:
            return at + 1
        opened = self.opened.pop()
        link = self._link(opened, at)
        if link is None:
            return at + 1
        inner = [one for one in self._inside(opened.at) if not one.is_image]
        if inner and not link.is_image:
            # A link in the words of a link: the inner one is what readers saw.
            first = inner[0]
            label = first.label or link.label
            link = Link(opened.at, link.end, label, first.address, fault="it stands inside another link")
        while self.found and self.found[-1].start >= opened.at:
            self.found.pop()
        self.found.append(link)
        return link.end

    def _inside(self, start: int) -> list[Link]:
        inside = []
        for link in reversed(self.found):
            if link.start < start:
                break
            inside.append(link)
        return inside[::-1]

    def _link(self, opened: _Open, at: int) -> Link | None:
        """The link whose words end here, if they are those of one."""
        text = self.text
        if at - opened.after > LONGEST_LABEL or _BLANK.search(text, opened.after, at):
            return None
        label = text[opened.after : at]
        for pattern, fault in _FORMS:
            target = pattern.match(text, at + 1)
            if target is not None and (address := _address(target)) is not None:
                if fault == _SPACES and " " not in address:
                    continue
                return Link(opened.at, target.end(), label, address, opened.is_image, fault)
        named = _LABEL.match(text, at + 1)
        wanted = (named["label"] if named else "") or label
        address = self.definitions.get(_normal(wanted))
        if address is None:
            return None
        return Link(opened.at, named.end() if named else at + 1, label, address, opened.is_image)


_SPACES = "its address holds spaces"
_FORMS = (
    # Before what CommonMark would take for an address: one that holds brackets and no spaces is a link all the same.
    (_NESTED, "another link stands in the place of its address"),
    (_TARGET, None),
    (_SPACED, _SPACES),
    (_PARTED, "a space parts its text and its address"),
)


def _address(target: re.Match[str]) -> str | None:
    groups = target.groupdict()
    address = groups.get("address") or groups.get("pointed") or groups.get("plain")
    return re.sub(r"\\([^\w\s])", r"\1", html.unescape(address.strip())) if address else None


def _code_spans(ticks: list[tuple[int, int]]) -> dict[int, int]:
    """Where code ends, by where it begins: at the next run of as many backticks."""
    ends: dict[int, int] = {}
    nearest: dict[int, int] = {}
    for start, end in reversed(ticks):
        if (partner := nearest.get(end - start)) is not None:
            ends[start] = partner
        nearest[end - start] = end
    return ends


def _normal(label: str) -> str:
    return " ".join(label.split()).casefold()


def normalise_links(page: Page) -> None:
    """Write every link of the page inline with its whole address, and warn of those that had to be repaired."""
    definitions = _definitions(page)
    base = base_of(page.report.path)
    lines, code = page.lines, fenced(page.lines)
    done: list[str] = []
    first = 0
    for index in range(len(lines) + 1):
        is_prose = index < len(lines) and index not in code and bool(lines[index].strip())
        if is_prose:
            continue
        done += _rewritten(page, lines[first:index], first + 1, definitions, base)
        done += lines[index : index + 1]
        first = index + 1
    page.text = "\n".join(done)
    page.account_emptied(lines, Fate.USED)


def _definitions(page: Page) -> dict[str, str]:
    """What links by name lead to. Their lines are taken out; those nothing refers to say what no reader sees."""
    code = fenced(page.lines)
    addresses: dict[str, str] = {}
    places: list[tuple[str, int]] = []

    def take(found: re.Match[str], line: int) -> str:
        if line - 1 in code:
            return found[0]
        label = _normal(found["label"])
        addresses.setdefault(label, found["pointed"] or found["plain"] or "")
        places.append((label, line))
        return ""

    page.replace(_DEFINITION, take)
    used = {_normal(found["label"]) for found in _LABEL.finditer(page.text)}
    for label, line in places:
        page.report.account(Fate.USED if label in used else Fate.HIDDEN, line)
    return addresses


def _rewritten(page: Page, lines: list[str], first: int, definitions: Mapping[str, str], base: str) -> Iterator[str]:
    if not lines:
        return
    text = "\n".join(lines)
    parts, at, line = [], 0, first
    for link in find_links(text, definitions):
        line += text.count("\n", at, link.start)
        said = _written(page, link, base, line)
        parts += [text[at : link.start], said, "\n" * (text.count("\n", link.start, link.end) - said.count("\n"))]
        line += text.count("\n", link.start, link.end)
        at = link.end
    yield from "".join([*parts, text[at:]]).split("\n")


def _written(page: Page, link: Link, base: str, line: int) -> str:
    address = resolved(link.address, base)
    mended = address.replace(" ", "%20")
    label = " ".join(link.label.split())
    if link.fault is not None:
        shown = f"[{label}]({mended})"
        page.report.warn(line, f"This link was malformed, as {link.fault}; it was taken for {shown[:300]}.")
    if not label:
        return f"<{mended}>" if mended.startswith(("http://", "https://")) else f"[{mended}](<{mended}>)"
    target = f"<{mended}>" if re.search(r"[()<>\s]", mended) else mended
    return f"{'!' if link.is_image else ''}[{label}]({target})"


def base_of(path: str) -> str:
    """Where on its site a page is, by its file: what relative addresses start from. Begins and ends with a slash.

    A page `name.md` is at `name/` beside it, and so are `name/index.md` and `name/_index.md` (Hugo's pretty URLs).
    """
    parts = [part for part in path.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    if "content" in parts:
        at = len(parts) - 1 - parts[::-1].index("content")
        parts = parts[at + 1 :]
    elif parts:
        parts = parts[-1:]
    if parts:
        stem = parts.pop().rpartition(".")[0]
        parts += [] if stem.split(".")[0] in {"index", "_index"} else [stem]
    return "/" + "".join(f"{part}/" for part in parts)


def resolved(address: str, base: str) -> str:
    """An address as it is meant on a page at `base`: relative ones from there, pages by where they are shown."""
    address = address.strip()
    if re.match(r"[a-z][a-z0-9+.-]*:|#", address, re.IGNORECASE):
        return address
    if address.startswith("//"):
        return f"https:{address}"
    if address.lower().startswith("www."):
        return f"https://{address}"
    place, hash_, fragment = address.partition("#")
    if not place.startswith("/"):
        place = base + place
    tail = "/" if place.endswith(("/", ".md")) else ""
    place = re.sub(r"/_?index$|^_?index$", "", place.removesuffix(".md"))
    plain_path = normpath("/" + place).lstrip("/")
    whole = "/" + plain_path + (tail if plain_path else "")
    return whole + hash_ + fragment


def is_followable(address: str) -> bool:
    """Whether the address is one a reading may have."""
    return 0 < len(address) <= 2000 and flaw(address) is None
