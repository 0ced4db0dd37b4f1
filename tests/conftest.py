"""The cast and the stage: who there is, and a database of each kind with the course on tides in it.

Ana and Ben are students, Ida is their instructor, Root an admin, Eve is in no course, and an LMS has a token.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

from service import schema
from service.app import create_app
from service.db import Database
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.settings import Settings
from tests.cast import Client, make_cast
from tests.postgres import Cluster, start_cluster
from tests.quizzing import Taken, take
from tests.two_courses import Scene, build, copy_of
from tests.world import TestWorld

COURSES = Path(__file__).parent / "courses"
NOT_TESTED = (
    "PostgreSQL WAS NOT TESTED: there is no wheel with its programs for this machine; set HORNBOOK_TEST_POSTGRES"
)

hypothesis_settings.register_profile("hornbook", deadline=None, print_blob=True)
# For whom it is enough to know that something fails: the smallest example of it takes minutes to find.
hypothesis_settings.register_profile("first-failure", deadline=None, phases=[Phase.explicit, Phase.generate])
hypothesis_settings.load_profile("hornbook")

_cluster = pytest.StashKey[Cluster | None]()


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for the whole run: the controller starts it, the workers are told where it is."""
    handed = getattr(config, "workerinput", {}).get("postgres", "")
    is_worker = hasattr(config, "workerinput")
    config.stash[_cluster] = (Cluster(handed) if handed else None) if is_worker else start_cluster()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell an xdist worker where PostgreSQL is."""
    cluster = node.config.stash[_cluster]  # type: ignore[attr-defined]
    address = cluster.server.render_as_string(hide_password=False) if cluster else ""
    node.workerinput["postgres"] = address  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server with the run that started it."""
    cluster = config.stash.get(_cluster, None)
    if cluster is not None and not hasattr(config, "workerinput"):
        cluster.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the databases the run was about; say loudly when one is missing."""
    cluster = config.stash[_cluster]
    terminalreporter.write_line(
        f"Databases tested: SQLite {sqlite3.sqlite_version}" + (f", {cluster.version}" if cluster else "")
    )
    if cluster is None:
        terminalreporter.write_line(NOT_TESTED, red=True, bold=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever touches a database is run on both."""
    if "kind_of_database" in metafunc.fixturenames:
        kinds = ["sqlite", "postgres"] if metafunc.config.stash[_cluster] else ["sqlite"]
        metafunc.parametrize("kind_of_database", kinds, scope="session")


@dataclass(frozen=True)
class Stage:
    """A database, seeded and with its cast, of which every test gets a copy of its own."""

    source: str
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Cluster | None:
    """The PostgreSQL of this run."""
    return pytestconfig.stash[_cluster]


_stages: dict[str, Stage] = {}
_copies = itertools.count()


def _stage(kind: str, folder: Path, cluster: Cluster | None) -> Stage:
    if kind not in _stages:
        name = f"stage_{os.getpid()}"
        url = f"sqlite:///{folder / name}.db" if kind == "sqlite" or cluster is None else cluster.create(name)
        database = Database(url)
        schema.upgrade(database)
        world = TestWorld(seed=1)
        seeding.seed(database, world, seeding.prepare(load_folder(COURSES / "tides")))
        with database.write() as session:
            tokens = make_cast(session, world, "tides")
        database.close()
        _stages[kind] = Stage(name, tokens)
    return _stages[kind]


@pytest.fixture(scope="session")
def stages_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SQLite stage and its copies are."""
    return tmp_path_factory.mktemp("stages")


@pytest.fixture
def stage(kind_of_database: str, stages_folder: Path, cluster: Cluster | None) -> Stage:
    """The seeded original."""
    return _stage(kind_of_database, stages_folder, cluster)


@pytest.fixture
def database_url(kind_of_database: str, stage: Stage, stages_folder: Path, cluster: Cluster | None) -> Iterator[str]:
    """A copy of the stage for this test alone."""
    name = f"copy_{os.getpid()}_{next(_copies)}"
    if kind_of_database == "sqlite" or cluster is None:
        file = stages_folder / f"{name}.db"
        shutil.copyfile(stages_folder / f"{stage.source}.db", file)
        yield f"sqlite:///{file}"
        file.unlink()
    else:
        yield cluster.create(name, template=stage.source)
        cluster.drop(name)


@pytest.fixture
def empty_url(kind_of_database: str, tmp_path: Path, cluster: Cluster | None) -> Iterator[str]:
    """A database with nothing in it."""
    if kind_of_database == "sqlite" or cluster is None:
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        name = f"empty_{os.getpid()}_{next(_copies)}"
        yield cluster.create(name)
        cluster.drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """This test's database, seeded."""
    database = Database(database_url, pool_size=8)
    yield database
    database.close()


