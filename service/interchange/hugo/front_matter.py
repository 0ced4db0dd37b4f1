"""What a page says of itself before its text: YAML between `---`, TOML between `+++`, or JSON in braces."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.interchange.hugo.page import Page
from service.interchange.identity import as_line
from service.interchange.reports import Fate
from service.seeding.events import read

FENCES = {"---": "---", "+++": "+++", "{": "}"}
_KEY = re.compile(r"[\"']?([A-Za-z_][\w-]*)[\"']?\s*[:=]\s*(.*)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
TITLE, DATE, POSITION, SUMMARY, KEY = "title", "date", "weight", "summary", "slug"
TAKEN = {TITLE, DATE, POSITION, SUMMARY, "description", KEY}


@dataclass(frozen=True)
class FrontMatter:
    """What was said there, as texts."""

    said: Mapping[str, str]

    @property
    def title(self) -> str:
        """The page's title, or nothing."""
        return as_line(self.said.get(TITLE, ""))

    @property
    def slug(self) -> str:
        """What the author calls the page in its address, or nothing."""
        return as_line(self.said.get(KEY, ""))

    @property
    def summary(self) -> str:
        """What the author says it is about, or nothing."""
        return (self.said.get(SUMMARY) or self.said.get("description") or "").strip()

    @property
    def starts(self) -> date | None:
        """Its day."""
        found = _DAY.match(self.said.get(DATE, ""))
        try:
            return date.fromisoformat(found[0]) if found else None
        except ValueError:
            return None

    @property
    def position(self) -> int | None:
        """Its place among the others."""
        weight = self.said.get(POSITION, "").strip()
        return int(weight) if re.fullmatch(r"-?\d{1,6}", weight, re.ASCII) else None


def take_front_matter(page: Page) -> FrontMatter:
    """Read what the page says of itself, and take it out of the text."""
    lines = page.lines
    closing = FENCES.get(lines[0].rstrip())
    end = next((at for at, line in enumerate(lines[1:], start=1) if line.rstrip() == closing), None)
    if closing is None or end is None:
        return FrontMatter({})
    inside = lines[1:end]
    first = next((line.strip() for line in inside if line.strip() and not line.lstrip().startswith("#")), None)
    if first is not None and _KEY.match(first) is None:
        # A page that begins with a rule.
        return FrontMatter({})
    try:
        said = _parsed(closing, inside)
    except ValueError as error:
        page.report.warn(1, f"What the page says of itself cannot be read as a whole ({error}); it was read by lines.")
        said = {found[1]: found[2].strip().strip("\"',") for line in inside if (found := _KEY.match(line.strip()))}
    _account(page, inside, end + 1)
    page.text = "\n".join(["" for _ in lines[: end + 1]] + lines[end + 1 :])
    return FrontMatter(said)


def _parsed(closing: str, lines: list[str]) -> dict[str, str]:
    """What the lines say. Raises `ValueError`."""
    text = "\n".join(lines)
    if closing == "---":
        source = read(text.encode("utf-8", "replace"))
        if source.slips:
            slip = source.slips[0]
            raise ValueError(f"line {slip.line + 1}: {slip.message}")
        raw: object = source.raw
    else:
        try:
            raw = tomllib.loads(text) if closing == "+++" else json.loads("{" + text + "}")
        except RecursionError:
            raise ValueError("too many brackets inside one another") from None
    return {str(name): str(value) for name, value in raw.items() if _is_plain(value)} if isinstance(raw, dict) else {}


def _is_plain(value: object) -> bool:
    # The text of a number of thousands of digits cannot be had.
    return isinstance(value, str | date | float) or (isinstance(value, int) and abs(value) < 10**12)


def _account(page: Page, inside: list[str], last: int) -> None:
    """What was taken is used; the rest, remarks included, is for the site and its author, and stays with them."""
    page.report.account(Fate.USED, 1)
    page.report.account(Fate.USED, last)
    fate = Fate.HIDDEN
    for number, line in enumerate(inside, start=2):
        found = _KEY.match(line.lstrip("\t ") if page.lines[0].startswith("{") else line)
        if found is not None:
            fate = Fate.USED if found[1] in TAKEN else Fate.HIDDEN
        page.report.account(Fate.HIDDEN if line.lstrip().startswith("#") else fate, number)
