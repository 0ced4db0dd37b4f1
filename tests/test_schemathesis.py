"""Whatever the description of the API allows, and what it does not, is answered as it says: to every role, at every
endpoint.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, checks
from schemathesis.config import SchemathesisConfig

import service
from tests.two_courses import Scene, endpoints, restore, variables_of

ENDPOINTS = endpoints()
ROLES = ("nobody", "ana", "ida", "root", "all of tides")
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
"""Requests per endpoint, each of which is sent by every role."""

CHECKS: list[Callable[..., Any]] = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@pytest.fixture(scope="module")
def described() -> Any:
    """The committed description, and what is made of it; tokens are ours to send."""
    file = Path(service.__path__[0]) / "openapi.json"
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    return schemathesis.openapi.from_dict(json.loads(file.read_text(encoding="utf-8")), config=config)


def cases(operation: Any, mode: GenerationMode, things: dict[str, str]) -> Any:
    """Requests that the description allows, or does not, about things that are there."""
    return operation.as_strategy(generation_mode=mode, path_parameters=things or None)


def modes(operation: Any) -> Iterator[GenerationMode]:
    """What is not allowed is there only where there is something to say."""
    yield GenerationMode.POSITIVE
    if list(operation.body) or list(operation.query):
        yield GenerationMode.NEGATIVE


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_role_is_answered_as_the_description_says(
    name: str, described: Any, scenes: dict[str, Scene], copied_scene: Scene
) -> None:
    restore(copied_scene, scenes["sqlite"])
    method, path = name.split(" ")
    described.app = copied_scene.app
    operation = described[f"/api/v1{path}"][method]
    things = {variable.partition(":")[2]: copied_scene.own[variable] for variable in variables_of(ENDPOINTS[name])}
    for mode in modes(operation):

        @settings(
            max_examples=EXAMPLES[mode],
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases(operation, mode, things))
        def ask(case: Case[Any]) -> None:
            for who in ROLES:
                token = copied_scene.tokens.get(who)
                headers = {} if token is None else {"Authorization": f"Bearer {token}"}
                case.call_and_validate(headers=headers, checks=CHECKS)

        ask()
