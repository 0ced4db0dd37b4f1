"""Databases as older versions of Hornbook left them, with something in every table that there is to lose."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field

from alembic import command
from sqlalchemy import inspect, make_url, text

from service import schema
from service.content.operations import find_course
from service.db import Database, sqlite_path
from service.seeding import operations as seeding
from service.seeding.loader import load_folder
from service.simulation.course import read_syllabus
from service.simulation.operations import KnownClass, simulate_student, term_of
from service.world import World
from tests.bench.stage import Place
from tests.described import IGNORED, described

COURSE = "ai"
STUDENTS = 3
EMPTY = "empty"
"""Where a database begins, in the place of a revision."""

# What a simulated class leaves empty: a row for each table, made of others that are there.
OTHERS = {
    "tokens": "prefix, secret_hash, label, id, user_id, created_at"
    " SELECT '12345678', 'hash', 'a phone', id, id, created_at FROM users",
    "token_courses": "token_id, course_id SELECT tokens.id, courses.id FROM tokens, courses",
    "audit": "at, actor, course_id, action, target, fields, details, status, request_id"
    " SELECT created_at, 'ida', id, 'unit.write', 'tides', '[]', '{}', 200, 'abc' FROM courses",
    "failed_tries": "client, since, count SELECT '127.0.0.1', created_at, 3 FROM users",
    "regrades": "revision_id, answer_key_id, policy, never_lower, respects_overrides, reason, digest, created_at"
    " SELECT revision_id, id, 'new_key', TRUE, TRUE, 'a slip', 'digest', created_at FROM answer_keys",
    "easy_marks": "attempt_id, slot, marked_at SELECT attempt_id, slot, answered_at FROM first_tries",
    "self_assessments": "attempt_id, slot, ticked, points, possible, assessed_at"
    " SELECT attempt_id, slot, '[]', '1', '2', answered_at FROM first_tries",
    "extensions": "quiz_id, user_id, factor, reason, created_at SELECT quiz_id, user_id, '3/2', 'ill', started_at"
    " FROM attempts WHERE quiz_id IS NOT NULL",
    "attempt_events": "attempt_id, kind, reason, key_was_seen, created_at"
    " SELECT id, 'void', 'a fire alarm', FALSE, started_at FROM attempts",
    "idempotency_keys": "fingerprint, principal, route, digest, created_at"
    " SELECT 'print', 'user', '/attempts', 'digest', created_at FROM users",
}

Rows = Mapping[str, tuple[list[str], list[tuple[str, ...]]]]
"""Of each table the columns, and the rows as they read, in an order."""


@dataclass
class Past:
    """One database for each revision there was, and how the newest is: of the others copies are made to upgrade."""

    place: Place
    urls: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    newest: dict[str, object] = field(default_factory=dict)

    def copy(self, revision: str, name: str) -> str:
        """The address of a new database like the one of this revision."""
        if revision == EMPTY:
            return self.place.new(name)
        return copy_of(self.place, self.urls[revision], name)

    def lost(self, url: str, revision: str) -> list[str]:
        """What was in the database of that revision and is not in this one, in words."""
        present = rows_of(url)
        lost = []
        for table, (columns, rows) in self.rows.get(revision, {}).items():
            there, those = present.get(table, ([], []))
            if missing := set(columns) - set(there):
                lost.append(f"of {revision}, {', '.join(sorted(missing))} of {table}")
                continue
            at = [there.index(column) for column in columns]
            if sorted(tuple(row[index] for index in at) for row in those) != rows:
                lost.append(f"of {revision}, rows of {table}")
        return lost


def copy_of(place: Place, url: str, name: str) -> str:
    """A copy of a database that nobody uses."""
    file = sqlite_path(url)
    if place.cluster is not None:
        return place.cluster.create(name, make_url(url).database)
    assert file is not None
    shutil.copyfile(file, place.folder / f"{name}.db")
    return f"sqlite:///{place.folder / name}.db"


def rows_of(url: str) -> Rows:
    """Everything that is in a database."""
    database, found = Database(url), {}
    with database.engine.connect() as connection:
        for table in sorted(set(inspect(connection).get_table_names()) - IGNORED):
            result = connection.execute(text(f'SELECT * FROM "{table}"'))
            found[table] = (list(result.keys()), sorted(tuple(map(repr, row)) for row in result))
    database.close()
    return found


def make_past(place: Place) -> Past:
    """Fill a database of the newest revision, and take copies of it back to each older one.

    Raises AssertionError where a table has nothing in it: nothing can be lost of that.
    """
    past, revisions = Past(place), schema._revisions()
    url = place.new("newest")
    database = Database(url)
    schema.upgrade(database)
    _fill(database)
    with database.engine.connect() as connection:
        past.newest = described(connection)
    database.close()
    for revision in revisions:
        past.urls[revision] = url
        past.rows[revision] = rows_of(url)
        empty = [table for table, (_, rows) in past.rows[revision].items() if not rows]
        assert not empty, f"nothing is in {', '.join(empty)}: say in tests/accept/past.py what to put there"
        if revision != revisions[-1]:
            url = copy_of(place, url, f"at_{revision}")
            _take_back(url)
    return past


def _fill(database: Database) -> None:
    """A course, a class that worked through it, and a row or more in whatever else there is."""
    world = World()
    seeding.seed(database, world, seeding.prepare(load_folder(schema.shipped("seed") / COURSE)))
    with database.write() as session:
        course = find_course(session, COURSE)
        assert course is not None
        syllabus = read_syllabus(session, course, 1)
        term = term_of(syllabus, KnownClass((), None), world.now())
        for number in range(1, STUDENTS + 1):
            simulate_student(session, syllabus, 1, number, term)
    with database.write() as session:
        for table, how in OTHERS.items():
            columns, _, source = how.partition(" SELECT ")
            session.execute(text(f"INSERT INTO {table} ({columns}) SELECT {source} LIMIT 1"))


def _take_back(url: str) -> None:
    """Undo the newest migration."""
    database = Database(url)
    with (
        database.engine.execution_options(hornbook_writes=True).connect() as connection,
        schema._unwatched(connection),
    ):
        command.downgrade(schema.configuration(connection), "-1")
    database.close()
