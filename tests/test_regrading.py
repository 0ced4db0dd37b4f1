"""Mending grades after the end: the difference first, the very same applied, nothing lost, and students see why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, text

from service.accounts import operations as accounts
from service.cli import main
from service.content.operations import find_course
from service.db import Database
from service.domain.proofs import recompute
from service.domain.roles import Role
from service.quizzes.models import FirstTry, Grade
from tests.cast import Client, answer_of
from tests.quizzing import Taken, change_settings, statements, take
from tests.regrading import (
    WRONG_KEY,
    choice_of,
    choose,
    edit,
    grades,
    id_of,
    make_one_right,
    points,
    question_of,
    regrade,
    two_answers,
)
from tests.world import TestWorld


@pytest.fixture
def bulges(database: Database) -> str:
    """Where the question on bulges is regraded."""
    return f"/admin/questions/{id_of(database, 'how-many-bulges')}/regrades"


def stored(database: Database) -> list[tuple[Any, ...]]:
    """Every row of first tries."""
    with database.read() as session:
        return [tuple(row) for row in session.execute(text("SELECT * FROM first_tries ORDER BY attempt_id, slot"))]


@pytest.fixture
def two(ana: Client, ben: Client, prep_check: str, database: Database) -> tuple[Taken, Taken, int]:
    """Ana said one and was wrong, Ben said two and was right."""
    return two_answers(take(ana, prep_check, database), take(ben, prep_check, database))


def test_a_wrong_key_is_fixed_nobody_loses_and_both_see_why(
    ida: Client, ana: Client, bulges: str, two: tuple[Taken, Taken, int], database: Database
) -> None:
    wrong, right, slot = two
    edit(ida, make_one_right)
    before = grades(database)
    looked = answer_of(ida.post(f"{bulges}?dry_run=true", WRONG_KEY))
    assert not looked["applied"] and grades(database) == before, "a look writes nothing"
    assert looked["counts"] == {
        "attempts": 2,
        "slots": 2,
        "raised": 1,
        "lowered": 0,
        "left_out": 0,
        "kept": 1,
        "same": 0,
        "overridden": 0,
        "erased": 0,
    }
    [item] = looked["items"]
    assert (item["login"], item["attempt"], item["slot"]) == ("ana", wrong.id, slot)
    assert (item["old"]["points"], item["new"]["points"]) == ("0.00", "1.00")
    regrade(ida, bulges, WRONG_KEY)
    assert (points(wrong, slot), points(right, slot)) == ("1.00", "1.00")
    [told] = answer_of(wrong.result())["slots"][slot - 1]["changes"]
    assert (told["cause"], told["points_before"], told["points_after"]) == ("regrade", "0.00", "1.00")
    assert told["because"] == WRONG_KEY["reason"]
    for taken in (wrong, right):
        shown = answer_of(taken.result())["slots"][slot - 1]["outcome"]
        assert shown["right"] == choice_of(taken, slot, "One"), "what is known to be wrong is not shown as right"
        assert taken.look(slot)["outcome"] in (None, shown)
    [notice] = answer_of(ana.get("/me/notices"))["items"]
    assert (notice["attempt"], notice["title"]) == (wrong.id, "Ready for Monday?")
    assert notice["changes"] == [{"slot": slot, **told}]
    [rule] = answer_of(ida.get(bulges))["items"]
    assert (rule["policy"], rule["revision"], rule["reason"]) == ("new_key", 1, WRONG_KEY["reason"])


def test_what_was_right_by_the_old_key_loses_only_where_that_is_asked_for(
    ida: Client, bulges: str, two: tuple[Taken, Taken, int]
) -> None:
    wrong, right, slot = two
    edit(ida, make_one_right)
    done = regrade(ida, bulges, {**WRONG_KEY, "never_lower": False})
    assert (done["counts"]["raised"], done["counts"]["lowered"], done["counts"]["kept"]) == (1, 1, 0)
    assert (points(wrong, slot), points(right, slot)) == ("1.00", "0.00")


@pytest.mark.parametrize(
    ("policy", "never_lower", "are_worth"),
    [
        ("either_key", True, ("1.00", "1.00")),
        ("either_key", False, ("1.00", "1.00")),
        ("full_credit", True, ("1.00", "1.00")),
        ("drop_question", True, ("None", "1.00")),
        ("drop_question", False, ("None", "None")),
    ],
)
def test_the_other_policies(
    policy: str, never_lower: bool, are_worth: tuple[str, str], ida: Client, bulges: str, two: tuple[Taken, Taken, int]
) -> None:
    wrong, right, slot = two
    edit(ida, make_one_right)
    regrade(ida, bulges, {"policy": policy, "never_lower": never_lower, "reason": "Both can be defended."})
    assert (points(wrong, slot), points(right, slot)) == are_worth
    score = answer_of(wrong.result())["score"]
    assert (score["possible"], score["pending"]) == ("3.00" if are_worth[0] == "None" else "4.00", 0)


def test_only_a_difference_that_was_looked_at_is_applied_and_only_once(
    ida: Client, bulges: str, two: tuple[Taken, Taken, int], database: Database
) -> None:
    edit(ida, make_one_right)
    refused = ida.post(bulges, WRONG_KEY)
    assert answer_of(refused, 422)["errors"][0]["pointer"] == "/digest"
    looked = answer_of(ida.post(f"{bulges}?dry_run=true", WRONG_KEY))
    other = answer_of(ida.post(f"{bulges}?dry_run=true", {**WRONG_KEY, "never_lower": False}))
    assert other["digest"] != looked["digest"]
    assert "dry_run" in answer_of(ida.post(bulges, {**WRONG_KEY, "digest": other["digest"]}), 409)["detail"]
    wrong, _, slot = two
    grade = f"/admin/attempts/{wrong.id}/answers/{slot}/grade"
    answer_of(ida.put(grade, {"credit": "0.5", "reason": "Half of it."}))
    answer_of(ida.post(bulges, {**WRONG_KEY, "digest": looked["digest"]}), 409)
    looked = answer_of(ida.post(f"{bulges}?dry_run=true", WRONG_KEY))
    before = grades(database)
    answer_of(ida.post(bulges, {**WRONG_KEY, "digest": looked["digest"]}))
    after = grades(database)
    assert after > before
    assert answer_of(ida.post(bulges, {**WRONG_KEY, "digest": looked["digest"]}))["applied"]
    assert grades(database) == after and len(answer_of(ida.get(bulges))["items"]) == 1


def test_what_ends_between_the_look_and_the_deed_is_graded_too(
    ida: Client, ana: Client, ben: Client, bulges: str, prep_check: str, database: Database
) -> None:
    first, second = take(ana, prep_check, database), take(ben, prep_check, database)
    slot = choose(first, "One")
    edit(ida, make_one_right)
    looked = answer_of(ida.post(f"{bulges}?dry_run=true", WRONG_KEY))
    choose(second, "One")
    assert points(second, slot) == "0.00"
    done = answer_of(ida.post(bulges, {**WRONG_KEY, "digest": looked["digest"]}))
    assert done["counts"]["raised"] == 2 and points(second, slot) == "1.00"


def test_an_open_attempt_is_graded_by_its_pinned_key_and_then_by_the_rule(
    ida: Client, ana: Client, ben: Client, bulges: str, prep_check: str, database: Database
) -> None:
    finished, open_ = take(ana, prep_check, database), take(ben, prep_check, database)
    slot = choose(finished, "One")
    edit(ida, make_one_right)
    regrade(ida, bulges, WRONG_KEY)
    checked = answer_of(open_.check(slot, choice_of(open_, slot, "One"), 1))
    assert checked["outcome"]["status"] == "incorrect", "while it is open, the key it pinned"
    result = answer_of(open_.submit())
    assert result["slots"][slot - 1]["points"] == "1.00"
    assert [one["points_before"] for one in result["slots"][slot - 1]["changes"]] == ["0.00"]
    later = take(ben, prep_check, database)
    choose(later, "One")
    assert answer_of(later.result())["slots"][slot - 1]["changes"] == [], "it was asked with the new key"


@pytest.mark.parametrize("policy", ["new_key", "either_key", "full_credit", "drop_question"])
@pytest.mark.parametrize("never_lower", [True, False])
def test_the_proof_of_a_mended_attempt_can_be_worked_out_by_anybody(
    policy: str, never_lower: bool, ida: Client, bulges: str, two: tuple[Taken, Taken, int]
) -> None:
    edit(ida, make_one_right)
    regrade(ida, bulges, {"policy": policy, "never_lower": never_lower, "reason": "A wrong key."})
    for taken in two[:2]:
        by_hand = {"credit": "1/4", "reason": "By hand."}
        answer_of(ida.put(f"/admin/attempts/{taken.id}/answers/{taken.slot('numeric')}/grade", by_hand))
        proof = answer_of(taken.client.get(f"/attempts/{taken.id}/proof"))
        slots, earned, possible = recompute(proof)
        score = answer_of(taken.result())["score"]
        assert all(slot.agrees for slot in slots)
        assert (Fraction(score["points"]), Fraction(score["possible"])) == (earned, possible)


@pytest.mark.parametrize("policy", ["new_key", "either_key", "full_credit", "drop_question"])
def test_first_tries_follow_and_a_rebuild_makes_the_same_rows_byte_for_byte(
    policy: str, ida: Client, bulges: str, two: tuple[Taken, Taken, int], database: Database, database_url: str
) -> None:
    wrong, right, slot = two
    edit(ida, make_one_right)
    regrade(ida, bulges, {"policy": policy, "reason": "A wrong key."})
    answer_of(ida.put(f"/admin/attempts/{wrong.id}/answers/{slot}/grade", {"credit": "1/2", "reason": "By hand."}))
    with database.read() as session:
        rows = {row.attempt_id: row for row in session.scalars(select(FirstTry).where(FirstTry.slot == slot))}
    says = {"new_key": (1_000_000, 0), "either_key": (1_000_000, 1_000_000)}.get(policy, (None, None))
    assert (rows[wrong.uuid].credit, rows[right.uuid].credit) == says
    before = stored(database)
    assert CliRunner().invoke(main, ["db", "rebuild", "--database", database_url]).exit_code == 0
    assert stored(database) == before


def test_an_erased_answer_keeps_its_grade(
    ida: Client, root: Client, ana: Client, everything: str, database: Database, database_url: str
) -> None:
    taken = take(ana, everything, database)
    slot = taken.slot("short_text")
    answer_of(taken.save(slot, {"text": "the outgoing tide"}, base_rev=0))
    answer_of(taken.submit())
    me = answer_of(ana.get("/me"))["id"]
    edit(ida, lambda document: question_of(document, "word-for-low")["accept"].append("the outgoing tide"))
    answer_of(root.post(f"/admin/users/{me}/erasure", {"confirm": "ana"}))
    path = f"/admin/questions/{id_of(database, 'word-for-low')}/regrades"
    assert regrade(ida, path, WRONG_KEY)["counts"]["erased"] == 1
    before = stored(database)
    assert CliRunner().invoke(main, ["db", "rebuild", "--database", database_url]).exit_code == 0
    assert stored(database) == before


def test_every_try_is_graded_once_more_and_penalties_with_it(
    ida: Client, ana: Client, bulges: str, prep_check: str, database: Database
) -> None:
    change_settings(database, prep_check, penalty="1/4", tries=3)
    taken = take(ana, prep_check, database)
    slot = taken.slot("single_choice")
    answer_of(taken.check(slot, choice_of(taken, slot, "Four"), 1))
    answer_of(taken.check(slot, choice_of(taken, slot, "One"), 2))
    answer_of(taken.check(slot, choice_of(taken, slot, "Two"), 3))
    answer_of(taken.submit())
    assert points(taken, slot) == "0.50"
    edit(ida, make_one_right)
    regrade(ida, bulges, WRONG_KEY)
    assert points(taken, slot) == "0.75"
    assert taken.look(slot)["outcome"]["right"] == choice_of(taken, slot, "One")


@pytest.fixture(params=["never", "after_close"])
def veiled(request: pytest.FixtureRequest, ana: Client, prep_check: str, database: Database) -> Taken:
    """Ana's attempt at a quiz that shows no keys, or none before tomorrow."""
    change_settings(database, prep_check, reveal=request.param, closes="2026-03-03T09:00:00+00:00")
    return take(ana, prep_check, database)


