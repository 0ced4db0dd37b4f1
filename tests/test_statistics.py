"""How questions fare, over HTTP: first meetings only, silence below ten, and what a system is not told."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from service.accounts import operations as accounts
from service.content.operations import find_course
from service.db import Database
from service.domain.roles import Role
from tests.cast import Client, answer_of
from tests.quizzing import Taken, statements, take
from tests.regrading import choose, edit, id_of, question_of, regrade
from tests.world import TestWorld

STATISTICS = "/courses/tides/statistics?limit=200"


@pytest.fixture
def crowd(app: Flask, database: Database, world: TestWorld) -> list[Client]:
    """Twelve more students of the course on tides."""
    with database.write() as session:
        course = find_course(session, "tides")
        assert course is not None
        tokens = []
        for number in range(12):
            person = accounts.create_user(session, world, login=f"student-{number}", name=f"Student {number}")
            accounts.enrol(session, world, person, course.id, Role.STUDENT)
            tokens.append(accounts.issue_personal_token(session, world, person, label="tests").text)
    return [Client(app, token) for token in tokens]


def sit(client: Client, quiz: str, database: Database, *, right: bool) -> Taken:
    """Take a quiz, all right or all wrong."""
    taken = take(client, quiz, database)
    taken.answer_everything(right=right)
    answer_of(taken.submit())
    return taken


def of_kind(client: Client, kind: str) -> dict[str, Any]:
    """The figures of the current revision of the first answered question of this kind."""
    for one in answer_of(client.get(STATISTICS))["items"]:
        if one["kind"] == kind and one["revisions"]:
            return {**one["revisions"][0], "question": one["question"]}
    raise AssertionError(f"no {kind} was answered")


def test_twelve_students_of_whom_nine_are_right(
    crowd: list[Client], prep_check: str, database: Database, ida: Client
) -> None:
    for number, client in enumerate(crowd):
        sit(client, prep_check, database, right=number < 9)
    told = of_kind(ida, "single_choice")
    assert (told["n"], told["facility"]["value"], told["is_current"]) == (12, 0.75, True)
    assert told["facility"]["low"] < 0.75 < told["facility"]["high"]
    assert told["discrimination"]["value"] == 1.0, "whoever has one right here has all right"
    by_text = {choice["text"]: choice for choice in told["choices"]}
    assert by_text["Two"]["right"] and (by_text["Two"]["chosen"], by_text["Two"]["share"]) == (9, 0.75)
    assert sum(choice["chosen"] for choice in told["choices"]) == 12
    assert told["may_be_miskeyed"] is False and (told["unanswered"], told["hinted"], told["mean_tries"]) == (0, 0, 1.0)


def test_only_the_first_meeting_counts(crowd: list[Client], prep_check: str, database: Database, ida: Client) -> None:
    for client in crowd:
        sit(client, prep_check, database, right=False)
    before = of_kind(ida, "single_choice")
    for client in crowd:
        sit(client, prep_check, database, right=True)
    assert of_kind(ida, "single_choice") == before and before["facility"]["value"] == 0


def test_below_ten_students_there_is_their_number_and_nothing_else(
    crowd: list[Client], prep_check: str, database: Database, ida: Client
) -> None:
    for client in crowd[:9]:
        taken = take(client, prep_check, database)
        make_the_named_mistake(taken)
        answer_of(taken.submit())
    told = of_kind(ida, "numeric")
    silent = ("facility", "spread", "pairs", "discrimination", "choices", "may_be_miskeyed", "unanswered", "mistakes")
    assert told["n"] == 9 and {told[name] for name in silent} == {None}


def make_the_named_mistake(taken: Taken) -> None:
    """Add where one has to subtract."""
    number = taken.slot("numeric")
    high, low = (Fraction(taken.asked(number).drawn[name]) for name in ("high", "low"))
    answer_of(taken.check(number, {"text": f"{float(high + low):.2f}"}, 1))


def test_a_key_that_those_who_know_contradict_is_named(
    crowd: list[Client], prep_check: str, database: Database, ida: Client
) -> None:
    for number, client in enumerate(crowd):
        taken, knows = take(client, prep_check, database), number < 8
        slot = taken.slot("single_choice")
        for other in taken.slots:
            if other["slot"] != slot:
                response = taken.right(other["slot"]) if knows else taken.wrong(other["slot"])
                answer_of(taken.save(other["slot"], response, base_rev=0))
        word = "One" if knows else "Two"
        choice = next(one for one in taken.slots[slot - 1]["question"]["choices"] if one["text"]["markdown"] == word)
        answer_of(taken.save(slot, {"choice": choice["id"]}, base_rev=0))
        answer_of(taken.submit())
    told = of_kind(ida, "single_choice")
    assert told["may_be_miskeyed"] is True and told["facility"]["value"] == 0.3333333333333333
    assert of_kind(ida, "multiple_choice")["may_be_miskeyed"] is None


def test_who_took_a_hint_first_is_counted_and_is_in_no_other_figure(
    crowd: list[Client], prep_check: str, database: Database, ida: Client
) -> None:
    for number, client in enumerate(crowd):
        taken = take(client, prep_check, database)
        slot = taken.slot("numeric")
        if number < 2:
            answer_of(client.post(f"/attempts/{taken.id}/answers/{slot}/hints", {"number": 1}))
        answer_of(taken.check(slot, taken.right(slot) if number < 7 else {"text": "77"}, 1))
        answer_of(taken.submit())
    told = of_kind(ida, "numeric")
    assert (told["n"], told["pairs"], told["hinted"], told["facility"]["value"]) == (10, 10, 2, 0.5)


def test_a_quiz_can_be_asked_for(ida: Client, prep_check: str, everything: str) -> None:
    def kinds(quiz: str) -> list[str]:
        return [one["kind"] for one in answer_of(ida.get(f"{STATISTICS}&quiz={quiz}"))["items"]]

    assert sorted(kinds(prep_check)) == ["matching", "multiple_choice", "numeric", "single_choice"]
    assert len(kinds(everything)) == 9 and kinds("00000000-0000-4000-8000-000000000000") == []


def test_a_system_sees_figures_and_nothing_of_the_keys(
    crowd: list[Client], prep_check: str, database: Database, lms: Client
) -> None:
    for number, client in enumerate(crowd):
        sit(client, prep_check, database, right=number < 9)
    told = of_kind(lms, "single_choice")
    assert told["facility"]["value"] == 0.75
    assert told["choices"] is told["mistakes"] is told["may_be_miskeyed"] is None
    text = lms.get(STATISTICS).get_data(as_text=True)
    assert [name for name in ("CANARY", "[[size]]", "[[name]]", "{{", "how-many-bulges") if name in text] == []


def test_a_system_sees_what_students_are_asked_and_its_author_what_was_written(ida: Client, lms: Client) -> None:
    def stem(client: Client, kind: str) -> str:
        found = answer_of(client.get(STATISTICS))["items"]
        return next(str(one["stem"]["markdown"]) for one in found if one["kind"] == kind)

    assert stem(ida, "cloze") == "At new moon the tides are [[size]] and we call them [[name]] tides."
    assert stem(lms, "cloze") == "At new moon the tides are [[gap-1]] and we call them [[gap-2]] tides."
    assert stem(ida, "numeric").startswith("High water is at {{ high:.1f }} m, low water at")
    assert stem(lms, "numeric").startswith("High water is at … m, low water at … m.")


def test_a_first_meeting_that_counts_for_nobody_is_the_first_meeting_all_the_same(
    ana: Client, ida: Client, everything: str, database: Database
) -> None:
    choose(take(ana, everything, database), "One")
    edit(ida, lambda document: question_of(document, "how-many-bulges").update(stem="How many bulges are there?"))
    path = f"/admin/questions/{id_of(database, 'how-many-bulges')}/regrades"
    regrade(ida, path, {"policy": "drop_question", "reason": "It was not clear.", "revision": 1, "never_lower": False})
    choose(take(ana, everything, database), "Two")
    found = answer_of(ida.get(STATISTICS))["items"]
    [bulges] = [one for one in found if one["stem"]["markdown"] == "How many bulges are there?"]
    assert {one["revision"]: one["n"] for one in bulges["revisions"]} == {1: 0}


def test_named_mistakes_are_counted(crowd: list[Client], prep_check: str, database: Database, ida: Client) -> None:
    for client in crowd:
        taken = take(client, prep_check, database)
        make_the_named_mistake(taken)
        answer_of(taken.submit())
    [mistake] = of_kind(ida, "numeric")["mistakes"]
    assert mistake["n"] == 12


def test_unmatched_short_answers_come_in_heaps_of_what_is_spelt_alike(
    crowd: list[Client], everything: str, database: Database, ida: Client, lms: Client
) -> None:
    typed = ["falling water", "Falling  Water", "faling water", "sink", "ebb", "flood", "flood", "falling water"]
    for client, text in zip(crowd, typed, strict=False):
        taken = take(client, everything, database)
        answer_of(taken.save(taken.slot("short_text"), {"text": text}, base_rev=0))
        answer_of(taken.submit())
    question = of_kind(ida, "short_text")["question"]
    heaps = answer_of(ida.get(f"/admin/questions/{question}/unmatched-answers"))["items"]
    assert [(heap["text"], heap["n"]) for heap in heaps] == [("falling water", 4), ("flood", 2), ("sink", 1)]
    assert [(one["text"], one["n"]) for one in heaps[0]["spellings"]] == [
        ("falling water", 2),
        ("Falling  Water", 1),
        ("faling water", 1),
    ]
    answer_of(lms.get(f"/admin/questions/{question}/unmatched-answers"), 403)


def test_pages_follow_one_another_and_a_unit_can_be_asked_for(ida: Client) -> None:
    every = [one["question"] for one in answer_of(ida.get(STATISTICS))["items"]]
    paged, path = [], "/courses/tides/statistics?limit=4"
    while path:
        page = answer_of(ida.get(path))
        paged += [one["question"] for one in page["items"]]
        path = f"/courses/tides/statistics?limit=4&after={page['next']}" if page["next"] else ""
    assert paged == every and len(every) == 10
    assert answer_of(ida.get(STATISTICS + "&unit=currents"))["items"] == []


def test_no_statement_more_for_more_students_or_questions(
    crowd: list[Client], prep_check: str, everything: str, database: Database, ida: Client
) -> None:
    counted = []
    for client, quiz in ((crowd[0], prep_check), (crowd[1], everything)):
        sit(client, quiz, database, right=True)
        with statements(database) as count:
            answer_of(ida.get(STATISTICS))
        counted.append(len(count))
    assert counted[0] == counted[1] <= 7
