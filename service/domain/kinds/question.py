"""What an author writes of a question whatever its kind: the document every kind's document extends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal

from service.domain.fields import Expression, Key, Line, Markdown, Number, Shorthand
from service.domain.kinds.answers import NamedAnswer
from service.domain.mistakes import Mistake
from service.domain.numbers import within
from service.domain.parameters import Parameter, declaration_mistakes, name_fault
from service.domain.provenance import ImportSource
from service.domain.walking import scalar_mistakes

MOST_POINTS = 1000


@dataclass(frozen=True, kw_only=True)
class Stimulus:
    """Text and named lists of numbers or labels that several questions look at; nothing to answer."""

    key: Key
    title: Line | None = None
    text: Markdown
    data: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    source: ImportSource | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """Names that formulas cannot use, and lists without entries."""
        for name, entries in self.data.items():
            if fault := name_fault(name):
                yield Mistake(("data", name), fault)
            if not entries:
                yield Mistake(("data", name), "This list is empty.")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the answer can be read: a reading or a group of readings, and the place in it."""

    SHORT: ClassVar[str] = "reading"

    reading: Key | None = None
    reading_group: Key | None = None
    locator: Line | None = None

    def mistakes(self) -> Iterator[Mistake]:
        """Neither or both."""
        if (self.reading is None) is (self.reading_group is None):
            yield Mistake((), "Name one reading or one reading_group.")


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A help that can be asked for, one after the other."""

    SHORT: ClassVar[str] = "text"

    key: Key | None = None
    text: Markdown


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What is said by how the response fared; `general` once everything may be seen, however it fared."""

    correct: Markdown | None = None
    incorrect: Markdown | None = None
    partial: Markdown | None = None
    general: Markdown | None = None


@dataclass(frozen=True, kw_only=True)
class NamedMistake:
    """A wrong answer with a reason of its own; `unless` says when it is no mistake (where it equals the key)."""

    key: Key | None = None
    answer: NamedAnswer
    feedback: Markdown
    unless: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class SameParameters:
    """Stands for the parameters of another question of the unit."""

    same_as: Key


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question as its author writes it; each kind adds its own fields.

    `parameters: {same_as: other}` in a file takes the declarations of another question of the unit, each drawing
    for itself; it becomes `same_parameters_as`.
    """

    SHORTHAND: ClassVar[Shorthand] = Shorthand(also={"parameters": SameParameters})

    key: Key
    kind: str
    stem: Markdown
    stimulus: Key | None = None
    points: Number = Decimal(1)
    objectives: tuple[Key, ...] = ()
    answers_from: tuple[Source, ...] = ()
    level: Literal["remember", "understand", "apply", "analyse", "evaluate", "create"] | None = None
    tags: tuple[Line, ...] = ()
    hints: tuple[Hint, ...] = ()
    mistakes_: tuple[NamedMistake, ...] = ()
    feedback: Feedback = Feedback()
    parameters: dict[str, Parameter] = field(default_factory=dict)
    same_parameters_as: Key | None = None
    require: tuple[Expression, ...] = ()
    shuffle: bool = True
    source: ImportSource | None = None

    @classmethod
    def expand(cls, raw: Any) -> Any:
        """`parameters: {same_as: key}` in its long form."""
        if not isinstance(raw, Mapping):
            return raw
        match raw.get("parameters"):
            case {"same_as": str(other), **rest} if not rest:
                return {**{k: v for k, v in raw.items() if k != "parameters"}, "same_parameters_as": other}
        return raw

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong whatever the kind; kinds add to it."""
        yield from scalar_mistakes(self)
        if not self.stem.strip():
            yield Mistake(("stem",), "The stem is empty; say what is asked.")
        if not (within(self.points, 0, MOST_POINTS) and self.points):
            yield Mistake(("points",), f"Points are above 0 and at most {MOST_POINTS}.")
        if self.parameters and self.same_parameters_as:
            yield Mistake(("same_parameters_as",), "Declare parameters or take another question's, not both.")
        yield from (mistake.under("parameters") for mistake in declaration_mistakes(self.parameters))
        yield from repeated_keys("hints", self.hints)
        yield from repeated_keys("mistakes", self.mistakes_)


def repeated_keys(field_name: str, members: tuple[Any, ...]) -> Iterator[Mistake]:
    """Keys written twice among the members of a field."""
    seen: set[str] = set()
    for index, member in enumerate(members):
        if member.key is not None and member.key in seen:
            yield Mistake((field_name, index, "key"), f"The key “{member.key}” is there twice; keys differ.")
        seen.add(member.key)
