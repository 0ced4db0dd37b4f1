"""Which of several interchangeable gaps each response is best counted for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

Gaps = tuple[int | None, ...]


class Match(NamedTuple):
    """That a response fills a gap: for what credit, and by which accepted answer."""

    credit: Fraction
    answer: Hashable


def best_assignment(matches: Sequence[Mapping[int, Match]]) -> Gaps:
    """The gap each response counts for (None: for none), so that the credits add up to the most.

    `matches[r]` holds the gaps that response r fills. Each gap and each accepted answer is used at most once: a
    maximum bipartite matching of responses and gaps, by credit, that keeps the answers apart. Of equally good ones
    it is the first in the order of responses and gaps. All ways are tried, each state once; gaps are few.
    """

    @cache
    def best(response: int, used: frozenset[Hashable]) -> tuple[Fraction, Gaps]:
        if response == len(matches):
            return Fraction(0), ()
        ways: list[tuple[Fraction, Gaps]] = []
        for gap, match in sorted(matches[response].items()):
            taken = {("gap", gap), ("answer", match.answer)}
            if used.isdisjoint(taken):
                credit, rest = best(response + 1, used | taken)
                ways.append((match.credit + credit, (gap, *rest)))
        credit, rest = best(response + 1, used)
        ways.append((credit, (None, *rest)))
        return max(ways, key=lambda way: way[0])

    return best(0, frozenset())[1]
