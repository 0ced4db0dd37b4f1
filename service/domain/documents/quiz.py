"""What an author writes of a quiz: which questions it asks and how it goes about it; see `quizzes.md`, "As YAML"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from service.domain.documents.words import Bounds, Importance, ImportSource, Level, Status
from service.domain.fields import Key, Line, Markdown, Number, Shorthand, Text
from service.domain.kinds import KINDS
from service.domain.mistakes import Mistake

_DURATION = r"(?:(\d{1,3}) ?h(?:ours?)?)? ?(?:(\d{1,4}) ?m(?:in(?:utes?)?)?)?"
_PER_CENT = r"(\d{1,3}(?:\.\d{1,6})?) ?%"

if TYPE_CHECKING:
    QuestionKind: TypeAlias = str
else:
    QuestionKind = Literal[tuple(KINDS)]

Take = Annotated[int, Bounds(1, 200, "questions")]


@dataclass(frozen=True, kw_only=True)
class Shuffle:
    """What is shown in an order of chance; `shuffle: true` or `false` is short for both."""

    SHORTHAND: ClassVar[Shorthand] = Shorthand(bare=bool)

    questions: bool = False
    choices: bool = True

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """The short form in its long form."""
        return {"questions": raw, "choices": raw} if isinstance(raw, str | bool) else raw


@dataclass(frozen=True, kw_only=True)
class Where:
    """Which questions of the unit: all fields that are given must fit, of a list any entry.

    A single entry may stand without its list.
    """

    SHORTHAND: ClassVar[Shorthand] = Shorthand(
        also={"objectives": Key, "level": Level, "tags": Line, "kind": QuestionKind}
    )

    objectives: tuple[Key, ...] = ()
    level: tuple[Level, ...] = ()
    tags: tuple[Line, ...] = ()
    kind: tuple[QuestionKind, ...] = ()

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """Single entries as lists."""
        if not isinstance(raw, Mapping):
            return raw
        return {name: [value] if isinstance(value, str) else value for name, value in raw.items()}

    def mistakes(self) -> Iterator[Mistake]:
        """Nothing to tell questions by."""
        if not (self.objectives or self.level or self.tags or self.kind):
            yield Mistake((), "Say which questions: by objectives, level, tags or kind.")

    def fits(self, question: Any) -> bool:
        """Whether a question document is one of these."""
        return (
            (not self.objectives or not set(self.objectives).isdisjoint(question.objectives))
            and (not self.tags or not set(self.tags).isdisjoint(question.tags))
            and (not self.level or question.level in self.level)
            and (not self.kind or question.kind in self.kind)
        )


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A pool from which `take` questions are drawn: named questions, or all that fit a description."""

    take: Take
    from_: tuple[Key, ...] = ()
    where: Where | None = None

    def pool(self, questions: Iterable[Any]) -> tuple[str, ...]:
        """The keys of what is drawn from, of a unit's questions (documents)."""
        where = self.where
        return self.from_ if where is None else tuple(one.key for one in questions if where.fits(one))

    def mistakes(self) -> Iterator[Mistake]:
        """No pool or two, or one too small."""
        if bool(self.from_) is (self.where is not None):
            yield Mistake(
                (), "Say where to draw from: `from` a list of questions, or `where` they fit; one of the two."
            )
        elif self.from_ and self.take > len(self.from_):
            yield Mistake(("take",), f"{self.take} cannot be drawn from {len(self.from_)}: lower it, or add questions.")


