"""The description of the API is valid, complete, the same wherever it is made, and shown without any outside host."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.settings import Settings
from service.web.openapi import openapi_text
from tests.web_app import App, routes, served


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with served(f"sqlite:///{tmp_path / 'web.db'}") as app:
        yield app


@pytest.fixture
def description(app: App) -> Any:
    return json.loads(openapi_text(app.flask))


def test_it_is_valid_openapi(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(description).iter_errors()] == []


def test_it_lists_every_endpoint_with_who_may_call_it(description: dict[str, Any]) -> None:
    listed = {
        (method.upper(), path): operation
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    }
    declared = {(e.method, re.sub(r"<\w+:(\w+)>", r"{\1}", e.rule)): e for e in routes.endpoints}
    assert set(listed) == set(declared)
    for key, operation in listed.items():
        endpoint = declared[key]
        assert operation["operationId"] == endpoint.name
        assert operation["summary"] == (endpoint.view.__doc__ or "").strip()
        assert operation["x-allow"]["roles"] == sorted(endpoint.allow.roles)
        assert ({} in operation["security"]) is endpoint.allow.anyone
        assert {str(status) for status in endpoint.statuses} <= set(operation["responses"])


def test_every_refusal_is_a_problem_document(description: dict[str, Any]) -> None:
    for operations in description["paths"].values():
        for operation in (operations[method] for method in operations if method != "parameters"):
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert response == {"$ref": f"#/components/responses/Problem{status}"}
    assert "Error" not in description["components"]["schemas"]
    for response in description["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_preconditions_media_and_limits_are_described(description: dict[str, Any]) -> None:
    paths, schemas = description["paths"], description["components"]["schemas"]
    assert {"304", "404"} <= set(paths["/api/v1/notes/{note}"]["get"]["responses"])
    assert {"412", "428"} <= set(paths["/api/v1/notes/{note}"]["put"]["responses"])
    assert {"409", "413", "415"} <= set(paths["/api/v1/notes"]["post"]["responses"])
    assert "410" in paths["/api/v1/imports"]["post"]["responses"]
    assert set(paths["/api/v1/imports"]["post"]["requestBody"]["content"]) == {"text/plain", "application/yaml"}
    assert set(paths["/api/v1/rendered"]["get"]["responses"]["200"]["content"]) == {"application/json", "text/markdown"}
    assert schemas["NoteIn"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["NoteOut"]
    assert schemas["NoteIn"]["properties"]["text"]["maxLength"] == 300
    assert schemas["NoteIn"]["properties"]["count"] == {"type": "integer", "minimum": 0, "maximum": 100}
    assert schemas["NoteIn"]["properties"]["links"]["maxItems"] == 3
    assert schemas["NoteIn"]["properties"]["tag"]["pattern"] == "^(?:[a-z0-9]+(-[a-z0-9]+)*)$"
    assert description["x-limits"] == {
        "body_bytes": Settings().max_body_bytes,
        "json_depth": 32,
        "whole_number": 2**53,
        "idempotency_key_days": 7,
    }


def test_a_post_takes_an_idempotency_key_and_a_guarded_write_takes_if_match(description: dict[str, Any]) -> None:
    def headers(path: str, method: str) -> set[str]:
        parameters = description["paths"][path][method].get("parameters", [])
        return {parameter["name"] for parameter in parameters if parameter["in"] == "header"}

    assert headers("/api/v1/notes", "post") == {"Idempotency-Key"}
    assert headers("/api/v1/notes/{note}", "put") == {"If-Match"}
    assert headers("/api/v1/notes/{note}", "get") == {"If-None-Match"}
    assert headers("/api/v1/notes", "get") == set()


def test_it_is_served_as_it_is_committed(app: App) -> None:
    served_ = app.call("GET", "/api/v1/openapi.json")
    assert served_.content_type == "application/json"
    assert served_.get_data(as_text=True) == openapi_text(app.flask)


SAY_IT = """
import sys
from service.db import Database
from service.web.openapi import openapi_text
from tests.web_app import App
sys.stdout.write(openapi_text(App(Database("sqlite:///never-opened.db")).flask))
"""


def test_it_does_not_depend_on_the_run(app: App) -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", SAY_IT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent.parent)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {openapi_text(app.flask)}


def test_no_name_in_it_comes_from_the_version_of_python(app: App) -> None:
    for named_by_version in ("UNPROCESSABLE", "Unprocessable", "CONTENT_TOO_LARGE", "ENTITY_TOO_LARGE", "Entity Too"):
        assert named_by_version not in openapi_text(app.flask)


def test_the_page_loads_nothing_from_elsewhere_and_nothing_inline(app: App) -> None:
    page = app.call("GET", "/api/docs")
    text = page.get_data(as_text=True)
    assert page.content_type == "text/html; charset=utf-8"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"https?:|//", text)
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", text)
    addresses = re.findall(r'(?:href|src)="([^"]+)"', text)
    assert len(addresses) == 6
    for address in addresses:
        assert app.call("GET", f"/api/{address}").status_code == 200


def test_only_the_pages_own_files_are_served(app: App) -> None:
    script = app.call("GET", "/api/docs/docs.js")
    assert script.content_type == "text/javascript; charset=utf-8"
    assert script.headers["Cache-Control"] == "public, max-age=86400"
    assert "://" not in script.get_data(as_text=True)
    for name in ("index.css", "docs.html", "oauth2-redirect.html", "..%2Fdocs.py", "%2e%2e/docs.py"):
        assert app.call("GET", f"/api/docs/{name}").status_code == 404