def test_a_notice_tells_nothing_that_the_quiz_does_not_show(
    veiled: Taken, ida: Client, bulges: str, world: TestWorld
) -> None:
    taken, ana = veiled, veiled.client
    slot = choose(taken, "One")
    edit(ida, make_one_right)
    regrade(ida, bulges, WRONG_KEY)
    [notice] = answer_of(ana.get("/me/notices"))["items"]
    assert (notice["attempt"], notice["changes"]) == (taken.id, [])
    assert answer_of(taken.result())["slots"][slot - 1]["changes"] == []
    world.wait(days=2)
    [notice] = answer_of(ana.get("/me/notices"))["items"]
    is_shown = answer_of(taken.result())["slots"][slot - 1]["outcome"] is not None
    assert len(notice["changes"]) == is_shown


def test_an_older_revision_is_regraded_on_its_own_where_the_key_fits(
    ida: Client, bulges: str, two: tuple[Taken, Taken, int], database: Database
) -> None:
    wrong, _, slot = two

    def word_it_better(document: dict[str, Any]) -> None:
        make_one_right(document)
        question_of(document, "how-many-bulges")["stem"] = "How many bulges are there, all in all?"

    edit(ida, word_it_better)
    looked = answer_of(ida.post(f"{bulges}?dry_run=true", WRONG_KEY))
    assert looked["counts"]["slots"] == 0
    assert looked["other_revisions"] == [{"revision": 1, "attempts": 2, "takes_key": True}]
    done = regrade(ida, bulges, {**WRONG_KEY, "revision": 1})
    assert (done["revision"], points(wrong, slot)) == (1, "1.00")
    assert answer_of(wrong.result())["slots"][slot - 1]["outcome"]["right"] == choice_of(wrong, slot, "One")
    assert regrade(ida, bulges, {**WRONG_KEY, "revision": 1, "reason": "Again."})["counts"]["raised"] == 0
    # a third one asks for something else
    edit(ida, lambda document: question_of(document, "how-many-bulges")["choices"].append({"text": "None at all"}))
    refused = ida.post(f"{bulges}?dry_run=true", {**WRONG_KEY, "revision": 1})
    assert answer_of(refused, 422)["errors"][0]["pointer"] == "/revision"
    answer_of(ida.post(f"{bulges}?dry_run=true", {**WRONG_KEY, "revision": 1, "policy": "full_credit"}))
    refused = ida.post(f"{bulges}?dry_run=true", {**WRONG_KEY, "revision": 9})
    assert answer_of(refused, 422)["errors"][0]["pointer"] == "/revision"