@dataclass(frozen=True, kw_only=True)
class Quiz:
    """A quiz: its questions in order, or pools to draw them from, and its settings.

    `tries` per question; left out, 3, and 1 where more would give the answer away. `attempts` is a number or
    `unlimited`. `penalty` is the share of a question's points that each wrong try costs, `pass_mark` the share of all
    points that passes (0.6 or 60%). `opens` and `closes` without a zone are meant in the course's. `time_limit` is in
    minutes: 90, 90m or 1h30m. A deferred quiz reveals after_submission unless it says otherwise.
    """

    SHORTHAND: ClassVar[Shorthand] = Shorthand(
        also={
            "attempts": Literal["unlimited"],
            "time_limit": Annotated[str, Text(30, pattern=_DURATION)],
            "pass_mark": Annotated[str, Text(30, pattern=_PER_CENT)],
        }
    )

    key: Key
    title: Line
    kind: Literal["self_check", "pre", "post", "practice"] = "self_check"
    status: Status = "published"
    importance: Importance = "optional"
    intro: Markdown | None = None
    mode: Literal["immediate", "deferred", "practice"] = "immediate"
    reveal: Literal["after_each", "after_submission", "after_close", "never"] = "after_each"
    tries: Annotated[int, Bounds(1, 100, "tries")] | None = None
    penalty: Number = Decimal(0)
    attempts: Annotated[int, Bounds(1, 1000, "attempts, or `unlimited`")] | None = None
    keep: Literal["best", "last", "first"] = "best"
    shuffle: Shuffle = Shuffle()
    questions: tuple[Key, ...] = ()
    draw: tuple[Draw, ...] = ()
    opens: datetime | None = None
    closes: datetime | None = None
    time_limit: Annotated[int, Bounds(1, 60 * 24 * 7, "minutes, as in 90, 90m or 1h30m")] | None = None
    pass_mark: Number | None = None
    source: ImportSource | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """`attempts: unlimited`, durations and percentages in their plain form; the reveal of a deferred quiz."""
        if not isinstance(raw, Mapping):
            return raw
        plain = dict(raw)
        if plain.get("attempts") == "unlimited":
            del plain["attempts"]
        if isinstance(duration := plain.get("time_limit"), str):
            plain["time_limit"] = _in_minutes(duration)
        if isinstance(mark := plain.get("pass_mark"), str):
            plain["pass_mark"] = _as_share(mark)
        if plain.get("mode") == "deferred" and plain.get("reveal") is None:
            plain["reveal"] = "after_submission"
        return plain

    def may_ask(self, questions: Sequence[Any]) -> tuple[str, ...]:
        """The keys of those of a unit's questions (documents) that this quiz may ask, in its order."""
        return tuple(dict.fromkeys([*self.questions, *(key for draw in self.draw for key in draw.pool(questions))]))

    def mistakes(self) -> Iterator[Mistake]:
        """Questions said twice or not at all; settings that contradict one another."""
        if bool(self.questions) is bool(self.draw):
            yield Mistake((), "Say what is asked: a list of `questions`, or pools to `draw` from; one of the two.")
        for name in ("penalty", "pass_mark"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                yield Mistake((name,), f"`{name}` is a share from 0 to 1.")
        yield from self._reveal_mistakes()
        yield from self._time_mistakes()

    def _reveal_mistakes(self) -> Iterator[Mistake]:
        if self.mode == "deferred" and self.reveal == "after_each":
            yield Mistake(("reveal",), "A deferred quiz says nothing before its end: reveal after_submission or later.")
        if self.reveal == "after_close" and self.closes is None:
            yield Mistake(("reveal",), "Say when the quiz `closes`, or choose another `reveal`.")

    def _time_mistakes(self) -> Iterator[Mistake]:
        if self.opens is None or self.closes is None:
            return
        if (self.opens.tzinfo is None) is not (self.closes.tzinfo is None):
            yield Mistake(("closes",), "Write both `opens` and `closes` with a zone (+01:00), or both without.")
        elif self.closes <= self.opens:
            yield Mistake(("closes",), f"The quiz closes before it opens ({self.opens.isoformat(' ')}).")


def _in_minutes(duration: str) -> str:
    """The minutes of `1h30m`; what is no duration is left as it is, for its field to refuse."""
    found = re.fullmatch(_DURATION, duration.strip())
    if found is None or found[1] is found[2] is None:
        return duration
    return str(60 * int(found[1] or 0) + int(found[2] or 0))


def _as_share(mark: str) -> str:
    found = re.fullmatch(_PER_CENT, mark.strip())
    return mark if found is None else str(Decimal(found[1]) / 100)
