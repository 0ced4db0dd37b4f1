"""What a person may be called: the login that systems use, and the name that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.domain.mistakes import Mistake

LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}", re.ASCII)
LONGEST_NAME = 200


def mistakes_of_person(login: str, name: str) -> Iterator[Mistake]:
    """What is wrong with a login and a name."""
    if not LOGIN.fullmatch(login):
        yield Mistake(
            ("login",),
            "A login begins with a letter or digit and has at most 64 letters (without accents), digits and . _ - @ +.",
        )
    if not name.strip():
        yield Mistake(("name",), "The name is empty: write what people call them.")
    elif len(name) > LONGEST_NAME or not name.isprintable():
        yield Mistake(("name",), f"A name is one line of at most {LONGEST_NAME} characters.")
