"""Laying short answers that are spelt alike onto heaps, so that a class's answers can be looked through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from service.domain.text import is_near_miss, normalised

MOST_LOOKED_AT = 200
"""Of the most frequent forms, how many take in what is spelt nearly the same."""

LONGEST_WORD = 24
"""Longer answers are laid together only where they are the same: nobody mistypes a sentence into another one."""


@dataclass
class Heap:
    """Answers that are spelt alike: the form they have in common, and how many gave each, as it was typed."""

    form: str
    spellings: Counter[str] = field(default_factory=Counter)

    @property
    def n(self) -> int:
        """How many gave one of them."""
        return self.spellings.total()

    @property
    def text(self) -> str:
        """The most frequent spelling."""
        return self.most_frequent()[0][0]

    def most_frequent(self) -> list[tuple[str, int]]:
        """Every spelling with how many gave it, the most frequent first."""
        return sorted(self.spellings.items(), key=lambda one: (-one[1], one[0]))


def heaps_of(answers: Iterable[tuple[str, int]]) -> list[Heap]:
    """The heaps, the largest first, of (answer, how many gave it): the same whatever order they come in.

    Equal forms make a heap; then the most frequent ones take in rarer near misses (see `text.is_near_miss`). These are
    found by what is left of both when letters are taken out, so that not every pair has to be compared.
    """
    by_form: dict[str, Heap] = {}
    for text, number in answers:
        form = normalised(text)
        by_form.setdefault(form, Heap(form)).spellings[text] += number
    heads: dict[str, list[Heap]] = {}
    laid: list[Heap] = []
    for heap in sorted(by_form.values(), key=lambda one: (-one.n, one.form)):
        head = _near(heads, heap.form)
        if head is not None:
            head.spellings.update(heap.spellings)
            continue
        if len(laid) < MOST_LOOKED_AT:
            for left in _left_overs(heap.form):
                heads.setdefault(left, []).append(heap)
        laid.append(heap)
    return sorted(laid, key=lambda one: (-one.n, one.form))


def _near(heads: dict[str, list[Heap]], form: str) -> Heap | None:
    compared: set[str] = set()
    for left in _left_overs(form):
        for head in heads.get(left, ()):
            if head.form not in compared and is_near_miss(form, head.form):
                return head
            compared.add(head.form)
    return None


def _left_overs(form: str) -> Iterator[str]:
    """The form without up to as many letters as a near miss may differ by, itself first."""
    yield form
    if not 4 <= len(form) <= LONGEST_WORD:
        return
    for out in range(len(form)):
        yield form[:out] + form[out + 1 :]
    # Two slips are allowed from nine letters on; a shorter answer for such a form has lost one letter already.
    if len(form) >= 9:
        for out, other in combinations(range(len(form)), 2):
            yield form[:out] + form[out + 1 : other] + form[other + 1 :]