def test_progress_knows_of_it_at_once(
    ida: Client, ana: Client, bulges: str, prep_check: str, database: Database
) -> None:
    taken = take(ana, prep_check, database)
    choose(taken, "One")
    path = "/me/courses/tides/units/tides/progress"
    before = answer_of(ana.get(path))
    assert answer_of(ana.get(path)) == before
    edit(ida, make_one_right)
    between = answer_of(ana.get(path))
    regrade(ida, bulges, WRONG_KEY)
    after = answer_of(ana.get(path))
    assert between["objectives"] != after["objectives"]


def test_a_student_who_ends_while_it_is_regraded_is_graded_by_the_rule_as_well(
    app: Flask, ida: Client, bulges: str, prep_check: str, database: Database, world: TestWorld
) -> None:
    students = []
    with database.write() as session:
        course = find_course(session, "tides")
        assert course is not None
        for number in range(12):
            person = accounts.create_user(session, world, login=f"student-{number}", name=f"Student {number}")
            accounts.enrol(session, world, person, course.id, Role.STUDENT)
            students.append(accounts.issue_personal_token(session, world, person, label="tests").text)
    attempts = [take(Client(app, token), prep_check, database) for token in students]
    slot = attempts[0].slot("single_choice")
    for taken in attempts:
        choose(taken, "One", submit=False)
    answer_of(attempts[0].submit())
    edit(ida, make_one_right)
    looked = answer_of(ida.post(f"{bulges}?dry_run=true", WRONG_KEY))
    with ThreadPoolExecutor(8) as pool:
        ended = [pool.submit(taken.submit) for taken in attempts[1:6]]
        done = pool.submit(ida.post, bulges, {**WRONG_KEY, "digest": looked["digest"]})
        ended += [pool.submit(taken.submit) for taken in attempts[6:]]
        assert answer_of(done.result())["applied"]
        assert {one.result().status_code for one in ended} == {200}
    assert [points(taken, slot) for taken in attempts] == ["1.00"] * 12
    with database.read() as session:
        of_slot = select(Grade.attempt_id, func.count()).where(Grade.slot == slot).group_by(Grade.attempt_id)
        assert {number for _, number in session.execute(of_slot)} == {2}, "the pinned key's grade, and the rule's"


def test_no_statement_more_for_more_attempts(
    ida: Client, ana: Client, bulges: str, two: tuple[Taken, Taken, int], prep_check: str, database: Database
) -> None:
    edit(ida, make_one_right)

    def looks() -> int:
        with statements(database) as seen:
            answer_of(ida.post(f"{bulges}?dry_run=true", WRONG_KEY))
        return len(seen)

    before = looks()
    for _ in range(3):
        choose(take(ana, prep_check, database), "One")
    assert looks() == before < 20
