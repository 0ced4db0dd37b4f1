"""What a rule of the linter is, what it looks at, and what it finds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

from service.domain.documents import Resource, UnitDocument
from service.domain.outline import Outline, outline
from service.domain.walking import Leaf, leaves

Path = tuple[str | int, ...]
Severity: TypeAlias = Literal["error", "warning"]


class Found(NamedTuple):
    """One thing a rule has to say: where, what and how to mend it; `severity` where it is not the rule's usual one."""

    path: Path
    message: str
    severity: Severity | None = None


@dataclass(frozen=True)
class Siblings:
    """What a unit's course tells its rules: the positions of all units by their keys, and when it takes place."""

    positions: Mapping[str, int] = field(default_factory=dict)
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class Unit:
    """A unit as rules look at it; what they need of it is worked out once."""

    document: UnitDocument
    shared: Mapping[str, Resource] = field(default_factory=dict)
    siblings: Siblings = Siblings()

    @property
    def is_published(self) -> bool:
        """Whether students see it."""
        return self.document.unit.status == "published"

    @cached_property
    def outline(self) -> Outline:
        """Its readings and choices in their places."""
        return outline(self.document, self.shared)

    @cached_property
    def leaves(self) -> list[Leaf]:
        """Every scalar in it."""
        return leaves(self.document)

    @cached_property
    def texts(self) -> list[tuple[Path, str]]:
        """Every text in Markdown."""
        return [(leaf.path, str(leaf.value)) for leaf in self.leaves if leaf.text is not None and leaf.text.markdown]

    @cached_property
    def addresses(self) -> list[tuple[Path, str]]:
        """Every address in a field of its own."""
        return [(leaf.path, str(leaf.value)) for leaf in self.leaves if leaf.text is not None and leaf.text.address]


Check = Callable[[Unit], Iterator[Found]]


@dataclass(frozen=True)
class Rule:
    """A rule: its code, how bad a finding is, why there is such a rule, and what breaks and what keeps it.

    `title` says in a sentence what is found; it is the docstring of the function that finds it.
    """

    code: str
    severity: Severity
    title: str
    why: str
    bad: str
    good: str
    check: Check


RULES: dict[str, Rule] = {}
"""Every rule by its code, in the order in which they are explained."""


def rule(code: str, *, why: str, bad: str, good: str, severity: Severity = "warning") -> Callable[[Check], Check]:
    """Declare a function as the rule `code`."""

    def declare(check: Check) -> Check:
        RULES[code] = Rule(code, severity, inspect.getdoc(check) or "", why, bad, good, check)
        return check

    return declare


class Spot(NamedTuple):
    """A place in a document: the path as it is written in a file, and the keys of the entities it leads through."""

    path: Path
    keys: tuple[str, ...]


def spot_of(document: object, path: Path) -> Spot:
    """The spot a path of attributes and indexes leads to."""
    written: list[str | int] = []
    keys: list[str] = []
    at: Any = document
    for step in path:
        wrapper = getattr(at, "WRAPPED", None)
        if wrapper is not None and wrapper not in written[-1:]:
            written.append(wrapper)
        if step == wrapper:
            continue
        written.append(step)
        at = _inside(at, step)
        if isinstance(key := getattr(at, "key", None), str):
            keys.append(key)
        elif isinstance(step, str) and isinstance(at, Resource):
            keys.append(step)
    return Spot(tuple(written), tuple(keys))


def _inside(at: Any, step: str | int) -> Any:
    if is_dataclass(at):
        names = {one.name.rstrip("_"): one.name for one in fields(at)}
        return getattr(at, names[step]) if step in names else None
    if isinstance(at, Mapping):
        return at.get(step)
    return at[step] if isinstance(at, tuple) and isinstance(step, int) and step < len(at) else None