@pytest.fixture
def world() -> TestWorld:
    """Time and chance under the test's control."""
    return TestWorld(seed=2)


@contextmanager
def _two_courses(folder: Path, cluster: Cluster | None) -> Iterator[dict[str, Scene]]:
    name = f"scene_{os.getpid()}_{next(_copies)}"
    urls = {"sqlite": f"sqlite:///{folder / name}.db"}
    if cluster is not None:
        urls["postgres"] = cluster.create(name)
    found = {kind: build(url, folder / kind) for kind, url in urls.items()}
    yield found
    for scene in found.values():
        scene.database.close()
    if cluster is not None:
        cluster.drop(name)


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster | None) -> Iterator[dict[str, Scene]]:
    """Two courses alike in a database of each kind, for tests that change nothing there."""
    with _two_courses(tmp_path_factory.mktemp("scenes"), cluster) as found:
        yield found


@pytest.fixture(scope="session")
def copied_scene(scenes: dict[str, Scene], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The scene on SQLite to be spoilt: `restore` makes it anew in no time."""
    copy = copy_of(scenes["sqlite"], f"sqlite:///{tmp_path_factory.mktemp('copy') / 'copy.db'}")
    yield copy
    copy.database.close()


@pytest.fixture
def spoilt_scenes(tmp_path: Path, cluster: Cluster | None) -> Iterator[dict[str, Scene]]:
    """The same for one test alone."""
    with _two_courses(tmp_path, cluster) as found:
        yield found


@pytest.fixture
def app(database: Database, database_url: str, world: TestWorld) -> Flask:
    """The application over this test's database."""
    return create_app(Settings(database_url=database_url), database=database, world=world)


@pytest.fixture
def ana(app: Flask, stage: Stage) -> Client:
    """A student."""
    return Client(app, stage.tokens["ana"])


@pytest.fixture
def ben(app: Flask, stage: Stage) -> Client:
    """Another student of the same course."""
    return Client(app, stage.tokens["ben"])


@pytest.fixture
def ida(app: Flask, stage: Stage) -> Client:
    """The instructor."""
    return Client(app, stage.tokens["ida"])


@pytest.fixture
def root(app: Flask, stage: Stage) -> Client:
    """An admin."""
    return Client(app, stage.tokens["root"])


@pytest.fixture
def eve(app: Flask, stage: Stage) -> Client:
    """Somebody with a token and no course."""
    return Client(app, stage.tokens["eve"])


@pytest.fixture
def lms(app: Flask, stage: Stage) -> Client:
    """An LMS that may read units and progress of the course."""
    return Client(app, stage.tokens["lms"])


@pytest.fixture
def nobody(app: Flask) -> Client:
    """Somebody without a token."""
    return Client(app)


@pytest.fixture
def reopened(database_url: str, stage: Stage) -> Iterator[Client]:
    """Ana, at a server that was started anew over the same database."""
    database = Database(database_url)
    yield Client(create_app(Settings(database_url=database_url), database=database), stage.tokens["ana"])
    database.close()


def quiz_id(client: Client, title: str, course: str = "tides") -> str:
    """The id of the quiz with this title."""
    quizzes = client.get(f"/courses/{course}/quizzes").get_json()["items"]
    return next(str(quiz["id"]) for quiz in quizzes if quiz["title"] == title)


@pytest.fixture
def prep_check(ana: Client) -> str:
    """A quiz in which each answer is checked at once: one choice, a number, several choices, a matching."""
    return quiz_id(ana, "Ready for Monday?")


@pytest.fixture
def everything(ana: Client) -> str:
    """A quiz with every kind of question that says nothing before its end."""
    return quiz_id(ana, "All at once")


@pytest.fixture
def taken(ana: Client, prep_check: str, database: Database) -> Taken:
    """Ana's attempt at the preparation check."""
    return take(ana, prep_check, database)


@pytest.fixture
def every_kind(ana: Client, everything: str, database: Database) -> Taken:
    """Ana's attempt at the quiz with every kind."""
    return take(ana, everything, database)
