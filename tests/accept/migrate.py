"""Upgrades raced by four processes and killed midway: no row is lost, and the schema ends as it should."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.context import ForkProcess
from random import Random

from service import schema
from service.cli.database import rebuild_projections
from service.db import Database
from tests.accept.ledger import damage
from tests.accept.past import EMPTY, Past, make_past, rows_of
from tests.accept.row import Row, Try, Verdict
from tests.bench.stage import Place
from tests.described import described
from tests.postgres import start_cluster

RACERS = 4
PATIENCE = 120.0
"""Seconds after which an upgrade hangs."""
# What is imported already need not be again, so that they really run at once.
FORKS = multiprocessing.get_context("fork")


def migrate(one: Try) -> Verdict:
    """Each older revision, with rows in every table, upgraded by four at once, and by some that are killed."""
    with _quick(one.place) as place:
        return _tried(one, make_past(place))


@contextmanager
def _quick(place: Place) -> Iterator[Place]:
    """A place that syncs nothing: only those who upgrade are killed here, never PostgreSQL itself."""
    cluster = start_cluster() if place.cluster is not None else None
    try:
        yield Place(place.kind, place.folder, cluster)
    finally:
        if cluster is not None:
            cluster.stop()


def _tried(one: Try, past: Past) -> Verdict:
    chance, wrong, lasted = one.chance, list[str](), dict[str, float]()
    older = [EMPTY, *(revision for revision in sorted(past.urls) if revision != schema.newest_revision())]
    statements = {}
    for revision in older:
        url = past.copy(revision, f"raced_{revision}")
        statements[revision], lasted[revision] = _race(url)
        wrong += _amiss(past, url, revision)
    struck, unfinished = 0, 0
    for number, revision in zip(range(one.effort.upgrades), _by_turns(older, chance), strict=False):
        url = past.copy(revision, f"killed_{number}")
        struck += _killed(url, number, chance, statements[revision], lasted[revision])
        state = _state(url)
        unfinished += state is not schema.State.CURRENT
        # Half an upgrade is none: what was there is there as it was.
        if state is not schema.State.CURRENT and rows_of(url) != past.rows.get(revision, {}):
            wrong.append(f"half an upgrade of {revision}")
        _race(url)
        wrong += _amiss(past, url, revision)
    rows = sum(len(rows) for revision in past.rows.values() for _, rows in revision.values())
    verdict = Verdict(
        f"{len(older)} revisions raced by {RACERS}, {one.effort.upgrades} upgrades killed ({struck} midway, "
        f"{unfinished} left as it was), {rows} rows in {len(past.rows[schema.newest_revision()])} tables, "
        f"lost or changed {len(wrong)}"
    )
    verdict.demand(not wrong, "; ".join(wrong[:3]))
    verdict.demand(struck * 2 >= one.effort.upgrades, "most kills struck nobody")
    return verdict


def _by_turns(revisions: list[str], chance: Random) -> Iterator[str]:
    """All of them, in an order of chance, over and over."""
    for _ in count():
        yield from chance.sample(revisions, len(revisions))


def _race(url: str) -> tuple[int, float]:
    """Four processes upgrade at once; how many statements it took the one that did it, and how many seconds."""
    sent = FORKS.Value("i", 0)
    began = time.monotonic()
    with _running([FORKS.Process(target=_upgrade, args=(url, 0, sent)) for _ in range(RACERS)]) as racers:
        for racer in racers:
            racer.join(PATIENCE)
        failed = [racer.exitcode for racer in racers if racer.exitcode != 0]
    if failed:
        raise AssertionError(f"an upgrade of {url.rpartition('/')[2]} ended with {failed}")
    return sent.value, time.monotonic() - began


def _killed(url: str, number: int, chance: Random, statements: int, seconds: float) -> bool:
    """Whether an upgrade was struck by SIGKILL: before a statement, or at a moment nobody chose, by turns."""
    before = chance.randrange(2, statements + 1) if number % 2 else 0
    with _running([FORKS.Process(target=_upgrade, args=(url, before, None))]) as (one,):
        if before == 0:
            one.join(chance.random() * seconds)
            one.kill()
        one.join(PATIENCE)
        return one.exitcode == -signal.SIGKILL


@contextmanager
def _running(processes: list[ForkProcess]) -> Iterator[list[ForkProcess]]:
    for process in processes:
        process.start()
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.join()


def _upgrade(url: str, dies_before: int, sent: object) -> None:
    """What `hornbook db upgrade` does, in a process of its own, which may end before its statement of that number."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123  a bar of progress is for people
        sys.stderr = nowhere
        database, numbers = Database(url), count(1)

        def look(_statement: str) -> None:
            number = next(numbers)
            if number == dies_before:
                os.kill(os.getpid(), signal.SIGKILL)
            if sent is not None:
                sent.value = max(sent.value, number)  # type: ignore[attr-defined]

        database.watchers.append(look)
        schema.upgrade(database, afterwards=rebuild_projections)
        database.close()


def _state(url: str) -> schema.State:
    database = Database(url)
    found = schema.state(database)
    database.close()
    return found


def _amiss(past: Past, url: str, revision: str) -> list[str]:
    """What is not as it was, or not as the newest schema is."""
    database = Database(url)
    found = damage(database, url)
    if schema.state(database) is not schema.State.CURRENT:
        found.append(f"{revision} was not upgraded")
    with database.engine.connect() as connection:
        if described(connection) != past.newest:
            found.append(f"another schema out of {revision}")
    database.close()
    found += past.lost(url, revision)
    # What is read off the log is worked out anew where the older version had none of it.
    newest = past.rows[schema.newest_revision()]
    if "responses" in past.rows.get(revision, {}) and rows_of(url)["first_tries"] != newest["first_tries"]:
        found.append(f"first tries out of {revision}")
    return found


MIGRATE = Row("migrate", "an upgrade happens once and whole, whoever races and whatever dies midway", migrate)
