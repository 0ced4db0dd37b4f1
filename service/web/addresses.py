"""What a variable part of an address may be: bounded, so that no address reaches a database that it could upset."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Rule

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


class LateRule(Rule):
    """A rule that learns how to build its address when it is first asked to.

    Hardly anybody asks, and for a hundred rules it is a tenth of the time in which the service starts.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        learn = cache(super()._compile_builder)

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            return learn(append_unknown)(rule, **values)

        return build


CONVERTERS: dict[str, type[BaseConverter]] = {"slug": SlugConverter, "int": CountConverter}
"""Ours by name; beside them only `uuid` of werkzeug's is allowed in a declaration."""


def install(app: Flask) -> None:
    """Teach the app these parts; never answer a wrong address with a redirect."""
    app.url_rule_class = LateRule
    addresses = app.url_map
    addresses.converters = {**addresses.converters, **CONVERTERS}
    addresses.merge_slashes = False
    addresses.redirect_defaults = False
