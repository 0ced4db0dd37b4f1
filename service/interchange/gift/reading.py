"""Reads a GIFT file into a draft unit: its questions, the texts they look at, and a quiz over them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.content.refusals import UNWELCOME, named
from service.interchange.gift.answers import Desk, Raw, answered
from service.interchange.gift.assembling import Assembly, Draft
from service.interchange.gift.embedded import gap, without_gaps
from service.interchange.gift.naming import id_in, tags_in
from service.interchange.gift.scanning import (
    EMBEDDED,
    NEVER_CLOSED,
    Category,
    Passage,
    Piece,
    Statement,
    Unusable,
    Written,
    pieces,
    statements,
    unmasked,
)
from service.interchange.gift.texts import with_format
from service.interchange.identity import Identity, as_line, digest
from service.interchange.reports import Fate, Imported, Report

LONGEST_FILE = 1024 * 1024
MOST_STATEMENTS = 2_000

BLANK = "_____"
_MARK = "\x0f"
"""Stands where an answer block was, while a text is made Markdown."""
_LONE_MARK = re.compile(rf"(?m)^[ \t]*{_MARK}[ \t]*$")
_CONTINUES = re.compile(r"\s*(?:[^{}]*\}|[=~#%][^{}]*\Z)")
_ROOTS = {"$course$", "$module$", "$system$", "$cat1$", "top"}


def read_bank(text: str, path: str) -> Imported:
    """The draft unit that a GIFT file makes, and what became of its lines; never raises.

    `path` names the file in messages and sources, and the unit's key is made of its name. Questions that cannot be
    taken are errors in the report, and the rest is in the unit.
    """
    report = Report(path, text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n"))
    bank = _Bank(report)
    if len(report.text.encode(errors="replace")) > LONGEST_FILE:
        report.refuse(1, "The file has more than 1 MiB: divide it, by category for instance.")
    else:
        bank.read()
    unit = Assembly(report, bank.drafts, bank.categories).unit()
    report.findings.sort()
    return Imported(unit, report)


class _Bank:
    """A file while it is read."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.lines = report.text.split("\n")
        self.drafts: list[Draft] = []
        self.categories: list[tuple[str, ...]] = []
        self.stimulus: Draft | None = None
        self.stimuli: dict[tuple[str | None, str], Draft] = {}

    def read(self) -> None:
        """Every statement of the file, up to `MOST_STATEMENTS`."""
        count = 0
        never_closed = False
        for piece in pieces(self.report.text):
            self._account_comments(piece)
            if never_closed and _CONTINUES.match(piece.text):
                continue
            never_closed = False
            for statement in self._statements(piece):
                count += 1
                if count > MOST_STATEMENTS:
                    self.report.refuse(piece.first, f"More than {MOST_STATEMENTS} questions: divide the file.")
                    return
                self._take(statement)
                never_closed = isinstance(statement, Unusable) and statement.message == NEVER_CLOSED

    def _account_comments(self, piece: Piece) -> None:
        for comment in piece.comments:
            self.report.account(Fate.HIDDEN, comment.line)
        if not piece.text.strip() and (id_in(piece.comments) or tags_in(piece.comments)):
            message = "A blank line parts this id or tag from its question: take the blank line out."
            self.report.warn(piece.first, message)

    def _statements(self, piece: Piece) -> Iterator[Statement]:
        """What the piece says; nothing but a refusal where it holds what no text may."""
        for row, start in enumerate(piece.starts):
            if (found := UNWELCOME.search(self.lines[piece.first + row - 1])) is not None:
                message = f"An invisible character, {named(found[0])}, stands in this question: delete it."
                yield Unusable(Passage(piece, "", start + found.start()), message)
                return
        yield from statements(piece)

    def _take(self, statement: Statement) -> None:
        if isinstance(statement, Category):
            self._enter(statement)
            return
        try:
            if isinstance(statement, Unusable):
                raise statement
            self.drafts.append(self._drafted(statement))
        except Unusable as unusable:
            line, column = unusable.place.strip().place
            self.report.refuse(line, unusable.message, column=column)

    def _warn(self, passage: Passage, message: str) -> None:
        line, column = passage.strip().place
        self.report.warn(line, message, column=column)

    def _enter(self, category: Category) -> None:
        """Questions from here on are of this category, and look at no stimulus yet."""
        self.stimulus = None
        self.report.account(Fate.USED, category.name.line)
        if not category.exact:
            self._warn(category.name, "Moodle wants $CATEGORY: written just so; it was taken for a category.")
        if category.swallows:
            self._warn(
                category.name,
                "No blank line after this category: Moodle would swallow the question below. It was read.",
            )
        segments = re.split(r"(?<!/)/(?!/)", category.name.text)
        said = [as_line(unmasked(one).replace("//", "/")) for one in segments]
        said = [one for one in said if one]
        while len(said) > 1 and said[0].lower() in _ROOTS:
            del said[0]
        self.categories.append(tuple(said))

    def _drafted(self, written: Written) -> Draft:
        """What a question says. Raises `Unusable`."""
        if written.glued:
            self._warn(written.whole, "No blank line before this: Moodle would take it for the rest of the one above.")
        desk = Desk(self._warn)
        stem = _stem(written)
        desk.format, _ = with_format(stem.strip(), desk.format)
        text = desk.rich(stem)
        name = as_line(unmasked(written.name.text)) if written.name is not None else None
        words = text.replace(_MARK, " ").replace(BLANK, " ")
        identity = Identity(id_in(written.comments), name or None, words, digest(written.whole.text))
        draft = Draft(identity, written.lines, written.comments, desk.places)
        if not written.blocks:
            self._describe(draft, text)
            return draft
        draft.raw = _embedded(written, text, desk) if EMBEDDED.match(written.blocks[0].text) else _asked(written, desk)
        draft.raw = {
            "stem": _with_blank(text),
            **draft.raw,
            "tags": [as_line(tag) for tag in tags_in(written.comments)],
        }
        draft.stimulus = self.stimulus
        draft.category = self.categories[-1] if self.categories else ()
        return draft

    def _describe(self, draft: Draft, text: str) -> None:
        """A stimulus for the questions that follow, or the earlier one that says the same under the same name."""
        identity = draft.identity
        draft.raw = {"text": text}
        if identity.id and identity.name and identity.name != identity.id:
            draft.raw["title"] = identity.name
        self.stimulus = self.stimuli.setdefault((identity.id or identity.name, text), draft)
        if self.stimulus is not draft:
            draft.same_as = self.stimulus


