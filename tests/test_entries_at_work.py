"""Readings, questions and quizzes edited while students work and colleagues edit: nobody's work is harmed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from flask import Flask

from tests.cast import Client, answer_of
from tests.conftest import Stage
from tests.quizzing import Taken
from tests.test_entries import EDIT, HAD, NEW, PLACE, delete, keys_of, tag_of
from tests.test_unit_documents import SHOWN, UNIT, document_of

ROUNDS = 15


def publish(client: Client) -> None:
    """Show the newest version."""
    answer_of(client.post(f"{UNIT}/publication", If_Match="*"))


def turned_around(client: Client) -> None:
    """What was right in a question becomes wrong, and the other way round, and it asks something else."""
    path = f"{UNIT}/questions/how-many-bulges"
    choices = answer_of(client.get(path))["choices"]
    for one in choices:
        one["correct"] = one["text"] == "Four"
    answer_of(client.patch(path, {"choices": choices, "stem": "How many?", "points": 7}, If_Match="*"))


@pytest.mark.parametrize("is_published", [False, True])
def test_an_edit_never_changes_what_an_open_attempt_asks_and_how_it_is_graded(
    is_published: bool, ida: Client, taken: Taken
) -> None:
    slot = taken.slot("single_choice")
    right, before = taken.right(slot), taken.look(slot)["question"]
    turned_around(ida)
    for key in ("range", "words"):
        answer_of(ida.patch(f"{UNIT}/questions/{key}", {"points": 5}, If_Match="*"))
    answer_of(ida.patch(f"{UNIT}/quizzes/prep-check", {"questions": ["moon-alone"]}, If_Match="*"))
    if is_published:
        publish(ida)
    assert taken.look(slot)["question"] == before
    assert answer_of(taken.check(slot, right, 1))["outcome"]["status"] == "correct"
    result = answer_of(taken.submit())
    assert result["score"]["points"] == "1.00" and result["score"]["possible"] == "4.00"


def test_a_new_attempt_is_asked_what_was_published_last(
    ida: Client, ana: Client, taken: Taken, prep_check: str
) -> None:
    answer_of(taken.submit())
    turned_around(ida)
    old = answer_of(ana.post(f"/quizzes/{prep_check}/attempts"), 201)
    assert old["slots"][0]["question"]["stem"]["markdown"] == "How many bulges of water does the Moon raise?"
    answer_of(ana.post(f"/attempts/{old['id']}/submission", {}))
    publish(ida)
    new = answer_of(ana.post(f"/quizzes/{prep_check}/attempts"), 201)
    assert new["slots"][0]["question"]["stem"]["markdown"] == "How many?"


def test_a_question_that_was_answered_may_go_and_all_that_was_done_with_it_stays(
    ida: Client, ana: Client, taken: Taken, prep_check: str
) -> None:
    slot = taken.slot("single_choice")
    answer_of(taken.check(slot, taken.right(slot), 1))
    finished = answer_of(taken.submit())
    reading = answer_of(ana.get(SHOWN))["sections"][0]["items"][0]["reading"]["id"]
    answer_of(ana.put(f"/me/courses/tides/readings/{reading}", {"state": "done"}))
    second = answer_of(ana.post(f"/quizzes/{prep_check}/attempts"), 201)
    paths = ("/me/courses/tides/progress", f"/attempts/{taken.id}/receipts", f"/attempts/{taken.id}/proof")
    before = [ana.get(path).data for path in paths]
    assert delete(ida, f"{UNIT}/questions/how-many-bulges").status_code == 409, "the quizzes ask it"
    for quiz in ("prep-check", "everything"):
        asked = [key for key in answer_of(ida.get(f"{UNIT}/quizzes/{quiz}"))["questions"] if key != "how-many-bulges"]
        answer_of(ida.patch(f"{UNIT}/quizzes/{quiz}", {"questions": asked}, If_Match="*"))
    answer_of(delete(ida, f"{UNIT}/questions/how-many-bulges"))
    publish(ida)
    assert answer_of(taken.result()) == finished
    assert [ana.get(path).data for path in paths] == before
    open_one = answer_of(ana.get(f"/attempts/{second['id']}"))
    assert [one["question"] for one in open_one["slots"]] == [one["question"] for one in second["slots"]]
    response = {"choice": open_one["slots"][0]["question"]["choices"][0]["id"]}
    checked = ana.post(f"/attempts/{second['id']}/answers/1/checks", {"response": response, "try": 1})
    assert answer_of(checked)["outcome"]["status"] in ("correct", "incorrect")
    answer_of(ana.post(f"/attempts/{second['id']}/submission", {}))
    assert len(answer_of(ana.get(f"/quizzes/{prep_check}"))["attempts"]) == 2


def test_a_quiz_and_a_reading_that_were_used_may_go_and_come_back(
    ida: Client, ana: Client, taken: Taken, prep_check: str
) -> None:
    finished = answer_of(taken.submit())
    items = answer_of(ana.get(SHOWN))["sections"][1]["items"]
    table = items[0]["reading"]["id"]
    answer_of(ana.put(f"/me/courses/tides/readings/{table}", {"state": "done"}))
    document, _ = document_of(ida)
    answer_of(ida.patch(f"{UNIT}/questions/highest", {"answers_from": None}, If_Match="*"))
    answer_of(delete(ida, f"{UNIT}/readings/tide-table"))
    answer_of(delete(ida, f"{UNIT}/quizzes/prep-check"))
    publish(ida)
    assert ana.get(f"/quizzes/{prep_check}").status_code == 404
    assert answer_of(taken.result()) == finished
    assert answer_of(ana.get(SHOWN))["sections"][1]["items"] == []
    had = {one["key"]: one for one in document["quizzes"]}["prep-check"]
    answer_of(ida.post(f"{UNIT}/quizzes?position=0", had, If_Match="*"), 201)
    again = document["sections"][1]["items"][0]
    answer_of(ida.post(f"{UNIT}/readings?section=supplemental", again, If_Match="*"), 201)
    publish(ida)
    assert answer_of(ana.get(SHOWN))["sections"][1]["items"][0]["reading"]["id"] == table, "and it is still done"
    assert answer_of(ana.get(f"/quizzes/{prep_check}"))["attempts"][0]["id"] == taken.id


def at_once(*acts: Any) -> list[Any]:
    """What each of them comes to, all begun at the same moment."""
    gate = threading.Barrier(len(acts))

    def act(one: Any) -> Any:
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


@pytest.mark.parametrize("many", NEW)
def test_of_two_editors_with_the_same_tag_exactly_one_is_served(many: str, app: Flask, stage: Stage) -> None:
    ida, root = (Client(app, stage.tokens[who]) for who in ("ida", "root"))
    had = f"{UNIT}/{many}/{HAD[many]}"
    (field,) = EDIT[many]
    for number in range(ROUNDS):
        tag = tag_of(ida)
        values = [f"{number} {who}" for who in "ab"] if field != "minutes" else [2 * number + 1, 2 * number + 2]
        answers = at_once(
            partial(ida.patch, had, {field: values[0]}, If_Match=tag),
            partial(root.patch, had, {field: values[1]}, If_Match=tag),
        )
        assert sorted(one.status_code for one in answers) == [200, 412]
        served, refused = sorted(answers, key=lambda one: one.status_code)
        assert served.headers["ETag"] == refused.headers["ETag"] == tag_of(ida)
        kept = answer_of(ida.get(had))
        assert kept[field] == values[answers.index(served)], "who was told 200 was kept"
        assert answer_of(refused, 412)["current"]["entry"] == kept
    assert answer_of(ida.get(f"{UNIT}/versions"))["items"][0]["version"] == 1 + ROUNDS


def test_two_who_take_what_there_is_never_undo_each_other(app: Flask, stage: Stage) -> None:
    """`If-Match: *` changes one entry of whatever the unit is: the other's change of another entry stays."""
    ida, root = (Client(app, stage.tokens[who]) for who in ("ida", "root"))
    served = [0, 0]
    for number in range(ROUNDS):
        answers = at_once(
            partial(ida.patch, f"{UNIT}/questions/moon-alone", {"stem": f"Moon {number}?"}, If_Match="*"),
            partial(root.patch, f"{UNIT}/readings/chapter", {"minutes": 100 + number}, If_Match="*"),
        )
        assert {one.status_code for one in answers} <= {200, 412}
        document, _ = document_of(ida)
        for who, kept in enumerate((document["questions"][1]["stem"], document["sections"][0]["items"][0]["minutes"])):
            if answers[who].status_code == 200:
                served[who] += 1
                assert kept == (f"Moon {number}?", 100 + number)[who]
    assert min(served) > 0


