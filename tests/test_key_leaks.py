"""Nothing a student can fetch before the reveal holds a key, feedback, a hint, or a name the author gave a choice."""

from __future__ import annotations

import json
import re

from service.db import Database
from tests.cast import Client, answer_of
from tests.conftest import quiz_id
from tests.quizzing import Taken, take

CANARY = "CANARY"
"""Stands in every feedback, hint, rubric and model answer of the course on tides."""

AUTHORS_NAMES = (
    *("how-many-bulges", "moon-alone", "which-are-tidal", "word-for-low", "fill-in", "half-a-day", "in-your-words"),
    *("[[size]]", "[[name]]", '"credit"', '"correct"', '"accept"', '"tolerance"', '"mistakes"', '"answer"', '"right"'),
)


def assert_tells_nothing(text: str) -> None:
    """No canary, no author's key, no word that only a key has."""
    assert CANARY not in text
    assert [name for name in AUTHORS_NAMES if name in text] == []


def test_an_open_attempt_holds_no_key(every_kind: Taken, ana: Client, ben: Client, lms: Client, ida: Client) -> None:
    every_kind.answer_everything(right=True)
    for client in (ana, ben, lms, ida):
        for path in paths(every_kind):
            assert_tells_nothing(client.get(path).get_data(as_text=True))


def test_a_deferred_attempt_says_nothing_on_a_check(every_kind: Taken) -> None:
    slot = every_kind.slot("single_choice")
    refused = every_kind.check(slot, every_kind.right(slot), 1)
    assert refused.status_code == 409
    assert_tells_nothing(refused.get_data(as_text=True))


def test_the_ids_of_choices_are_drawn_anew_for_each_attempt(ana: Client, everything: str, database: Database) -> None:
    shown = []
    for _ in range(2):
        attempt = take(ana, everything, database)
        shown.append(set(re.findall(r'"id": ?"([^"]+)"', json.dumps(attempt.slots))))
        answer_of(attempt.submit())
    assert {one for one in shown[0] & shown[1] if not one.startswith("gap-")} == set()


def test_the_steps_of_an_ordering_are_never_first_shown_in_their_order(
    ana: Client, everything: str, database: Database
) -> None:
    for _ in range(5):
        attempt = take(ana, everything, database)
        slot = attempt.slot("ordering")
        shown = [step["id"] for step in attempt.slots[slot - 1]["question"]["steps"]]
        assert shown != attempt.right(slot)["order"]
        answer_of(attempt.submit())


def test_a_receipt_does_not_tell_one_answer_from_another_by_the_authors_name(
    every_kind: Taken, ben: Client, everything: str
) -> None:
    """The same choice has another digest in another attempt: a digest is over ids that mean nothing."""
    slot = every_kind.slot("single_choice")
    mine = answer_of(every_kind.save(slot, every_kind.right(slot), base_rev=0))
    other = take(ben, everything, every_kind.database)
    theirs = answer_of(other.save(slot, other.right(slot), base_rev=0))
    assert mine["digest"] != theirs["digest"]


def test_a_question_of_an_open_deferred_attempt_is_withheld_elsewhere(every_kind: Taken, prep_check: str) -> None:
    elsewhere = take(every_kind.client, prep_check, every_kind.database)
    slot = elsewhere.slot("single_choice")
    refused = elsewhere.check(slot, elsewhere.right(slot), 1)
    assert refused.status_code == 409
    result = answer_of(elsewhere.submit([{"slot": slot, "response": elsewhere.right(slot), "base_rev": 0}]))
    assert result["slots"][slot - 1]["outcome"] is None
    assert result["slots"][slot - 1]["status"] is None
    assert CANARY not in json.dumps(result)


def test_after_the_reveal_it_is_all_there(every_kind: Taken) -> None:
    """The canaries can be seen at all: the tests above look for something that exists."""
    every_kind.answer_everything(right=False)
    assert json.dumps(answer_of(every_kind.submit())).count(CANARY) > 8


def paths(taken: Taken) -> list[str]:
    """Everything a student may fetch while an attempt is open."""
    quiz = quiz_id(taken.client, "All at once")
    return [
        *("/courses", "/courses/tides", "/courses/tides/units", "/courses/tides/units/tides"),
        *("/courses/tides/units/tides/reading-list", "/courses/tides/quizzes", f"/quizzes/{quiz}", "/me"),
        *("/me/courses/tides/progress", "/me/courses/tides/units/tides/progress"),
        *(f"/attempts/{taken.id}", f"/attempts/{taken.id}/result"),
    ]
