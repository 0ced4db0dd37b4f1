"""A database of either kind with something in it to ask for, as the rows of the benchmark need it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from service import schema
from service.accounts import operations as accounts
from service.accounts.models import User
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.simulation.course import read_syllabus
from service.simulation.operations import KnownClass, simulate_student, term_of
from service.world import World
from tests.bench.processes import parent_of
from tests.postgres import Cluster, start_cluster

NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


@dataclass(frozen=True)
class Place:
    """Where databases are made: the kind, a folder for files, and a server where the kind needs one."""

    kind: str
    folder: Path
    cluster: Cluster | None

    def new(self, name: str) -> str:
        """The address of an empty database."""
        return f"sqlite:///{self.folder / name}.db" if self.cluster is None else self.cluster.create(name)

    def processes(self) -> list[int]:
        """The server's processes, by their root: what they use is part of a request's cost."""
        if self.cluster is None:
            return []
        database = Database(self.cluster.url("postgres"))
        with database.engine.connect() as connection:
            row = connection.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
            pid = row.scalar_one()
        database.close()
        return [parent_of(pid)]


@contextmanager
def place(kind: str, folder: Path) -> Iterator[Place]:
    """A place for databases of this kind; PostgreSQL keeps what it commits, as in earnest."""
    if kind == "sqlite":
        yield Place(kind, folder, None)
        return
    cluster = start_cluster(durable=True)
    if cluster is None:
        raise SystemExit("PostgreSQL's programs are not installed: set HORNBOOK_TEST_POSTGRES to a server's address")
    try:
        yield Place(kind, folder, cluster)
    finally:
        cluster.stop()


def seeded(url: str, folder: Path, course: str, *, works: bool = False) -> str:
    """Seed the folder into the empty database; the token of a student, who has worked through the course or not."""
    database, world = Database(url), World()
    schema.upgrade(database)
    seeding.seed(database, world, seeding.prepare(load_folder(folder)))
    with database.write() as session:
        found = find_course(session, course)
        assert found is not None
        if works:
            syllabus = read_syllabus(session, found, 1)
            simulate_student(session, syllabus, 1, 1, term_of(syllabus, KnownClass((), None), world.now()))
            person = session.scalars(select(User)).one()
        else:
            person = accounts.create_user(session, world, login="ana", name="Ana")
            accounts.enrol(session, world, person, found.id, Role.STUDENT)
        token = accounts.issue_personal_token(session, world, person, label="bench").text
    database.close()
    return token
