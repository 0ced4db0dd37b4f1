"""The linter: what a course's files say that is not wrong, and yet is not what its author meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.domain.documents import UnitDocument
from service.domain.expressions import meant

# Importing a module of rules is what declares them.
from service.domain.linting import links, objectives, questions, quizzes, readings, units
from service.domain.linting.rules import RULES, Found, Path, Rule, Severity, Siblings, Unit, rule, spot_of

__all__ = ["RULES", "Finding", "Rule", "Severity", "Siblings", "Unit", "lint_unit"]

MODULES = (links, units, readings, objectives, questions, quizzes)


@dataclass(frozen=True, order=True)
class Finding:
    """What a rule found: the path in the file, the rule's code, how bad it is, and what to do about it."""

    path: Path
    code: str
    severity: Severity
    message: str


def lint_unit(unit: Unit) -> list[Finding]:
    """What is to be said of a unit, but for what its file says is to be ignored."""
    ignored = unit.document.lint
    used: set[int] = set()
    findings = []
    for code, path, message, severity in _found(unit):
        spot = spot_of(unit.document, path)
        because = [at for at, one in enumerate(ignored) if one.ignore == code and one.at in {None, *spot.keys}]
        used.update(because)
        if not because:
            findings.append(Finding(spot.path, code, severity, message))
    findings += _about_ignoring(unit.document, used)
    return sorted(findings, key=lambda one: (tuple(map(str, one.path)), one.code))


def _found(unit: Unit) -> Iterator[tuple[str, Path, str, Severity]]:
    for one in RULES.values():
        for found in one.check(unit):
            yield one.code, found.path, found.message, found.severity or one.severity


def _about_ignoring(document: UnitDocument, used: set[int]) -> Iterator[Finding]:
    for at, one in enumerate(document.lint):
        if one.ignore not in RULES:
            message = f"There is no rule “{one.ignore}”{meant(one.ignore, RULES)}"
            yield Finding(("lint", at, "ignore"), "ignore-unknown", "error", message)
        elif at not in used:
            where = f" at {one.at}" if one.at else " in this unit"
            message = f"Nothing is found by {one.ignore}{where} any more: delete this."
            yield Finding(("lint", at), "ignore-unused", "warning", message)


@rule(
    "not-loaded",
    severity="error",
    why="Nothing of a course is taken while anything in it is wrong; `hornbook seed` says the same.",
    bad="a misspelt field, a question without a right answer, a variant that fails, a draw larger than its pool",
    good="files that `hornbook seed --dry-run` accepts",
)
def _not_loaded(_unit: Unit) -> Iterator[Found]:
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
def _ignore_unknown(_unit: Unit) -> Iterator[Found]:
    """A rule is ignored that there is not."""
    # Said in `lint_unit`, which knows what is ignored.
    return iter(())


@rule(
    "ignore-unused",
    why="What is ignored for nothing would hide the next real finding.",
    bad="lint: [{ignore: link-http, because: …}] where every link is https",
    good="Delete the entry.",
)
def _ignore_unused(_unit: Unit) -> Iterator[Found]:
    """A rule is ignored that finds nothing there."""
    return iter(())
