"""The people of the tests, and how each of them calls the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from service.accounts import operations as accounts
from service.content.operations import find_course
from service.domain.roles import Role, Scope
from service.world import World

API = "/api/v1"


@dataclass
class Client:
    """One person's (or system's) way to the API: sends the token, reads JSON."""

    app: Flask
    token: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET below /api/v1."""
        return self.send("GET", path, headers=headers)

    def put(self, path: str, body: object, **headers: str) -> TestResponse:
        """PUT a JSON body."""
        return self.send("PUT", path, body, headers=headers)

    def patch(self, path: str, body: object, **headers: str) -> TestResponse:
        """PATCH a JSON body."""
        return self.send("PATCH", path, body, headers=headers)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        """POST a JSON body, or none."""
        return self.send("POST", path, body, headers=headers)

    def send(
        self, method: str, path: str, body: object = None, *, raw: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> TestResponse:
        """One request; names of headers are written with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        content_type = None if data is None else sent.pop("Content-Type", "application/json")
        return self.app.test_client().open(
            API + path if path.startswith("/") else path,
            method=method,
            data=data,
            content_type=content_type,
            headers=sent,
        )


def make_cast(session: Session, world: World, course: str) -> dict[str, str]:
    """Ana and Ben, students of the course; Ida, its instructor; Root, an admin; Eve, of no course; an LMS. Tokens."""
    found = find_course(session, course)
    assert found is not None, f"the course {course} is not seeded"
    people = {"ana": Role.STUDENT, "ben": Role.STUDENT, "ida": Role.INSTRUCTOR, "root": None, "eve": None}
    tokens = {}
    for login, role in people.items():
        person = accounts.create_user(session, world, login=login, name=login.title(), is_admin=login == "root")
        if role is not None:
            accounts.enrol(session, world, person, found.id, role)
        tokens[login] = accounts.issue_personal_token(session, world, person, label="tests").text
    scopes = [Scope.UNITS_READ, Scope.PROGRESS_READ]
    tokens["lms"] = accounts.issue_integration_token(
        session, world, label="an LMS", scopes=scopes, course_ids=[found.id]
    ).text
    return tokens


def answer_of(response: TestResponse, status: int = 200) -> Any:
    """The JSON of an answer that must have this status; the body is shown when it has not."""
    assert response.status_code == status, f"{response.status_code}: {response.get_data(as_text=True)[:2000]}"
    return response.get_json()
