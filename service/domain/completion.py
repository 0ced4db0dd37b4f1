"""When a unit is complete, and what is left until then.

Completion asks for every required reading outside groups, `min` options of every required group (an option is
done when its readings are, extensions aside) and every required quiz finished. What may be left out (optional,
supplemental, extensions, what to do before) never counts. Source: `content.md`, "The model".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Requirement:
    """One thing that is asked for, and whether it is done; `minutes_left` by the shortest way."""

    kind: str
    id: str
    title: str
    done: bool
    minutes_left: int


@dataclass(frozen=True)
class Standing:
    """Where a student stands with a unit."""

    requirements: Sequence[Requirement]

    @property
    def total(self) -> int:
        """How many things are asked for."""
        return len(self.requirements)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(requirement.done for requirement in self.requirements)

    @property
    def complete(self) -> bool:
        """Nothing is left; a unit that asks for nothing is complete."""
        return self.done == self.total

    @property
    def minutes_left(self) -> int:
        """The estimated minutes of what is left."""
        return sum(requirement.minutes_left for requirement in self.requirements)


def standing_of(
    requirements: Sequence[Mapping[str, Any]], done: Collection[str], finished: Collection[str]
) -> Standing:
    """Where somebody stands who has `done` these readings and `finished` these quizzes (ids).

    A requirement is {"kind", "id", "title", "min", "options": [[{"id", "minutes"}, …], …]}: a reading is a choice
    of one option with one reading, a quiz has no options.
    """
    return Standing([_requirement(one, done, finished) for one in requirements])


def _requirement(asked: Mapping[str, Any], done: Collection[str], finished: Collection[str]) -> Requirement:
    if asked["kind"] == "quiz":
        return Requirement("quiz", asked["id"], asked["title"], asked["id"] in finished, 0)
    left = sorted(sum(r["minutes"] for r in option if r["id"] not in done) for option in asked["options"])
    fulfilled = sum(all(reading["id"] in done for reading in option) for option in asked["options"])
    enough = fulfilled >= asked["min"]
    # The options already done come first: they have nothing left.
    return Requirement(asked["kind"], asked["id"], asked["title"], enough, 0 if enough else sum(left[: asked["min"]]))
