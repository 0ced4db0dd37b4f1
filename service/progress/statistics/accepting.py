"""Accepting answers that no entry of a key knew: an edit of the unit's document like any other, published at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from service.content import editing
from service.content.editing import UnitState
from service.content.models import Course, Question, Unit
from service.content.publishing import PreparedUnit
from service.content.staging import LaidOut
from service.domain.mistakes import Mistake
from service.domain.regrading import Remedy, Rule
from service.domain.roles import Principal
from service.errors import Conflict, Invalid, NotFound
from service.progress.statistics.unmatched import Unmatched, list_unmatched
from service.quizzes.operations.regrading import Difference, Target, Wanted, find_difference
from service.world import World

DRAFT = (
    "The unit has a draft (version {newest}) that is not published: it would be published with this answer. Publish "
    "the draft, or go back to what is published, and accept the answer then."
)


@dataclass(frozen=True)
class Acceptance:
    """The heap, which of its spellings (None: the most frequent one), their credit ("1", "0.5"), and feedback."""

    heap: str
    texts: Sequence[str] | None
    credit: str
    feedback: str | None


@dataclass(frozen=True)
class Accepted:
    """The unit as it is to be published, and the texts that its key will know."""

    state: UnitState
    laid_out: LaidOut | None
    texts: Sequence[str]


def ready_acceptance(
    session: Session, world: World, caller: Principal, target: Target, acceptance: Acceptance
) -> Accepted:
    """Make the edit and render it. Raises `NotFound`, `Invalid`, `Rejected`, and `Conflict` beside an open draft."""
    question = target.question
    heap = next((one for one in list_unmatched(session, question) if one.id == acceptance.heap), None)
    if heap is None:
        raise NotFound
    texts = _texts(heap, acceptance.texts)
    state = _state(session, question)
    if state.published_version != state.newest.number:
        raise Conflict(DRAFT.format(newest=state.newest.number))
    document = editing.document_of(state.newest)
    _entries(document, question.key, heap.part).extend(_entry(text, acceptance) for text in texts)
    prepared: PreparedUnit = editing.read_unit(state.course, document, state.unit.key)
    return Accepted(state, editing.ready_edit(session, world, state, prepared, caller.user_id), texts)


def accept_answer(session: Session, world: World, target: Target, ready: Accepted) -> tuple[UnitState, Difference]:
    """Publish the edit, and work out what a regrade by the new key would change; `Conflict` when it is too late."""
    seen = ready.state.digest
    state = _state(session, target.question)

    def match(digest: str) -> None:
        if digest != seen:
            raise Conflict(editing.READ_AGAIN)

    shown = editing.publish_unit(session, world, state, ready.laid_out, match)
    published = replace(target, question=session.get_one(Question, target.question.id))
    reason = f"Also accepted: {', '.join(ready.texts)}"[:1_000]
    return shown, find_difference(session, published, Wanted(Rule(Remedy.NEW_KEY), None, reason))


def _state(session: Session, question: Question) -> UnitState:
    unit = session.get_one(Unit, question.unit_id)
    return editing.get_unit_state(session, session.get_one(Course, unit.course_id), unit.key)


def _texts(heap: Unmatched, wanted: Sequence[str] | None) -> list[str]:
    if wanted is None:
        return [heap.text]
    strange = [at for at, text in enumerate(wanted) if text not in heap.heap.spellings]
    if strange:
        message = "No student of this heap wrote that; accept what was written, or edit the question."
        raise Invalid(errors=[Mistake(("texts", at), message) for at in strange])
    return list(dict.fromkeys(wanted))


def _entries(document: dict[str, Any], key: str, part: str | None) -> list[Any]:
    """What the question (or its gap) accepts, in the document."""
    for question in document["questions"]:
        if question["key"] == key:
            asked = question if part is None else question["parts"][part]
            entries: list[Any] = asked.setdefault("accept", [])
            return entries
    raise NotFound


def _entry(text: str, acceptance: Acceptance) -> dict[str, Any]:
    entry: dict[str, Any] = {"text": text}
    if Decimal(acceptance.credit) != 1:
        entry["credit"] = acceptance.credit
    if acceptance.feedback is not None:
        entry["feedback"] = acceptance.feedback
    return entry