def _stem(written: Written) -> Passage:
    """The text of a question, marked where its answers were unless they ended it."""
    first, *others = written.stem
    texts = [first.text, *(part.text for part in others)]
    if len(texts) == 2 and not texts[1].strip() and not EMBEDDED.match(written.blocks[0].text):
        texts.pop()
    return Passage(first.piece, _MARK.join(texts), first.at)


def _with_blank(text: str) -> str:
    # Alone on its line it would be a rule across the page.
    return _LONE_MARK.sub("\\\\_" * len(BLANK), text).replace(_MARK, BLANK).rstrip()


def _asked(written: Written, desk: Desk) -> Raw:
    """The fields that the answers of a question make, with its general feedback. Raises `Unusable`."""
    block = written.blocks[0].strip()
    general = None
    if (at := block.text.rfind("####")) >= 0:
        block, general = block[:at].strip(), block[at + 4 :].strip()
    raw = answered(block, desk)
    if not general:
        return raw
    said = raw.get("feedback", {})
    shown = [said["general"]] if "general" in said else []
    return raw | {"feedback": said | {"general": "\n\n".join([*shown, desk.rich(general)])}}


def _embedded(written: Written, text: str, desk: Desk) -> Raw:
    """The fields of a question with embedded answers. Raises `Unusable`."""
    parts = {f"gap_{number}": gap(block, desk) for number, block in enumerate(written.blocks, start=1)}
    desk.places.clear()
    desk.places.update({("parts", f"gap_{at}"): block for at, block in enumerate(written.blocks, start=1)})
    first, *others = without_gaps(text).split(_MARK)
    stem = first + "".join(f"[[gap_{number}]]{other}" for number, other in enumerate(others, start=1))
    return {"kind": "cloze", "stem": stem, "parts": parts}
