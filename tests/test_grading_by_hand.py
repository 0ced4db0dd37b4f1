"""Grades that an instructor sets by hand, for a reason, and what a regrade does with them."""

from __future__ import annotations

import pytest

from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import Taken, take
from tests.regrading import WRONG_KEY, edit, grades, id_of, make_one_right, points, regrade, two_answers


@pytest.fixture
def two(ana: Client, ben: Client, prep_check: str, database: Database) -> tuple[Taken, Taken, int]:
    """Ana said one and was wrong, Ben said two and was right."""
    return two_answers(take(ana, prep_check, database), take(ben, prep_check, database))


def test_a_grade_set_by_hand_stays_unless_the_rule_says_otherwise(
    ida: Client, two: tuple[Taken, Taken, int], database: Database
) -> None:
    wrong, _, slot = two
    bulges = f"/admin/questions/{id_of(database, 'how-many-bulges')}/regrades"
    grade = f"/admin/attempts/{wrong.id}/answers/{slot}/grade"
    told = answer_of(ida.put(grade, {"credit": "1/3", "reason": "A fair thought."}))
    assert (told["credit"], told["points"], told["status"]) == ("1/3", "0.33", "partial")
    before = grades(database)
    assert answer_of(ida.put(grade, {"credit": "1/3", "reason": "A fair thought."})) == told
    assert grades(database) == before, "the same again is not written again"
    edit(ida, make_one_right)
    assert regrade(ida, bulges, WRONG_KEY)["counts"]["overridden"] == 1
    assert points(wrong, slot) == "0.33"
    regrade(ida, bulges, {**WRONG_KEY, "respects_overrides": False})
    assert points(wrong, slot) == "1.00"
    changes = answer_of(wrong.result())["slots"][slot - 1]["changes"]
    assert [(one["cause"], one["points_after"]) for one in changes] == [("override", "0.33"), ("regrade", "1.00")]


@pytest.mark.parametrize(
    ("credit", "status"), [("0", 200), ("1", 200), ("1.0", 200), ("2/3", 200), ("3/2", 422), ("-1", 422), ("1e3", 422)]
)
def test_a_grade_set_by_hand_is_a_share_of_the_points(
    credit: str, status: int, ida: Client, two: tuple[Taken, Taken, int]
) -> None:
    wrong, _, slot = two
    sent = ida.put(f"/admin/attempts/{wrong.id}/answers/{slot}/grade", {"credit": credit, "reason": "By hand."})
    assert sent.status_code == status
    assert status == 200 or answer_of(sent, 422)["errors"][0]["pointer"] == "/credit"


def test_only_a_finished_attempt_is_graded_by_hand(ida: Client, taken: Taken) -> None:
    sent = {"credit": "1", "reason": "By hand."}
    answer_of(ida.put(f"/admin/attempts/{taken.id}/answers/1/grade", sent), 409)
    answer_of(taken.submit())
    answer_of(ida.put(f"/admin/attempts/{taken.id}/answers/99/grade", sent), 404)
    answer_of(ida.put(f"/admin/attempts/{taken.id}/answers/1/grade", sent))
