"""A question on the tides with a wrong key, those who answered it, and mending their grades."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from service.content.models import Question
from service.db import Database
from service.quizzes.models import Grade
from tests.cast import Client, answer_of
from tests.quizzing import Taken

UNIT = "/admin/courses/tides/units/tides"
WRONG_KEY = {"policy": "new_key", "reason": "The key said two; on that planet it is one."}


def edit(client: Client, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the unit's document and publish it."""
    found = client.get(UNIT)
    document = answer_of(found)
    change(document)
    put = client.put(UNIT, document, If_Match=found.headers["ETag"])
    answer_of(put)
    answer_of(client.post(f"{UNIT}/publication", If_Match=put.headers["ETag"]))


def question_of(document: dict[str, Any], key: str) -> dict[str, Any]:
    """A question in a document."""
    return next(one for one in document["questions"] if one["key"] == key)


def make_one_right(document: dict[str, Any]) -> None:
    """It is one bulge after all, and not two."""
    for choice in question_of(document, "how-many-bulges")["choices"]:
        choice["correct"] = choice["text"] == "One"


def id_of(database: Database, key: str) -> UUID:
    """The id of a question."""
    with database.read() as session:
        return session.scalars(select(Question.id).where(Question.key == key)).one()


def choice_of(taken: Taken, slot: int, word: str) -> dict[str, str]:
    """The choice with this text."""
    choices = taken.slots[slot - 1]["question"]["choices"]
    return {"choice": next(one["id"] for one in choices if one["text"]["markdown"] == word)}


def choose(taken: Taken, word: str, *, submit: bool = True) -> int:
    """Answer the question on bulges, alone; its slot."""
    slot = taken.slot("single_choice")
    answer_of(taken.save(slot, choice_of(taken, slot, word), base_rev=0))
    if submit:
        answer_of(taken.submit())
    return slot


def regrade(client: Client, path: str, wanted: dict[str, Any]) -> Any:
    """Look at the difference, and apply just that."""
    looked = answer_of(client.post(f"{path}?dry_run=true", wanted))
    done = answer_of(client.post(path, {**wanted, "digest": looked["digest"]}))
    assert done["applied"] and (done["counts"], done["items"]) == (looked["counts"], looked["items"])
    return done


def points(taken: Taken, slot: int) -> str:
    """What the student sees the slot to be worth."""
    return str(answer_of(taken.result())["slots"][slot - 1]["points"])


def grades(database: Database) -> int:
    """How many grades there are."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Grade)) or 0


def two_answers(wrong: Taken, right: Taken) -> tuple[Taken, Taken, int]:
    """One says one and is wrong, the other two and is right; and the slot."""
    slot = choose(wrong, "One")
    choose(right, "Two")
    assert (points(wrong, slot), points(right, slot)) == ("0.00", "1.00")
    return wrong, right, slot
