"""What comes into the inbox of short answers: texts that nothing of the key knows, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from service.db import Database
from tests.cast import Client, answer_of
from tests.quizzing import take
from tests.regrading import edit, id_of, question_of

WORD, FILL_IN = "word-for-low", "fill-in"


def inbox(client: Client, database: Database, key: str) -> list[tuple[str | None, str, int]]:
    """Part, text and number of students of every heap of a question."""
    found = client.get(f"/admin/questions/{id_of(database, key)}/unmatched-answers")
    return [(heap["part"], heap["text"], heap["n"]) for heap in answer_of(found)["items"]]


def three_gaps(document: dict[str, Any]) -> None:
    """At new moon, with drawn values: a number, and a word that may be half right."""
    question_of(document, FILL_IN).update(
        stem="With {{ moons }} moons there are [[bulges]] bulges, and at new moon [[name]] tides on [[world]].",
        parameters={"moons": {"one_of": [3, 4, 5]}},
        parts={
            "bulges": {"kind": "numeric", "answer": {"expr": "2 * moons", "tolerance": {"abs": 0}}},
            "name": {
                "kind": "short_text",
                "accept": ["spring", {"text": "king", "credit": "0.5"}],
                "reject": [{"text": "neap"}],
            },
            "world": {"kind": "short_text", "accept": ["planet {{ moons }}"]},
        },
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("spring", "planet {}"), []),
        (("king", "planet {}"), []),
        (("neap", "planet {}"), []),
        (("", "planet {}"), []),
        (("syzygy", "planet {}"), [("name", "syzygy", 1)]),
        (("syzygy", "planet 9"), [("name", "syzygy", 1), ("world", "planet 9", 1)]),
    ],
)
def test_of_a_cloze_only_texts_that_match_nothing(
    typed: tuple[str, str],
    told: list[tuple[str, str, int]],
    ida: Client,
    ana: Client,
    everything: str,
    database: Database,
) -> None:
    edit(ida, three_gaps)
    taken = take(ana, everything, database)
    slot = taken.slot("cloze")
    texts = ("77", *(text.format(taken.asked(slot).drawn["moons"]) for text in typed))
    gaps = {f"gap-{at}": {"text": text} for at, text in enumerate(texts, start=1)}
    answer_of(taken.save(slot, {"gaps": gaps}, base_rev=0))
    answer_of(taken.submit())
    assert inbox(ida, database, FILL_IN) == told


def test_a_short_answer_that_the_drawn_values_make_right_is_none(
    ida: Client, ana: Client, ben: Client, everything: str, database: Database
) -> None:
    def draw(document: dict[str, Any]) -> None:
        question_of(document, WORD).update(
            parameters={"hour": {"one_of": [1, 2, 3]}},
            stem="What is the tide called that falls from {{ hour }} o'clock on?",
            accept=[{"text": "the tide of {{ hour }}", "credit": "0.5"}, "ebb"],
        )

    edit(ida, draw)
    for client, text in ((ana, "the tide of {}"), (ben, "the tide of {} and a half")):
        taken = take(client, everything, database)
        slot = taken.slot("short_text")
        answer_of(taken.save(slot, {"text": text.format(taken.asked(slot).drawn["hour"])}, base_rev=0))
        answer_of(taken.submit())
    [(_, text, number)] = inbox(ida, database, WORD)
    assert text.endswith("and a half") and number == 1


def test_a_mistake_that_its_author_has_named_is_known(
    ida: Client, ana: Client, ben: Client, everything: str, database: Database
) -> None:
    edit(
        ida,
        lambda document: question_of(document, WORD).update(
            mistakes=[{"answer": "flood", "feedback": "That is the rising one."}]
        ),
    )
    for client, text in ((ana, "Flood"), (ben, "low tide")):
        taken = take(client, everything, database)
        answer_of(taken.save(taken.slot("short_text"), {"text": text}, base_rev=0))
        answer_of(taken.submit())
    assert inbox(ida, database, WORD) == [(None, "low tide", 1)]
