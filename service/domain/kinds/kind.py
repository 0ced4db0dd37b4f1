"""What a kind of question can do: the one interface behind which every kind lives.

A kind works on its own part of the stored JSON: what `split` gave it for the revision (`asked`) and for the key. The
parts of a cloze are such parts too, so the same code asks, reads and grades a number alone or in a gap.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from service.domain.draws import shuffled
from service.domain.mistakes import Mistake
from service.domain.outcomes import Outcome
from service.domain.shapes import Json, Option, Rich
from service.domain.variants import Variant

Data = Mapping[str, Sequence[str]]
"""The named lists of a stimulus, as texts."""

Order = Sequence[Sequence[str]]
"""Things in the order shown, each as [id, author's key]."""


@dataclass(frozen=True)
class Posed:
    """A question as one student has it in front of them: what is asked, with which values, laid out how.

    `asked` is a revision or one part of it. There is no key in it, so that nothing built from it can tell one.
    """

    asked: Json
    variant: Variant
    layout: Json = field(default_factory=dict)

    @classmethod
    def of(cls, revision: Json, values: Json, layout: Json | None = None) -> Posed:
        """The whole question."""
        return cls(revision, Variant(revision["data"], values), layout or {})

    def part(self, asked: Json, layout: Json | None = None) -> Posed:
        """One part of it."""
        return Posed(asked, self.variant, layout or {})

    def fill(self, rich: Rich) -> Rich:
        """An author's text with this variant's values."""
        return self.variant.fill(rich)

    def options(self, order: str, texts: str) -> list[Option]:
        """The things of `asked[texts]` in the order of `layout[order]`, by their ids."""
        by_key = {thing["key"]: thing["text"] for thing in self.asked[texts]}
        return [{"id": shown, "text": self.fill(by_key[key])} for shown, key in self.layout[order]]


@dataclass(frozen=True)
class Dealer:
    """Deals a layout: orders by chance, ids that mean nothing."""

    chance: random.Random
    fresh: Callable[[], str]
    shuffle: bool
    _given: set[str] = field(default_factory=set)

    def if_also(self, shuffle: bool) -> Dealer:
        """The same dealer, who shuffles only what may be shuffled."""
        return replace(self, shuffle=self.shuffle and shuffle)

    def shuffled(self, keys: Sequence[str]) -> list[str]:
        """The keys in an order of chance, whatever `shuffle` says."""
        return shuffled(keys, self.chance)

    def label(self, keys: Sequence[str]) -> list[list[str]]:
        """The keys in their order, each with a new id."""
        return [[self._id(), key] for key in keys]

    def _id(self) -> str:
        while (fresh := self.fresh()) in self._given:
            pass
        self._given.add(fresh)
        return fresh


def keys_by_id(order: Order) -> dict[str, str]:
    """From the ids shown to author's keys."""
    return {pair[0]: pair[1] for pair in order}


def ids_by_key(order: Order) -> dict[str, str]:
    """From author's keys to the ids shown."""
    return {pair[1]: pair[0] for pair in order}


class Kind(ABC):
    """One kind of question. Everything here is pure; `Posed.layout` is empty where orders do not matter.

    A kind that is `discreet` says nothing but right or not while tries remain: a combination could be found out
    piece by piece. `names_mistakes` tells whether authors may name wrong answers of it.
    """

    name: ClassVar[str]
    document: ClassVar[type[Any]]
    discreet: ClassVar[bool] = False
    names_mistakes: ClassVar[bool] = False

    @abstractmethod
    def split(self, document: Any, data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is asked, and the key: JSON of this kind's own members. The first tells nothing of the second."""

    def check(self, posed: Posed, key: Json) -> Iterator[Mistake]:
        """What is wrong with one variant, by path in the document. May raise `ExpressionError`."""
        yield from ()

    def same_answer(self, posed: Posed, key: Json, named: Json) -> bool:
        """Whether a wrong answer the author named is right in this variant. May raise `ExpressionError`."""
        return False

    def rule(self, key: Json) -> str:
        """The name of the rule a response is graded by."""
        return self.name

    def lay_out(self, posed: Posed, key: Json, dealer: Dealer) -> dict[str, Any]:
        """Orders and ids, for the layout. The key serves only to avoid showing the right order."""
        return {}

    def stem(self, posed: Posed) -> Rich:
        """The stem as it is shown."""
        return posed.fill(self.bare_stem(posed.asked))

    def bare_stem(self, asked: Json) -> Rich:
        """The stem as it is shown but for its values: the same for everybody."""
        stem: Rich = asked["stem"]
        return stem

    @abstractmethod
    def show(self, posed: Posed) -> Mapping[str, object]:
        """What is shown beside the stem: a type of `shapes.py`."""

    @abstractmethod
    def read(self, posed: Posed, raw: object) -> dict[str, Any] | None:
        """The canonical response, None when blank. Raises `InvalidResponse` for what no draft could be."""

    def require_readable(self, posed: Posed, response: Json) -> None:  # noqa: B027
        """Raise `InvalidResponse` for a draft that is no answer yet, such as half a number."""

    def present(self, posed: Posed, response: Json) -> dict[str, Any]:
        """The canonical response as the student could send it."""
        return dict(response)

    @abstractmethod
    def grade(self, posed: Posed, key: Json, response: Json) -> Outcome:
        """The outcome of a canonical response. May raise `InvalidResponse` and `ExpressionError`."""

    def is_answer(self, posed: Posed, key: Json, named: Json, response: Json) -> bool:
        """Whether the response is an answer that the author named."""
        return False

    def answer_of(self, posed: Posed, key: Json, outcome: Outcome) -> Hashable:
        """What was matched, the same for entries that accept the same."""
        return outcome.matched

    def near_miss(self, posed: Posed, key: Json, response: Json) -> bool:
        """Whether a wrong response is a slip of the pen from a right one."""
        return False

    def remarks(self, posed: Posed, key: Json, response: Json, outcome: Outcome) -> list[Rich]:
        """What the author says to what was chosen or matched."""
        return []

    @abstractmethod
    def reveal(self, posed: Posed, key: Json, response: Json | None, outcome: Outcome) -> dict[str, Any]:
        """Once the key may be seen: "right", and what goes with it."""
