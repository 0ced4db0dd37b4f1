"""Objective by student: counts, with how many there are, and the label that a student's own evidence gives."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import select

from service.content.models import Rendering
from service.db import Database
from service.quizzes.models import FirstTry
from tests.cast import Client, answer_of
from tests.quizzing import statements, take
from tests.test_class_progress import join_class
from tests.test_demo_class import ok
from tests.world import TestWorld

ADDRESS = "/courses/tides/heat-map"
BULGES, RANGE = "Explain why there are *two* bulges of water.", "Compute a tidal range."


def cells(client: Client, login: str, query: str = "") -> dict[str, dict[str, Any]]:
    """A student's cells by the texts of the objectives."""
    page = answer_of(client.get(ADDRESS + query))
    texts = {one["objective"]: one["text"] for one in page["objectives"]}
    row = next(row for row in page["items"] if row["login"] == login)
    return {texts[cell["objective"]]: cell for cell in row["cells"]}


def counts(cell: dict[str, Any]) -> tuple[int, int, str]:
    """What a cell says."""
    return cell["correct"], cell["n"], cell["label"]


def test_each_question_counts_for_what_it_asks(ana: Client, ida: Client, everything: str, database: Database) -> None:
    taken = take(ana, everything, database)
    taken.answer_everything(right=True)
    answer_of(taken.submit())
    told = cells(ida, "ana")
    assert counts(told[BULGES]) == (6, 6, "proficient"), "an open answer is assessed, not graded"
    assert counts(told[RANGE]) == (2, 2, "not_enough_data")
    assert cells(ida, "ben") == {}


def test_what_comes_after_a_first_try_or_a_hint_shows_nothing(
    ana: Client, lms: Client, prep_check: str, database: Database
) -> None:
    taken = take(ana, prep_check, database)
    single, numeric = taken.slot("single_choice"), taken.slot("numeric")
    answer_of(taken.check(single, taken.wrong(single), 1))
    answer_of(taken.check(single, taken.right(single), 2))
    answer_of(ana.post(f"/attempts/{taken.id}/answers/{numeric}/hints", {"number": 1}))
    answer_of(taken.check(numeric, taken.right(numeric), 1))
    answer_of(taken.submit())
    told = cells(lms, "ana")
    assert counts(told[BULGES]) == (0, 1, "not_enough_data")
    assert RANGE not in told


def test_the_newest_first_try_of_a_question_counts(
    ana: Client, ida: Client, everything: str, database: Database, world: TestWorld
) -> None:
    for right, expected in ((False, (0, 6, "low")), (True, (6, 6, "proficient"))):
        taken = take(ana, everything, database)
        taken.answer_everything(right=right)
        answer_of(taken.submit())
        assert counts(cells(ida, "ana")[BULGES]) == expected
        world.wait(days=1)


def test_a_unit_can_be_looked_at_by_itself_and_a_student(ana: Client, ida: Client) -> None:
    page = answer_of(ida.get(f"{ADDRESS}?unit=tides&student=ana"))
    assert [one["text"] for one in page["objectives"]] == [BULGES, RANGE]
    assert {one["unit"] for one in page["objectives"]} == {"tides"}
    assert [row["login"] for row in page["items"]] == ["ana"]
    answer_of(ida.get(f"{ADDRESS}?unit=no-such-unit"), 404)


def test_it_comes_page_by_page(ida: Client, database: Database, world: TestWorld) -> None:
    join_class(database, world, "Zoe", "carl")
    first = answer_of(ida.get(f"{ADDRESS}?limit=3"))
    second = answer_of(ida.get(f"{ADDRESS}?limit=3&after={first['next']}"))
    assert [row["login"] for page in (first, second) for row in page["items"]] == ["Zoe", "ana", "ben", "carl"]
    assert second["next"] is None and first["objectives"] == second["objectives"]


def test_what_it_costs_does_not_grow_with_students_or_questions(
    ana: Client, ida: Client, everything: str, database: Database, world: TestWorld
) -> None:
    with statements(database) as before:
        answer_of(ida.get(ADDRESS))
    join_class(database, world, *(f"student-{number}" for number in range(20)))
    answer_of(take(ana, everything, database).submit())
    with statements(database) as after:
        answer_of(ida.get(ADDRESS))
    assert len(after) == len(before) <= 5, after


def by_hand(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    """(student, objective) → (right, there are), the long way: for each question the last try that is evidence."""
    with database.read() as session:
        asked = {
            question: ids
            for outline in session.scalars(select(Rendering.outline))
            for question, ids in outline["questions"].items()
        }
        tries = session.scalars(select(FirstTry)).all()
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for student in {one.user_id for one in tries}:
            own = sorted((one for one in tries if one.user_id == student), key=lambda one: one.answered_at)
            for question in {one.question_id for one in own}:
                for one in reversed([one for one in own if one.question_id == question]):
                    told = [
                        other
                        for other in own
                        if other is not one
                        and (other.question_id, other.variant) == (question, one.variant)
                        and other.key_seen_at is not None
                        and other.key_seen_at <= one.answered_at
                        and other.key_seen_at.date() == one.answered_at.date()
                    ]
                    if one.status in ("correct", "partial", "incorrect") and not one.hinted and not told:
                        for objective in asked[str(question)]:
                            found[str(student), objective].append(one.status == "correct")
                        break
    return {cell: (sum(right), len(right)) for cell, right in found.items()}


@pytest.mark.timeout(120)
def test_a_simulated_class_is_counted_as_one_counts_by_hand(database_url: str, ida: Client, database: Database) -> None:
    ok("demo", "--class", "12", "--course", "tides", "--force", "--database", database_url)
    page = answer_of(ida.get(f"{ADDRESS}?limit=50"))
    told = {
        (row["id"], cell["objective"]): (cell["correct"], cell["n"]) for row in page["items"] for cell in row["cells"]
    }
    assert len(told) > 12 and told == by_hand(database)
