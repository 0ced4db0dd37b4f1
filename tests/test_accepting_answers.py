"""From an answer that no key knew to a key that knows it, and to the grades of those who gave it."""

from __future__ import annotations

from typing import Any

import pytest

from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import Taken, take
from tests.regrading import UNIT, edit, id_of, question_of

WORD, FILL_IN = "word-for-low", "fill-in"


@pytest.fixture
def inbox(database: Database) -> str:
    """Where answers to the question for one word are looked through."""
    return f"/admin/questions/{id_of(database, WORD)}/unmatched-answers"


def write(client: Client, quiz: str, database: Database, text: str) -> Taken:
    """Take the quiz, with this word alone."""
    taken = take(client, quiz, database)
    answer_of(taken.save(taken.slot("short_text"), {"text": text}, base_rev=0))
    answer_of(taken.submit())
    return taken


def heaps(client: Client, inbox: str) -> list[dict[str, Any]]:
    """What is in the inbox."""
    items: list[dict[str, Any]] = answer_of(client.get(inbox))["items"]
    return items


def test_an_answer_is_accepted_and_those_who_gave_it_are_regraded(
    ida: Client, ana: Client, ben: Client, inbox: str, everything: str, database: Database
) -> None:
    attempts = [write(who, everything, database, "The outgoing tide") for who in (ana, ben)]
    [heap] = heaps(ida, inbox)
    assert (heap["text"], heap["n"], heap["part"]) == ("The outgoing tide", 2, None)
    done = answer_of(ida.post(f"{inbox}/{heap['id']}/acceptance", {"feedback": "One may say so."}))
    assert (done["unit"], done["published_version"], done["texts"]) == ("tides", 2, ["The outgoing tide"])
    assert not done["regrade"]["applied"] and done["regrade"]["counts"]["raised"] == 2
    assert heaps(ida, inbox) == [], "the key knows it now"
    wanted = {name: done["regrade"][name] for name in ("policy", "reason", "digest")}
    answer_of(ida.post(inbox.replace("unmatched-answers", "regrades"), wanted))
    for taken in attempts:
        slot = answer_of(taken.result())["slots"][taken.slot("short_text") - 1]
        assert slot["points"] == "1.00" and "The outgoing tide" in slot["changes"][0]["because"]
        assert "One may say so." in str(slot["outcome"]["feedback"])


def test_a_repeated_acceptance_has_its_first_answer(
    ida: Client, ana: Client, inbox: str, everything: str, database: Database
) -> None:
    write(ana, everything, database, "outflow")
    [heap] = heaps(ida, inbox)
    path = f"{inbox}/{heap['id']}/acceptance"
    first, again = (ida.post(path, {}, Idempotency_Key="accept-outflow") for _ in range(2))
    assert answer_of(again) == answer_of(first)
    answer_of(ida.post(path, {}), 404)


def test_half_a_credit_and_several_spellings(
    ida: Client, ana: Client, ben: Client, inbox: str, everything: str, database: Database
) -> None:
    write(ana, everything, database, "outgoing tide")
    write(ben, everything, database, "outgoig tide")
    [heap] = heaps(ida, inbox)
    assert heap["n"] == 2
    refused = ida.post(f"{inbox}/{heap['id']}/acceptance", {"texts": ["outgoig tide", "low water"]})
    assert answer_of(refused, 422)["errors"][0]["pointer"] == "/texts/1"
    sent = {"texts": ["outgoing tide", "outgoig tide"], "credit": "0.5"}
    done = answer_of(ida.post(f"{inbox}/{heap['id']}/acceptance", sent))
    assert [one["new"]["points"] for one in done["regrade"]["items"]] == ["0.50", "0.50"]


def test_a_gap_of_a_cloze_takes_an_answer_too(ida: Client, ana: Client, everything: str, database: Database) -> None:
    taken = take(ana, everything, database)
    slot = taken.slot("cloze")
    right = taken.right(slot)
    gaps = {gap["id"]: right["gaps"][gap["id"]] for gap in taken.slots[slot - 1]["question"]["gaps"]}
    typed = next(name for name, given in gaps.items() if "text" in given)
    answer_of(taken.save(slot, {"gaps": {**gaps, typed: {"text": "syzygy"}}}, base_rev=0))
    answer_of(taken.submit())
    inbox = f"/admin/questions/{id_of(database, FILL_IN)}/unmatched-answers"
    [heap] = heaps(ida, inbox)
    assert (heap["text"], heap["part"], heap["n"]) == ("syzygy", "name", 1)
    done = answer_of(ida.post(f"{inbox}/{heap['id']}/acceptance", {}))
    assert done["regrade"]["items"][0]["new"]["status"] == "correct"


def test_what_is_half_right_or_no_text_is_not_in_the_inbox(
    ida: Client, ana: Client, inbox: str, everything: str, database: Database
) -> None:
    edit(
        ida,
        lambda document: question_of(document, WORD)["accept"].append({"text": "outgoing", "credit": "0.5"}),
    )
    write(ana, everything, database, "outgoing")
    assert heaps(ida, inbox) == []


def test_a_student_is_counted_once_however_often_they_try(
    ida: Client, ana: Client, inbox: str, everything: str, database: Database
) -> None:
    for text in ("outflow", "outflow", "withdrawal"):
        write(ana, everything, database, text)
    assert [(heap["text"], heap["n"]) for heap in heaps(ida, inbox)] == [("outflow", 1)]


def test_nothing_of_a_draft_is_published_by_the_way(
    ida: Client, ana: Client, inbox: str, everything: str, database: Database
) -> None:
    write(ana, everything, database, "outflow")
    [heap] = heaps(ida, inbox)
    found = ida.get(UNIT)
    document = answer_of(found)
    document["unit"]["title"] = "Not ready yet"
    answer_of(ida.put(UNIT, document, If_Match=found.headers["ETag"]))
    refused = answer_of(ida.post(f"{inbox}/{heap['id']}/acceptance", {}), 409)
    assert "version 2" in refused["detail"]
    assert answer_of(ana.get("/courses/tides/units/tides"))["title"] != "Not ready yet"


def test_a_heap_that_is_not_there_is_missing(ida: Client, inbox: str) -> None:
    answer_of(ida.post(f"{inbox}/0123456789abcdef/acceptance", {}), 404)
    answer_of(ida.post(f"{inbox}/0123456789abcdef/acceptance", {"credit": "0.0"}), 422)
