"""Who is in a simulated class: abilities and habits, the same for the same seed on every machine.

Nothing but `random()` is used of a source of chance: all else may differ from one Python to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from random import Random
from statistics import NormalDist
from typing import TypeVar

Of = TypeVar("Of")


@dataclass(frozen=True)
class Person:
    """A student of a simulated class.

    `ability` is in standard deviations of the class, `diligence` the share of what is asked that the student does, and
    `stays` the share of the term after which nothing more comes of the student (1: to the end).
    """

    number: int
    name: str
    ability: float
    diligence: float
    stays: float


@dataclass(frozen=True)
class Difficulty:
    """How a question parts those who can from those who cannot: the ability at which half get it right, how sharply."""

    at: float
    sharpness: float

    def chance(self, ability: float) -> float:
        """How likely somebody of this ability gets it right at once. Source: the two-parameter logistic model."""
        return 1 / (1 + exp(-self.sharpness * (ability - self.at)))


def make_person(seed: int, number: int) -> Person:
    """Student `number` of the class of this seed, whatever the size of the class."""
    chance = Random(f"{seed}/student {number}")
    ability, effort = _normal(chance), _normal(chance)
    # Who can do much tends to do much, but not always.
    diligence = 1 / (1 + exp(-(1.6 + 0.5 * ability + 0.9 * effort)))
    stays = 0.15 + 0.8 * chance.random() if chance.random() < 0.12 - 0.04 * ability else 1.0
    return Person(number, f"Simulated Student {number}", ability, diligence, stays)


def difficulty_of(seed: int, question: str) -> Difficulty:
    """How difficult the class of this seed finds a question, by its name."""
    chance = Random(f"{seed}/question {question}")
    return Difficulty(-0.7 + 0.9 * _normal(chance), 0.7 + 1.1 * chance.random())


def pick(some: Sequence[Of], chance: Random) -> Of:
    """One of them."""
    return some[int(chance.random() * len(some))]


def _normal(chance: Random) -> float:
    return NormalDist().inv_cdf(min(max(chance.random(), 1e-9), 1 - 1e-9))