def test_two_who_patch_whatever_the_whole_unit_is_never_undo_each_other(app: Flask, stage: Stage) -> None:
    ida, root = (Client(app, stage.tokens[who]) for who in ("ida", "root"))
    for number in range(ROUNDS):
        before = document_of(ida)[0]["unit"]
        titled, summed = at_once(
            partial(ida.patch, UNIT, {"unit": {"title": f"Title {number}"}}, If_Match="*"),
            partial(root.patch, UNIT, {"unit": {"summary": f"Summary {number}"}}, If_Match="*"),
        )
        assert {titled.status_code, summed.status_code} <= {200, 412}
        after = document_of(ida)[0]["unit"]
        assert after["title"] == (f"Title {number}" if titled.status_code == 200 else before["title"])
        assert after.get("summary") == (f"Summary {number}" if summed.status_code == 200 else before.get("summary"))


def test_two_who_patch_whatever_the_course_is_never_undo_each_other(app: Flask, stage: Stage) -> None:
    ida, root = (Client(app, stage.tokens[who]) for who in ("ida", "root"))
    path = "/admin/courses/tides"
    for number in range(ROUNDS):
        before = answer_of(ida.get(path))
        titled, licensed = at_once(
            partial(ida.patch, path, {"title": f"Title {number}"}, If_Match="*"),
            partial(root.patch, path, {"licence": f"Licence {number}"}, If_Match="*"),
        )
        assert {titled.status_code, licensed.status_code} <= {200, 412}
        after = answer_of(ida.get(path))
        assert after["title"] == (f"Title {number}" if titled.status_code == 200 else before["title"])
        assert after.get("licence") == (f"Licence {number}" if licensed.status_code == 200 else before.get("licence"))


def test_what_is_added_at_once_is_there_once(app: Flask, stage: Stage) -> None:
    client = Client(app, stage.tokens["ida"])
    tag = tag_of(client)

    def add() -> int:
        return client.post(f"{UNIT}/questions{PLACE['questions']}", NEW["questions"], If_Match=tag).status_code

    assert sorted(at_once(*[add] * 4)) == [201, 412, 412, 412]
    assert keys_of(client, "questions").count("sun-too") == 1
