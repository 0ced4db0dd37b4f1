"""What a person may be called: the login that systems use, and the name that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.domain.mistakes import Mistake

LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}", re.ASCII)
LONGEST_NAME = 200


def mistakes_of_person(login: str, name: str) -> Iterator[Mistake]:
    """What is wrong with a login and a name."""
    yield from mistakes_of_login(login)
    yield from mistakes_of_name(name)


def mistakes_of_login(login: str) -> Iterator[Mistake]:
    """What is wrong with a login."""
    if not LOGIN.fullmatch(login):
        yield Mistake(
            ("login",),
            "A login begins with a letter or digit and has at most 64 letters (without accents), digits and . _ - @ +.",
        )


def mistakes_of_name(name: str) -> Iterator[Mistake]:
    """What is wrong with a name."""
    if not name.strip():
        yield Mistake(("name",), "The name is empty: write what people call them.")
    elif len(name) > LONGEST_NAME or not name.isprintable():
        yield Mistake(("name",), f"A name is one line of at most {LONGEST_NAME} characters.")


def mistakes_of_external_id(issuer: str | None, external_id: str | None) -> Iterator[Mistake]:
    """What is wrong with the name a person has in another system, and with that system's."""
    if (issuer is None) != (external_id is None):
        missing = "issuer" if issuer is None else "external_id"
        yield Mistake((missing,), "An external_id and its issuer (the system that gives it) come together, or neither.")
        return
    for column, value in (("issuer", issuer), ("external_id", external_id)):
        if value is not None and not (
            0 < len(value) <= LONGEST_NAME and value.isprintable() and value == value.strip()
        ):
            yield Mistake((column,), f"This is one line of 1 to {LONGEST_NAME} characters, without spaces around it.")
