"""Where endpoints are declared: one line says where, who, what in and what out, and is the record of it.

`allow` has no default, so an endpoint that does not say who may call it fails when its module is imported; so
does one whose declaration contradicts itself or its view.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar, Unpack

from service.domain.roles import Allow
from service.web.addresses import CONVERTERS
from service.web.calls import Endpoint, Facts, Media

View = TypeVar("View", bound=Callable[..., object])

PREFIX = "/api/v1"
_VARIABLE = re.compile(r"<(?:([a-z]+):)?([a-z_]+)>")


class Routes:
    """The endpoints of one feature, under one heading of the documentation."""

    def __init__(self, name: str, description: str = "", prefix: str = PREFIX) -> None:
        self.name = name
        self.description = description
        self.prefix = prefix
        self.endpoints: list[Endpoint] = []

    def get(self, rule: str, *, allow: Allow, **facts: Unpack[Facts]) -> Callable[[View], View]:
        """Declare what reads: its view runs in a reading transaction, for HEAD as well."""
        return self._declare("GET", rule, allow, facts)

    def post(self, rule: str, *, allow: Allow, **facts: Unpack[Facts]) -> Callable[[View], View]:
        """Declare what makes something happen, once for each Idempotency-Key."""
        return self._declare("POST", rule, allow, facts)

    def put(self, rule: str, *, allow: Allow, **facts: Unpack[Facts]) -> Callable[[View], View]:
        """Declare what sets something to what is sent."""
        return self._declare("PUT", rule, allow, facts)

    def patch(self, rule: str, *, allow: Allow, **facts: Unpack[Facts]) -> Callable[[View], View]:
        """Declare what changes a part."""
        return self._declare("PATCH", rule, allow, facts)

    def delete(self, rule: str, *, allow: Allow, **facts: Unpack[Facts]) -> Callable[[View], View]:
        """Declare what removes something."""
        return self._declare("DELETE", rule, allow, facts)

    def _declare(self, method: str, rule: str, allow: Allow, facts: Facts) -> Callable[[View], View]:
        def declare(view: View) -> View:
            endpoint = Endpoint(
                group=self.name, method=method, rule=self.prefix + rule, allow=allow, view=view, **_plain(facts)
            )
            _check(endpoint)
            if any(other.name == endpoint.name for other in self.endpoints):
                raise TypeError(f"two endpoints are called {endpoint.name}")
            self.endpoints.append(endpoint)
            return view

        return declare


def _plain(facts: Facts) -> dict[str, Any]:
    """The facts in the one form that `Endpoint` keeps them in."""
    plain: dict[str, Any] = dict(facts)
    gives, status = plain.pop("gives", ()), plain.pop("status", None)
    plain["gives"] = gives if isinstance(gives, tuple) else (gives,)
    usual = 200 if plain["gives"] else 204
    plain["statuses"] = status if isinstance(status, tuple) else (status or usual,)
    return plain


def _check(endpoint: Endpoint) -> None:
    """Raise TypeError for a declaration that cannot be meant."""
    variables = {name: kind for kind, name in _VARIABLE.findall(endpoint.rule)}
    asked = list(inspect.signature(endpoint.view).parameters)
    schemas = [given for given in endpoint.gives if not isinstance(given, Media)]
    unbounded = [name for name, kind in variables.items() if kind not in {*CONVERTERS, "uuid"}]
    verdicts = {
        f"say what <{', '.join(unbounded)}> may be: uuid, {', '.join(CONVERTERS)}": bool(unbounded),
        f"the view takes {asked}, the rule has {list(variables)}": set(asked[1:]) != set(variables),
        "the view needs a docstring: it is the documentation": not endpoint.view.__doc__,
        "an endpoint that reads takes no body and needs no If-Match": not endpoint.writes
        and (endpoint.takes is not None or endpoint.guarded),
        "only a write is prepared": not endpoint.writes and endpoint.prepares is not None,
        "only what reads is tagged": endpoint.writes and endpoint.tagged,
        "an answer is kept for anyone, or for the one whose own it is, by its tag": endpoint.kept is not None
        and not (endpoint.tagged and (endpoint.allow.anyone or endpoint.personal)),
        "what is done at once writes, and is neither audited nor prepared": endpoint.at_once
        and (not endpoint.writes or endpoint.is_audited or endpoint.prepares is not None),
        "only a POST issues a secret": endpoint.secret and endpoint.method != "POST",
        "an answer has at most one JSON schema": len(schemas) > 1,
        "an answer without a body has status 204": not endpoint.gives and endpoint.statuses != (204,),
    }
    wrong = [verdict for verdict, holds in verdicts.items() if holds]
    if wrong:
        raise TypeError(f"{endpoint.method} {endpoint.rule}: {'; '.join(wrong)}")
