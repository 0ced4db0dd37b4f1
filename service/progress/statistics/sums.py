"""Adding up first tries in the database: a few statements, however many students and questions there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Subquery, Text, and_, case, cast, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from service.db import Json
from service.domain.statistics import Chosen, Sums
from service.quizzes.models import FirstTry


@dataclass(frozen=True)
class Counted:
    """The sums of one revision of a question over tries without a hint, and what else is counted of them.

    `hinted` students took a hint first: what they answered then says little, and is in no other figure.
    """

    sums: Sums
    unanswered: int
    hinted: int
    checks: int


def count_tries(session: Session, questions: Collection[UUID]) -> dict[int, Counted]:
    """The sums of each revision, over each student's first meeting with the question."""
    met = _first_meetings(questions)
    credit, rest = cast(met.c.credit, BigInteger), cast(met.c.rest, BigInteger)
    is_pair = met.c.counts & met.c.rest.is_not(None)
    sums = (
        (met.c.counts, 1),
        (met.c.counts, credit),
        (met.c.counts, credit * credit),
        (is_pair, 1),
        (is_pair, credit),
        (is_pair, credit * credit),
        (is_pair, rest),
        (is_pair, rest * rest),
        (is_pair, credit * rest),
        (met.c.counts & (met.c.status == "unanswered"), 1),
        (met.c.hinted, 1),
        (met.c.counts, met.c.tries),
    )
    rows = session.execute(
        select(met.c.revision_id, *(func.sum(case(one, else_=0)) for one in sums)).group_by(met.c.revision_id)
    )
    counted = {}
    for revision, *numbers in rows:
        *added, unanswered, hinted, checks = map(int, numbers)
        counted[revision] = Counted(Sums(*added), unanswered, hinted, checks)
    return counted


def count_choices(session: Session, questions: Collection[UUID]) -> dict[int, dict[str, Chosen]]:
    """By revision, how many chose each choice ("true" and "false" of a statement) at their first meeting."""
    met = _first_meetings(questions)
    # The canonical JSON of a response begins with what it consists of.
    is_choice = or_(met.c.response.like('{"choice%'), met.c.response.like('{"value%'))
    rows = session.execute(
        select(
            met.c.revision_id,
            met.c.response,
            func.count(),
            func.sum(case((met.c.rest.is_not(None), 1), else_=0)),
            func.sum(func.coalesce(cast(met.c.rest, BigInteger), 0)),
        )
        .where(is_choice, met.c.counts)
        .group_by(met.c.revision_id, met.c.response)
    )
    chosen: dict[int, dict[str, Chosen]] = defaultdict(dict)
    for revision, written, number, pairs, rest in rows:
        for choice in _choices(Json().process_result_value(written, session.get_bind().dialect)):
            before = chosen[revision].get(choice, Chosen(0, 0, 0))
            chosen[revision][choice] = Chosen(
                before.n + int(number), before.pairs + int(pairs), before.rest + int(rest)
            )
    return chosen


def count_mistakes(session: Session, questions: Collection[UUID]) -> dict[int, dict[str, int]]:
    """By revision, how often each mistake was made that its author has named, at the first meeting."""
    met = _first_meetings(questions)
    rows = session.execute(
        select(met.c.revision_id, met.c.mistake, func.count())
        .where(met.c.mistake.is_not(None), met.c.counts)
        .group_by(met.c.revision_id, met.c.mistake)
        .order_by(func.count().desc(), met.c.mistake)
    )
    mistakes: dict[int, dict[str, int]] = defaultdict(dict)
    for revision, mistake, number in rows:
        mistakes[revision][mistake] = number
    return mistakes


def _first_meetings(questions: Collection[UUID]) -> Subquery:
    """Of each student the first try at each question; it `counts` where it has a credit and no hint was taken."""
    order = FirstTry.answered_at, FirstTry.attempt_id, FirstTry.slot
    nth = func.row_number().over(partition_by=(FirstTry.question_id, FirstTry.user_id), order_by=order)
    every = (
        select(
            FirstTry.revision_id,
            FirstTry.status,
            FirstTry.credit,
            FirstTry.rest,
            FirstTry.hinted,
            FirstTry.tries,
            FirstTry.mistake,
            type_coerce(FirstTry.response, Text).label("response"),
            and_(FirstTry.credit.is_not(None), FirstTry.hinted.is_(False)).label("counts"),
            nth.label("nth"),
        )
        .where(FirstTry.question_id.in_(questions))
        .subquery()
    )
    return select(every).where(every.c.nth == 1).subquery()


def _choices(response: Mapping[str, Any]) -> list[str]:
    if "value" in response:
        return ["true" if response["value"] else "false"]
    return response["choices"] if "choices" in response else [response["choice"]]
