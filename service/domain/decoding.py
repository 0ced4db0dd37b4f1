"""How a language model's next-token probabilities become tokens: the definitions questions are graded by.

All arithmetic is exact. Wherever a definition leaves a choice (two tokens equally likely, a running total exactly
at the threshold), the earlier token wins, and the function that looks for such ties says so, because a question
should not hang on it.

A tree of probabilities is a sequence of levels: the first is the distribution of the first token; the second holds,
for each first token, the distribution of the token after it; the third one for each pair; and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import TypeAlias, TypeVar

Token = TypeVar("Token")

Level: TypeAlias = "Fraction | Sequence[Level]"
Path: TypeAlias = tuple[int, ...]


class DecodingError(ValueError):
    """The arguments describe nothing that can be decoded."""


def argmax(probabilities: Sequence[Fraction]) -> int:
    """The index of the largest number, the first if there are several."""
    return max(range(len(probabilities)), key=lambda index: (probabilities[index], -index))


def ranking(probabilities: Sequence[Fraction]) -> list[int]:
    """The indexes from most to least likely, equals in their given order."""
    return sorted(range(len(probabilities)), key=lambda index: -probabilities[index])


def top_k(probabilities: Sequence[Fraction], k: int) -> tuple[Fraction, ...]:
    """The k largest probabilities, largest first (Fan, Lewis and Dauphin 2018); not rescaled."""
    if not 1 <= k <= len(probabilities):
        raise DecodingError(f"Of {len(probabilities)} numbers, top_k can keep 1 to {len(probabilities)}, not {k}.")
    return tuple(probabilities[index] for index in ranking(probabilities)[:k])


def tie_in_top_k(probabilities: Sequence[Fraction], k: int) -> str | None:
    """Whether the last one kept and the first one cut off are equally likely."""
    ordered = sorted(probabilities, reverse=True)
    if k < len(ordered) and ordered[k - 1] == ordered[k]:
        return f"numbers {k} and {k + 1} of top_k are equal"
    return None


def top_p(probabilities: Sequence[Fraction], p: Fraction) -> tuple[int, ...]:
    """The nucleus (Holtzman et al. 2020): the indexes of the smallest set of most likely tokens whose total is ≥ p."""
    order = ranking(probabilities)
    for kept, total in enumerate(accumulate(probabilities[index] for index in order), start=1):
        if total >= p:
            return tuple(order[:kept])
    raise DecodingError("All the probabilities together do not reach p.")


def top_p_labels(labels: Sequence[Token], probabilities: Sequence[Fraction], p: Fraction) -> tuple[Token, ...]:
    """The labels of the nucleus, most likely first."""
    _check_pairing(labels, probabilities)
    return tuple(labels[index] for index in top_p(probabilities, p))


def tie_in_top_p(probabilities: Sequence[Fraction], p: Fraction) -> str | None:
    """Whether a running total is exactly p (unless it is everything), or the cut parts two equals."""
    kept = len(top_p(probabilities, p))
    ordered = sorted(probabilities, reverse=True)
    if kept < len(ordered) and sum(ordered[:kept]) == p:
        return "a running total of top_p is exactly p"
    if kept < len(ordered) and ordered[kept - 1] == ordered[kept]:
        return "top_p keeps one of two equally likely tokens and drops the other"
    return None


def draw(labels: Sequence[Token], probabilities: Sequence[Fraction], u: Fraction) -> Token:
    """Inverse-transform sampling: the first label, in the given order, whose running total exceeds u."""
    _check_pairing(labels, probabilities)
    for label, total in zip(labels, accumulate(probabilities), strict=True):
        if total > u:
            return label
    raise DecodingError("No running total exceeds the number drawn.")


def tie_in_draw(probabilities: Sequence[Fraction], u: Fraction) -> str | None:
    """Whether a running total is exactly the number drawn."""
    return "the number drawn is exactly a running total" if u in accumulate(probabilities) else None


def greedy(levels: Sequence[Level]) -> Path:
    """Greedy decoding: at each step the most likely token, whatever can follow it."""
    path: Path = ()
    for level in levels:
        path = (*path, argmax(_distribution(level, path)))
    return path


def beam(levels: Sequence[Level], width: int) -> Path:
    """Beam search: after each step only the `width` most probable beginnings go on; of the last, the best one."""
    return _beams(levels, width)[-1][0][0]


def tie_in_greedy(levels: Sequence[Level]) -> str | None:
    """Whether some step of greedy decoding has two most likely tokens."""
    path = greedy(levels)
    for step, level in enumerate(levels):
        distribution = _distribution(level, path[:step])
        if list(distribution).count(max(distribution)) > 1:
            return f"step {step + 1} of greedy has two most likely tokens"
    return None


def tie_in_beam(levels: Sequence[Level], width: int) -> str | None:
    """Whether, in some step of beam search, the last beginning kept equals the first one dropped in probability."""
    steps = _beams(levels, width)
    for step, ranked in enumerate(steps, start=1):
        kept = width if step < len(steps) else 1
        if kept < len(ranked) and ranked[kept - 1][1] == ranked[kept][1]:
            return f"step {step} of beam keeps one of two equally probable beginnings"
    return None


def _beams(levels: Sequence[Level], width: int) -> list[list[tuple[Path, Fraction]]]:
    """For each step all beginnings looked at with their probabilities, most probable first."""
    if width < 1:
        raise DecodingError("Beam search needs at least one beam.")
    steps: list[list[tuple[Path, Fraction]]] = []
    kept: list[tuple[Path, Fraction]] = [((), Fraction(1))]
    for level in levels:
        looked_at = list(_continuations(level, kept))
        looked_at.sort(key=lambda beginning: (-beginning[1], beginning[0]))
        steps.append(looked_at)
        kept = looked_at[:width]
    return steps


def _continuations(level: Level, beginnings: Sequence[tuple[Path, Fraction]]) -> Iterator[tuple[Path, Fraction]]:
    for path, probability in beginnings:
        for token, conditional in enumerate(_distribution(level, path)):
            yield (*path, token), probability * conditional


def _distribution(level: Level, path: Path) -> Sequence[Fraction]:
    """The distribution that `level` holds for what follows `path`."""
    for token in path:
        if isinstance(level, Fraction) or token >= len(level):
            raise DecodingError("A level must hold one list for every beginning of the level before it.")
        level = level[token]
    if isinstance(level, Fraction) or not level:
        raise DecodingError("A level must hold one list for every beginning of the level before it.")
    distribution = [probability for probability in level if isinstance(probability, Fraction)]
    if len(distribution) < len(level):
        raise DecodingError("A level is nested more deeply than the tokens before it.")
    return distribution


def _check_pairing(labels: Sequence[object], probabilities: Sequence[Fraction]) -> None:
    if len(labels) != len(probabilities):
        raise DecodingError(f"There are {len(labels)} labels for {len(probabilities)} probabilities.")
