"""The loop in README with which an LMS keeps a copy: run as it stands there, over HTTP, on the founding course."""

from __future__ import annotations

import re
import shutil
import threading
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from service.accounts import operations as accounts
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Scope
from service.schema import shipped
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from tests.world import TestWorld

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
UNIT = "units/11-generation.yaml"


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Say nothing."""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app, served on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/api/v1"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The founding course, to be edited."""
    return shutil.copytree(shipped("seed") / "ai", tmp_path / "ai")


@pytest.fixture
def lms(address: str, folder: Path, database: Database, world: TestWorld, monkeypatch: pytest.MonkeyPatch) -> Any:
    """README's program, started: its names."""
    seeding.seed(database, world, seeding.prepare(load_folder(folder)))
    with database.write() as session:
        course = find_course(session, "ai")
        assert course is not None
        token = accounts.issue_integration_token(
            session, world, label="LMS", scopes=[Scope.UNITS_READ], course_ids=[course.id]
        )
    monkeypatch.setenv("COURSE", f"{address}/courses/ai")
    monkeypatch.setenv("TOKEN", token.text)
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len([line for line in program.splitlines() if line and not line.startswith("import")]) <= 25
    names: dict[str, Any] = {}
    exec(compile(program, "README.md", "exec"), names)  # noqa: S102  our own README
    return names


def test_the_loop_in_readme_keeps_a_copy(lms: Any, folder: Path, database: Database, world: TestWorld) -> None:
    def seed(old: str, new: str) -> None:
        text = (folder / UNIT).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (folder / UNIT).write_text(text.replace(old, new), encoding="utf-8")
        seeding.seed(database, world, seeding.prepare(load_folder(folder)))

    copy = lms["copy"]
    lms["sync"]()
    there = {file.stem.split("-", 1)[1] for file in (folder / "units").glob("*.yaml")}
    assert copy["units"].keys() == there and copy["version"] == 1
    first = copy["units"]["generation"]
    lms["sync"]()
    assert copy["units"]["generation"] is first, "nothing was fetched again"
    seed("title: Generation\n", "title: Generating\n")
    lms["sync"]()
    assert (copy["units"]["generation"]["title"], copy["version"]) == ("Generating", 2)
    second = copy["units"]["generation"]
    copy["version"] = 0
    lms["sync"]()
    assert copy["units"]["generation"] is second, "asked for again, and answered 304"
    seed("  status: published\n  language: en\n", "  status: draft\n  language: en\n")
    lms["sync"]()
    assert copy["units"].keys() == there - {"generation"} and copy["version"] == 3
    copy["version"] = 9
    with pytest.raises(urllib.error.HTTPError, match="410") as refused:
        lms["sync"]()
    refused.value.close()
