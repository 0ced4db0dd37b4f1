"""What a variable part of an address may be: bounded, so that no address reaches a database that it could upset."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, IntegerConverter, Map

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
LONGEST = 64


class SlugConverter(BaseConverter):
    """`<slug:unit>`: a key as an author writes it."""

    # A longer one names nothing, whatever the method: refused by its form, since what is refused later is met as an
    # address that takes other methods.
    regex = rf"(?![a-z0-9-]{{{LONGEST + 1}}}){SLUG}"


class CountConverter(IntegerConverter):
    """`<int:version>`: a whole number that fits a database's ordinary integer."""

    # A number of thousands of digits must not even be read.
    regex = r"[0-9]{1,9}"


CONVERTERS: dict[str, type[BaseConverter]] = {"slug": SlugConverter, "int": CountConverter}
"""Ours by name; beside them only `uuid` of werkzeug's is allowed in a declaration."""


def install(addresses: Map) -> None:
    """Teach the app these parts; never answer a wrong address with a redirect."""
    addresses.converters = {**addresses.converters, **CONVERTERS}
    addresses.merge_slashes = False
    addresses.redirect_defaults = False
