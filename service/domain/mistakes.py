"""What is wrong with something a person wrote, said so that they can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing wrong at one place.

    `path` leads from the whole to the place: names of fields and 0-based indexes. `message` says what is
    wrong and how to mend it, as a sentence for a person.
    """

    path: tuple[str | int, ...]
    message: str

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901)."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)

    def under(self, *steps: str | int) -> Mistake:
        """The same mistake, seen from further out."""
        return Mistake((*steps, *self.path), self.message)


class Rejected(ValueError):
    """Something was read and refused; `mistakes` says why, all at once and in order of their place."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(f"{m.pointer or '/'}: {m.message}" for m in self.mistakes))
