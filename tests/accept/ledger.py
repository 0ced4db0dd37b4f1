"""Every acknowledgement joined against the tables: nothing said to be kept is missing, and nothing is there twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func, select

from service.db import Database, sqlite_path
from service.quizzes.models import Attempt, Entry, Grade, Slot
from service.web.idempotency import IdempotencyKey
from tests.accept.row import Verdict
from tests.accept.student import Notebook


@dataclass(frozen=True)
class Audit:
    """What the join found, in words; empty where all is well."""

    lost: Sequence[str]
    doubled: Sequence[str]

    def into(self, verdict: Verdict) -> None:
        """Tell it, the first of each."""
        verdict.demand(not self.lost, f"lost: {next(iter(self.lost), '')}")
        verdict.demand(not self.doubled, f"doubled: {next(iter(self.doubled), '')}")


def audit(database: Database, notebooks: Sequence[Notebook], *, keys: bool = True) -> Audit:
    """Compare what students noted, all of them finished, with what is stored.

    `keys`: whether each Idempotency-Key that was used is looked for as well.
    """
    lost, doubled = [], []
    for found in (_answers, _attempts, _grades):
        less, more = found(database, notebooks)
        lost += less
        doubled += more
    if keys:
        used, kept = sum(notes.keys for notes in notebooks), _count(database, IdempotencyKey)
        if kept != used:
            lost.append(f"{used} keys were used and {kept} are remembered")
    return Audit(lost, doubled)


def _answers(database: Database, notebooks: Sequence[Notebook]) -> tuple[list[str], list[str]]:
    with database.read() as session:
        entries = session.scalars(select(Entry)).all()
    rows = {(str(one.attempt_id), one.slot, one.rev): one for one in entries if one.disposition == "accepted"}
    acks = [ack for notes in notebooks for ack in notes.acks]
    lost = []
    for ack in acks:
        row = rows.get((ack.attempt, ack.slot, ack.rev))
        if row is None or (row.kind, row.digest, row.response) != (ack.kind, ack.digest, ack.response):
            lost.append(f"revision {ack.rev} of slot {ack.slot} of {ack.attempt}, a {ack.kind}")
    noted = {(ack.attempt, ack.slot, ack.rev) for ack in acks}
    doubled = [f"revision {rev} of slot {slot} of {attempt}" for attempt, slot, rev in rows.keys() - noted]
    doubled += [f"the {one.disposition} text of slot {one.slot}" for one in entries if one.disposition != "accepted"]
    doubled += (
        [f"an acknowledgement given for two answers ({len(acks) - len(noted)})"] if len(noted) < len(acks) else []
    )
    return lost, doubled


def _attempts(database: Database, notebooks: Sequence[Notebook]) -> tuple[list[str], list[str]]:
    started = {one for notes in notebooks for one in notes.started}
    with database.read() as session:
        states = {str(one.id): one.state for one in session.scalars(select(Attempt))}
    lost = [f"attempt {one}" for one in started - states.keys()]
    lost += [
        f"the end of attempt {one}" for notes in notebooks for one in notes.finished if states.get(one) != "finished"
    ]
    return lost, [f"attempt {one}" for one in states.keys() - started]


def _grades(database: Database, notebooks: Sequence[Notebook]) -> tuple[list[str], list[str]]:
    """Each finished attempt is graded once, and its grades add up to what its student was told."""
    lost, doubled = [], []
    with database.read() as session:
        slots = dict(session.execute(select(Slot.attempt_id, func.count()).group_by(Slot.attempt_id)).tuples().all())
        grades: dict[UUID, list[Grade]] = {}
        for grade in session.scalars(select(Grade)):
            grades.setdefault(grade.attempt_id, []).append(grade)
    for attempt, told in ((one, score) for notes in notebooks for one, score in notes.finished.items()):
        given = grades.get(UUID(attempt), [])
        points = sum((Fraction(grade.credit or 0) * Fraction(grade.points) for grade in given), Fraction(0))
        if len(given) < slots.get(UUID(attempt), 0) or f"{float(points):.2f}" != told:
            lost.append(f"grades of {attempt}: {len(given)} worth {points}, told {told}")
        if len(given) > slots.get(UUID(attempt), 0):
            doubled.append(f"grades of {attempt}")
    return lost, doubled


def _count(database: Database, table: type[IdempotencyKey]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def damage(database: Database, url: str) -> list[str]:
    """What SQLite finds wrong with its file; PostgreSQL has no such question."""
    if sqlite_path(url) is None:
        return []
    with database.engine.connect() as connection:
        found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"foreign key of {row[0]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    return found
