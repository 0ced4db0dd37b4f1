"""Makes a draft unit of what a bank says: gives keys, passes everything through the one gate, and accounts for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from service.content.documents import load_unit
from service.domain.documents import UnitDocument
from service.domain.documents.words import slug
from service.domain.mistakes import Mistake, Rejected
from service.interchange.gift.answers import Places, Raw
from service.interchange.gift.scanning import Comment
from service.interchange.identity import Identity, as_line, digest, keys_for
from service.interchange.reports import Fate, Report

MOST_TOLD = 3
"""Mistakes that are told of one question."""


@dataclass(eq=False)
class Draft:
    """A question or a stimulus on its way into a unit; `same_as` is an earlier stimulus that says the same."""

    identity: Identity
    lines: tuple[int, int]
    comments: Sequence[Comment]
    places: Places = field(default_factory=dict)
    raw: Raw = field(default_factory=dict)
    category: tuple[str, ...] = ()
    stimulus: Draft | None = None
    same_as: Draft | None = None
    key: str = ""
    refused: bool = False

    @property
    def is_stimulus(self) -> bool:
        """Whether this is a text to look at, and no question."""
        return "text" in self.raw

    def written(self, path: str) -> Raw:
        """The raw document."""
        first, last = self.lines
        source = {
            "format": "gift",
            "path": path,
            "first_line": str(first),
            "last_line": str(last),
            "content_hash": self.identity.content_hash,
        }
        stimulus = {"stimulus": self.stimulus.key} if self.stimulus else {}
        return {"key": self.key, **self.raw, **stimulus, "source": source}


class Assembly:
    """The drafts of a file on their way through the gate."""

    def __init__(self, report: Report, drafts: Sequence[Draft], categories: Sequence[tuple[str, ...]]) -> None:
        self.report = report
        self.drafts = drafts
        self.path = as_line(report.path, 500)
        stem = PurePath(self.path.replace("\\", "/")).stem
        named = list(dict.fromkeys(one for one in categories if one))
        title = named[0][-1] if len(named) == 1 else ""
        title = title or as_line(stem) or "Questions"
        source = {"format": "gift"} | ({"path": self.path} if self.path else {})
        self.head = {"key": slug(stem), "title": title, "source": source | {"content_hash": digest(title)}}
        # Of one category everything is; several tell questions apart, so each is a tag.
        for draft in drafts:
            if len(named) > 1 and draft.category and not draft.is_stimulus:
                draft.raw["tags"] = list(dict.fromkeys([*draft.raw.get("tags", []), as_line("/".join(draft.category))]))

    def unit(self) -> UnitDocument:
        """The unit with everything that the gate lets through; the rest is in the report."""
        self._name()
        try:
            unit = load_unit(self._raw(self.drafts))
        except Rejected:
            unit = self._without_refused()
        for draft in self.drafts:
            self._account(draft)
        return unit

    def _name(self) -> None:
        for of_stimuli in (False, True):
            named = [one for one in self.drafts if one.is_stimulus is of_stimuli and one.same_as is None]
            wanted = [one.identity for one in named]
            for draft, key in zip(named, keys_for(wanted), strict=True):
                draft.key = key
                if key != draft.identity.wanted:
                    message = f"“{draft.identity.wanted}” is the name of several: this one has the key “{key}”."
                    self.report.warn(draft.lines[0], f"{message} Give each its own name, so that it keeps its key.")

    def _raw(self, drafts: Sequence[Draft]) -> dict[str, Any]:
        stimuli = [one for one in drafts if one.is_stimulus and one.same_as is None]
        questions = [one for one in drafts if not one.is_stimulus]
        raw: dict[str, Any] = {"format": "hornbook/unit@1", "unit": self.head}
        if stimuli:
            raw["stimuli"] = [one.written(self.path) for one in stimuli]
        if questions:
            raw["questions"] = [one.written(self.path) for one in questions]
            quiz = {"key": self.head["key"], "title": self.head["title"], "kind": "practice"}
            raw["quizzes"] = [quiz | {"questions": [one.key for one in questions], "source": self.head["source"]}]
        return raw

    def _without_refused(self) -> UnitDocument:
        for draft in self.drafts:
            needed = [one for one in (draft.stimulus, draft) if one is not None]
            if any(one.refused for one in needed):
                draft.refused = True
                self.report.refuse(draft.lines[0], "The text that this question looks at was refused, and so it is.")
                continue
            try:
                load_unit(self._raw(needed))
            except Rejected as rejected:
                self._refuse(draft, rejected.mistakes)
        try:
            return load_unit(self._raw([one for one in self.drafts if not one.refused]))
        except Rejected as rejected:
            for draft in self.drafts:
                draft.refused = True
            self.report.refuse(1, f"These questions cannot stand together: {rejected.mistakes[0].message}")
            return load_unit(self._raw([]))

    def _refuse(self, draft: Draft, mistakes: Sequence[Mistake]) -> None:
        draft.refused = True
        for mistake in mistakes[:MOST_TOLD]:
            line, column = draft.lines[0], 1
            steps = mistake.path[2:]
            for length in range(len(steps), 0, -1):
                if (place := draft.places.get(steps[:length])) is not None:
                    line, column = place.strip().place
                    break
            self.report.refuse(line, f"“{draft.key}” was not taken: {mistake.message}", column=column)

    def _account(self, draft: Draft) -> None:
        if draft.refused or (draft.same_as is not None and draft.same_as.refused):
            return
        self.report.account(Fate.USED, *draft.lines)
        for comment in draft.comments:
            said = "[id:" in comment.text or "[tag:" in comment.text
            self.report.account(Fate.USED if said else Fate.HIDDEN, comment.line)
