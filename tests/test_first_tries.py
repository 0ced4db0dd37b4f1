"""What a finished attempt says of what its student knew: the first try at every slot, read off the log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from click.testing import CliRunner
from sqlalchemy import delete, insert, select, text

from service.cli import main
from service.content.models import Rendering
from service.db import Base, Database
from service.domain.outcomes import Status
from service.quizzes.models import FirstTry
from tests.cast import Client, answer_of
from tests.quizzing import Taken, take

MILLION = 1_000_000


def first_tries(database: Database, attempt: UUID) -> dict[int, FirstTry]:
    """The rows of an attempt by slot."""
    with database.read() as session:
        return {row.slot: row for row in session.scalars(select(FirstTry).where(FirstTry.attempt_id == attempt))}


def stored(database: Database) -> list[tuple[Any, ...]]:
    """Every row, column by column, as the database has it."""
    with database.read() as session:
        return [tuple(row) for row in session.execute(text("SELECT * FROM first_tries ORDER BY attempt_id, slot"))]


def test_the_first_of_several_tries_is_what_counts_as_evidence(taken: Taken, database: Database) -> None:
    numeric = taken.slot("numeric")
    answer_of(taken.check(numeric, taken.wrong(numeric), 1))
    answer_of(taken.check(numeric, taken.right(numeric), 2))
    assert not first_tries(database, taken.uuid)  # it is written once, at the end
    answer_of(taken.submit())
    first = first_tries(database, taken.uuid)
    assert (first[numeric].status, first[numeric].credit, first[numeric].tries) == (Status.INCORRECT, 0, 2)
    others = [row for slot, row in first.items() if slot != numeric]
    assert others and {row.status for row in others} == {Status.UNANSWERED}
    seen = first[numeric].key_seen_at
    assert seen is not None and first[numeric].answered_at < seen


def test_without_a_check_the_submitted_answer_is_the_first_try(taken: Taken, database: Database) -> None:
    taken.answer_everything(right=True)
    answer_of(taken.submit())
    first = first_tries(database, taken.uuid)
    closed = [row for row in first.values() if row.credit == MILLION]
    assert len(closed) == len([slot for slot in taken.slots if slot["question"]["kind"] != "open"])
    assert all(row.response is not None and not row.hinted and row.tries == 1 for row in first.values())


def test_the_rest_is_what_the_other_slots_earned(taken: Taken, database: Database) -> None:
    slot = taken.slots[0]["slot"]
    answer_of(taken.save(slot, taken.right(slot), base_rev=0))
    answer_of(taken.submit())
    first = first_tries(database, taken.uuid)
    assert first[slot].rest == 0 and all(row.rest > 0 for number, row in first.items() if number != slot)  # type: ignore[operator]


def test_a_void_attempt_is_no_evidence_and_a_reopened_one_only_at_its_end(
    taken: Taken, ida: Client, database: Database
) -> None:
    answer_of(taken.submit())
    assert first_tries(database, taken.uuid)
    until = {"reason": "a power cut", "until": "2026-03-09T09:00:00Z"}
    answer_of(ida.post(f"/admin/attempts/{taken.id}/reopening", until))
    assert not first_tries(database, taken.uuid)
    answer_of(taken.submit())
    assert first_tries(database, taken.uuid)
    answer_of(ida.post(f"/admin/attempts/{taken.id}/void", {"reason": "the fire alarm"}))
    assert not first_tries(database, taken.uuid)


def test_a_rebuild_makes_the_same_rows_byte_for_byte_from_the_log(
    taken: Taken, ben: Client, prep_check: str, database: Database, database_url: str
) -> None:
    numeric = taken.slot("numeric")
    answer_of(taken.check(numeric, taken.wrong(numeric), 1))
    answer_of(taken.submit())
    other = take(ben, prep_check, database)
    other.answer_everything(right=True)
    answer_of(other.submit())
    before = stored(database)
    with database.write() as session:
        session.execute(delete(FirstTry).where(FirstTry.attempt_id == taken.uuid))
        table = Base.metadata.tables["first_tries"]
        damaged = dict(session.execute(select(table)).mappings().first() or {})
        session.execute(delete(FirstTry))
        session.execute(insert(FirstTry), [{**damaged, "credit": 123}])
    rebuilt = CliRunner().invoke(main, ["db", "rebuild", "--database", database_url])
    assert rebuilt.exit_code == 0 and "2 finished attempts" in rebuilt.output, rebuilt.output
    assert len(before) > 2 and stored(database) == before


def test_a_rebuild_works_out_what_units_ask_for_as_publishing_did(database: Database, database_url: str) -> None:
    with database.write() as session:
        before = {row.version_id: row.outline for row in session.scalars(select(Rendering))}
        for row in session.scalars(select(Rendering)):
            row.outline = {"requirements": [], "readings": []}
    assert CliRunner().invoke(main, ["db", "rebuild", "--database", database_url]).exit_code == 0
    with database.read() as session:
        assert {row.version_id: row.outline for row in session.scalars(select(Rendering))} == before
