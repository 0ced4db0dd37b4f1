"""Which questions an attempt asks, drawn from pools."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import Any, TypeVar

Thing = TypeVar("Thing")


def shuffled(things: Sequence[Thing], chance: Random) -> list[Thing]:
    """The things in an order drawn by chance (Fisher-Yates over `random()`, the only draw that is stable)."""
    result = list(things)
    for last in range(len(result) - 1, 0, -1):
        other = int(chance.random() * (last + 1))
        result[last], result[other] = result[other], result[last]
    return result


def draw(
    pools: Sequence[Mapping[str, Any]],
    askable: Collection[str],
    elsewhere: Collection[str],
    *,
    shuffle: bool,
    chance: Random,
) -> list[str]:
    """The ids of the questions to ask, none twice, in the order of their pools or shuffled.

    A pool is {"take": n, "questions": [id, …]}. One that takes all its questions keeps their order; from a
    larger one `take` are drawn. Only `askable` questions are asked. Questions in `elsewhere` (withheld by
    another open attempt) are drawn only when nothing else is left to fill the number.
    """
    drawn: list[str] = []
    for pool in pools:
        left = [one for one in pool["questions"] if one in askable and one not in drawn]
        if pool["take"] < len(pool["questions"]):
            left = shuffled(left, chance)
            left.sort(key=lambda one: one in elsewhere)
        drawn += left[: pool["take"]]
    return shuffled(drawn, chance) if shuffle else drawn
