"""Making the first tries of finished attempts once more, from the log and the grades that were given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.domain.attempts import Worth
from service.quizzes.models import Attempt, FirstTry
from service.quizzes.operations.first_tries import write_first_tries
from service.quizzes.operations.grades import newest_grades
from service.quizzes.operations.log import read_log, states_of
from service.quizzes.operations.record import list_asked

BATCH = 500


def count_finished(session: Session) -> int:
    """How many attempts `rebuild_first_tries` goes through."""
    return session.scalar(select(func.count()).select_from(Attempt).where(Attempt.state == "finished")) or 0


def rebuild_first_tries(session: Session) -> Iterator[UUID]:
    """Make every row again; tells of each finished attempt it has gone through.

    What was not checked is worth what it was graded with: its text may have been erased since.
    """
    session.execute(delete(FirstTry))
    after: UUID | None = None
    while attempts := _finished(session, after):
        for attempt in attempts:
            slots = list_asked(session, attempt.id)
            states = states_of(attempt, slots, read_log(session, attempt.id))
            grades = newest_grades(session, attempt.id)
            worths = {
                number: (grade.response, Worth(0, grade.outcome, grade.credit)) for number, grade in grades.items()
            }
            firsts = {number: grade.first for number, grade in grades.items()}
            write_first_tries(session, attempt, slots, states, worths, firsts)
            yield attempt.id
        after = attempts[-1].id
        session.expunge_all()


def _finished(session: Session, after: UUID | None) -> Sequence[Attempt]:
    found = select(Attempt).where(Attempt.state == "finished").order_by(Attempt.id).limit(BATCH)
    return session.scalars(found if after is None else found.where(Attempt.id > after)).all()
