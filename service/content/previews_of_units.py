"""A version of a unit as students would be given it, made for who edits it, and stored nowhere."""

from __future__ import annotations

import json
import random
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service.content import staging
from service.content.documents import load_unit
from service.content.editing import UnitState
from service.content.models import UnitVersion
from service.content.publishing import course_of, prepare_unit, with_status
from service.content.questions import PreparedQuestion
from service.content.staging import Wanted
from service.domain.parameters import completed, numbered_variant
from service.domain.questions import lay_out, show
from service.world import World


def preview_unit(session: Session, world: World, state: UnitState, version: UnitVersion) -> dict[str, Any]:
    """The unit and its reading list as their endpoints would answer, and each question as it would be asked."""
    document, shared = course_of(state.course.document)
    prepared = prepare_unit(with_status(load_unit(version.document, shared), "published"), shared)
    present = staging.look(session, state.course.id, [state.unit.key])[state.unit.key]
    zone = ZoneInfo(document.time_zone)
    laid_out = staging.lay_out(world, state.course.slug, zone, Wanted(prepared, (), seen=present.seen), present)
    rendering = laid_out.rendering or {}
    return {
        "version": version.number,
        "unit": json.loads(rendering["unit"]),
        "reading_list": json.loads(rendering["reading_list"]),
        "questions": [{"key": one.key, "question": _asked(one)} for one in prepared.questions],
    }


def _asked(prepared: PreparedQuestion) -> dict[str, Any]:
    revision, numbers = prepared.revision, count(1)
    values = completed(revision, numbered_variant(revision, 0))
    layout = lay_out(
        revision,
        prepared.answer_key,
        values,
        shuffle=True,
        chance=random.Random(1),
        fresh=lambda: str(next(numbers)),
    )
    return show(revision, values, layout)
