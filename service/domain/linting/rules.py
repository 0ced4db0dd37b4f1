"""What a rule of the linter is, what it looks at, and what it finds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

from service.domain.documents import CourseDocument, Resource, ResourcesDocument, UnitDocument, UnitHead
from service.domain.fields import Text
from service.domain.linting.texts import prose, same_page
from service.domain.outline import Outline, outline
from service.domain.walking import Leaf, leaves

Path = tuple[str | int, ...]
Severity: TypeAlias = Literal["error", "warning"]


class Found(NamedTuple):
    """One thing a rule has to say: where, what and how to mend it; `severity` where it is not the rule's usual one.

    `excerpt` is what it speaks of, as it is written in the text at `path`, which may have many lines.
    """

    path: Path
    message: str
    severity: Severity | None = None
    excerpt: str = ""


@dataclass(frozen=True)
class Course:
    """What a course tells the rules: its document, what its units share, and the heads of all its units by key.

    `heads` is None where not all of them were read; rules that compare units have nothing to say then.
    """

    document: CourseDocument
    shared: Mapping[str, Resource] = field(default_factory=dict)
    heads: Mapping[str, UnitHead] | None = None

    @cached_property
    def at_position(self) -> Mapping[int, list[str]]:
        """The units by their positions."""
        found: dict[int, list[str]] = {}
        for head in (self.heads or {}).values():
            found.setdefault(head.position, []).append(head.key)
        return found

    @cached_property
    def overtaking(self) -> Mapping[str, UnitHead]:
        """The units that begin before one that is placed before them, with that one."""
        found: dict[str, UnitHead] = {}
        latest: UnitHead | None = None
        for head in sorted((self.heads or {}).values(), key=lambda one: one.position):
            if head.starts is None or head.status == "archived":
                continue
            if latest is None or latest.starts is None or head.starts >= latest.starts:
                latest = head
            elif latest.position < head.position:
                found[head.key] = latest
        return found

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """The shared resources by their addresses."""
        return {same_page(one.url): key for key, one in self.shared.items() if one.url is not None}


@dataclass(frozen=True)
class Written:
    """A document as rules about texts and links look at it; what they need of it is worked out once."""

    document: UnitDocument | CourseDocument | ResourcesDocument
    course: Course

    @property
    def is_published(self) -> bool:
        """Whether students see it."""
        head = self.document.unit if isinstance(self.document, UnitDocument) else self.course.document
        return head.status == "published"

    @cached_property
    def leaves(self) -> list[Leaf]:
        """Every scalar in it."""
        return leaves(self.document)

    @cached_property
    def texts(self) -> list[tuple[Path, str]]:
        """Every text in Markdown, but for the code and maths in it."""
        return [(one.path, prose(str(one.value))) for one in self.leaves if one.text is not None and one.text.markdown]

    @cached_property
    def prose(self) -> list[tuple[Path, str]]:
        """Every text that people read, in Markdown or plain."""
        return self.texts + [(leaf.path, str(leaf.value)) for leaf in self.leaves if _is_plain(leaf.text)]

    @cached_property
    def addresses(self) -> list[tuple[Path, str]]:
        """Every address in a field of its own."""
        return [(leaf.path, str(leaf.value)) for leaf in self.leaves if leaf.text is not None and leaf.text.address]


@dataclass(frozen=True)
class Unit(Written):
    """A unit, as rules about what is in a unit look at it."""

    document: UnitDocument

    @cached_property
    def outline(self) -> Outline:
        """Its readings and choices in their places."""
        return outline(self.document, self.course.shared)


def _is_plain(text: Text | None) -> bool:
    return text is not None and not (text.markdown or text.pattern or text.address or text.expression)


Check = TypeVar("Check", bound=Callable[..., Iterator[Found]])


@dataclass(frozen=True)
class Rule:
    """A rule: its code, how bad a finding is, why there is such a rule, and what breaks and what keeps it.

    `title` says in a sentence what is found; it is the docstring of the function that finds it. A rule for
    `every_document` takes whatever is `Written`, others take a `Unit`. One that `compares_units` is left out where
    the course's other units were not read.
    """

    code: str
    severity: Severity
    title: str
    why: str
    bad: str
    good: str
    check: Callable[..., Iterator[Found]]
    every_document: bool
    compares_units: bool

    def applies_to(self, written: Written) -> bool:
        """Whether it has anything to say of such a document."""
        is_for_it = self.every_document or isinstance(written, Unit)
        return is_for_it and not (self.compares_units and written.course.heads is None)


RULES: dict[str, Rule] = {}
"""Every rule by its code, in the order in which they are explained."""


def rule(
    code: str, *, why: str, bad: str, good: str, severity: Severity = "warning", **scope: bool
) -> Callable[[Check], Check]:
    """Declare a function as the rule `code`; `scope` is `every_document` and `compares_units` of `Rule`."""
    every, compares = scope.get("every_document", False), scope.get("compares_units", False)

    def declare(check: Check) -> Check:
        RULES[code] = Rule(code, severity, inspect.getdoc(check) or "", why, bad, good, check, every, compares)
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
