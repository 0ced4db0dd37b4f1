"""Putting the units of a course in another order: their positions, in documents and in what students see, at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content import editing, flipping, staging
from service.content.editing import READ_AGAIN, UnitState
from service.content.models import Course, Unit
from service.content.publishing import PreparedUnit, prepare_unit
from service.content.staging import LaidOut
from service.domain.mistakes import Mistake
from service.errors import Conflict, Invalid, PreconditionFailed
from service.world import World

STEP = 10
"""From one position to the next: there is room for a unit between two."""


@dataclass(frozen=True)
class Draft:
    """A unit with its new position, and the digest of the state that it was made of."""

    prepared: PreparedUnit
    seen: str


@dataclass(frozen=True)
class Order:
    """What is to be written: units that students see, rendered, and those that nobody sees yet."""

    shown: Sequence[LaidOut]
    drafts: Sequence[Draft]


def ready_order(session: Session, world: World, course: Course, keys: Sequence[str], author: UUID | None) -> Order:
    """The units with new positions. Raises `Invalid` unless `keys` are all that are not archived, each once.

    `Conflict` where a unit has a draft beside what students see: it would be published by the way.
    """
    units = select(Unit.key, Unit.status).where(Unit.course_id == course.id, Unit.document_digest != "")
    known = [row.key for row in session.execute(units.order_by(Unit.sort, Unit.id)) if row.status != "archived"]
    _require_all(keys, known)
    states = [editing.get_unit_state(session, course, key) for key in keys]
    moved = [(state, STEP * place) for place, state in enumerate(states, start=1)]
    shown, drafts = [], []
    for state, position in moved:
        prepared = _moved(state, position)
        if prepared.digest == state.digest:
            continue
        if state.unit.status != "published":
            drafts.append(Draft(prepared, state.digest))
            continue
        if state.published_version != state.newest.number:
            raise Conflict(
                f"The unit {state.unit.key} has a draft (version {state.newest.number}), which would be published with "
                "its new place. Publish it or go back first."
            )
        laid_out = editing.ready_edit(session, world, state, prepared, author)
        shown += [] if laid_out is None else [laid_out]
    return Order(shown, drafts)


def order_units(session: Session, world: World, course: Course, order: Order, author: UUID | None) -> None:
    """Write all of it or, where somebody was faster, nothing: `PreconditionFailed`."""
    now = world.now()
    for draft in order.drafts:
        state = editing.get_unit_state(session, course, draft.prepared.key)
        editing.save_unit(session, world, state, draft.prepared, author, partial(_require, draft.seen))
    if order.shown:
        try:
            staged = staging.stage(session, course.id, order.shown, now)
            version = flipping.lock_course(session, course.slug, staged, now)
            flipping.flip(session, staged, version, now)
        except staging.Stale:
            raise PreconditionFailed(READ_AGAIN) from None
    session.expire_all()


def _require(seen: str, present: str) -> None:
    if present != seen:
        raise PreconditionFailed(READ_AGAIN)


def _moved(state: UnitState, position: int) -> PreparedUnit:
    newest = editing.read_newest(state)
    unit = replace(newest.document.unit, position=position)
    return prepare_unit(replace(newest.document, unit=unit), newest.shared)


def _require_all(keys: Sequence[str], known: Sequence[str]) -> None:
    mistakes = [
        Mistake(("keys", at), f"“{key}” is named twice." if key in known else f"The course has no unit “{key}”.")
        for at, key in enumerate(keys)
        if key not in known or key in keys[:at]
    ]
    missing = [key for key in known if key not in keys]
    if missing:
        mistakes.append(Mistake(("keys",), f"Name every unit; missing: {', '.join(missing)}."))
    if mistakes:
        raise Invalid(errors=mistakes)
