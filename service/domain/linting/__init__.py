"""The linter: what a course's files say that is not wrong, and yet is not what its author meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from service.domain.documents import Ignored, ResourcesDocument
from service.domain.expressions import meant

# Importing a module of rules is what declares them.
from service.domain.linting import links, numbers, objectives, questions, quizzes, readings, units
from service.domain.linting.rules import RULES, Course, Found, Path, Rule, Severity, Unit, Written, rule, spot_of

__all__ = ["RULES", "Course", "Finding", "Rule", "Severity", "Unit", "lint_course", "lint_unit"]

MODULES = (links, units, readings, objectives, questions, numbers, quizzes)


@dataclass(frozen=True)
class Finding:
    """What a rule found: the path in the file, the rule's code, how bad it is, and what to do about it.

    `excerpt` is what it speaks of, as it stands in the text at `path`; empty where it speaks of all of it.
    """

    path: Path
    code: str
    severity: Severity
    message: str
    excerpt: str = ""


def lint_unit(unit: Unit) -> list[Finding]:
    """What is to be said of a unit, but for what its file says is to be ignored."""
    ignoring = _Ignoring(unit.document.lint)
    return _sorted([*_findings(unit, ignoring), *ignoring.findings(unit)])


def lint_course(course: Course) -> tuple[list[Finding], list[Finding]]:
    """The same of the course's own document, and of the resources its units share; the course ignores for both."""
    ignoring = _Ignoring(course.document.lint)
    written = Written(course.document, course)
    shared = Written(ResourcesDocument(format="hornbook/resources@1", resources=dict(course.shared)), course)
    of_shared = _sorted([*_findings(shared, ignoring)])
    of_course = [*_findings(written, ignoring)]
    return _sorted([*of_course, *ignoring.findings(written)]), of_shared


@dataclass
class _Ignoring:
    """What somebody wants to be ignored, and which of it was found."""

    entries: Sequence[Ignored]
    used: set[int] = field(default_factory=set)

    def spares(self, code: str, keys: tuple[str, ...]) -> bool:
        """Whether nothing is to be said; remembers what for."""
        because = [at for at, one in enumerate(self.entries) if one.ignore == code and one.at in {None, *keys}]
        self.used.update(because)
        return bool(because)

    def findings(self, written: Written) -> Iterator[Finding]:
        """What is wrong with the ignoring itself. Of a rule that could not be asked it is not known."""
        for at, one in enumerate(self.entries):
            if one.ignore not in RULES:
                message = f"There is no rule “{one.ignore}”{meant(one.ignore, RULES)}"
                yield Finding(("lint", at, "ignore"), "ignore-unknown", "error", message)
            elif at not in self.used and not (RULES[one.ignore].compares_units and written.course.heads is None):
                where = f" at {one.at}" if one.at else ""
                message = f"Nothing is found by {one.ignore}{where} any more: delete this."
                yield Finding(("lint", at), "ignore-unused", "warning", message)


def _findings(written: Written, ignoring: _Ignoring) -> Iterator[Finding]:
    for one in RULES.values():
        for found in one.check(written) if one.applies_to(written) else ():
            spot = spot_of(written.document, found.path)
            if not ignoring.spares(one.code, spot.keys):
                yield Finding(spot.path, one.code, found.severity or one.severity, found.message, found.excerpt)


def _sorted(findings: list[Finding]) -> list[Finding]:
    """In the order of the document: indexes by their numbers, names as such."""

    def place(one: Finding) -> tuple[tuple[tuple[bool, int, str], ...], str]:
        steps = tuple((isinstance(s, str), s if isinstance(s, int) else 0, str(s)) for s in one.path)
        return steps, one.code

    return sorted(findings, key=place)


@rule(
    "not-loaded",
    severity="error",
    why="Nothing of a course is taken while anything in it is wrong; `hornbook seed` says the same.",
    bad="a misspelt field, a question without a right answer, a variant that fails, a draw larger than its pool",
    good="files that `hornbook seed --dry-run` accepts",
)
def _not_loaded(_written: Written) -> Iterator[Found]:
    """A file cannot be loaded; as long as that is so, no other rule speaks."""
    # Said by whoever loads the files.
    return iter(())


@rule(
    "ignore-unknown",
    severity="error",
    why="An ignored rule that does not exist was misspelt, and the rule that was meant still speaks.",
    bad="lint: [{ignore: link-htp, because: the archive has no certificate}]",
    good="lint: [{ignore: link-http, because: the archive has no certificate}]",
)
def _ignore_unknown(_written: Written) -> Iterator[Found]:
    """A rule is ignored that there is not."""
    # Said by `_Ignoring`, which knows what is ignored.
    return iter(())


@rule(
    "ignore-unused",
    why="What is ignored for nothing would hide the next real finding.",
    bad="lint: [{ignore: link-http, because: …}] where every link is https",
    good="Delete the entry.",
)
def _ignore_unused(_written: Written) -> Iterator[Found]:
    """A rule is ignored that finds nothing there."""
    return iter(())
